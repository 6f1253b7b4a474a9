"""Helpers say what a value must be, and what it was instead."""

from __future__ import annotations

import numpy as np
import pytest

from fairgrade.grading import (
    CheckFailed,
    expect_any_close,
    expect_array,
    expect_close,
    expect_dtype,
    expect_finite,
    expect_number,
    random_state_untouched,
    unchanged,
)


@pytest.mark.parametrize(
    "value", [2, 2.0, np.float64(2), np.float32(2), np.int64(2), np.array(2.0), np.array([2.0]), [[2.0]], True + 1]
)
def test_all_forms_of_a_number_are_that_number(value):
    """Python and NumPy numbers and arrays of one element count as a number."""
    assert expect_number(value) == 2.0


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (None, "got None, which is what a function without `return` gives"),
        ("0.5", "a string"),
        ([1, "a"], "a list that is not numbers"),
        (np.zeros(3), "array of shape (3,)"),
        ([[1, 2], [3]], "a list that is not numbers"),
        (1j, "a value of type complex"),
        (np.array([object()]), "an array of dtype object"),
    ],
)
def test_what_is_no_number_is_named(value, says):
    """The message says what came back in place of a number."""
    with pytest.raises(CheckFailed) as failure:
        expect_number(value)
    assert says in failure.value.reason


def test_a_wrong_shape_is_named():
    """Both shapes are in the message."""
    with pytest.raises(CheckFailed, match=r"expected shape \(3,\), got \(2, 3\)"):
        expect_array(np.zeros((2, 3)), shape=(3,))


def test_a_close_value_passes_and_a_distant_one_does_not():
    """The tolerance is relative to the expected value."""
    expect_close(1e6 + 0.5, 1e6, rtol=1e-6)
    with pytest.raises(CheckFailed):
        expect_close(1e6 + 1.5, 1e6, rtol=1e-6)


def test_the_expected_value_is_never_shown():
    """A student who reads the message can't copy the answer from it."""
    with pytest.raises(CheckFailed) as failure:
        expect_close(1.25, 77.125, given="5 samples")
    assert failure.value.reason == "Given 5 samples, your function gives 1.25, which is not right."


def test_wrong_entries_of_an_array_are_counted():
    """For arrays the message says how many entries are wrong."""
    with pytest.raises(CheckFailed, match="2 of 3 values are not right"):
        expect_close([1, 2, 3], [1, 5, 6])


@pytest.mark.parametrize(("value", "name"), [(np.nan, "nan"), (np.inf, "infinity"), ([1, -np.inf], "infinity")])
def test_what_is_not_finite_is_named(value, name):
    """NaN and infinity are told apart."""
    with pytest.raises(CheckFailed, match=f"gives {name}"):
        expect_finite(value)


def test_a_wrong_dtype_is_named():
    """The message names both dtypes."""
    expect_dtype(np.zeros(2), np.floating)
    with pytest.raises(CheckFailed, match="expected dtype floating, got int64"):
        expect_dtype(np.zeros(2, dtype=np.int64), np.floating)


def test_a_changed_input_is_named():
    """The message has the name the student knows the array under."""
    x, y = np.arange(3.0), np.array([np.nan])
    with unchanged(x=x, y=y):
        pass
    with pytest.raises(CheckFailed, match="changes `x`"), unchanged(x=x, y=y):
        x[1] = 7


@pytest.mark.parametrize("touch", [lambda: np.random.seed(1), np.random.rand, lambda: __import__("random").random()])
def test_touching_the_global_random_state_fails(touch):
    """Drawing from the global generators is noticed as well as seeding them."""
    with pytest.raises(CheckFailed, match="global random generator"), random_state_untouched():
        touch()


def test_a_generator_of_ones_own_touches_nothing():
    """numpy.random.default_rng leaves the global state alone."""
    with random_state_untouched():
        assert np.random.default_rng(0).random() == pytest.approx(0.6369616873214543)


def test_one_of_several_right_values_is_enough():
    """They are worked out one after the other, until one matches."""

    def wants():
        yield [1.0, 2.0]
        yield [1.0, 3.0]
        raise AssertionError("asked for more")

    expect_any_close([1.0, 3.0 + 1e-7], wants(), "neither")


@pytest.mark.parametrize("got", [2.0, [2.0], [1.0, 2.0, 3.0], np.nan])
def test_a_value_unlike_all_right_ones_fails_for_the_reason_given(got):
    """A number is no array that holds nothing else, and nan equals nothing."""
    with pytest.raises(CheckFailed, match=r"^neither of them$"):
        expect_any_close(got, [1.0, [2.0, 2.0]], "neither of them")
