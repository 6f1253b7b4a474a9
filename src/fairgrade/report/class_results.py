"""The results of a class: who handed in, what each earned, which checks passed, and what was recognised."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from nbgrader.coursedir import CourseDirectory

from fairgrade.autograde.graded_work import GradedWork, read_graded_work
from fairgrade.notebook.titles import title_of
from fairgrade.report.exercise_outcomes import OTHER_LIMITS, TIME_LIMITS
from fairgrade.report.handed_in import HandedIn
from fairgrade.report.recorded_class import RecordedSubmission, read_gradebook_of


class Stage(StrEnum):
    """How far a student came with an assignment."""

    NOT_HANDED_IN = "not handed in"
    NOT_GRADED = "not graded yet"
    REFUSED = "can't be read"
    BLANK = "blank"
    PARTLY = "partly done"
    COMPLETE = "complete"


class WorkLeft(StrEnum):
    """The kinds of work that is left to do."""

    UNGRADED = "submissions that are not graded yet"
    CHANGED = "submissions to grade again, since they or the assignment have changed"
    REFUSED = "submissions that can't be read"
    WRITTEN = "answers to grade by hand"
    REVIEW = "tests that could not decide"
    CONFIRM = "points by hand to confirm, since the tests have run again"

    @property
    def is_for_autograde(self) -> bool:
        """Whether a command does it; the rest is for a person."""
        return self in (WorkLeft.UNGRADED, WorkLeft.CHANGED)


@dataclass(frozen=True)
class ClassMember:
    """One student's results.

    Attributes
    ----------
    student : str
    stage : Stage
    total : float or None
        With points by hand, late penalties taken off; None if nothing is graded.
    points : dict of str to float
        By exercise, of the graded ones.
    scores : dict of str to dict
        The scores as data, by exercise; see :meth:`fairgrade.grading.Score.to_dict`.
    is_late, has_extension : bool
    left : mapping of WorkLeft to int
        What is left to do, and how often.
    overridden : tuple of str
        Exercises whose points were set by hand against the test.
    answers : dict of str to str
        The student's code, by the grade_id of its cell.
    stopped_by : frozenset of str
        The classes of errors that stopped a cell, or the student's code in a check.
    is_damaged : bool
        Whether a graded notebook can't be read: its points are known, its checks and misconceptions are not.
    """

    student: str
    stage: Stage
    total: float | None = None
    points: dict[str, float] = field(default_factory=dict)
    scores: dict[str, dict[str, Any]] = field(default_factory=dict)
    is_late: bool = False
    has_extension: bool = False
    left: Mapping[WorkLeft, int] = field(default_factory=dict)
    overridden: tuple[str, ...] = ()
    answers: dict[str, str] = field(default_factory=dict)
    stopped_by: frozenset[str] = frozenset()
    is_damaged: bool = False

    @property
    def is_timed_out(self) -> bool:
        """Whether a time limit stopped something."""
        return not self.stopped_by.isdisjoint(TIME_LIMITS)

    @property
    def is_crashed(self) -> bool:
        """Whether another limit stopped the student's process, or it ended."""
        return not self.stopped_by.isdisjoint(OTHER_LIMITS)


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
        without = (Stage.NOT_HANDED_IN, Stage.NOT_GRADED, Stage.REFUSED)
        return [one for one in self.members if one.stage not in without]


def read_class(
    directory: CourseDirectory,
    assignment: str,
    titles: dict[str, str] | None = None,
    handed_in: HandedIn = HandedIn(),  # noqa: B008 - it is frozen
) -> ClassResults:
    """Read the results of a class from the gradebook and the graded notebooks.

    Parameters
    ----------
    directory : CourseDirectory
        Knows where the gradebook is, and where the graded notebooks.
    assignment : str
    titles : dict of str to str, optional
        As in :class:`ClassResults`.
    handed_in : HandedIn, optional
        Whose submissions there are.

    Raises
    ------
    CourseError
        If nothing is graded yet.
    """
    recorded = read_gradebook_of(directory.db_url, assignment)
    members = []
    for student in sorted({*recorded.students, *recorded.submissions, *handed_in.students}):
        submission = recorded.submissions.get(student)
        if submission is not None:
            folder = Path(directory.format_path(directory.autograded_directory, student, assignment))
            is_changed = student in handed_in.changed
            members.append(_member(student, submission, read_graded_work(folder), recorded.maxima, is_changed))
        elif student in handed_in.students:
            members.append(ClassMember(student, Stage.NOT_GRADED, left={WorkLeft.UNGRADED: 1}))
        else:
            members.append(ClassMember(student, Stage.NOT_HANDED_IN))
    return ClassResults(assignment, recorded.maxima, recorded.of, tuple(members), titles or {})


def _member(
    student: str, submission: RecordedSubmission, work: GradedWork, maxima: Mapping[str, float], is_changed: bool
) -> ClassMember:
    return ClassMember(
        student=student,
        stage=_stage(submission, work, maxima),
        total=submission.total,
        points={name: submission.points[name] for name in maxima if name in submission.points},
        scores=work.scores,
        is_late=submission.is_late,
        has_extension=submission.has_extension,
        left=_left(submission, work, is_changed),
        overridden=tuple(submission.overridden),
        answers=work.answers,
        stopped_by=work.stopped_by,
        is_damaged=work.is_damaged,
    )


def _stage(submission: RecordedSubmission, work: GradedWork, maxima: Mapping[str, float]) -> Stage:
    if work.is_refused:
        return Stage.REFUSED
    attempts = [bool(score.get("attempted", True)) for score in work.scores.values()]
    if not attempts:  # tests without a grader, or a damaged file: told by the points alone
        return Stage.COMPLETE if any(submission.points.get(name) for name in maxima) else Stage.BLANK
    return Stage.COMPLETE if all(attempts) else Stage.PARTLY if any(attempts) else Stage.BLANK


def _left(submission: RecordedSubmission, work: GradedWork, is_changed: bool) -> dict[WorkLeft, int]:
    waiting = submission.undecided or submission.to_grade or submission.to_confirm
    if work.is_refused:
        found = Counter({WorkLeft.REFUSED: int(bool(waiting))})
    else:
        found = Counter({
            WorkLeft.WRITTEN: len(submission.to_grade),
            WorkLeft.REVIEW: len(submission.undecided),
            WorkLeft.CONFIRM: len(submission.to_confirm),
        })  # fmt: skip
    found[WorkLeft.CHANGED] = int(is_changed)
    return {kind: count for kind, count in found.items() if count}
