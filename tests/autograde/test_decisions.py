"""What a test cell earns through both commands: visible checks that fail, and what a person has to decide."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from tests.autograde import classes
from tests.autograde.classes import ASSIGNMENT, WRONG, db_url, hand_in, points
from tests.autograde.test_preflight import COMMANDS, grade
from tests.conftest import run

LARGE = "def double(x):\n    return np.zeros(3_000_000) if np.ndim(x) else 2 * x"


@pytest.mark.slow
@COMMANDS
def test_a_visible_check_that_fails_and_an_answer_too_large(small_course: Path, command: tuple[str, ...]):
    """The first costs what the grader says, with its sentence kept; the second is flagged with its reason."""
    source = classes.source()
    test = next(cell for cell in source.cells if cell.id == "test_double")
    test.source = "assert double(3) == 6, 'expected twice 3, six'\n" + test.source
    classes.write_source(small_course, source)
    with (small_course / "nbgrader_config.py").open("a") as config:
        config.write("c.Isolation.message_bytes = 1 << 20\n")
    hand_in(small_course, "s001", WRONG)
    hand_in(small_course, "s002", LARGE)
    hand_in(small_course, "s003")
    done = grade(small_course, command)
    assert done.returncode == 0, done.stdout
    assert points(small_course) == {"s001": 1.0, "s002": 2.0, "s003": 5.0}
    assert "is for a person to look at: The student's code returned a message of" in done.stdout
    with Gradebook(db_url(small_course)) as gradebook:
        flagged = {
            student: gradebook.find_grade("test_double", ASSIGNMENT, ASSIGNMENT, student).needs_manual_grade
            for student in ("s001", "s002", "s003")
        }
    assert flagged == {"s001": False, "s002": True, "s003": False}
    graded = nbformat.read(small_course / "autograded" / "s001" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4)
    outputs = next(cell for cell in graded.cells if cell.id == "test_double").outputs
    assert "AssertionError: expected twice 3, six" in outputs[0].data["text/plain"]
    assert outputs[-1].data["text/plain"] == "1"

    assert run("nbgrader", "generate_feedback", ASSIGNMENT, cwd=small_course).returncode == 0
    pages = {s: (small_course / "feedback" / s / ASSIGNMENT / f"{ASSIGNMENT}.html").read_text() for s in flagged}
    assert "expected twice 3, six" in pages["s001"]
    assert "until a person has looked" not in pages["s001"]
    assert "until a person has looked" in pages["s002"]
