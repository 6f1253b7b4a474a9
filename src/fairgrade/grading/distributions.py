"""Whether a sample follows a distribution, with a stated rate of false rejection."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from fairgrade.grading.expect import FloatArray, expect, expect_array, opening


def expect_distribution(
    sample: ArrayLike,
    cdf: Callable[[FloatArray], Any],
    *,
    false_rejection: float = 1e-6,
    what: str = "your function",
) -> None:
    """Fail if a sample is too far from a distribution, continuous or discrete.

    The largest distance between the sample's distribution function and `cdf` is compared with the bound of the
    Dvoretzky-Kiefer-Wolfowitz inequality (Massart 1990, Annals of Probability 18:1269), which holds for every
    distribution and every size: a right sample of `n` independent values is further away than
    ``sqrt(log(2 / false_rejection) / 2n)`` with a probability of at most `false_rejection`. State the same
    rate at the check, ``@exercise.check(points=2, false_rejection=1e-6)``.

    Parameters
    ----------
    sample : array_like of shape (n,)
    cdf : callable
        The distribution function, of an array: the probability of a value of at most x.
    false_rejection : float
    what : str
        What drew the sample; it begins the message.

    Raises
    ------
    CheckFailed
        If the sample is no array of numbers, or too far from the distribution.
    """
    values = np.sort(expect_array(sample, what=what).ravel())
    expect(values.size > 0, f"{opening(what)}: expected a sample, got no values.")
    points = np.unique(values)
    up_to = np.searchsorted(values, points, side="right") / values.size
    below = np.searchsorted(values, points, side="left") / values.size
    off = max(
        np.abs(up_to - np.asarray(cdf(points), dtype=np.float64)).max(),
        np.abs(below - np.asarray(cdf(np.nextafter(points, -np.inf)), dtype=np.float64)).max(),
    )
    bound = math.sqrt(math.log(2 / false_rejection) / (2 * values.size))
    expect(
        bool(off <= bound),
        f"{opening(what)} draws {values.size} values that don't follow the distribution: "
        f"their shares are off by up to {off:.0%}, chance explains {bound:.0%}.",
    )
