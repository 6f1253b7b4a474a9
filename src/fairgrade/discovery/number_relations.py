"""The relation of wrong numbers to right ones, in words: a factor, a root, an order."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fairgrade.discovery.reference_views import Lengths
from fairgrade.grading.diagnosis import ATOL, RTOL, close
from fairgrade.grading.relations import MIN_NUMBERS, digits_kept

Numbers = NDArray[Any]


@dataclass(frozen=True)
class NumberPair:
    """What work and right work have in one place of one probe.

    Attributes
    ----------
    mine, theirs : ndarray
        Flat; the work's and the right ones.
    shape, right_shape : tuple of int
        Their shapes, without axes of length 1.
    lengths : mapping of str to float
        Of the arguments that led to them; empty if there were several calls.
    """

    mine: Numbers
    theirs: Numbers
    shape: tuple[int, ...]
    right_shape: tuple[int, ...]
    lengths: Lengths


BY_LENGTH: dict[str, Callable[[float], float]] = {
    "{n} times the right value": lambda n: n,
    "the right value divided by {n}": lambda n: 1 / n,
    "n/(n-1) times the right value, where n is {n}": lambda n: n / (n - 1) if n > 1 else math.inf,
    "(n-1)/n times the right value, where n is {n}": lambda n: (n - 1) / n,
    "(n+1)/n times the right value, where n is {n}": lambda n: (n + 1) / n,
    "n/(n+1) times the right value, where n is {n}": lambda n: n / (n + 1),
    "n/2 times the right value, where n is {n}": lambda n: n / 2,
    "the square root of n times the right value, where n is {n}": math.sqrt,
    "the right value divided by the square root of {n}": lambda n: 1 / math.sqrt(n),
}
"""Factors that depend on a length."""

FACTORS = {
    "half the right value": 0.5,
    "twice the right value": 2.0,
    "the right value in degrees": 180 / math.pi,
    "the right value as if it were in degrees": math.pi / 180,
    "the right value with the logarithm to base 2": 1 / math.log(2),
    "the right value with the logarithm to base 10": 1 / math.log(10),
    "100 times the right value, as percent": 100.0,
}
"""Constant factors with a name."""

FUNCTIONS: dict[str, Callable[[Numbers], Numbers]] = {
    "the right value with the opposite sign": np.negative,
    "the absolute value of the right one": np.abs,
    "the square root of the right value": lambda t: np.sqrt(np.abs(t)),
    "the square of the right value": np.square,
    "1 minus the right value": lambda t: 1 - t,
    "1 divided by the right value": lambda t: 1 / t,
    "the logarithm of the right value": np.log,
    "the exponential of the right value": np.exp,
    "the right value cut off to a whole number": np.trunc,
    "the right value rounded to a whole number": np.round,
}
"""Functions of each right number."""

ORDERS: dict[str, Callable[[Numbers], Numbers]] = {
    "the right values in reverse order": lambda t: t.ravel()[::-1],
    "the right values shifted by one place": lambda t: np.roll(t.ravel(), 1),
    "the right values shifted by one place to the front": lambda t: np.roll(t.ravel(), -1),
    "the right values transposed": np.transpose,
    "the right values with the columns in reverse order": lambda t: np.atleast_1d(t)[..., ::-1],
    "the right values sorted": lambda t: np.sort(t, axis=None),
    "the right values in another shape": lambda t: t,
}
"""Orders of the same numbers."""

SHAPES: dict[str, Callable[[Numbers], Any]] = {
    "the sum of the right values": np.sum,
    "the mean of the right values": np.mean,
    "the first of the right values alone": lambda t: t.ravel()[0],
    "the last of the right values alone": lambda t: t.ravel()[-1],
    "the largest of the right values alone": np.max,
    "all of the right values but the first": lambda t: t.ravel()[1:],
    "all of the right values but the last": lambda t: t.ravel()[:-1],
    "the running sum of the right values": np.cumsum,
    "the differences of neighbouring right values": lambda t: np.diff(t.ravel()),
}
"""What may have been made of the right values."""

PARTS: dict[str, Callable[[Numbers], Any]] = {
    "the right numbers before they are added up": np.sum,
    "the right numbers before they are averaged": np.mean,
    "a table for all pairs, whose diagonal is right": lambda m: np.diagonal(m) if m.ndim == 2 else None,
    "the right value and more after it": lambda m: m.ravel()[:1],
}
"""What right work would make of the work's numbers."""


ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")
MAX_PLACES = len(ORDINALS)


