"""Release feedback on submissions when it is their turn, and remember which had it; a restart changes nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence, Set
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from fairgrade.autograde.pool import ForkServer
from fairgrade.autograde.results_store import ResultsStore, read_json, write_json
from fairgrade.autograde.run import Run, SubmissionOutcome
from fairgrade.watch.collecting import due_date
from fairgrade.watch.inbound import utc_at
from fairgrade.watch.instant_pages import InstantPages, PageBundle
from fairgrade.watch.instant_policy import InstantFeedback, Shown, turn_of
from fairgrade.watch.page_crew import PageCrew

_NOTES = "instant"


def release_of(run: Run, assignment: str, say: Callable[[str], None], server: ForkServer) -> InstantRelease | None:
    """Return what releases feedback as the course's policy says; None if nothing is shown before the final feedback.

    Raises
    ------
    CourseError
        If the policy can't be kept.
    """
    policy = InstantFeedback.of(run.store.directory.config)
    if policy.shows == "nothing":
        return None
    bundle = PageBundle(run.store.directory.root, assignment, run.bundle.config, policy.shows == "points")
    InstantPages(bundle)  # whether it can be done
    return InstantRelease(policy, PageCrew(bundle, server, run.executor.size()), run.store, assignment, say)


def utc_now() -> datetime:
    """Return the time as the gradebook has times: in UTC, without a time zone."""
    return datetime.now(UTC).replace(tzinfo=None)


@dataclass
class InstantRelease:
    """Releases feedback on one assignment.

    Which submissions had their turn is kept in ``reports/<assignment>/instant/``, a file per student. It is written
    before a page is released, so that nothing a student does can earn another turn, and once more when it is.

    Attributes
    ----------
    policy : InstantFeedback
    crew : PageCrew
    store : ResultsStore
    assignment : str
    say : callable
        Tells the instructor a sentence.
    now : callable
        The time in UTC.
    """

    policy: InstantFeedback
    crew: PageCrew
    store: ResultsStore
    assignment: str
    say: Callable[[str], None]
    now: Callable[[], datetime] = utc_now
    _turns: dict[str, tuple[datetime, str, bool]] = field(default_factory=dict)
    _making: dict[str, tuple[Future[int], str, bool]] = field(default_factory=dict)

    @property
    def waiting(self) -> Set[str]:
        """Who waits for a page, or for a turn."""
        return self._turns.keys()

    @property
    def is_behind(self) -> bool:
        """Whether there are pages to make now."""
        return bool(self._making) or any(turn <= self.now() for turn, *_ in self._turns.values())

    @property
    def busy(self) -> Set[str]:
        """Whose page is being made; what it is made of has to stay as it is."""
        return self._making.keys()

    def close(self) -> None:
        """Make no further page."""
        self.crew.close()

    def consider(self, done: SubmissionOutcome) -> None:
        """Release feedback on a graded submission, or find out when it is its turn."""
        self._turns.pop(done.student, None)
        if done.error:
            return
        before, due = self._shown(done.student), due_date(self.store.directory.db_url, self.assignment, done.student)
        known = next((shown for shown in before if shown.work == done.work), None)
        is_new = done.result is not None
        if known is not None and known.released and (not is_new or (due is not None and self.now() > due)):
            return
        turn = turn_of(self.policy, done.work, self._arrived(done.student), due, before)
        if turn is None:
            if is_new:
                self.say(f"{done.student}: feedback comes with the final one. {self._why(before, due)}")
            return
        self._turns[done.student] = turn, done.work, is_new
        if is_new and turn > self.now():
            self.say(f"{done.student}: feedback comes at {turn:%H:%M} UTC, or on what they hand in until then.")

    def go_on(self, *, hurried: bool) -> None:
        """Note which pages are released, and have those made whose turn has come.

        Parameters
        ----------
        hurried : bool
            Whether submissions wait to be graded: then pages are made one at a time.
        """
        for student, (future, work, is_new) in list(self._making.items()):
            if future.done():
                del self._making[student]
                self._finish(student, work, future, is_new=is_new)
        most = 1 if hurried else 2 * self.crew.jobs
        for student, (turn, work, is_new) in sorted(self._turns.items(), key=lambda item: item[1][0]):
            if turn > self.now() or len(self._making) >= most:
                break
            del self._turns[student]
            self._release(student, work, self._shown(student), is_new=is_new)

    def wait(self, timeout_s: float) -> None:
        """Wait until a page is made, or for a while."""
        if self._making:
            wait([future for future, *_ in self._making.values()], timeout_s, FIRST_COMPLETED)
        else:
            time.sleep(timeout_s)

    def _release(self, student: str, work: str, before: Sequence[Shown], *, is_new: bool) -> None:
        if all(shown.work != work for shown in before):
            self._note(student, [*before, Shown(work, self.now(), released=False)])
        self._making[student] = self.crew.release(student), work, is_new

    def _finish(self, student: str, work: str, future: Future[int], *, is_new: bool) -> None:
        shown = self._shown(student)
        try:
            number = future.result()
        except Exception as error:  # whatever is wrong with one page, the others are released
            self.say(f"{student}: no feedback yet. {type(error).__name__}: {error}. The next start tries again.")
            return
        if number == 0:
            self._note(student, [other for other in shown if other.work != work])
            if is_new:  # else it has been said
                self.say(f"{student}: no feedback; it did not come through the exchange, where it could be fetched.")
            return
        self._note(student, [replace(each, released=each.released or each.work == work) for each in shown])
        self.say(f"{student}: feedback released, {len(shown)} of {self.policy.times}.")

    def _why(self, before: Sequence[Shown], due: datetime | None) -> str:
        if len(before) >= self.policy.times:
            return f"{len(before)} of {self.policy.times} had theirs."
        return f"It is due {due:%Y-%m-%d %H:%M} UTC."

    def _arrived(self, student: str) -> datetime:
        """Return when a submission came into ``submitted/``, by a time that can't be set."""
        try:
            return utc_at(self.store.submitted(student).lstat().st_ctime_ns)
        except OSError:  # it has been removed meanwhile
            return self.now()

    def _shown(self, student: str) -> list[Shown]:
        """Return which submissions of a student had their turn, in order of time."""
        kept = read_json(self.store.note_file(_NOTES, student))
        return sorted((_read(entry) for entry in kept or ()), key=lambda shown: shown.at)

    def _note(self, student: str, shown: Sequence[Shown]) -> None:
        content = [asdict(each) | {"at": each.at.isoformat()} for each in shown]
        write_json(self.store.note_file(_NOTES, student), content)


def _read(entry: Mapping[str, Any]) -> Shown:
    return Shown(entry["work"], datetime.fromisoformat(entry["at"]), entry["released"])
