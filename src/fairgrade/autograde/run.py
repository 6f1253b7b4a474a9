"""The run: submissions are graded by an executor, results recorded as they come, what failed is tried once more."""

from __future__ import annotations

import errno
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from contextlib import nullcontext
from dataclasses import dataclass, field, replace

from nbgrader.api import InvalidEntry, MissingEntry

from fairgrade.autograde.bundle import AssignmentBundle, SubmissionBundle, files_for, read_submission
from fairgrade.autograde.changes import Change, compare, compare_penalties, has_results
from fairgrade.autograde.executors import ClusterUnavailable, GradingExecutor
from fairgrade.autograde.gradebook_writer import GradebookEntry, GradebookUnavailable, GradebookWriter
from fairgrade.autograde.result import CantGrade, SubmissionResult
from fairgrade.autograde.results_store import ClaimedByAnother, ResultsStore, fingerprint_of
from fairgrade.autograde.run_manifest import write_manifest
from fairgrade.autograde.waiting import WaitingSubmission, has_room
from fairgrade.course import CourseError
from fairgrade.grading import InfraError
from fairgrade.isolation.errors import SandboxUnavailable
from fairgrade.isolation.lost_tests import Attempt, GradingProcessLost
from fairgrade.nbgrader.cell_results import CellResult, PreflightFailed, expect_all_points, keep_passed, passed, runs_of

RUN_ENDING_ERRORS = (
    CantGrade,
    PreflightFailed,
    SandboxUnavailable,
    ClusterUnavailable,
    GradebookUnavailable,
    ClaimedByAnother,
    OSError,
)
"""What keeps a run from going on. What was recorded by then stays, and nothing is half-written."""

_BAD_NAME_ERRNOS = (
    errno.ENAMETOOLONG,
    errno.EEXIST,
    errno.ENOTDIR,
    errno.EISDIR,
    errno.EILSEQ,
    errno.EINVAL,
    errno.ELOOP,
)
"""What can be wrong with the names of one submission, and of no other."""


@dataclass(frozen=True)
class SubmissionOutcome:
    """What came of one submission.

    Attributes
    ----------
    student : str
    result : SubmissionResult or None
        None if nothing had to be done, or it failed.
    recorded : GradebookEntry or None
        None if nothing was written.
    changes : tuple of Change
        Where its points differ from what the gradebook had.
    error : str
        Why it is not graded, if so.
    work : str
        A hash over what was handed in; empty if it could not be read.
    """

    student: str
    result: SubmissionResult | None = None
    recorded: GradebookEntry | None = None
    changes: tuple[Change, ...] = ()
    error: str = ""
    work: str = ""


