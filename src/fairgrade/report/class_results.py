"""The results of a class: who handed in, what each earned, which checks passed, and what was recognised."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.coursedir import CourseDirectory

from fairgrade.course import CourseError, expect_gradebook
from fairgrade.notebook.titles import title_of
from fairgrade.report.graded_work import read_graded_work


class Stage(StrEnum):
    """How far a student came with an assignment."""

    NOT_HANDED_IN = "not handed in"
    REFUSED = "can't be read"
    BLANK = "blank"
    PARTLY = "partly done"
    COMPLETE = "complete"


@dataclass(frozen=True)
class ClassMember:
    """One student's results.

    Attributes
    ----------
    student : str
    stage : Stage
    total : float or None
        With points by hand, late penalties taken off; None if nothing was handed in.
    points : dict of str to float
        By exercise, of the graded ones.
    scores : dict of str to dict
        The scores as data, by exercise; see :meth:`fairgrade.grading.Score.to_dict`.
    is_late : bool
    is_waiting : bool
        Whether a person still has to grade something.
    overridden : tuple of str
        Exercises whose points were set by hand against the test.
    answers : dict of str to str
        The student's code, by the grade_id of its cell.
    is_damaged : bool
        Whether a graded notebook can't be read: its points are known, its checks and misconceptions are not.
    """

    student: str
    stage: Stage
    total: float | None
    points: dict[str, float]
    scores: dict[str, dict[str, Any]]
    is_late: bool
    is_waiting: bool
    overridden: tuple[str, ...]
    answers: dict[str, str] = field(default_factory=dict)
    is_damaged: bool = False


@dataclass(frozen=True)
class ClassResults:
    """The results of a class.

    Attributes
    ----------
    assignment : str
    maxima : dict of str to float
        The most an exercise gives, in the order of the notebook.
    of : float
        The most the assignment gives, points by hand included.
    members : tuple of ClassMember
    titles : dict of str to str
        What to call exercises whose name says nothing.
    """

    assignment: str
    maxima: dict[str, float]
    of: float
    members: tuple[ClassMember, ...]
    titles: dict[str, str] = field(default_factory=dict)

    def called(self, exercise: str) -> str:
        """Return what a person calls an exercise."""
        return self.titles.get(exercise) or title_of(exercise)

    @property
    def graded(self) -> list[ClassMember]:
        """Those whose work could be read; the statistics are about them."""
        return [one for one in self.members if one.stage not in (Stage.NOT_HANDED_IN, Stage.REFUSED)]


def read_class(directory: CourseDirectory, assignment: str, titles: dict[str, str] | None = None) -> ClassResults:
    """Read the results of a class from the gradebook and the graded notebooks.

    Parameters
    ----------
    directory : CourseDirectory
        Knows where the gradebook is, and where the graded notebooks.
    assignment : str
    titles : dict of str to str, optional
        As in :class:`ClassResults`.

    Raises
    ------
    CourseError
        If nothing is graded yet.
    """
    expect_gradebook(directory.db_url, assignment)
    with Gradebook(directory.db_url) as gradebook:
        try:
            found = gradebook.find_assignment(assignment)
        except MissingEntry:
            raise CourseError(
                f"{assignment}: expected results, found none. Run: fairgrade autograde {assignment}"
            ) from None
        maxima = {
            cell.name: float(cell.max_score)
            for notebook in found.notebooks
            for cell in notebook.grade_cells
            if cell.cell_type == "code"
        }
        submissions = {submission.student.id: submission for submission in found.submissions}
        students = sorted({student.id for student in gradebook.students} | set(submissions))
        members = tuple(
            _member(student, submissions.get(student), graded_folder(directory, student, assignment), maxima)
            for student in students
        )
        return ClassResults(assignment, maxima, float(found.max_score), members, titles or {})


def graded_folder(directory: CourseDirectory, student: str, assignment: str) -> Path:
    """Return where a student's graded notebooks lie."""
    return Path(directory.format_path(directory.autograded_directory, student, assignment))


def _member(student: str, submission: Any, graded: Path, maxima: dict[str, float]) -> ClassMember:
    if submission is None:
        return ClassMember(student, Stage.NOT_HANDED_IN, None, {}, {}, False, False, ())
    work = read_graded_work(graded)
    grades = {grade.name: grade for notebook in submission.notebooks for grade in notebook.grades}
    points = {name: float(grades[name].score or 0.0) for name in maxima if name in grades}
    attempts = [bool(score.get("attempted", True)) for score in work.scores.values()]
    stage = Stage.COMPLETE if attempts and all(attempts) else Stage.PARTLY if any(attempts) else Stage.BLANK
    if not work.scores:  # tests without a grader, or a damaged file: told by the points alone
        stage = Stage.BLANK if not any(points.values()) else Stage.COMPLETE
    return ClassMember(
        student=student,
        stage=Stage.REFUSED if work.is_refused else stage,
        total=max(0.0, float(submission.score) - float(submission.late_submission_penalty or 0.0)),
        points=points,
        scores=work.scores,
        is_late=submission.total_seconds_late > 0,
        is_waiting=bool(submission.needs_manual_grade),
        overridden=tuple(
            name
            for name, grade in grades.items()
            if name in maxima and grade.manual_score is not None and grade.manual_score != grade.auto_score
        ),
        answers=work.answers,
        is_damaged=work.is_damaged,
    )
