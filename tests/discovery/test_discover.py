"""``fairgrade discover`` on a class graded by the real command."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import nbformat
import pytest

from fairgrade.course import Course, CourseError
from fairgrade.discovery.discovery_run import discover_groups
from tests.autograde.classes import ASSIGNMENT
from tests.conftest import run
from tests.discovery.a_class import graded_course

pytestmark = pytest.mark.usefixtures("own_graders")


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A graded class; only to be read."""
    return graded_course(tmp_path_factory.mktemp("class") / "course")


def test_groups_are_told_with_what_they_cost_and_without_students(course: Path, tmp_path: Path) -> None:
    """Three students made one mistake, and one another."""
    said = run("fairgrade", "discover", ASSIGNMENT, "--json", str(tmp_path / "groups.json"), cwd=course)
    assert said.returncode == 0, said.stdout
    first, second = json.loads((tmp_path / "groups.json").read_text())["groups"]
    assert (first["students"], first["points_lost"]) == (3, 9.0)
    assert "s004" not in said.stdout
    assert "ustermann" not in said.stdout + json.dumps(first)
    assert first["example"] == "def double(x):\n    return np.std(x, ddof=1)"
    assert first["smallest_input"]["given"].startswith("double(np.array([")
    assert (second["students"], second["example"]) == (1, None)
    assert first["id"] in said.stdout


def test_names_are_shown_if_they_are_asked_for(course: Path) -> None:
    said = run("fairgrade", "discover", ASSIGNMENT, "--names", cwd=course)
    assert "students: s004, s005, s006" in said.stdout
    assert "np.abs" in said.stdout


def test_the_factor_is_recognised_from_kept_results(course: Path) -> None:
    """n/(n-1) under a root is no simple factor of n; both lengths show it has a relation of its own."""
    found = discover_groups(Course(course), ASSIGNMENT)
    assert found.students == 7
    assert [card.named for card in found.cards] == [(), ()]
    assert [card.students for card in found.cards] == [3, 1]


def test_an_answer_that_a_person_judged_right_is_not_wrong(course: Path, tmp_path: Path) -> None:
    """Points by hand outrank the test."""
    from nbgrader.api import Gradebook  # noqa: PLC0415 - it takes a second

    copy = shutil.copytree(course, tmp_path / "course", symlinks=True)
    with Gradebook(f"sqlite:///{copy / 'gradebook.db'}") as gradebook:
        grade = gradebook.find_grade("test_double", ASSIGNMENT, ASSIGNMENT, "s007")
        grade.manual_score = 3.0
        gradebook.db.commit()
    assert [card.students for card in discover_groups(Course(copy), ASSIGNMENT).cards] == [3]


def test_results_without_behaviour_have_to_be_graded_again(course: Path, tmp_path: Path) -> None:
    """The message says by which command; mixed with newer results they are counted."""
    copy = shutil.copytree(course, tmp_path / "course", symlinks=True)
    notebooks = sorted((copy / "autograded").glob("*/*/*.ipynb"))
    for path in notebooks:
        notebook = nbformat.read(path, as_version=4)
        for output in (output for cell in notebook.cells for output in cell.get("outputs", ())):
            for data in output.get("data", {}).values():
                if isinstance(data, dict):
                    data.pop("signature", None)
        nbformat.write(notebook, path)
    with pytest.raises(CourseError, match=f"got 4 without.*Run: fairgrade autograde {ASSIGNMENT} --force"):
        discover_groups(Course(copy), ASSIGNMENT)


def test_another_secret_is_noticed(course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With other inputs nothing could be compared."""
    monkeypatch.setenv("FAIRGRADE_SECRET", "another")
    with pytest.raises(CourseError, match="Set FAIRGRADE_SECRET as it was"):
        discover_groups(Course(course), ASSIGNMENT)


def test_wrong_usage_is_told(course: Path) -> None:
    with pytest.raises(CourseError, match="--exercise: expected one of double, got doubel"):
        discover_groups(Course(course), ASSIGNMENT, "doubel")


def test_a_damaged_notebook_is_left_out_and_told(course: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(course, tmp_path / "course", symlinks=True)
    (damaged,) = (copy / "autograded" / "s007").glob("*/*.ipynb")
    damaged.chmod(0o644)
    damaged.write_text("{")
    said = run("fairgrade", "discover", ASSIGNMENT, cwd=copy)
    assert said.returncode == 0
    assert "Graded notebooks that can't be read: 1. They are left out." in said.stdout
    assert "Groups: 1," in said.stdout