@dataclass
class Run:
    """One run over a class.

    Attributes
    ----------
    bundle : AssignmentBundle
    store : ResultsStore
    gradebook : GradebookWriter
    executor : GradingExecutor
    force : bool
        Grade what is graded already, too.
    dry : bool
        Write nothing.
    preflight : bool
        Grade the source itself first, unless it has passed already.
    notices : list of str
        What changed in the gradebook since the source did.
    preflight_results : tuple of CellResult
        What came of the preflight; empty until there is something to grade.
    """

    bundle: AssignmentBundle
    store: ResultsStore
    gradebook: GradebookWriter
    executor: GradingExecutor
    force: bool = False
    dry: bool = False
    preflight: bool = True
    notices: list[str] = field(default_factory=list)
    preflight_results: tuple[CellResult, ...] = ()
    _waiting: dict[Future[SubmissionResult], WaitingSubmission] = field(default_factory=dict)
    _begun: bool = False
    _penalties: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def running(self) -> list[str]:
        """Whose submissions are being graded now, as far as that can be told from here."""
        return self.waiting()[: self.executor.size()]

    def waiting(self) -> list[str]:
        """Whose submissions have been offered and are not finished."""
        return [waiting.student for waiting in self._waiting.values()]

    def students(self, wanted: list[str] | None = None) -> list[str]:
        """Return whose submissions to grade: those `wanted`, or all there are.

        Raises
        ------
        CourseError
            If one of them has handed in nothing, or nobody has.
        """
        have = self.store.students()
        missing = sorted(set(wanted or ()) - set(have))
        if missing or not have:
            raise CourseError(
                f"{self.store.submitted('*')}: expected a submission of "
                f"{', '.join(missing) or 'at least one student'}, "
                "found none. Put notebooks there, or collect them with nbgrader."
            )
        return sorted(set(wanted)) if wanted else have

    def grade(self, students: Sequence[str]) -> Iterator[SubmissionOutcome]:
        """Grade the submissions of `students`; yields what came of each, in the order they finish.

        Raises
        ------
        Any of RUN_ENDING_ERRORS
            If it can't go on.
        """
        with nullcontext() if self.dry else self.store.claimed():
            yield from self._grade(students)

    def _grade(self, students: Sequence[str]) -> Iterator[SubmissionOutcome]:
        before = self.gradebook.scores()
        self._penalties = self.gradebook.penalties()
        rest = iter(students)
        more = True
        while more or self._waiting:
            while more and self.has_room:
                student = next(rest, None)
                if student is None:
                    more = False
                elif (done := self.offer(student, before.get(student, {}))) is not None:
                    yield done
            yield from self.finished()

    @property
    def has_room(self) -> bool:
        """Whether to offer more."""
        return has_room(self._waiting.values(), self.executor.size())

    def offer(self, student: str, before: Mapping[str, float | None]) -> SubmissionOutcome | None:
        """Have a student's submission graded; :meth:`finished` then yields what came of it.

        The caller has claimed the store, unless the run is dry.

        Parameters
        ----------
        student : str
        before : mapping of str to float or None
            What the gradebook says tests gave it, by ``notebook/cell``.

        Returns
        -------
        SubmissionOutcome or None
            What came of it, if there is nothing to grade: it is unchanged, or can't be read.

        Raises
        ------
        Any of RUN_ENDING_ERRORS
            If the run can't go on.
        """
        try:
            submission = read_submission(self.store.submitted(student), student, self.bundle, self.store.directory)
        except OSError as error:
            return SubmissionOutcome(student, error=f"The submission can't be read: {error}.")
        fingerprint = None if self.force else self.store.fingerprint(student)
        if (
            fingerprint is not None
            and fingerprint.key == submission.key
            and fingerprint.scores.items() <= before.items()
            and self.store.intact(student, fingerprint)
        ):
            return SubmissionOutcome(student, work=submission.work)
        self.begin()
        self._send(submission, Attempt(), before)
        return None

    def _send(self, submission: SubmissionBundle, attempt: Attempt, before: Mapping[str, float | None]) -> None:
        packed = self.executor.pack(submission)
        self._waiting[self.executor.submit(packed)] = WaitingSubmission(submission.student, packed, attempt, before)

    def finished(self, timeout_s: float | None = None) -> Iterator[SubmissionOutcome]:
        """Wait until submissions are graded, at most `timeout_s`, and record them; yields what came of each.

        Raises
        ------
        Any of RUN_ENDING_ERRORS
            If the run can't go on.
        """
        for future in wait(self._waiting, timeout_s, FIRST_COMPLETED).done if self._waiting else ():
            if outcome := self._outcome_of(future):
                yield outcome

    def _outcome_of(self, future: Future[SubmissionResult]) -> SubmissionOutcome | None:
        """Record a result; return None if the submission has failed and is graded once more."""
        waiting = self._waiting.pop(future)
        try:
            result = future.result()
        except (CantGrade, SandboxUnavailable):
            raise  # so it would be for all others
        except (Exception, CancelledError) as error:
            following = waiting.attempt.after(error)
            if following is None:
                return SubmissionOutcome(waiting.student, error=str(error) or type(error).__name__)
            # Elsewhere: the process it failed in is not used again.
            self._send(replace(waiting.unpack(), skipped=following.skipped), following, waiting.before)
            return None
        return self._finish(result, waiting.unpack(), waiting.before)

    def begin(self) -> None:
        """Before the first result: the source has to earn its own points, and the gradebook to know it as it is."""
        if self._begun:
            return
        self._begun = True
        if self.preflight:
            self.preflight_results = passed(self.store.reports, self.bundle.key) or self._run_preflight()
            self.executor.runs = runs_of(self.preflight_results)
        if not self.dry:
            write_manifest(self.store, self.bundle)  # what results will rest on
            self.notices += self.gradebook.prepare()

    def _run_preflight(self) -> tuple[CellResult, ...]:
        """Have the source graded as submissions are; gives what came of it."""
        try:
            try:
                results = self.executor.preflight().result()
            except (GradingProcessLost, CancelledError):  # it need not have been the source that ended it
                results = self.executor.preflight().result()
        except RUN_ENDING_ERRORS:
            raise
        except (InfraError, CancelledError) as error:
            raise PreflightFailed(f"Preflight: expected what the source earns, got {error}") from error
        expect_all_points(results, self.bundle.assignment)
        if not self.dry:
            keep_passed(self.store.reports, self.bundle.key, results)
        return results

    def _finish(
        self, result: SubmissionResult, submission: SubmissionBundle, before: Mapping[str, float | None]
    ) -> SubmissionOutcome:
        """Record a result: the files aside, then the gradebook, then the files in their place, then the fingerprint."""
        student = result.student
        folder, at = self.store.autograded(student), self.store.submitted_at(student)
        changes = compare(result, before, folder)
        known, penalties = has_results(result, folder), self._penalties.get(student, {})
        if self.dry:
            if known:
                changes += compare_penalties(student, penalties, self.gradebook.penalties_to_be(result, at))
            return SubmissionOutcome(student, result, changes=changes)
        try:
            self.store.stage(result, files_for(self.bundle, submission))
        except OSError as error:
            if error.errno in _BAD_NAME_ERRNOS:
                return SubmissionOutcome(student, error=f"It can't be written: {error}.")
            raise
        try:
            recorded = self.gradebook.record(result, at)
        except BaseException as error:
            self.store.discard(student)
            if isinstance(error, InvalidEntry | MissingEntry):  # such as a student who must not be added
                return SubmissionOutcome(student, error=f"The gradebook does not take it: {error}.")
            raise
        if known:
            changes += compare_penalties(student, penalties, recorded.penalties)
        self.store.publish(student)
        self.store.write_fingerprint(student, fingerprint_of(result))
        return SubmissionOutcome(student, result, recorded, changes, work=submission.work)
