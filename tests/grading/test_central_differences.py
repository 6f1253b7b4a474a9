"""Central differences and the check of gradients by them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairgrade.grading import CheckFailed, central_difference, expect_gradient


@given(st.lists(st.floats(-3, 3), min_size=1, max_size=6))
def test_a_smooth_function_is_differentiated(point):
    """The gradient of sum(sin) is cos, to eight digits."""
    at = np.array(point)
    np.testing.assert_allclose(central_difference(lambda x: float(np.sin(x).sum()), at), np.cos(at), atol=1e-8)


def test_the_right_gradient_passes_and_its_negative_does_not():
    """The sign matters."""
    at = np.array([0.5, -1.0, 2.0])
    expect_gradient(2 * at, lambda x: float(x @ x), at)
    with pytest.raises(CheckFailed, match="3 of 3 values"):
        expect_gradient(-2 * at, lambda x: float(x @ x), at)


def test_a_gradient_of_another_shape_is_named():
    """A scalar for a vector is a matter of shape, not of value."""
    with pytest.raises(CheckFailed, match="shape"):
        expect_gradient(1.0, lambda x: float(x @ x), np.ones(3))
