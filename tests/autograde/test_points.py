"""Points stand once, in the grader; the cell's follow, or nothing is graded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fairgrade.nbgrader.points import points_of
from tests.autograde.classes import ASSIGNMENT, hand_in, points
from tests.autograde.test_preflight import COMMANDS, grade
from tests.conftest import run


def points_in(course: Path, step: str) -> dict[str, float]:
    """The points of the test cells of the source, or of what was released."""
    notebook = json.loads((course / step / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_text())
    marks = [cell["metadata"].get("nbgrader", {}) for cell in notebook["cells"]]
    return {mark["grade_id"]: mark["points"] for mark in marks if mark.get("grade") and not mark["solution"]}


@pytest.mark.slow
@COMMANDS
def test_points_of_a_grader_that_changed(small_course: Path, command: tuple[str, ...]):
    """A difference is refused with what to type; that writes the points into source and release, and it is graded."""
    grader = small_course / "graders" / ASSIGNMENT / "__init__.py"
    grader.write_text(grader.read_text().replace("points=3", "points=4").replace("check(points=2)", "check(points=3)"))
    hand_in(small_course, "s001")
    done = grade(small_course, command)
    assert done.returncode != 0
    assert "test_double: expected as many points as its grader gives, 4, got 3" in done.stdout
    assert "Type: nbgrader generate_assignment ps1 --force" in done.stdout
    assert points(small_course) == {}
    before = (small_course / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_text()

    made = run("nbgrader", "generate_assignment", ASSIGNMENT, "--force", cwd=small_course)
    assert made.returncode == 0, made.stdout
    assert "test_double: 4 points, as its grader says" in made.stdout
    for step in ("source", "release"):
        assert points_in(small_course, step) == {"test_double": 4, "test_half": 2}
    after = (small_course / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_text()
    assert len([0 for old, new in zip(before.splitlines(), after.splitlines(), strict=True) if old != new]) == 1
    assert grade(small_course, command).returncode == 0
    assert points(small_course) == {"s001": 6.0}


def test_only_a_test_that_ends_by_grading_an_exercise_has_its_points():
    """Other tests say themselves what they are worth."""
    module = "from graders.part5_training.mse_loss"
    assert points_of(f"{module} import exercise\nexercise.grade(mse_loss)") == 4
    assert points_of(f"{module} import exercise as m\nx = 1\nm.grade(mse_loss)") == 4
    others = ("assert x", "exercise.grade(f)", f"{module} import exercise\nexercise.grade(f) / 2", "%%x", "")
    for other in others:
        assert points_of(other) is None
