"""Observations: the same values are the same mistake, and a quick look never overrules a close one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairgrade.grading.diagnosis import ATOL, RTOL, observe

NUMBERS = st.one_of(st.floats(width=64), st.floats(-10, 10), st.sampled_from([0.0, np.inf, -np.inf, np.nan, 1.7e308]))


@given(st.lists(st.tuples(NUMBERS, st.sampled_from([0.0, 0.4, 0.9, 1.1, 3.0])), min_size=1, max_size=40))
def test_numbers_are_compared_as_numpy_compares_them(cases):
    """Each number off by some share of the tolerance, on the side that adds up."""
    one = np.array([number for number, _ in cases])
    with np.errstate(all="ignore"):
        other = one + np.array([share for _, share in cases]) * (ATOL + RTOL * np.abs(one))
        wanted = np.allclose(one, other, rtol=RTOL, atol=ATOL, equal_nan=True)
    assert observe(lambda: one).equals(observe(lambda: other)) == wanted


@pytest.mark.parametrize("value", [True, 3, 1 + 2j, [1.5, [2.5, "a"]], {"loss": np.ones((2, 3))}, None, "text", []])
def test_a_value_is_the_same_as_itself_and_not_as_another(value):
    assert observe(lambda: value).equals(observe(lambda: value))
    assert not observe(lambda: value).equals(observe(lambda: [value, 4.25]))
