"""The smallest recorded input on which wrong work differs from right work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from fairgrade.discovery.reference_views import RecordedCall, ReferenceViews
from fairgrade.discovery.relation_in_words import brief
from fairgrade.grading.as_code import call_as_code
from fairgrade.grading.diagnosis import Observation, observe

SHOWN_DIGITS = 4


@dataclass(frozen=True)
class ShownInput:
    """An input that shows the difference.

    Attributes
    ----------
    given : str
        The call as code, its numbers rounded; or the probe in words, where it makes several calls.
    got, right : str
        What was seen of the wrong and of the right work.
    """

    given: str
    got: str
    right: str


def smallest_input(work: Mapping[str, Observation], views: ReferenceViews, name: str) -> ShownInput | None:
    """Return the smallest input that shows the difference; None if none does.

    Parameters
    ----------
    work : mapping of str to Observation
    views : ReferenceViews
    name : str
        What the notebook calls the function.
    """
    differing = [p for p in work if p in views.seen and not work[p].equals(views.seen[p])]
    if not differing:
        return None
    plain = [p for p in differing if _is_one_call(views.calls[p], views.seen[p])]
    probe = min(plain or differing, key=lambda p: sum(call.size for call in views.calls[p]))
    words = probe.replace("_", " ")
    if plain:
        shown = call_as_code(name, tuple(map(_rounded, views.calls[probe][0].arguments))).strip("`")
        given = shown if "(" in shown else f"{name} for {words}"
    else:
        given = f"{name}: {words}"
    return ShownInput(given, brief(work[probe]), brief(views.seen[probe]))


def _is_one_call(calls: list[RecordedCall], seen: Observation) -> bool:
    """Whether a probe shows the result of a single call, and that first."""
    if len(calls) != 1:
        return False
    result = observe(lambda: calls[0].result)
    return result.equals(seen) or bool(seen.parts and result.equals(seen.parts[0]))


def _rounded(value: Any) -> Any:
    """Return a value whose numbers are short to read."""
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return np.array([_rounded(float(number)) for number in value.ravel()]).reshape(value.shape)
    if isinstance(value, float) and np.isfinite(value):
        return float(f"{value:.{SHOWN_DIGITS}g}")
    if isinstance(value, list | tuple):
        return type(value)(map(_rounded, value))
    return value
