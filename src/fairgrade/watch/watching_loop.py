"""Watch an assignment through its changes and through trouble: one watcher after another."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, chdir, closing, contextmanager, suppress
from datetime import datetime
from functools import partial
from types import FrameType

from rich.console import Console

from fairgrade.autograde.bundle import SubmissionBundle, configuration_of
from fairgrade.autograde.command import open_run
from fairgrade.autograde.pool import ForkServer
from fairgrade.autograde.results_store import ResultsStore
from fairgrade.autograde.run import RUN_ENDING_ERRORS, Run
from fairgrade.console import print_error, print_stopped
from fairgrade.course import Course, CourseError
from fairgrade.grading import InfraError
from fairgrade.watch.collecting import Collector, inbound_of
from fairgrade.watch.inbound import Inbound
from fairgrade.watch.instant_release import InstantRelease, release_of
from fairgrade.watch.watcher import PAUSE_S, Watcher

RETRY_S = 30.0
"""How soon to try again after trouble that may pass by itself, such as a full disk."""

SOME_NOT_GRADED, NOT_BEGUN, INTERRUPTED = 1, 3, 130
"""Exit codes."""


class Terminated(KeyboardInterrupt):
    """Somebody has asked the process to end, by SIGTERM."""


def watch_assignment(
    course: Course, assignment: str, console: Console, *, once: bool, jobs: int | None, server: ForkServer
) -> int:
    """Grade the submissions of an assignment as they arrive; return the command's exit code.

    Parameters
    ----------
    course, assignment, console
    once : bool
        End when all that is there is graded.
    jobs : int or None
        Grading processes.
    server : ForkServer
        The first ones are forked from this one.

    Raises
    ------
    CourseError
        If the course lacks something before the first submission.
    """

    def say(sentence: str) -> None:
        # Names of students are names of folders, and may hold anything.
        clean = "".join(letter if letter.isprintable() else "?" for letter in sentence)
        console.print(f"{datetime.now():%H:%M:%S} {clean}", soft_wrap=True, highlight=False, markup=False)

    config, directory = configuration_of(course)
    store = ResultsStore(directory, assignment, config)
    try:
        with chdir(course.root), store.watched(), _ending_on_sigterm():
            inbound = inbound_of(store, assignment, config, say)
            places = [*([str(inbound.folder)] if inbound else []), str(store.submitted("*"))]
            say(f"Watching {' and '.join(places)}" + ("" if once else "; Ctrl-C stops."))
            watcher = _watch_through_changes(course, assignment, inbound, say, once=once, jobs=jobs, server=server)
    except (*RUN_ENDING_ERRORS, InfraError) as error:
        print_error(error)
        return NOT_BEGUN
    except Terminated:
        say("Stopped.")
        return 0
    except KeyboardInterrupt:
        print_stopped(kept=True)
        return INTERRUPTED
    counts = f"{len(watcher.graded)} graded, {len(watcher.unchanged)} unchanged, {len(watcher.errors)} not graded"
    say(f"All that is there: {counts}.")
    return SOME_NOT_GRADED if watcher.errors else 0


def _watch_through_changes(
    course: Course,
    assignment: str,
    inbound: Inbound | None,
    say: Callable[[str], None],
    *,
    once: bool,
    jobs: int | None,
    server: ForkServer | None,
) -> Watcher:
    """Watch until all is graded if `once`, else for ever: an assignment that changes is opened anew."""
    has_begun, trouble = False, ""
    while True:
        seen = course.changed_at(assignment)
        try:
            with ExitStack() as opened:
                server = opened.enter_context(closing(server or ForkServer()))
                run = opened.enter_context(open_run(course, assignment, jobs=jobs, server=server))
                release = release_of(run, assignment, say, server)
                if release:
                    opened.enter_context(closing(release))
                collector = Collector(inbound, run.store, run.bundle, say) if inbound else None
                watcher = Watcher(run, say, partial(_has_changed, course, assignment, seen), collector, release)
                if not once:
                    with run.store.claimed():
                        run.begin()
                    _warm_up(run, release)
                    say("Ready.")
                    has_begun, trouble = True, ""
                watcher.watch(once=once)
            if once:
                return watcher
            say("The assignment has changed: what is not unchanged is graded again.")
        except (*RUN_ENDING_ERRORS, CourseError, InfraError) as error:
            if once or not has_begun:
                raise
            if str(error) != trouble:
                print_error(error)
                say(f"Nothing is lost. Trying again every {RETRY_S:g} s, and whenever the assignment changes.")
            trouble = str(error)
            _wait_for_change(course, assignment, seen)
        server = None  # it has ended with the run


def _warm_up(run: Run, release: InstantRelease | None) -> None:
    """Start all processes and their sandboxes by grading the source, so that the first submission takes no longer.

    Raises
    ------
    InfraError
        If one can't be started.
    """
    source = {f"{name}.ipynb": content for name, content in run.bundle.notebooks.items()}
    work = SubmissionBundle("nobody", source, run.bundle.replaceable, (), key="", work="")
    graded = [run.executor.grade(work) for _ in range(run.executor.size())]
    if release:
        release.crew.warm_up()
    for each in graded:
        with suppress(InfraError):  # what is wrong shows with the first submission, which then says so
            each.result()


def _wait_for_change(course: Course, assignment: str, seen: object) -> None:
    """Wait until the assignment is no longer as it was `seen`, or for a while."""
    ends = time.monotonic() + RETRY_S
    while not _has_changed(course, assignment, seen) and time.monotonic() < ends:
        time.sleep(PAUSE_S)


def _has_changed(course: Course, assignment: str, seen: object) -> bool:
    return course.changed_at(assignment) != seen


@contextmanager
def _ending_on_sigterm() -> Iterator[None]:
    """Raise :exc:`Terminated` within the block when the process is asked to end."""

    def end(_number: int, _frame: FrameType | None) -> None:
        raise Terminated

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
