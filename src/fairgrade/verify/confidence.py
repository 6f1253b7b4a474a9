"""Confidence bounds of a rate, from how often something happened in a number of runs."""

from __future__ import annotations

from collections.abc import Callable

CONFIDENCE = 0.95


def upper_bound(happened: int, runs: int, confidence: float = CONFIDENCE) -> float:
    """Return the exact one-sided upper bound of a rate.

    Clopper and Pearson, "The use of confidence or fiducial limits illustrated in the case of the
    binomial" (1934): the largest rate at which as few as `happened` of `runs` are no surprise. If
    nothing happened it is ``1 - (1 - confidence)**(1 / runs)``, about 3 / runs.
    """
    if happened >= runs:
        return 1.0
    return _where_it_falls_to(1 - confidence, lambda rate: _at_most(happened, runs, rate))


def lower_bound(happened: int, runs: int, confidence: float = CONFIDENCE) -> float:
    """Return the exact one-sided lower bound of a rate: the smallest at which as many as `happened` are no surprise."""
    if happened == 0:
        return 0.0
    return _where_it_falls_to(confidence, lambda rate: _at_most(happened - 1, runs, rate))


def _at_most(happened: int, runs: int, rate: float) -> float:
    """Return the probability that something with this rate happens no more than `happened` times in `runs`."""
    term = total = (1 - rate) ** runs
    for k in range(1, happened + 1):
        term *= (runs - k + 1) / k * rate / (1 - rate)
        total += term
    return total


def _where_it_falls_to(value: float, function: Callable[[float], float]) -> float:
    """Return where in [0, 1] a falling function has a value, by bisection."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if function(middle) > value else (low, middle)
    return high