def relation_of_numbers(pairs: Sequence[NumberPair]) -> str:
    """Return the first relation that holds between all numbers, in words; empty if none does."""
    if sum(pair.theirs.size for pair in pairs) < MIN_NUMBERS or not all(_is_finite(pair) for pair in pairs):
        return ""
    with np.errstate(all="ignore"):
        if all(pair.mine.size == pair.theirs.size for pair in pairs):
            return next(filter(None, (*_of_values(pairs), _of_order(pairs))), "")
        return _of_shapes(pairs)


def _is_finite(pair: NumberPair) -> bool:
    return bool(np.isfinite(pair.mine).all() and np.isfinite(pair.theirs).all())


def _of_values(pairs: Sequence[NumberPair]) -> Iterator[str]:
    mine, theirs = (np.concatenate([getattr(pair, name) for pair in pairs]) for name in ("mine", "theirs"))
    if np.ptp(theirs) <= ATOL:
        return
    yield from (words for words, function in FUNCTIONS.items() if _close(mine, function(theirs)))
    yield _of_factor(mine, theirs)
    yield _of_lengths(pairs)
    offset = float(np.median(mine - theirs))
    yield f"the right value plus {offset:.4g}" if abs(offset) > ATOL and _close(mine, theirs + offset) else ""
    digits = digits_kept(mine)
    yield f"the right value rounded to {digits} decimals" if digits and _close(mine, np.round(theirs, digits)) else ""


def _of_factor(mine: Numbers, theirs: Numbers) -> str:
    largest = int(np.argmax(np.abs(theirs)))
    factor = float((mine[largest] / theirs[largest]).real)
    if abs(factor) <= RTOL or not _close(mine, factor * theirs):
        return ""
    return next((words for words, known in FACTORS.items() if math.isclose(factor, known, rel_tol=RTOL)), "") or (
        f"{factor:.4g} times the right value"
    )


def _of_lengths(pairs: Sequence[NumberPair]) -> str:
    for name in pairs[0].lengths:
        if len({pair.lengths.get(name) for pair in pairs} - {None}) < 2:
            continue  # one length is a constant factor, or chance
        for words, factor in BY_LENGTH.items():
            if all(name in p.lengths and _close(p.mine, factor(p.lengths[name]) * p.theirs) for p in pairs):
                return words.format(n=name)
    return ""


def _of_order(pairs: Sequence[NumberPair]) -> str:
    if all(pair.theirs.size < 2 for pair in pairs):
        return ""
    for words, order in ORDERS.items():
        if all(_close(pair.mine, np.ravel(order(pair.theirs.reshape(pair.right_shape)))) for pair in pairs):
            return words
    same = all(_close(np.sort(pair.mine), np.sort(pair.theirs)) for pair in pairs)
    return "the right values in another order" if same else _of_places(pairs)


def _of_places(pairs: Sequence[NumberPair]) -> str:
    """Say which of a few numbers are wrong, where there are as many each time and others are right."""
    size = pairs[0].theirs.size
    if size > MAX_PLACES or any(pair.theirs.size != size for pair in pairs):
        return ""
    wrong = [i for i in range(size) if not all(_close(pair.mine[i], pair.theirs[i]) for pair in pairs)]
    if not wrong or len(wrong) == size:
        return ""
    named = " and ".join(ORDINALS[i] for i in wrong)
    return f"right but for the {named} number{'s' if len(wrong) > 1 else ''}"


def _of_shapes(pairs: Sequence[NumberPair]) -> str:
    for words, function in SHAPES.items():
        if all(p.theirs.size and _close(p.mine, np.ravel(function(p.theirs.reshape(p.right_shape)))) for p in pairs):
            return words
    for words, function in PARTS.items():
        made = [function(pair.mine.reshape(pair.shape)) if pair.mine.size else None for pair in pairs]
        if all(value is not None and _close(np.ravel(value), p.theirs) for value, p in zip(made, pairs, strict=True)):
            return words
    return ""


def _close(a: Numbers, b: Any) -> bool:
    a, b = np.asarray(a), np.asarray(b)
    return a.shape == b.shape and close(a, b, RTOL, ATOL)
