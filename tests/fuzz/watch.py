"""Run a hypothesis test for as long as is wanted, and watch what an example costs."""

from __future__ import annotations

import contextlib
import os
import time
import tracemalloc
from collections.abc import Callable, Iterator

from hypothesis import HealthCheck, Phase, settings

MINUTES = float(os.environ.get("FUZZ_MINUTES", "0"))
TARGETS = 5
"""How many share the time."""

few = settings(
    max_examples=100 if MINUTES else 40,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate] if not MINUTES else [Phase.generate, Phase.shrink],
)
"""For one round; the next one draws other examples."""


def as_long_as_wanted(rounds: Callable[[], None]) -> None:
    """Go one round, or on and on until the time is up."""
    ends = time.monotonic() + 60 * MINUTES / TARGETS
    rounds()
    while time.monotonic() < ends:
        rounds()


@contextlib.contextmanager
def costs_at_most(cpu_s: float, memory_bytes: int | None = None) -> Iterator[None]:
    """Fail if the block takes more processor time or, at any moment, more memory of Python's.

    The bounds are generous, since processor time grows with what else the machine does; what grows with the
    square of its input passes any of them soon.
    """
    if memory_bytes is not None:
        tracemalloc.start()
    began = time.process_time()
    try:
        yield
        took = time.process_time() - began
        most = tracemalloc.get_traced_memory()[1] if memory_bytes is not None else 0
    finally:
        tracemalloc.stop()
    assert took <= cpu_s * (4 if memory_bytes is not None else 1), f"{took:.2f} s, where {cpu_s:.2f} s are explained"
    assert memory_bytes is None or most <= memory_bytes, f"{most} bytes, where {memory_bytes} are explained"
