"""Calling a check or a probe: with what it asks for by name, every random number seeded for this one purpose."""

from __future__ import annotations

import inspect
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import numpy as np

from fairgrade.grading.seeding import current_submission, seed_globally
from fairgrade.grading.student import Notebook

EXTRAS = ("rng", "notebook")
"""What a check or a probe may ask for by name, after the student's work."""


def invoke(code: Callable[..., Any], work: Any, notebook: Notebook, *purpose: str) -> Any:
    """Call a check or a probe on a student's work; within :func:`global_random_state_kept`.

    The global generators are seeded as well, so that code which draws from them is graded alike each time.

    Parameters
    ----------
    code : callable
    work : object
        The student's, as :func:`student_object` hands it out.
    notebook : Notebook
    *purpose : str
        What its random numbers are for: the exercise's name and its own.
    """
    rng = current_submission().generator(*purpose)
    extras = {"rng": rng, "notebook": notebook}
    seed_globally(int(rng.integers(2**32)))
    return code(work, **{name: extras[name] for name in extras_of(code)})


@cache
def extras_of(code: Callable[..., Any]) -> tuple[str, ...]:
    """Which of ``rng`` and ``notebook`` a check or a probe asks for.

    Raises
    ------
    ValueError
        If it asks for anything else.
    """
    _, *others = inspect.signature(code).parameters.values()
    unknown = [p.name for p in others if p.name not in EXTRAS and p.default is p.empty]
    if unknown:
        raise ValueError(
            f"{code.__name__}: expected the student's work and any of {', '.join(EXTRAS)}, "
            f"got also {', '.join(unknown)}."
        )
    return tuple(p.name for p in others if p.name in EXTRAS)


@contextmanager
def global_random_state_kept() -> Iterator[None]:
    """Leave the global generators as they were before the block; also a decorator.

    To read and to write the state takes longer than many a probe, so it is done once for all of them.
    """
    before = np.random.get_state(), random.getstate()
    try:
        yield
    finally:
        np.random.set_state(before[0])
        random.setstate(before[1])
