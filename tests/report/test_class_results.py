"""What the gradebook, the graded notebooks and the submissions of a class come to."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from nbgrader.api import Gradebook, SubmittedAssignment
from nbgrader.coursedir import CourseDirectory

from fairgrade.autograde.bundle import configuration_of, read_assignment, read_submission
from fairgrade.autograde.results_store import Fingerprint, ResultsStore
from fairgrade.course import Course, CourseError
from fairgrade.report.class_results import ClassMember, Stage, WorkLeft, read_class
from fairgrade.report.course_report import report_on_course
from fairgrade.report.exercise_outcomes import ExerciseOutcome, count_outcomes
from fairgrade.report.groups_of_totals import group_figures
from fairgrade.report.handed_in import HandedIn, read_handed_in
from fairgrade.report.page import render
from tests.conftest import environment
from tests.report.graded_class import code_cell, graded_notebook, score, write_course, write_gradebook, write_graded

# nbgrader's add_submission makes SQLAlchemy warn of its own flush.
pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")

DUE = datetime(2030, 1, 10)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class of eight; each student is a case of its own."""
    folder = write_course(tmp_path_factory.mktemp("class") / "course")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", environment()["PATH"])  # where nbgrader looks for alembic
        write_gradebook(folder, {f"s{n}": 2.0 for n in range(1, 8)} | {"s8": None}, by_hand="written")
    with Gradebook(f"sqlite:///{folder}/gradebook.db") as gradebook:
        gradebook.find_assignment("ps1").duedate = DUE
        for n in range(1, 8):
            prepare(gradebook, gradebook.find_submission("ps1", f"s{n}"), n)
        gradebook.db.commit()
    for student, content in {
        "s1": graded_notebook(score()),
        "s2": graded_notebook(None, refused="This notebook could not be graded."),
        "s3": graded_notebook(stopped("TimeLimit")),
        "s4": graded_notebook(score((False, True), attempted=False)),
        "s5": graded_notebook(score((False, False), attempted=False)),
        "s6": with_crash(),
        "s7": "damaged",
    }.items():
        write_graded(folder / "autograded" / student / "ps1", content)
    return folder


def prepare(gradebook: Gradebook, submission: SubmittedAssignment, n: int) -> None:
    """Make the cases: s1 waits, s2 is refused, s3 is late, s4 has an extension, s5 is undecided, s6 graded by hand."""
    test, written = (gradebook.find_grade(cell, "nb", "ps1", f"s{n}") for cell in ("test_e", "written"))
    submission.timestamp = DUE + timedelta(days=1 if n in (3, 4) else -1)
    submission.extension = timedelta(days=2) if n == 4 else None
    submission.notebooks[0].late_submission_penalty = 0.5 if n == 3 else None
    written.needs_manual_grade = n in (1, 2)
    test.needs_manual_grade = n in (2, 5)
    if n == 6:
        written.manual_score, written.needs_manual_grade = 3.0, True
        test.manual_score = 1.0


def stopped(error: str) -> dict[str, object]:
    """A score in which the student's code was stopped in the first check."""
    found = score((False, True))
    found["checks"][0]["stopped_by"] = error
    return found


def with_crash() -> dict[str, object]:
    """A graded notebook with a cell of the student's own that ended the process."""
    notebook = graded_notebook(score())
    error = {"output_type": "error", "ename": "Crashed", "evalue": "", "traceback": []}
    own = code_cell("own", "import os; os.abort()", error)
    own["metadata"] = {}
    notebook["cells"].append(own)
    return notebook


@pytest.fixture(scope="module")
def members(course: Path) -> dict[str, ClassMember]:
    """The class as it is read; s9 has handed in what nobody graded yet, and s1 something new."""
    handed_in = HandedIn(frozenset({"s1", "s9"}), frozenset({"s1"}))
    results = read_class(CourseDirectory(root=str(course)), "ps1", None, handed_in)
    assert (results.maxima, results.of) == ({"test_e": 2.0}, 5.0)
    return {one.student: one for one in results.members}


def db_url(course: Path) -> str:
    return f"sqlite:///{course}/gradebook.db"


def test_stages_follow_from_files_and_scores(members: dict[str, ClassMember]) -> None:
    assert {name: one.stage for name, one in members.items()} == {
        "s1": Stage.COMPLETE, "s2": Stage.REFUSED, "s3": Stage.COMPLETE, "s4": Stage.BLANK, "s5": Stage.BLANK,
        "s6": Stage.COMPLETE, "s7": Stage.COMPLETE, "s8": Stage.NOT_HANDED_IN, "s9": Stage.NOT_GRADED,
    }  # fmt: skip
    assert [name for name, one in members.items() if one.is_damaged] == ["s7"]


def test_work_that_is_left_is_told_apart(members: dict[str, ClassMember]) -> None:
    """What a refused submission needs is that somebody looks at it, once."""
    assert {name: one.left for name, one in members.items() if one.left} == {
        "s1": {WorkLeft.WRITTEN: 1, WorkLeft.CHANGED: 1},
        "s2": {WorkLeft.REFUSED: 1},
        "s5": {WorkLeft.REVIEW: 1},
        "s6": {WorkLeft.CONFIRM: 1},
        "s9": {WorkLeft.UNGRADED: 1},
    }
    assert members["s6"].overridden == ("test_e",)


