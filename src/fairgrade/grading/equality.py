"""Compare any value with the right one, in steps: is there one, of what type, in what shape, is it right.

A message says what came back, never the value that was expected.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from fairgrade.grading.expect import expect, expect_array, expect_close, expect_number, kind_of, opening
from fairgrade.grading.outcomes import CheckFailed
from fairgrade.grading.student import StudentObject, is_of_pandas, plain


def expect_same(got: Any, want: Any, *, what: str = "your function", rtol: float = 1e-6, atol: float = 1e-9) -> None:
    """Fail unless a value agrees with the right one.

    Numbers and arrays agree within tolerances; an array has to have the shape, and to hold numbers of the kind (truth
    values, whole numbers, real or complex ones) that the right one holds. Text, sets and the keys of dictionaries are
    compared exactly. Where a list or a tuple is asked for, either will do. Frames and Series of pandas agree if labels,
    values and missing entries do.

    Parameters
    ----------
    got, want : object
        The student's value and the right one.
    what : str
        What the value is, or the call that returned it; it begins the message.
    rtol, atol : float
        As in :func:`numpy.isclose`, relative to `want`.

    Raises
    ------
    CheckFailed
        With the first difference: nothing returned, another type, shape, kind, or value.
    """
    got = plain(got)
    if got is None and want is not None:
        raise CheckFailed(
            f"{opening(what)}: expected {_kind(want)}, got None, which is what a function without `return` gives."
        )
    for kinds, compare in _COMPARISONS:
        if isinstance(want, kinds):
            return compare(got, want, what, rtol, atol)
    if is_of_pandas(want):
        return _expect_frame(got, want, what, rtol, atol)
    expect(
        got is None if want is None else bool(got == want),
        f"{opening(what)}: expected another value, got {kind_of(got)}.",
    )
    return None


def is_same(one: Any, other: Any) -> bool:
    """Whether two values agree exactly."""
    try:
        expect_same(one, other, rtol=0, atol=0)
    except CheckFailed:
        return False
    return True


def _expect_bool(got: Any, want: Any, what: str, rtol: float, atol: float) -> None:
    is_bool = isinstance(got, bool | np.bool_) or (
        isinstance(got, np.ndarray) and got.dtype.kind == "b" and got.size == 1
    )
    expect(is_bool, f"{opening(what)}: expected True or False, got {kind_of(got)}.")
    expect(bool(got) == bool(want), f"{opening(what)} gives {bool(got)}, which is not right.")


def _expect_number(got: Any, want: Any, what: str, rtol: float, atol: float) -> None:
    if isinstance(want, complex | np.complexfloating):
        is_number = isinstance(got, int | float | complex | np.number) and not isinstance(got, bool)
        expect(is_number, f"{opening(what)}: expected a number, got {kind_of(got)}.")
        expect(
            bool(np.isclose(got, want, rtol=rtol, atol=atol)), f"{opening(what)} gives {got:.6g}, which is not right."
        )
        return
    expect(not isinstance(got, bool | np.bool_), f"{opening(what)}: expected a number, got {got}.")
    number = expect_number(got, what)
    if isinstance(want, int | np.integer):
        expect(number == want, f"{opening(what)} gives {number:.12g}, which is not right.")
    elif not (math.isnan(want) and math.isnan(number)) and number != want:
        expect_close(number, want, what=what, rtol=rtol, atol=atol)


def _expect_text(got: Any, want: Any, what: str, rtol: float, atol: float) -> None:
    name = "text" if isinstance(want, str) else "bytes"
    expect(
        isinstance(got, str if isinstance(want, str) else bytes),
        f"{opening(what)}: expected {name}, got {kind_of(got)}.",
    )
    if got != want:
        at = next((i for i, (a, b) in enumerate(zip(got, want, strict=False)) if a != b), min(len(got), len(want)))
        shown = repr(got) if len(got) <= 80 else f"{name} of length {len(got)}"
        raise CheckFailed(f"{opening(what)} gives {shown}, which is not right from character {at + 1} on.")


def _expect_array(got: Any, want: Any, what: str, rtol: float, atol: float) -> None:
    if want.dtype.kind not in "biufc":
        return _expect_items(got, want, what, rtol, atol)
    if want.dtype.kind == "c":
        got = np.asarray(got, dtype=complex) if not isinstance(got, StudentObject) else got
        array = np.stack([expect_array(got.real, what=what), expect_array(got.imag, what=what)], axis=-1)
        want = np.stack([want.real, want.imag], axis=-1)
        expect(array.shape == want.shape, f"{opening(what)}: expected shape {want.shape[:-1]}, got {array.shape[:-1]}.")
        return expect_close(array, want, what=what, rtol=rtol, atol=atol)
    array = expect_array(got, want.shape, what)
    kind = np.asarray(got).dtype.kind
    if want.size and want.dtype.kind in "bi" and kind != want.dtype.kind and {kind, want.dtype.kind} != {"i", "u"}:
        raise CheckFailed(f"{opening(what)}: expected an array of {KINDS[want.dtype.kind]}, got one of {KINDS[kind]}.")
    missing = np.isnan(want) if want.dtype.kind == "f" else np.zeros(want.shape, dtype=bool)
    infinite = np.isinf(want) & ~missing if want.dtype.kind == "f" else missing
    same = (np.isnan(array) == missing).all() and (array[infinite] == want[infinite]).all()
    if same and (missing | infinite).any():
        array, want = array[~(missing | infinite)], want[~(missing | infinite)]
    return expect_close(array, want, what=what, rtol=rtol, atol=atol)


def _expect_items(got: Any, want: Any, what: str, rtol: float, atol: float) -> None:
    kind = "an array" if isinstance(want, np.ndarray) else f"a {type(want).__name__}"
    expect(isinstance(got, list | tuple | np.ndarray) and np.ndim(want if isinstance(want, np.ndarray) else 0) < 2,
           f"{opening(what)}: expected {kind}, got {kind_of(got)}.")  # fmt: skip
    expect(len(got) == len(want), f"{opening(what)}: expected {kind} of length {len(want)}, got length {len(got)}.")
    for i, (mine, right) in enumerate(zip(got, want, strict=True)):
        expect_same(mine, right, what=f"item {i} of {what}", rtol=rtol, atol=atol)


def _expect_dict(got: Any, want: Mapping[Any, Any], what: str, rtol: float, atol: float) -> None:
    expect(isinstance(got, dict), f"{opening(what)}: expected a dictionary, got {kind_of(got)}.")
    missing, more = [key for key in want if key not in got], [key for key in got if key not in want]
    expect(not missing, f"{opening(what)}: {len(missing)} of {len(want)} keys are missing.")
    expect(not more, f"{opening(what)}: the dictionary has a key too many, {more[0]!r}." if more else "")
    for key, right in want.items():
        expect_same(got[key], right, what=f"the entry {key!r} of {what}", rtol=rtol, atol=atol)


def _expect_set(got: Any, want: Any, what: str, rtol: float, atol: float) -> None:
    expect(isinstance(got, set | frozenset), f"{opening(what)}: expected a set, got {kind_of(got)}.")
    missing, more = len(want - got), len(got - want)
    expect(not missing and not more, f"{opening(what)}: {missing} elements are missing, {more} are too many.")


def _expect_frame(got: Any, want: Any, what: str, rtol: float, atol: float) -> None:
    kind = type(want).__name__
    expect(type(got).__name__ == kind and is_of_pandas(got), f"{opening(what)}: expected a {kind}, got {kind_of(got)}.")
    expect(got.shape == want.shape, f"{opening(what)}: expected shape {want.shape}, got {got.shape}.")
    if hasattr(want, "columns"):
        _expect_labels(got.columns, want.columns, f"the columns of {what}")
    if hasattr(want, "index"):
        _expect_labels(got.index, want.index, f"the index of {what}")
    columns = range(want.shape[1]) if want.ndim == 2 else [None]
    for i in columns:
        mine, right = (got, want) if i is None else (got.iloc[:, i], want.iloc[:, i])
        name = what if i is None else f"column {want.columns[i]!r} of {what}"
        _expect_column(mine, right, name, rtol, atol)


def _expect_labels(got: Any, want: Any, what: str) -> None:
    mine, right = list(got), list(want)
    if mine == right:
        return
    more = [label for label in mine if label not in right]
    missing = sum(label not in mine for label in right)
    expect(not more, f"{opening(what)}: {', '.join(map(repr, more[:3]))} should not be there." if more else "")
    expect(not missing, f"{opening(what)}: {missing} of {len(right)} are missing, got {mine[:8]}.")
    expect(False, f"{opening(what)} are in another order than asked for: {mine[:8]}.")


def _expect_column(got: Any, want: Any, what: str, rtol: float, atol: float) -> None:
    lost, right = np.asarray(got.isna()), np.asarray(want.isna())
    expect(
        bool((lost == right).all()), f"{opening(what)}: {int((lost != right).sum())} entries are missing, or should be."
    )
    mine, wanted = np.asarray(got[~lost]), np.asarray(want[~right])
    if wanted.dtype.kind in "biufc":
        _expect_array(
            mine.astype(float) if wanted.dtype.kind == "f" and mine.dtype.kind in "iu" else mine,
            wanted,
            what,
            rtol,
            atol,
        )
    else:
        wrong = sum(a != b for a, b in zip(mine.tolist(), wanted.tolist(), strict=True))
        expect(not wrong, f"{opening(what)}: {wrong} of {len(wanted)} entries are not right.")


def _kind(want: Any) -> str:
    return f"a {type(want).__name__}" if not isinstance(want, int | float | np.number) else "a number"


KINDS = {"b": "truth values", "i": "whole numbers", "u": "whole numbers", "f": "real numbers", "c": "complex numbers"}
"""Kinds of numbers in words, by the kind of the dtype."""

_COMPARISONS: tuple[tuple[type | tuple[type, ...], Callable[[Any, Any, str, float, float], None]], ...] = (
    ((bool, np.bool_), _expect_bool),
    ((int, float, complex, np.number), _expect_number),
    ((str, bytes), _expect_text),
    (np.ndarray, _expect_array),
    ((list, tuple), _expect_items),
    (dict, _expect_dict),
    ((set, frozenset), _expect_set),
)
