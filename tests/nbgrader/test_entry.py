"""A submission is entered in the gradebook as nbgrader's own way enters it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from fairgrade.intake.extra_files import find_extra_files
from fairgrade.isolation.settings import Isolation
from fairgrade.nbgrader.entry import bounds_of, init_assignment

Enter = Callable[[Autograde, str, str], None]


def ours(converter: Autograde, assignment: str, student: str) -> None:
    """Enter a submission, with all that lies beside its notebooks."""
    course, source = converter.coursedir, converter._format_source(assignment, student)
    given = Path(course.format_path("source", ".", assignment))
    beside = find_extra_files(Path(source), given, course.ignore, bounds_of(course, Isolation()))
    init_assignment(converter, {source: beside}, assignment, student)


OURS_AND_THEIRS = [ours, Autograde.init_assignment]


pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # of nbgrader's own queries


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An assignment of two notebooks with files beside them, and a late submission of one."""
    root = tmp_path_factory.mktemp("course")
    for path, content in {
        "source/ps1/data.csv": "1,2",
        "source/ps1/helper.py": "x = 1",
        "submitted/s001/ps1/one.ipynb": "{}",
        "submitted/s001/ps1/unknown.ipynb": "{}",
        "submitted/s001/ps1/helper.py": "x = 2",
        "submitted/s001/ps1/data.csv": "9,9",
        "submitted/s001/ps1/own.txt": "mine",
        "submitted/s001/ps1/timestamp.txt": "2030-02-01 00:00:00 UTC",
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(content)
    with open_gradebook(root) as gradebook:
        gradebook.add_assignment("ps1", duedate="2030-01-31 23:59:00 UTC")
        for notebook in ("one", "two"):
            gradebook.add_notebook(notebook, "ps1")
            gradebook.add_grade_cell(f"test_{notebook}", notebook, "ps1", max_score=2, cell_type="code")
    return root


@pytest.fixture
def course(made: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return shutil.copytree(made, tmp_path / "course")


def open_gradebook(root: Path) -> Gradebook:
    return Gradebook(f"sqlite:///{root / 'gradebook.db'}", "course")


def converter_of(root: Path, notebooks: tuple[str, ...] = ("one", "unknown"), **settings: Any) -> Autograde:
    """What nbgrader has when it comes to the submission."""
    config = Config({"CourseDirectory": {"root": str(root), "course_id": "course"}, "Autograde": settings})
    converter = Autograde(coursedir=CourseDirectory(config=config), config=config)
    converter.coursedir.assignment_id = "ps1"
    converter.notebooks = [f"{root}/submitted/s001/ps1/{name}.ipynb" for name in notebooks]
    return converter


@pytest.mark.parametrize("enter", OURS_AND_THEIRS)
def test_what_is_entered(course: Path, enter: Enter) -> None:
    """Student, time, files and notebooks are known; a notebook that was not handed in has 0 points."""
    converter = converter_of(course, exclude_overwriting={"ps1": ["helper.py"]})
    enter(converter, "ps1", "s001")
    assert [Path(path).stem for path in converter.notebooks] == ["one"]
    files = {path.name: path.read_text() for path in (course / "autograded/s001/ps1").iterdir()}
    assert files == {
        "data.csv": "1,2",
        "helper.py": "x = 2",
        "own.txt": "mine",
        "timestamp.txt": "2030-02-01 00:00:00 UTC",
    }
    with open_gradebook(course) as gradebook:
        submission = gradebook.find_submission("ps1", "s001")
        assert submission.total_seconds_late == 60
        grades = {
            grade.name: (grade.auto_score, grade.needs_manual_grade) for n in submission.notebooks for grade in n.grades
        }
        assert grades == {"test_one": (None, True), "test_two": (0, False)}


@pytest.mark.parametrize("enter", OURS_AND_THEIRS)
@pytest.mark.parametrize(
    ("assignment", "notebooks", "settings"),
    [("ps2", ("one",), {}), ("ps1", ("unknown",), {}), ("ps1", ("one",), {"create_student": False})],
    ids=["assignment", "notebook", "student"],
)
def test_what_the_gradebook_does_not_know(
    course: Path, enter: Enter, assignment: str, notebooks: tuple[str, ...], settings: dict[str, Any]
) -> None:
    """An unknown assignment, only unknown notebooks, and a student who is not to be created stop the submission."""
    with pytest.raises(NbGraderException):
        enter(converter_of(course, notebooks, **settings), assignment, "s001")


@pytest.mark.parametrize("enter", OURS_AND_THEIRS)
def test_points_stay_when_a_submission_is_entered_again(course: Path, enter: Enter) -> None:
    """Grading a submission once more starts from what the gradebook has of it."""
    enter(converter_of(course), "ps1", "s001")
    with open_gradebook(course) as gradebook:
        gradebook.find_submission_notebook("one", "ps1", "s001").grades[0].manual_score = 1.5
        gradebook.db.commit()
    enter(converter_of(course), "ps1", "s001")
    with open_gradebook(course) as gradebook:
        assert gradebook.find_submission("ps1", "s001").score == 1.5


def test_a_gradebook_in_the_place_of_another_gets_its_tables(course: Path) -> None:
    """The gradebook that is kept at hand notices that its file is a new one."""
    ours(converter_of(course), "ps1", "s001")
    (course / "gradebook.db").rename(course / "old.db")
    with pytest.raises(NbGraderException):
        ours(converter_of(course), "ps1", "s001")  # which it does not know, but it can be asked
