"""Diagnosis by value: two pieces of code are the same mistake if they do the same on every probe."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from fairgrade.grading.outcomes import InfraError
from fairgrade.grading.student import StudentObject, quiet

RTOL, ATOL = 1e-4, 1e-7
"""Wide enough for the order of a sum and for float32, far below the difference any mistake makes."""


@dataclass(frozen=True, eq=False)
class Observation:
    """What a probe saw: what stopped it, or its value.

    Code that returns nothing but prints is known by the numbers it prints.
    """

    stopped_by: str
    value: Any
    printed: Any

    def equals(self, other: Observation) -> bool:
        """Whether both saw the same, numbers within tolerances."""
        return (
            self.stopped_by == other.stopped_by
            and _same(self.value, other.value)
            and (self.value is not None or _same(self.printed, other.printed))
        )

    @property
    def is_evidence(self) -> bool:
        """Whether there is a value to go by: an error, or nothing at all, shows little of what is right."""
        return not self.stopped_by and (self.value is not None or self.printed.size > 0)


def observe(probe: Callable[[], Any], stoppers: tuple[type[Exception], ...]) -> Observation:
    """Run `probe` and keep what it returned, or what stopped it, if it is one of `stoppers`.

    Raises
    ------
    InfraError
        If the probe itself is broken.
    """
    value, stopped_by = None, ""
    with quiet() as printed:
        try:
            value = _plain(probe())
        except InfraError:
            raise
        except stoppers as error:
            # The message tells one TypeError from another: a caret for a power from a missing argument.
            stopped_by = f"{type(error).__name__}: {error}"
        except Exception as error:
            raise InfraError(f"A probe broke: {type(error).__name__}: {error}") from error
    return Observation(stopped_by, value, np.array(printed.numbers()))


def _plain(value: Any) -> Any:
    """`value` with sequences as tuples, numbers as arrays, and whatever has no value as a string.

    An array of one element and the number in it are the same value, as they are to the checks.
    """
    if isinstance(value, StudentObject):
        return "an object"
    if value is None or isinstance(value, str | bytes):
        return value
    if isinstance(value, dict):
        return tuple((str(key), _plain(value[key])) for key in sorted(value, key=str))
    if isinstance(value, list | tuple):
        try:
            array = np.asarray(value)
        except ValueError:  # ragged, so not an array
            return tuple(_plain(item) for item in value)
        if array.dtype.kind not in "biufc":
            return tuple(_plain(item) for item in value)
        value = array
    array = np.asarray(value)
    if array.dtype.kind not in "biufc":
        return f"an array of {array.dtype}"
    return array.reshape(()) if array.size == 1 else array


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return a.shape == b.shape and np.allclose(a, b, rtol=RTOL, atol=ATOL, equal_nan=True)
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(_same(x, y) for x, y in zip(a, b, strict=True))
    return type(a) is type(b) and not isinstance(a, np.ndarray) and bool(a == b)
