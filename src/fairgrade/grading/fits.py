"""What a student's work lets one read off, so that a mistake that comes in many sizes is tried in the right one."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

MAX_DIGITS = 8
"""A result with more decimals is not rounded, or might as well not be."""


def digits_kept(values: ArrayLike) -> int | None:
    """To how many decimals some numbers are rounded; None if they are not.

    Parameters
    ----------
    values : array_like
        Several results: a single one may end early by chance.
    """
    numbers = np.asarray(values, dtype=np.float64)
    if not np.isfinite(numbers).all():
        return None
    rounded_to = (n for n in range(MAX_DIGITS) if np.allclose(numbers, np.round(numbers, n), rtol=0, atol=1e-12))
    return next(rounded_to, None)
