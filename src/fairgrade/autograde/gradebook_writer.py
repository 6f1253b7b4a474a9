"""Write a submission's result to nbgrader's gradebook, all of it or nothing; nobody else writes during a run."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from nbgrader.api import (
    Assignment,
    BaseCell,
    Grade,
    Gradebook,
    InvalidEntry,
    MissingEntry,
    Notebook,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy import Connection, make_url
from sqlalchemy.exc import DBAPIError, SAWarning
from traitlets.config import Config

from fairgrade.autograde.result import SubmissionResult
from fairgrade.course import CourseError
from fairgrade.intake import Blueprint
from fairgrade.nbgrader.autoscores import give_nothing, late_penalty
from fairgrade.nbgrader.gradebook import missing_from_gradebook, update_cells
from fairgrade.nbgrader.steps import autograde_steps

SQLITE_TIMEOUT_S = "60"

Result = TypeVar("Result")


class GradebookUnavailable(Exception):
    """The gradebook can't be written to: it stays locked, its disk is full, its server is gone."""


@dataclass(frozen=True)
class GradebookEntry:
    """What the gradebook says of a submission now.

    Attributes
    ----------
    points : float
        All it has, by tests or by hand, without late penalties.
    of : float
    needs_review : bool
        Whether a person has something to grade in it.
    penalty : float
        For being late.
    penalties : mapping of str to float
        The same by notebook, where there is one.
    """

    points: float
    of: float
    needs_review: bool
    penalty: float
    penalties: Mapping[str, float]


