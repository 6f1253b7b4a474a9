"""Diagnosis by value: two pieces of code are the same mistake if they do the same on every probe."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fairgrade.grading.expect import MOST_VALUES
from fairgrade.grading.outcomes import InfraError
from fairgrade.grading.student import StudentObject, quiet

DEEPEST = 8
"""Lists in lists are looked at so far down; a list can hold itself."""

RTOL, ATOL = 1e-4, 1e-7
"""Wide enough for the order of a sum and for float32, far below the difference any mistake makes."""


@dataclass(frozen=True, eq=False)
class Observation:
    """What a probe saw: what stopped it, or its value.

    Code that returns nothing but prints is known by the numbers it prints, to the digits people print.
    """

    stopped_by: str
    value: Any
    printed: Any

    def equals(self, other: Observation) -> bool:
        """Whether both saw the same, numbers within tolerances."""
        return (
            self.stopped_by == other.stopped_by
            and _same(self.value, other.value)
            and (self.value is not None or _same(self.printed, other.printed, rtol=1e-3, atol=5e-4))
        )

    @property
    def is_evidence(self) -> bool:
        """Whether there is a value to go by: an error, or nothing at all, shows little of what is right."""
        return not self.stopped_by and (self.value is not None or self.printed.size > 0)


def observe(probe: Callable[[], Any]) -> Observation:
    """Run `probe` and keep what it returned, or what stopped it, be it the student's work or the probe on odd values.

    Raises
    ------
    InfraError
        If the work could not be run for a reason of ours.
    """
    value, stopped_by = None, ""
    with quiet() as printed:
        try:
            value = _plain(probe())
        except InfraError:
            raise
        except Exception as error:
            # The message tells one TypeError from another: a caret for a power from a missing argument.
            stopped_by = f"{type(error).__name__}: {error}"
    return Observation(stopped_by, value, np.array(printed.numbers()))


def _plain(value: Any, depth: int = 0) -> Any:
    """`value` with sequences as tuples, numbers as arrays, and whatever has no value as a string.

    An array of one element and the number in it are the same value, as they are to the checks.
    """
    if isinstance(value, StudentObject) or depth > DEEPEST:
        return "an object"
    if value is None or isinstance(value, str | bytes):
        return value
    if isinstance(value, dict):
        return tuple((str(key), _plain(value[key], depth + 1)) for key in sorted(value, key=str))
    if isinstance(value, list | tuple):
        try:
            array = np.asarray(value)
        except Exception:  # ragged, too deep, or of things that are no numbers
            array = np.asarray(None)
        if array.dtype.kind not in "biufc":
            return tuple(_plain(item, depth + 1) for item in value)
        value = array
    array = np.asarray(value)
    if array.dtype.kind not in "biufc" or array.size > MOST_VALUES:
        return f"an array of {array.dtype}"
    return array.reshape(()) if array.size == 1 else array


def _close(a: NDArray[Any], b: NDArray[Any], rtol: float, atol: float) -> NDArray[np.bool_]:
    """What :func:`numpy.isclose` says, in a fifth of the time: a diagnosis compares thousands of small arrays."""
    same = np.asarray((a == b) | (np.isnan(a) & np.isnan(b)))
    if same.all():
        return same
    with np.errstate(invalid="ignore", over="ignore"):
        near = np.abs(a - (b + 0.0)) <= atol + rtol * np.abs(b + 0.0)  # adding 0.0 makes numbers of booleans
        return np.asarray(same | (near & np.isfinite(b)))


def _same(a: Any, b: Any, rtol: float = RTOL, atol: float = ATOL) -> bool:
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return a.shape == b.shape and bool(_close(a, b, rtol, atol).all())
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(_same(x, y) for x, y in zip(a, b, strict=True))
    return type(a) is type(b) and not isinstance(a, np.ndarray) and bool(a == b)
