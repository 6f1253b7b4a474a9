"""A limit on each call of code from a bank: a call that does not end is a result, not the end of a verification."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from fairgrade.grading.student import calls_run_by

Result = TypeVar("Result")

CALL_CPU_S, CALL_WALL_S = 2.0, 30.0
"""The limits of one call; the slowest reference needs a hundredth. The second one ends a call that only sleeps."""

TICK_S = 0.25
"""The interval at which a call's time is checked."""


class DoesNotEnd(BaseException):
    """A call took too long. Student code that catches every Exception does not catch it."""


class CallLimiter:
    """Runs calls of bank code, and ends those that take too long.

    Further calls of the same work are refused: endless work costs the time of one call, not one per check and student.
    """

    def __init__(self) -> None:
        self._endless: set[Any] = set()
        self._running: Any = None
        self._cpu_left = self._wall_left = 0

    def run(self, target: Any, call: Callable[[], Result]) -> Result:
        """Make a call of `target`; a call within a call shares the time of the outer one.

        Raises
        ------
        DoesNotEnd
            If it takes too long, or another call of the same work did.
        """
        if self._running is not None:
            return call()
        work = _work_of(target)
        if work in self._endless:
            raise DoesNotEnd("an earlier call did not end")
        self._cpu_left, self._wall_left = round(CALL_CPU_S / TICK_S), round(CALL_WALL_S / TICK_S)
        self._running = work
        try:
            return call()
        finally:
            self._running = None

    def lost_with(self, work: Any) -> bool:
        """Whether a call of `work` did not end."""
        return _work_of(work) in self._endless

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Limit all calls of student objects within the block. Only the main thread can do so."""
        before = {number: signal.signal(number, self._tick) for number in (signal.SIGPROF, signal.SIGALRM)}
        # Timers that go on ticking cost nothing per call, and a check makes hundreds of calls.
        signal.setitimer(signal.ITIMER_PROF, TICK_S, TICK_S)
        signal.setitimer(signal.ITIMER_REAL, TICK_S, TICK_S)
        try:
            with calls_run_by(self.run):
                yield
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.setitimer(signal.ITIMER_REAL, 0)
            for number, handler in before.items():
                signal.signal(number, handler)

    def _tick(self, number: int, frame: object) -> None:
        if self._running is None:
            return
        if number == signal.SIGPROF:
            self._cpu_left -= 1
        else:
            self._wall_left -= 1
        if self._cpu_left <= 0 or self._wall_left <= 0:
            self._endless.add(self._running)
            raise DoesNotEnd(f"stopped after {CALL_CPU_S:g} s of processor time")


def _work_of(target: Any) -> Any:
    """Return the function or class that a call is of: for a method or an instance, its class."""
    owner = getattr(target, "__self__", target)
    return owner if isinstance(owner, type) or hasattr(owner, "__code__") else type(owner)


_limiter = CallLimiter()


def with_call_limits(job: Callable[..., Result], *arguments: Any) -> Result:
    """Run a job of a worker process with the calls it makes of bank code limited."""
    with _limiter.watching():
        return job(*arguments)


def does_not_end(work: Any) -> bool:
    """Whether a call of `work` took too long in this process."""
    return _limiter.lost_with(work)
