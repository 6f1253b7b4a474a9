"""Calling a check or a probe: with what it asks for by name, every random number seeded for this one purpose."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache
from typing import Any

from fairgrade.grading.seeding import current_submission, seed_globally
from fairgrade.grading.student import Notebook

OPTIONAL_ARGUMENTS = ("rng", "notebook")
"""What a check or a probe may ask for by name, after the student's work."""


def invoke(code: Callable[..., Any], work: Any, notebook: Notebook, *purpose: str) -> Any:
    """Call a check or a probe on a student's work.

    The global generators are seeded as well, so that code which draws from them is graded alike each time; whoever
    calls this keeps their state with :func:`~fairgrade.grading.seeding.global_random_state_kept`.

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
    unknown = [p.name for p in others if p.name not in OPTIONAL_ARGUMENTS and p.default is p.empty]
    if unknown:
        raise ValueError(
            f"{code.__name__}: expected the student's work and any of {', '.join(OPTIONAL_ARGUMENTS)}, "
            f"got also {', '.join(unknown)}."
        )
    return tuple(p.name for p in others if p.name in OPTIONAL_ARGUMENTS)