class GradebookWriter:
    """Writes results of one assignment; the same fields with the same values as ``nbgrader autograde`` writes.

    Parameters
    ----------
    directory : CourseDirectory
        Knows the gradebook and the course's id.
    assignment : str
    config : Config
        nbgrader's, for late penalties and whether unknown students are added.
    blueprints : mapping of str to Blueprint
        The assignment's notebooks as they are now, which the gradebook comes to know.

    Raises
    ------
    CourseError
        If the gradebook has no such assignment.
    """

    def __init__(
        self, directory: CourseDirectory, assignment: str, config: Config, blueprints: Mapping[str, Blueprint]
    ) -> None:
        converter = Autograde(config=config)
        self._assignment = assignment
        self._create_student = converter.create_student
        self._blueprints = blueprints
        self._connection: Connection | None = None
        self._held: object = None
        penalties = [step for step in autograde_steps(converter) if issubclass(step, AssignLatePenalties)]
        self._late_penalties: AssignLatePenalties | None = None
        if penalties:
            self._late_penalties = penalties[0](config=config)
            self._late_penalties.init_plugin()
        with explained():
            self._gradebook = Gradebook(_patient(directory.db_url), directory.course_id)
        try:
            self._due = self._gradebook.find_assignment(assignment).duedate
        except MissingEntry as error:
            raise CourseError(missing_from_gradebook(assignment)) from error

    def close(self) -> None:
        """Close the gradebook."""
        self._leave()
        self._gradebook.close()

    def prepare(self) -> list[str]:
        """Make the gradebook know the notebooks as they are now; once a run, before anything is recorded.

        Returns
        -------
        list of str
            What changed, a sentence each.
        """
        changes = self._in_one_transaction(self._update)
        self._gradebook.db.remove()  # what its session has read may be of before
        return changes

    def _update(self) -> list[str]:
        # nbgrader's preprocessors open the gradebook without naming the course, which leaves this one in it.
        self._gradebook.check_course()
        return [
            change
            for name, blueprint in self._blueprints.items()
            for change in update_cells(
                self._gradebook,
                self._assignment,
                name,
                [cell.node for cell in blueprint.cells],
                blueprint.metadata,
            )
        ]

    def record(self, result: SubmissionResult, timestamp: datetime | None) -> GradebookEntry:
        """Write one result, in one transaction.

        Parameters
        ----------
        result : SubmissionResult
        timestamp : datetime or None
            When it was handed in, in UTC.

        Raises
        ------
        GradebookUnavailable
            If it can't be written; then nothing of it is.
        """
        return self._in_one_transaction(lambda: self._write(result, timestamp))

    def penalties_to_be(self, result: SubmissionResult, timestamp: datetime | None) -> Mapping[str, float]:
        """What :meth:`record` would take off for being late, by notebook; nothing is written.

        Raises
        ------
        GradebookUnavailable
            If it can't be written to, which would show what it comes to.
        """
        if self._late_penalties is None or self._due is None or (timestamp is not None and timestamp <= self._due):
            return {}

        def write() -> GradebookEntry:
            self._update()
            return self._write(result, timestamp)

        recorded = self._in_one_transaction(write, keep=False)
        self._gradebook.db.remove()  # what its session has read is not there
        return recorded.penalties

    def penalties(self) -> dict[str, dict[str, float]]:
        """Return what being late costs, by student and notebook, where it costs something."""
        found: dict[str, dict[str, float]] = {}
        with explained():
            for student, notebook, penalty in self._notebooks(SubmittedNotebook.late_submission_penalty):
                if penalty:
                    found.setdefault(student, {})[notebook] = penalty
        self._gradebook.db.remove()
        return found

    def scores(self, student: str | None = None) -> dict[str, dict[str, float | None]]:
        """Return the scores tests gave, by student and ``notebook/cell``; of all submissions, or of one student's."""
        found: dict[str, dict[str, float | None]] = {}
        with explained():
            query = self._notebooks(BaseCell.name, Grade.auto_score)
            query = query.join(Grade, Grade.notebook_id == SubmittedNotebook.id)
            if student is not None:
                query = query.filter(SubmittedAssignment.student_id == student)
            for who, notebook, cell, score in query.join(BaseCell, BaseCell.id == Grade.cell_id):
                found.setdefault(who, {})[f"{notebook}/{cell}"] = score
        self._gradebook.db.remove()
        return found

    def _notebooks(self, *columns: Any) -> Any:
        """Return a query over the assignment's submitted notebooks: student, notebook's name and `columns`."""
        return (
            self._gradebook.db.query(SubmittedAssignment.student_id, Notebook.name, *columns)
            .select_from(SubmittedNotebook)
            .join(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
            .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
            .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
            .filter(Assignment.name == self._assignment)
        )

    def _in_one_transaction(self, step: Callable[[], Result], *, keep: bool = True) -> Result:
        with explained(), warnings.catch_warnings(), self._session() as connection, connection.begin() as transaction:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN IMMEDIATE")  # wait for other writers now rather than in between
            warnings.simplefilter("ignore", SAWarning)  # nbgrader's own queries while it builds a submission
            # The gradebook's methods commit each for themselves; within this transaction that only flushes.
            result = step()
            self._gradebook.db.commit()
            if not keep:
                transaction.rollback()
            return result

    @contextmanager
    def _session(self) -> Iterator[Connection]:
        """A session that has read the assignment's cells already; after an error, the next one starts anew."""
        db = self._gradebook.db
        try:
            if self._connection is None:
                self._connection = self._gradebook.engine.connect()
                db.remove()
                db.configure(bind=self._connection, join_transaction_mode="rollback_only", expire_on_commit=False)
            yield self._connection
        except BaseException:
            self._leave()
            raise

    def _leave(self) -> None:
        self._gradebook.db.remove()
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _write(self, result: SubmissionResult, timestamp: datetime | None) -> GradebookEntry:
        gradebook, student = self._gradebook, result.student
        if self._create_student:
            gradebook.update_or_create_student(student)
        else:
            gradebook.find_student(student)
        known = {} if timestamp is None else {"timestamp": timestamp}
        submission = gradebook.update_or_create_submission(self._assignment, student, **known)
        self._held = submission.assignment  # Keep it with its cells: SQLAlchemy's identity map is weak.
        results = {notebook.name: notebook for notebook in result.notebooks}
        for notebook in submission.notebooks:
            if notebook.name not in results:
                give_nothing(notebook)
                continue
            results[notebook.name].autoscores.save(notebook)
            if self._late_penalties is not None:
                notebook.late_submission_penalty = late_penalty(self._late_penalties, notebook)
        # The gradebook's own sums would look through the grades of the whole class for each submission.
        grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
        return GradebookEntry(
            points=sum(map(_points, grades), 0.0),
            of=float(submission.assignment.max_score),
            needs_review=any(grade.needs_manual_grade for grade in grades),
            penalty=sum((notebook.late_submission_penalty or 0.0 for notebook in submission.notebooks), 0.0),
            penalties={n.name: n.late_submission_penalty for n in submission.notebooks if n.late_submission_penalty},
        )


def _points(grade: Grade) -> float:
    """What a cell counts for, as ``Grade.score`` does it in SQL."""
    given = grade.auto_score if grade.manual_score is None else grade.manual_score
    return 0.0 if given is None else float(given + (grade.extra_credit or 0.0))


@contextmanager
def explained() -> Iterator[None]:
    """What the database complains of, in our words."""
    try:
        yield
    except (DBAPIError, InvalidEntry) as error:
        # nbgrader wraps what some of its queries raise.
        cause = error if isinstance(error, DBAPIError) else error.__context__
        if not isinstance(cause, DBAPIError):
            raise
        raise GradebookUnavailable(
            f"The gradebook: expected to write to it, got: {str(cause.orig).strip()}. Once that is mended, run the "
            "same command again: what is graded stays."
        ) from error


def _patient(db_url: str) -> str:
    """The gradebook's address; where it is a SQLite file, waiting for others who write to it for longer than 5 s."""
    url = make_url(db_url)
    if url.get_backend_name() == "sqlite" and "timeout" not in url.query:
        url = url.update_query_dict({"timeout": SQLITE_TIMEOUT_S})
    return url.render_as_string(hide_password=False)
