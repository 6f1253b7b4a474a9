"""Invocation of a check or a probe: with the arguments that it names, and every random number seeded for it alone."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache
from typing import Any

from fairgrade.grading.seeding import current_submission, seed_globally
from fairgrade.grading.student import Notebook

OPTIONAL_ARGUMENTS = ("rng", "notebook")
"""The parameters that a check or a probe may have after the student's work."""


def invoke(code: Callable[..., Any], work: Any, notebook: Notebook, *purpose: str) -> Any:
    """Call a check or a probe on a student's work.

    The global generators are seeded as well, so that code which draws from them is graded alike each time; the caller
    keeps their state with :func:`~fairgrade.grading.seeding.global_random_state_kept`.

    Parameters
    ----------
    code : callable
        The check or the probe.
    work : object
        The student's work, as :func:`student_object` returns it.
    notebook : Notebook
        The other names of the student's notebook.
    *purpose : str
        The use of its random numbers: the exercise's name and its own.
    """
    rng = current_submission().generator(*purpose)
    extras = {"rng": rng, "notebook": notebook}
    seed_globally(int(rng.integers(2**32)))
    return code(work, **{name: extras[name] for name in extras_of(code)})


@cache
def extras_of(code: Callable[..., Any]) -> tuple[str, ...]:
    """Return which of ``rng`` and ``notebook`` a check or a probe asks for.

    Raises
    ------
    ValueError
        If it asks for anything else.
    """
    _, *others = inspect.signature(code).parameters.values()
    unknown = [p.name for p in others if p.name not in OPTIONAL_ARGUMENTS and p.default is p.empty]
    if unknown:
        raise ValueError(
            f"{code.__name__}: expected the student's work and any of {', '.join(OPTIONAL_ARGUMENTS)}, "
            f"got also {', '.join(unknown)}."
        )
    return tuple(p.name for p in others if p.name in OPTIONAL_ARGUMENTS)
