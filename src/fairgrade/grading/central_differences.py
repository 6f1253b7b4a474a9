"""Gradients checked against central differences of the function they claim to belong to."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from fairgrade.grading.expect import FloatArray, expect_array, expect_close


def central_difference(function: Callable[[FloatArray], float], at: ArrayLike, step: float = 1e-6) -> FloatArray:
    """Return the gradient of `function` by central differences.

    Each partial derivative is ``(f(x + h e_i) - f(x - h e_i)) / 2h``, whose error is of the order of
    ``h**2`` plus rounding of the order of ``1e-16 / h`` (Press et al., Numerical Recipes, section 5.7).

    Parameters
    ----------
    function : callable
        Takes a float64 array of the shape of `at` and returns a float.
    at : array_like of shape (n,)
        The point at which to differentiate.
    step : float
        The step h, the same for all coordinates.

    Returns
    -------
    ndarray of shape (n,)
    """
    point = np.asarray(at, dtype=np.float64)
    gradient = np.empty_like(point)
    for i in np.ndindex(point.shape):
        above, below = point.copy(), point.copy()
        above[i] += step
        below[i] -= step
        gradient[i] = (function(above) - function(below)) / (2 * step)
    return gradient


def expect_gradient(
    got: ArrayLike,
    function: Callable[[FloatArray], float],
    at: ArrayLike,
    *,
    given: str = "",
    rtol: float = 1e-4,
    atol: float = 1e-7,
) -> None:
    """Fail unless `got` is the gradient of `function` at `at`, as central differences measure it.

    Parameters
    ----------
    got : array_like of shape (n,)
        The student's gradient.
    function, at
        As in :func:`central_difference`.
    given : str
        The input in words.
    rtol, atol : float
        Relative and absolute tolerance; by default the latter is a hundred times the measuring error.
    """
    want = central_difference(function, at)
    gradient = expect_array(got, shape=want.shape, what="your gradient")
    expect_close(
        gradient,
        want,
        given=given,
        what="next to the measured slope of the loss your gradient",
        rtol=rtol,
        atol=atol,
    )
