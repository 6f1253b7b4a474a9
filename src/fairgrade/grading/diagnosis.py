"""Diagnosis by value: two pieces of code are the same mistake if they do the same on every probe."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fairgrade.grading.captured_output import quiet
from fairgrade.grading.expect import MAX_ARRAY_SIZE
from fairgrade.grading.outcomes import InfraError
from fairgrade.grading.student import StudentObject

MAX_NESTING = 8
"""Nested lists are read to this depth; a list can hold itself."""

RTOL, ATOL = 1e-4, 1e-7
"""Wide enough for the order of a sum and for float32, far below the difference any mistake makes."""


@dataclass(frozen=True, eq=False)
class Observation:
    """The observation of a probe: its value, or the error that stopped it.

    Attributes
    ----------
    stopped_by : str
        The error, if one ended it.
    form : object
        The value without its numbers: nesting, shapes of arrays, strings. None if there was no value.
        Axes of length 1 are left out, so a column is the same as a flat array.
    numbers : ndarray of shape (n,)
        All numbers in the value, in order.
    printed : ndarray of shape (n_printed,)
        The numbers it printed: code that prints instead of returning is known by them, to the usual number of digits.
    parts : tuple of Observation
        The items of a dictionary, or of a tuple or a list that is not numbers of one shape; else empty.
    keys : tuple of str
        The keys of a dictionary.
    texts : frozenset of str
        The strings in the value, and its dictionaries' keys.
    shape : tuple of int or None
        Of an array or a number, without axes of length 1; None if it is anything else.
    """

    stopped_by: str
    form: Any
    numbers: NDArray[Any]
    printed: NDArray[Any]
    parts: tuple[Observation, ...] = ()
    keys: tuple[str, ...] = ()
    texts: frozenset[str] = frozenset()
    shape: tuple[int, ...] | None = None

    @cached_property
    def sums(self) -> tuple[float, float]:
        """The sum of the numbers, and that of their absolute values."""
        with np.errstate(all="ignore"):
            return float(self.numbers.real.sum()), float(np.abs(self.numbers).sum())

    def equals(self, other: Observation) -> bool:
        """Whether both are the same, numbers within tolerances."""
        return (
            self.stopped_by == other.stopped_by
            and bool(self.form == other.form)
            and not self._is_far_from(other)
            and close(self.numbers, other.numbers, RTOL, ATOL)
            and (self.form is not None or close(self.printed, other.printed, rtol=1e-3, atol=5e-4))
        )

    def _is_far_from(self, other: Observation) -> bool:
        """Whether the sums alone show that the numbers are not close, which rules out most of a bank."""
        (mine, _), (theirs, size) = self.sums, other.sums
        # Each number may be off by ATOL + RTOL |theirs|, so their sum by no more than the sum of that. Twice as much
        # leaves room for how a sum is rounded; infinities and nan tell nothing here.
        off = abs(mine - theirs)
        return math.isfinite(off) and off > 2 * (ATOL * self.numbers.size + RTOL * size)

    @property
    def is_evidence(self) -> bool:
        """Whether there are numbers to go by: an error, infinity or nothing at all shows little of what is right."""
        return not self.stopped_by and bool(np.isfinite(self.numbers).any() or self.printed.size)

    @property
    def has_content(self) -> bool:
        """Whether there are numbers or text to go by."""
        return self.is_evidence or bool(self.texts and not self.stopped_by)

    @property
    def evidence(self) -> frozenset[float]:
        """The numbers to go by, each once; beside others zero tells nothing."""
        if not self.is_evidence:
            return frozenset()
        numbers = np.concatenate([np.abs(self.numbers), self.printed])
        told = frozenset(np.round(numbers[np.isfinite(numbers)], 6).tolist())
        return told - {0.0} or told


def observe(probe: Callable[[], Any]) -> Observation:
    """Run `probe` and keep its value, or the error that stopped it or the student's work.

    Raises
    ------
    InfraError
        If the work could not be run for a reason of ours.
    """
    seen, stopped_by = Observation("", None, _NO_NUMBERS, _NO_NUMBERS), ""
    with quiet() as printed:
        try:
            seen = _observation(probe())
        except InfraError:
            raise
        except Exception as error:
            # The message tells one TypeError from another: a caret for a power from a missing argument.
            stopped_by = f"{type(error).__name__}: {error}"
    return replace(seen, stopped_by=stopped_by, printed=np.array(printed.numbers()))


_NO_NUMBERS = np.empty(0)


def _observation(value: Any, depth: int = 0) -> Observation:
    """Return the form and the numbers of a value.

    Sequences count as tuples, and values that can't be read as a string. An array of one element and the number in it
    are the same value, as they are to the checks.
    """
    if isinstance(value, StudentObject) or depth > MAX_NESTING:
        return without_numbers("an object")
    if value is None or isinstance(value, str | bytes):
        return without_numbers(value, is_value=True)
    if isinstance(value, dict):
        keys = sorted(value, key=str)
        return joined([_observation(value[key], depth + 1) for key in keys], tuple(map(str, keys)))
    if isinstance(value, list | tuple):
        try:
            array = np.asarray(value)
        except Exception:  # ragged, too deep, or of things that are no numbers
            array = np.asarray(None)
        if array.dtype.kind not in "biufc":
            return joined([_observation(item, depth + 1) for item in value])
        value = array
    array = np.asarray(value)
    if array.dtype.kind not in "biufc" or array.size > MAX_ARRAY_SIZE:
        return without_numbers(f"an array of {array.dtype}")
    return numbers_of_shape(array.ravel(), tuple(length for length in array.shape if length != 1))


def numbers_of_shape(numbers: NDArray[Any], shape: tuple[int, ...]) -> Observation:
    """Return the observation of an array, from its numbers in order."""
    return Observation("", f"numbers of shape {shape}", numbers, _NO_NUMBERS, shape=shape)


def without_numbers(form: Any, *, is_value: bool = False) -> Observation:
    """Return the observation of something without numbers; `is_value` if `form` is the value itself, a text."""
    return Observation("", form, _NO_NUMBERS, _NO_NUMBERS, texts=frozenset({str(form)} if is_value and form else ()))


def joined(parts: list[Observation], keys: tuple[str, ...] = ()) -> Observation:
    """Join the parts of a value; `keys` if it is a dictionary."""
    form = tuple(zip(keys, (part.form for part in parts), strict=True)) if keys else tuple(part.form for part in parts)
    numbers = np.concatenate([_NO_NUMBERS, *(part.numbers for part in parts)])
    texts = frozenset(keys).union(*(part.texts for part in parts))
    return Observation("", form, numbers, _NO_NUMBERS, tuple(parts), keys, texts)


def close(a: NDArray[Any], b: NDArray[Any], rtol: float, atol: float) -> bool:
    """Compare two vectors as :func:`numpy.allclose` does, in a fifth of the time: a diagnosis compares thousands."""
    if a.shape != b.shape:
        return False
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    if same.all():
        return True
    with np.errstate(invalid="ignore", over="ignore"):
        near = np.abs(a - b) <= atol + rtol * np.abs(b)
        return bool((same | (near & np.isfinite(b))).all())
