"""Expectations: what a value must be, and what the student is told if it is something else.

They escalate: is there a value, is it numeric, has it the shape, is it finite, is it right; and stop
at the first no. A message shows the input and the result, never the expected value.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fairgrade.grading.outcomes import CheckFailed
from fairgrade.grading.student import StudentObject, plain

FloatArray = NDArray[np.float64]

_NUMBERS = frozenset((float, bool, np.float64, np.int64, np.bool_))

MAX_ARRAY_SIZE = 1_000_000
"""An array may claim far more values than it holds, and a copy would need them all."""


def expect(condition: bool, reason: str) -> None:
    """Fail the check with `reason` unless `condition` holds."""
    if not condition:
        raise CheckFailed(reason)


def expect_number(value: Any, what: str = "your function") -> float:
    """Return `value` as a float.

    Python and NumPy numbers, 0-d arrays and arrays of one element all count as a number.

    Raises
    ------
    CheckFailed
        If it is anything else. NaN and infinities are numbers; see :func:`expect_finite`.
    """
    kind = type(value)
    if kind in _NUMBERS or (kind is int and -(1 << 53) < value < 1 << 53):  # as nearly always; a check asks hundreds
        return float(value)
    array = expect_array(value, what=what, wanted="one number")
    expect(array.size == 1, f"{opening(what)}: expected one number, got an array of shape {array.shape}.")
    return float(array.reshape(())[()])


def expect_array(
    value: Any, shape: tuple[int, ...] | None = None, what: str = "your function", wanted: str = "an array of numbers"
) -> FloatArray:
    """Return `value` as a float64 array, of the given shape if one is given.

    Nested lists and tuples of numbers, frames and Series count as arrays.

    Raises
    ------
    CheckFailed
        If `value` is missing, is not real numbers throughout, or has another shape.
    """
    value = plain(value)
    if value is None:
        raise CheckFailed(
            f"{opening(what)}: expected {wanted}, got None, which is what a function without `return` gives."
        )
    try:
        array = np.asarray(None if isinstance(value, StudentObject) else value)
    except Exception:  # ragged, too deep, or with an __array__ of its own
        array = np.asarray(None)
    if array.size > MAX_ARRAY_SIZE:
        raise CheckFailed(f"{opening(what)}: expected {wanted}, got {array.size} values.")
    if array.dtype.kind not in "biuf":
        raise CheckFailed(f"{opening(what)}: expected {wanted}, got {kind_of(value)}.")
    if shape is not None:
        expect_shape(array, shape, what)
    return array.astype(np.float64)


def expect_shape(got: NDArray[Any], want: tuple[int, ...], what: str = "your function") -> None:
    """Fail unless `got` has the shape `want`."""
    if got.shape != want:
        raise CheckFailed(f"{opening(what)}: expected shape {want}, got {got.shape}.")


def expect_dtype(got: Any, want: type[np.generic], what: str = "your function") -> None:
    """Fail unless `got` is an array or scalar of a dtype below `want`, such as ``np.floating``."""
    dtype = np.asarray(got).dtype
    expect(np.issubdtype(dtype, want), f"{opening(what)}: expected dtype {want.__name__}, got {dtype}.")


def expect_finite(got: ArrayLike, given: str = "", what: str = "your function") -> None:
    """Fail if `got` holds a NaN or an infinity."""
    array = np.asarray(got, dtype=np.float64)
    if not np.isfinite(array).all():
        raise CheckFailed(f"{opening(what, given)} gives {'nan' if np.isnan(array).any() else 'infinity'}.")


def expect_close(
    got: ArrayLike,
    want: ArrayLike,
    *,
    given: str = "",
    what: str = "your function",
    rtol: float = 1e-6,
    atol: float = 1e-9,
) -> None:
    """Fail unless `got` equals `want` within tolerances.

    Parameters
    ----------
    got, want : array_like of the same shape
    given : str
        The input in words; it begins the message.
    rtol, atol : float
        As in :func:`numpy.isclose`, relative to `want`. A pinned formula needs 1e-6; where the order
        of a sum or float32 may matter, 1e-4.
    """
    want = np.asarray(want, dtype=np.float64)
    got = expect_array(got, want.shape, what, "one number" if want.ndim == 0 else "an array of numbers")
    expect_finite(got, given, what)
    if np.allclose(got, want, rtol=rtol, atol=atol):
        return
    if got.ndim == 0:
        raise CheckFailed(f"{opening(what, given)} gives {got:.6g}, which is not right.")
    wrong = int((~np.isclose(got, want, rtol=rtol, atol=atol)).sum())
    raise CheckFailed(f"{opening(what, given)} gives an array in which {wrong} of {got.size} values are not right.")


def expect_any_close(
    got: ArrayLike, wants: Iterable[ArrayLike], reason: str, *, rtol: float = 1e-6, atol: float = 1e-9
) -> None:
    """Fail with `reason` unless `got` equals one of several right values within tolerances.

    Parameters
    ----------
    got : array_like
    wants : iterable of array_like
        The right values, such as a loss recorded before and after an update. None is computed after the first match.
    reason : str
        The sentence for the student; it must not show any of `wants`.
    rtol, atol : float
        As in :func:`expect_close`.
    """
    value = np.asarray(got, dtype=np.float64)
    expect(
        any(np.shape(want) == value.shape and np.allclose(value, want, rtol=rtol, atol=atol) for want in wants), reason
    )


def opening(what: str, given: str = "") -> str:
    """Return how a message begins: with the input, if it is known, and the thing that is looked at."""
    return f"Given {given}, {what}" if given else what[:1].upper() + what[1:]


def kind_of(value: Any) -> str:
    """Return in words what a value is, for messages."""
    if isinstance(value, StudentObject):
        return "an object that is not a number"
    if isinstance(value, str):
        return "a string"
    if isinstance(value, list | tuple | dict | set | frozenset):
        return f"a {type(value).__name__} that is not numbers throughout"
    if isinstance(value, np.ndarray):
        return f"an array of dtype {value.dtype}"
    return f"a value of type {type(value).__name__}"
