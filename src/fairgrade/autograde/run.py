"""The run: what is due is spread over a crew, results are recorded as they come, what failed is tried once more."""

from __future__ import annotations

import errno
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from contextlib import nullcontext
from dataclasses import dataclass, field

from nbgrader.api import InvalidEntry, MissingEntry

from fairgrade.autograde.compare import Change, compare, compare_penalties, has_results
from fairgrade.autograde.crew import ClusterUnavailable, Crew
from fairgrade.autograde.graded import CantGrade, Graded
from fairgrade.autograde.inputs import HandedIn, Kit, files_for, read_handed_in
from fairgrade.autograde.processes import WorkerLost
from fairgrade.autograde.record import GradebookUnavailable, Recorded, Recorder
from fairgrade.autograde.seeds import keep_seed
from fairgrade.autograde.shelf import ClaimedByAnother, Shelf, note_of
from fairgrade.grading import InfraError
from fairgrade.isolation.errors import SandboxUnavailable
from fairgrade.nbgrader.auto import runs_of
from fairgrade.nbgrader.preflight import CellResult, PreflightFailed, expect_all_points, keep_passed, passed

STOPS = (
    CantGrade,
    PreflightFailed,
    SandboxUnavailable,
    ClusterUnavailable,
    GradebookUnavailable,
    ClaimedByAnother,
    OSError,
)
"""What keeps a run from going on. What was recorded by then stays, and nothing is half-written."""


_OF_ONE = (errno.ENAMETOOLONG, errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.EILSEQ, errno.EINVAL, errno.ELOOP)
"""What can be wrong with the names of one submission, and of no other."""


@dataclass(frozen=True)
class Done:
    """What came of one submission.

    Attributes
    ----------
    student : str
    graded : Graded or None
        None if nothing had to be done, or it failed.
    recorded : Recorded or None
        None if nothing was written.
    changes : tuple of Change
        Where its points differ from what the gradebook had.
    error : str
        Why it is not graded, if so.
    """

    student: str
    graded: Graded | None = None
    recorded: Recorded | None = None
    changes: tuple[Change, ...] = ()
    error: str = ""


@dataclass
class Run:
    """One run over a class.

    Attributes
    ----------
    kit : Kit
    shelf : Shelf
    recorder : Recorder
    crew : Crew
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

    kit: Kit
    shelf: Shelf
    recorder: Recorder
    crew: Crew
    force: bool = False
    dry: bool = False
    preflight: bool = True
    notices: list[str] = field(default_factory=list)
    preflight_results: tuple[CellResult, ...] = ()
    _waiting: dict[Future[Graded], tuple[HandedIn, bool]] = field(default_factory=dict)
    _begun: bool = False
    _penalties: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def running(self) -> list[str]:
        """Whose submissions are being graded now, as far as that can be told from here."""
        return [handed_in.student for handed_in, _ in self._waiting.values()][: self.crew.size()]

    def grade(self, students: Sequence[str]) -> Iterator[Done]:
        """Grade the submissions of `students`; yields what came of each, in the order they finish.

        Raises
        ------
        Any of STOPS
            If it can't go on.
        """
        with nullcontext() if self.dry else self.shelf.claimed():
            yield from self._grade(students)

    def _grade(self, students: Sequence[str]) -> Iterator[Done]:
        before = self.recorder.scores()
        self._penalties = self.recorder.penalties()
        due = self._due(students, before)
        more = True
        while more or self._waiting:
            # Twice as many as are graded at once: nobody waits, and a large class does not fill the memory.
            while more and len(self._waiting) < 2 * self.crew.size():
                item = next(due, None)
                if item is None:
                    more = False
                elif isinstance(item, Done):
                    yield item
                else:
                    self._begin()
                    self._waiting[self.crew.grade(item)] = item, True
            for future in wait(self._waiting, return_when=FIRST_COMPLETED).done if self._waiting else ():
                handed_in, first = self._waiting.pop(future)
                try:
                    graded = future.result()
                except (CantGrade, SandboxUnavailable):
                    raise  # so it would be for all others
                except (Exception, CancelledError) as error:
                    if first:  # elsewhere: the process it failed in is not used again
                        self._waiting[self.crew.grade(handed_in)] = handed_in, False
                    else:
                        yield Done(handed_in.student, error=str(error) or type(error).__name__)
                    continue
                yield self._finish(graded, handed_in, before.get(handed_in.student, {}))

    def _due(
        self, students: Sequence[str], before: Mapping[str, Mapping[str, float | None]]
    ) -> Iterator[HandedIn | Done]:
        """What there is to grade, and what is done already."""
        for student in students:
            try:
                handed_in = read_handed_in(self.shelf.submitted(student), student, self.kit, self.shelf.directory)
            except OSError as error:
                yield Done(student, error=f"The submission can't be read: {error}.")
                continue
            note = None if self.force else self.shelf.note(student)
            if (
                note is not None
                and note.key == handed_in.key
                and note.scores.items() <= before.get(student, {}).items()
                and self.shelf.intact(student, note)
            ):
                yield Done(student)
            else:
                yield handed_in

    def _begin(self) -> None:
        """Before the first result: the source has to earn its own points, and the gradebook to know it as it is."""
        if self._begun:
            return
        self._begun = True
        if self.preflight:
            self.preflight_results = passed(self.shelf.reports, self.kit.key) or self._run_preflight()
            self.crew.runs = runs_of(self.preflight_results)
        if not self.dry:
            keep_seed(self.shelf, self.kit)  # what results will rest on
            self.notices += self.recorder.prepare()

    def _run_preflight(self) -> tuple[CellResult, ...]:
        """Have the source graded as submissions are; gives what came of it."""
        try:
            try:
                results = self.crew.preflight().result()
            except (WorkerLost, CancelledError):  # whatever ended that process, it need not have been the source
                results = self.crew.preflight().result()
        except STOPS:
            raise
        except (InfraError, CancelledError) as error:
            raise PreflightFailed(f"Preflight: expected what the source earns, got {error}") from error
        expect_all_points(results, self.kit.assignment)
        if not self.dry:
            keep_passed(self.shelf.reports, self.kit.key, results)
        return results

    def _finish(self, graded: Graded, handed_in: HandedIn, before: Mapping[str, float | None]) -> Done:
        """Record a result: the files aside, then the gradebook, then the files in their place, then the note."""
        student = graded.student
        folder, at = self.shelf.autograded(student), self.shelf.handed_in_at(student)
        changes = compare(graded, before, folder)
        known, penalties = has_results(graded, folder), self._penalties.get(student, {})
        if self.dry:
            if known:
                changes += compare_penalties(student, penalties, self.recorder.penalties_to_be(graded, at))
            return Done(student, graded, changes=changes)
        try:
            self.shelf.stage(graded, files_for(self.kit, handed_in))
        except OSError as error:
            if error.errno in _OF_ONE:
                return Done(student, error=f"It can't be written: {error}.")
            raise
        try:
            recorded = self.recorder.record(graded, at)
        except BaseException as error:
            self.shelf.unstage(student)
            if isinstance(error, InvalidEntry | MissingEntry):  # such as a student who must not be added
                return Done(student, error=f"The gradebook does not take it: {error}.")
            raise
        if known:
            changes += compare_penalties(student, penalties, recorded.penalties)
        self.shelf.place(student)
        self.shelf.write_note(student, note_of(graded))
        return Done(student, graded, recorded, changes)
