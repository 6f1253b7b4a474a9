"""The watcher: looks for submissions again and again, has them graded, and says what came of each."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field

from fairgrade.autograde.results_store import ClaimedByAnother
from fairgrade.autograde.run import Run, SubmissionOutcome
from fairgrade.watch.collecting import Collector
from fairgrade.watch.instant_release import InstantRelease
from fairgrade.watch.settled import SettledFolders

PAUSE_S = 0.5
"""From one look at the folders to the next."""


@dataclass
class Watcher:
    """Grades the submissions of one assignment as they arrive, for as long as the assignment stays as it is.

    Attributes
    ----------
    run : Run
        Open.
    say : callable
        Tells the instructor a sentence.
    is_outdated : callable
        Whether the assignment has changed since the run was opened.
    collector : Collector, optional
        Takes submissions from the exchange.
    release : InstantRelease, optional
        Releases feedback.
    graded, unchanged : set of str
        Students.
    errors : dict of str to str
        Why a student's last submission is not graded.
    """

    run: Run
    say: Callable[[str], None]
    is_outdated: Callable[[], bool]
    collector: Collector | None = None
    release: InstantRelease | None = None
    graded: set[str] = field(default_factory=set)
    unchanged: set[str] = field(default_factory=set)
    errors: dict[str, str] = field(default_factory=dict)
    _folders: SettledFolders = field(default_factory=SettledFolders)
    _queue: list[str] = field(default_factory=list)
    _claim: ExitStack = field(default_factory=ExitStack)
    _is_arriving: bool = False
    _is_something_left: bool = True
    _is_claimed: bool = False
    _is_held_up: bool = False

    def watch(self, *, once: bool) -> None:
        """Grade what arrives until the assignment changes; if `once`, until all that is there is graded.

        Raises
        ------
        Any of RUN_ENDING_ERRORS
            If the run can't go on.
        """
        with self._claim:
            is_outdated, next_look = False, 0.0
            while True:
                if time.monotonic() >= next_look:
                    is_outdated = is_outdated or self.is_outdated()
                    self._look(patient=not once)
                    next_look = time.monotonic() + PAUSE_S
                if not is_outdated:
                    self._offer(patient=not once)
                for done in self.run.finished(PAUSE_S):
                    self._tell(done)
                if self.release:
                    self.release.go_on(hurried=bool(self._queue))
                if self.run.waiting():
                    continue
                if not (self.release and self.release.is_behind):
                    self._release_claim()
                    if is_outdated or (once and not self._is_something_left):
                        return
                self._pause(max(0.0, next_look - time.monotonic()))

    def _pause(self, timeout_s: float) -> None:
        if self.release:
            self.release.wait(timeout_s)
        else:
            time.sleep(timeout_s)

    def _busy(self) -> set[str]:
        """Return the students whose submissions have to stay as they are for now."""
        return {*self.run.waiting(), *(self.release.busy if self.release else ())}

    def _look(self, *, patient: bool) -> None:
        """Put the students whose submissions are new or changed into the queue."""
        store = self.run.store
        collected = self._collect(patient=patient) if self.collector else []
        students = {store.submitted(student): student for student in store.students()}
        settled = [students[folder] for folder in self._folders.look(students)]
        self._queue += [student for student in [*collected, *settled] if student not in self._queue]
        self._is_something_left = bool(self._queue or self._folders.changing or self._is_arriving)

    def _collect(self, *, patient: bool) -> list[str]:
        """Take what is complete in the exchange, unless an earlier submission of the student is being graded."""
        assert self.collector is not None
        arrivals, busy = self.collector.inbound.look(), self._busy()
        taken = [arrival for arrival in arrivals if arrival.student not in busy and self._claimed(patient=patient)]
        collected = [arrival.student for arrival in taken if self.collector.collect(arrival)]
        for student in collected:
            self._folders.take(self.run.store.submitted(student))
        self._is_arriving = len(taken) < len(arrivals) or self.collector.inbound.arriving
        return collected

    def _offer(self, *, patient: bool) -> None:
        """Have submissions of the queue graded, as many as there is room for, and one of a student at a time."""
        busy = self._busy()
        for student in [student for student in self._queue if student not in busy]:
            if not self.run.has_room or not self._claimed(patient=patient):
                return
            done = self.run.offer(student, self.run.gradebook.scores(student).get(student, {}))
            self._queue.remove(student)
            if done is not None:
                self._tell(done)

    def _claimed(self, *, patient: bool) -> bool:
        """Whether the results are this watcher's to write; another run may be at work.

        Raises
        ------
        ClaimedByAnother
            If one is, and this watcher is not `patient`.
        """
        if self._is_claimed:
            return True
        try:
            self._claim.enter_context(self.run.store.claimed())
        except ClaimedByAnother as error:
            if not patient:
                raise
            if not self._is_held_up:
                self.say(f"Waiting. {error}")
            self._is_held_up = True
            return False
        self._is_claimed, self._is_held_up = True, False
        return True

    def _release_claim(self) -> None:
        self._is_claimed = False
        self._claim.close()

    def _tell(self, done: SubmissionOutcome) -> None:
        """Say what came of a submission, and keep count."""
        self.errors.pop(done.student, None)
        if done.error:
            self.errors[done.student] = done.error
            self.say(f"{done.student}: not graded. {done.error}")
        elif done.result is None:
            self.unchanged.add(done.student)
        else:
            self.graded.add(done.student)
            self.say(_sentence(done))
        if self.release:
            self.release.consider(done)


def _sentence(done: SubmissionOutcome) -> str:
    assert done.result is not None
    assert done.recorded is not None
    refused = [notebook.refused for notebook in done.result.notebooks if notebook.refused]
    review = "; a person has something to grade" if done.recorded.needs_review else ""
    points = f"{done.recorded.points:g} of {done.recorded.of:g} points{review}, {done.result.seconds:.1f} s"
    return ". ".join([f"{done.student}: {points}", *refused])