@pytest.mark.parametrize("is_", ["is_late", "has_extension", "is_timed_out", "is_crashed"])
def test_who_was_late_or_stopped_is_known(members: dict[str, ClassMember], is_: str) -> None:
    wanted = {"is_late": "s3", "has_extension": "s4", "is_timed_out": "s3", "is_crashed": "s6"}[is_]
    assert [name for name, one in members.items() if getattr(one, is_)] == [wanted]


def test_totals_and_lateness_are_nbgraders(course: Path, members: dict[str, ClassMember]) -> None:
    """One query per table gives what nbgrader's attributes give."""
    with Gradebook(db_url(course)) as gradebook:
        for submission in gradebook.assignment_submissions("ps1"):
            one = members[submission.student.id]
            assert one.total == submission.score - (submission.late_submission_penalty or 0)
            assert one.is_late == (submission.total_seconds_late > 0)
            assert bool(set(one.left) - {WorkLeft.CHANGED}) == bool(submission.needs_manual_grade)


def test_an_assignment_without_results_is_told(course: Path, tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"ps9: expected results, found none\. Run: fairgrade autograde ps9"):
        read_class(CourseDirectory(root=str(course)), "ps9")
    with pytest.raises(CourseError, match="expected a gradebook, found none yet"):
        read_class(CourseDirectory(root=str(tmp_path)), "ps1")


def test_a_course_without_graders_is_reported_by_its_points(course: Path, tmp_path: Path) -> None:
    """Tests without a grader leave no scores: there are figures of exercises, and none of checks."""
    copied = tmp_path / "course"
    shutil.copytree(course, copied)
    (copied / "graders").rmdir()
    for notebook in copied.glob("autograded/*/ps1/nb.ipynb"):
        notebook.write_text(json.dumps(graded_notebook(None)))
    found = report_on_course(Course.at(copied), "ps1")
    assert (found.items[0].n, found.items[0].facility) == (7, 13 / 14)
    assert (found.checks, found.findings, found.damaged) == ([], [], 0)
    assert found.overridden == {"test_e": 1}
    assert "Points set by hand against the test: e 1." in render(found)


def test_groups_have_totals_of_their_own() -> None:
    """Points beyond the most count in the last tenth; a group of nobody is left out."""
    members = [
        ClassMember("a", Stage.COMPLETE, 10.0),
        ClassMember("b", Stage.COMPLETE, 12.0),
        ClassMember("c", Stage.COMPLETE, 0.0, is_late=True, has_extension=True),
    ]
    in_time, late = group_figures(members, 10.0)
    assert (in_time.name, in_time.n, in_time.mean, in_time.histogram[-1]) == ("in time", 2, 11.0, 2)
    assert (late.name, late.median, late.histogram[0]) == ("late", 0.0, 1)
    assert [(group.n, group.mean) for group in group_figures([], 10.0)] == [(0, None)]


def test_outcomes_are_told_apart() -> None:
    """Of a stopped piece of work, what stopped it counts; a right one may have been stopped where it costs nothing."""
    scores = [score(), score((True, False)), score((False, False), attempted=False)]
    scores += [stopped(error) for error in ("ValueError", "TimeLimit", "Crashed", "MemoryLimit")]
    assert count_outcomes(scores) == {
        "e": {
            ExerciseOutcome.RIGHT: 1, ExerciseOutcome.WRONG: 1, ExerciseOutcome.OPEN: 1, ExerciseOutcome.ERROR: 1,
            ExerciseOutcome.TIMED_OUT: 1, ExerciseOutcome.CRASHED: 2,
        }
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "is_changed"),
    [
        (lambda folder: None, False),
        (lambda folder: (folder / "submitted" / "s1" / "ps1" / "nb.ipynb").write_text("[]"), True),
        (lambda folder: (folder / "graders" / "new.py").write_text(""), True),
        (lambda folder: (folder / "source" / "ps1" / "nb.ipynb").unlink(), True),
    ],
    ids=["nothing", "the submission", "a grader", "the source is gone"],
)
def test_what_changed_since_it_was_graded_is_known(
    tmp_path: Path, change: Callable[[Path], object], is_changed: bool
) -> None:
    """As fairgrade autograde would see it; a submission without its fingerprint counts as handed in alone."""
    course = Course(write_course(tmp_path / "course"))
    config, directory = configuration_of(course)
    store = ResultsStore(directory, "ps1", config)
    for student in ("s1", "s2"):
        write_graded(store.submitted(student), graded_notebook(None))
    bundle = read_assignment(directory, course.root / "graders", "ps1", config, "")
    key = read_submission(store.submitted("s1"), "s1", bundle, store.directory).key
    store.write_fingerprint("s1", Fingerprint(key, {}, {}, "", 0.0))
    change(course.root)
    found = read_handed_in(course, config, directory, "ps1")
    assert found == HandedIn(frozenset({"s1", "s2"}), frozenset({"s1"} if is_changed else set()))
