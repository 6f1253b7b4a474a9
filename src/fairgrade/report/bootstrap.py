"""Bootstrap intervals: how far statistics of a class could be off, if another class like it had been graded.

A bootstrap sample draws as many students as there are, with replacement (Efron and Tibshirani, An Introduction to the
Bootstrap, 1993). It is written as the number of times each student is drawn, so that sums are matrix products.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

SAMPLES = 1000

MAX_NUMBERS = 4_000_000
"""So many numbers are held at once, whatever the class's size."""

Interval = tuple[float, float]
Marks = NDArray[np.float64]


def draws(n: int, samples: int = SAMPLES) -> Iterator[Marks]:
    """Yield how often each of n students is drawn: arrays of shape (some samples, n); the same in each run."""
    rng = np.random.default_rng(0)
    at_once = max(1, MAX_NUMBERS // max(1, n))
    for start in range(0, samples, at_once):
        drawn = rng.integers(0, n, (min(at_once, samples - start), n))
        yield np.stack([np.bincount(row, minlength=n) for row in drawn]).astype(np.float64)


def discriminations(marks: Marks, drawn: Marks) -> Marks:
    """Return the discrimination of each item in bootstrap samples; nan where it is undefined.

    Parameters
    ----------
    marks : ndarray of shape (n_students, n_items)
    drawn : ndarray of shape (n_samples, n_students)

    Returns
    -------
    ndarray of shape (n_samples, n_items)
    """
    rest = marks.sum(axis=1, keepdims=True) - marks
    x, y = marks - marks.mean(axis=0), rest - rest.mean(axis=0)
    n = marks.shape[0]
    mean_x, mean_y = drawn @ x / n, drawn @ y / n
    var_x, var_y = drawn @ x**2 / n - mean_x**2, drawn @ y**2 / n - mean_y**2
    covariance = drawn @ (x * y) / n - mean_x * mean_y
    is_defined = (var_x > _NOTHING) & (var_y > _NOTHING)
    product = np.where(is_defined, var_x * var_y, 1.0)
    return np.where(is_defined, covariance / np.sqrt(product), np.nan)


def alphas(marks: Marks, drawn: Marks) -> Marks:
    """Return Cronbach's alpha in bootstrap samples, of shape (n_samples,); nan where it is undefined.

    Parameters
    ----------
    marks : ndarray of shape (n_students, n_items)
        Of two items or more.
    drawn : ndarray of shape (n_samples, n_students)
    """
    n, p = marks.shape
    x = marks - marks.mean(axis=0)
    totals = x.sum(axis=1)
    of_items = (drawn @ x**2 / n - (drawn @ x / n) ** 2).sum(axis=1)
    of_totals = drawn @ totals**2 / n - (drawn @ totals / n) ** 2
    is_defined = of_totals > _NOTHING
    return np.where(is_defined, p / (p - 1) * (1 - of_items / np.where(is_defined, of_totals, 1.0)), np.nan)


def interval_of(values: Marks) -> Interval | None:
    """Return the 95 % percentile interval; None if the statistic is undefined in half of the samples."""
    defined = values[~np.isnan(values)]
    if len(defined) < len(values) / 2 or not len(values):
        return None
    low, high = np.percentile(defined, [2.5, 97.5])
    return float(low), float(high)


_NOTHING = 1e-12
"""Variances below are rounding errors."""
