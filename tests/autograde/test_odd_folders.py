"""One submission never stops a class, neither by its name nor by what lies beside its notebook."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.autograde.classes import ASSIGNMENT, copy, db_url, dump, files, hand_in, points
from tests.conftest import run

NAMES = ["*", "?", "[a]*", "a", "n" * 255, "n" * 246, "\u00e9" * 120]


@pytest.mark.slow
def test_names_that_are_patterns_or_long(small_course: Path, tmp_path: Path):
    """Both commands grade all of them, each its own."""
    for name in NAMES:
        hand_in(small_course, name).with_name("mine.txt").write_text(name)
    (small_course / "submitted" / "a?" / ASSIGNMENT).mkdir(parents=True)  # who has handed in nothing
    other = copy(small_course, tmp_path / "other")
    theirs = run("nbgrader", "autograde", ASSIGNMENT, cwd=small_course)
    ours = run("fairgrade", "autograde", ASSIGNMENT, cwd=other)
    assert (theirs.returncode, ours.returncode) == (0, 0), theirs.stdout + ours.stdout
    assert points(other) == dict.fromkeys(NAMES, 5.0)
    assert dump(db_url(other)) == dump(db_url(small_course))
    assert files(other / "autograded") == files(small_course / "autograded")
    for name in NAMES:
        assert (other / "autograded" / name / ASSIGNMENT / "mine.txt").read_text() == name
    again = run("fairgrade", "autograde", ASSIGNMENT, cwd=other)
    assert f"{len(NAMES)}   unchanged" in again.stdout


@pytest.mark.slow
def test_many_and_large_files_beside_a_notebook(small_course: Path, tmp_path: Path):
    """They are left out as far as there is no room for them, with a note, and the work is graded."""
    with (small_course / "nbgrader_config.py").open("a") as config:
        config.write("c.Isolation.scratch_bytes = 8 << 20\nc.Isolation.submitted_files = 300\n")
    many, large = (hand_in(small_course, student).parent for student in ("s001", "s002"))
    for number in range(5000):
        (many / f"{number:04}.txt").touch()
    for name in ("a", "b", "c"):
        (large / name).write_bytes(bytes(3 << 20))
    other = copy(small_course, tmp_path / "other")
    theirs = run("nbgrader", "autograde", ASSIGNMENT, cwd=small_course)
    ours = run("fairgrade", "autograde", ASSIGNMENT, cwd=other)
    assert (theirs.returncode, ours.returncode) == (0, 0), theirs.stdout + ours.stdout
    assert points(other) == {"s001": 5.0, "s002": 5.0}
    assert dump(db_url(other)) == dump(db_url(small_course))
    assert files(other / "autograded") == files(small_course / "autograded")
    kept = {student: files(other / "autograded" / student) for student in ("s001", "s002")}
    assert len(kept["s001"]) == 300 + 2  # the course's data file and the notebook
    assert [name for name in kept["s002"] if "." not in name] == [f"{ASSIGNMENT}/a"]
    notebook = (other / "autograded" / "s002" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_text()
    assert "too large, too many or not plain files were left out: `b`, `c`." in notebook
