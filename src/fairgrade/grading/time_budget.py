"""The time budget of a test, shared among the checks of an exercise.

The process that runs a test limits its time as a whole. A small share is kept for each check yet to come, so that a
check that takes too long fails, and not those after it. The bank runs while the clock stands still: its results are the
same for all students, and on a busy machine the first of them would be left without a diagnosis.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import TypeVar

Item = TypeVar("Item")

_share: ContextVar[Callable[[int], None] | None] = ContextVar("share", default=None)
_paused: ContextVar[Callable[[], AbstractContextManager[None]]] = ContextVar("paused", default=nullcontext)


@contextmanager
def shared_by(
    share: Callable[[int], None], paused: Callable[[], AbstractContextManager[None]] = nullcontext
) -> Iterator[None]:
    """Share the time of a test that is run within the block.

    Parameters
    ----------
    share : callable
        Called before each check, with the number of checks that are still to come.
    paused : callable
        Makes a context in which no time of the test passes.
    """
    token, before = _share.set(share), _paused.set(paused)
    try:
        yield
    finally:
        _share.reset(token)
        _paused.reset(before)


def clock_stopped() -> AbstractContextManager[None]:
    """Stop the test's clock within the block, which must run none of the student's code."""
    return _paused.get()()


def in_time_shares(checks: Iterable[Item]) -> Iterator[Item]:
    """Yield the checks, one after the other, each within its share of the time.

    An exercise that a check grades in turn has the share of that check.
    """
    every = list(checks)
    share = _share.get()
    if share is None:
        yield from every
        return
    for number, check in enumerate(every):
        share(len(every) - 1 - number)
        token = _share.set(None)
        try:
            yield check
        finally:
            _share.reset(token)
    share(0)
