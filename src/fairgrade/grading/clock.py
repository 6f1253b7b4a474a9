"""How the time of a test is shared among the checks of an exercise.

Whoever runs a test limits its time as a whole. Each check yet to come keeps a small share of it, so that a check that
takes too long is the one that fails for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

Item = TypeVar("Item")

_share: ContextVar[Callable[[int], None] | None] = ContextVar("share", default=None)


@contextmanager
def shared_by(share: Callable[[int], None]) -> Iterator[None]:
    """Have `share` called before each check within the block, with the number of checks that are still to come."""
    token = _share.set(share)
    try:
        yield
    finally:
        _share.reset(token)


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
