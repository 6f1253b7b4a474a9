"""What the gradebook says of a class, read with one query per table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from nbgrader.api import (
    Assignment,
    BaseCell,
    Grade,
    SubmittedAssignment,
    SubmittedNotebook,
)

from fairgrade.autograde.graded_gradebook import opened_gradebook


@dataclass
class RecordedSubmission:
    """What the gradebook says of one submission.

    Attributes
    ----------
    is_late, has_extension : bool
    total : float
        With points by hand, late penalties taken off.
    points : dict of str to float
        By grade_id.
    undecided, to_grade, to_confirm : list of str
        Cells that a person has to grade: since the tests' score is not final; since there is none; since they were
        graded by hand before the tests ran again.
    overridden : list of str
        Cells whose points were set by hand against the test.
    """

    is_late: bool
    has_extension: bool
    total: float = 0.0
    points: dict[str, float] = field(default_factory=dict)
    undecided: list[str] = field(default_factory=list)
    to_grade: list[str] = field(default_factory=list)
    to_confirm: list[str] = field(default_factory=list)
    overridden: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class RecordedClass:
    """What the gradebook says of an assignment.

    Attributes
    ----------
    maxima : dict of str to float
        The most that a test gives, by its grade_id, in the order of the notebook.
    of : float
        The most the assignment gives, points by hand included.
    students : tuple of str
        All students the gradebook knows.
    submissions : dict of str to RecordedSubmission
        By student.
    """

    maxima: dict[str, float]
    of: float
    students: tuple[str, ...]
    submissions: dict[str, RecordedSubmission]


def read_gradebook_of(db_url: str, assignment: str) -> RecordedClass:
    """Read what the gradebook says of an assignment.

    Raises
    ------
    CourseError
        If it does not know the assignment, or there is no gradebook; none is made.
    """
    with opened_gradebook(db_url, assignment) as (gradebook, found):
        written = {cell.name for notebook in found.notebooks for cell in notebook.solution_cells}
        maxima = {
            cell.name: float(cell.max_score)
            for notebook in found.notebooks
            for cell in notebook.grade_cells
            if cell.cell_type == "code" and cell.name not in written
        }
        students = tuple(student.id for student in gradebook.students)
        return RecordedClass(maxima, float(found.max_score), students, _submissions(gradebook.db, found, maxima))


def _submissions(db: Any, assignment: Assignment, maxima: Iterable[str]) -> dict[str, RecordedSubmission]:
    """Read all submissions; nbgrader's own attributes ask the database several times for each."""
    handed_in = SubmittedAssignment.assignment_id == assignment.id
    found: dict[str, RecordedSubmission] = {}
    rows = db.query(
        SubmittedAssignment.student_id, SubmittedAssignment.timestamp, SubmittedAssignment.extension
    ).filter(handed_in)
    for student, handed_in_at, extension in rows:
        due = assignment.duedate and assignment.duedate + (extension or timedelta())
        is_late = bool(handed_in_at and due and handed_in_at > due)
        found[student] = RecordedSubmission(is_late, bool(extension))
    grades = (
        db.query(
            SubmittedAssignment.student_id, BaseCell.name, Grade.score, Grade.auto_score, Grade.manual_score,
            Grade.needs_manual_grade,
        )
        .select_from(Grade)
        .join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(BaseCell, Grade.cell_id == BaseCell.id)
        .filter(handed_in)
    )  # fmt: skip
    tests = set(maxima)
    for student, name, *grade in grades:
        _add(found[student], name, *grade, is_test=name in tests)
    penalties = (
        db.query(SubmittedAssignment.student_id, SubmittedNotebook.late_submission_penalty)
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .filter(handed_in)
    )
    for student, penalty in penalties:
        found[student].total -= float(penalty or 0.0)
    for one in found.values():
        one.total = max(0.0, one.total)
    return found


def _add(
    one: RecordedSubmission,
    name: str,
    score: float | None,
    by_test: float | None,
    by_hand: float | None,
    waits: bool | None,
    *,
    is_test: bool,
) -> None:
    """Add a cell's grade to a submission."""
    one.points[name] = float(score or 0.0)
    one.total += float(score or 0.0)
    if waits and by_hand is not None:
        one.to_confirm.append(name)
    elif waits:
        (one.undecided if is_test or by_test is not None else one.to_grade).append(name)
    if is_test and by_hand is not None and by_hand != by_test:
        one.overridden.append(name)
