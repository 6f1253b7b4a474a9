"""``fairgrade report``, as a lecturer runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import environment, run
from tests.report.graded_class import graded_notebook, score, write_course, write_gradebook, write_graded

# nbgrader's add_submission makes SQLAlchemy warn of its own flush.
pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course with four students: one right, one wrong, one whose graded notebook is damaged, one absent."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", environment()["PATH"])  # where nbgrader looks for alembic
        folder = write_course(
            tmp_path_factory.mktemp("report") / "course", 'c.CourseDirectory.autograded_directory = "marked"'
        )
        write_gradebook(folder, {"s001": 2.0, "s002": 1.0, "s003": 2.0, "s004": None})
    for student, content in {
        "s001": graded_notebook(score()),
        "s002": graded_notebook(score((False, True), ["starts_at_one"])),
        "s003": '{"cells": 7}',
    }.items():
        write_graded(folder / "marked" / student / "ps1", content)
    return folder


def test_a_class_is_reported_and_compared(course: Path) -> None:
    """The console, the page and the data tell of it; what could not be read, and that the class is small, are said."""
    done = run("fairgrade", "report", "ps1", "--against", "marked", "--json", "ps1.json", cwd=course)
    assert done.returncode == 0, done.stdout
    said = " ".join(done.stdout.split())
    assert "4 students: 1 not handed in; 3 complete" in said
    assert "With fewer than 20 students" in said
    assert "missing, damaged or of another version: 1." in said
    assert "fairgrade autograde ps1" in said
    assert "Compared with 2 students of the earlier year (no share has changed)" in said
    page = (course / "reports" / "ps1-class.html").read_text()
    assert "change in percentage points" in page
    assert "missing, damaged" in page
    data = json.loads((course / "ps1.json").read_text())
    assert data["damaged"] == 1
    assert data["comparison"]["trends"] == [
        {"exercise": "e", "name": "starts_at_one", "title": "Starts at one", "then": 0.5, "now": 0.5}
    ]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("ps9",), "Assignments here: ps1"),
        (("ps1", "--against", "nowhere"), "--against nowhere: expected the folder of an earlier year's course"),
        (("ps1", "--json", "nowhere/ps1.json"), "nowhere/ps1.json"),
    ],
)
def test_wrong_usage_is_told(course: Path, arguments: tuple[str, ...], says: str) -> None:
    done = run("fairgrade", "report", *arguments, cwd=course)
    assert done.returncode == 2
    assert says in " ".join(done.stdout.split())
    assert "Traceback" not in done.stdout
