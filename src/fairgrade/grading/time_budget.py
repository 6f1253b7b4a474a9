"""How the time of a test is shared among the checks of an exercise.

Whoever runs a test limits its time as a whole. Each check yet to come keeps a small share of it, so that a check that
takes too long is the one that fails for it. What a bank does is worked out while the clock stands still: it is the same
for all students, and on a busy machine it would leave the first of them without a diagnosis.
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


def on_our_time() -> AbstractContextManager[None]:
    """Have what is run within the block, which must be none of the student's code, take nothing of the test's time."""
    return _paused.get()()


def each_in_its_time(checks: Iterable[Item]) -> Iterator[Item]:
    """The checks, one after the other, each within its share of the time.

    What a check grades in turn, as an exercise that depends on another does, is within the share of that check.
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
