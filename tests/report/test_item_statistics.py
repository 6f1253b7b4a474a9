"""Statistics agree with tables worked by hand, and with SciPy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from fairgrade.report.bootstrap import alphas, discriminations, draws, interval_of
from fairgrade.report.item_statistics import assignment_statistics, correlation, item_statistics

# Four students, two items of 2 points and one of 6.
MARKS = np.array([[2.0, 0.0, 6.0], [2.0, 2.0, 3.0], [1.0, 0.0, 3.0], [0.0, 2.0, 0.0]])
MAXIMA = np.array([2.0, 2.0, 6.0])


def test_a_table_worked_by_hand() -> None:
    """Facility 5/8; the rest of the first item is 6, 5, 3, 2: sums of squares 11/4 and 10, of products 5."""
    first, second, third = item_statistics(["a", "b", "c"], MARKS, MAXIMA)
    assert first.facility == 5 / 8
    assert first.spread == pytest.approx(np.sqrt(2.75 / 3) / 2)
    assert first.discrimination == pytest.approx(5 / np.sqrt(2.75 * 10))
    assert first.efficiency == pytest.approx(1)  # in the same order already
    assert [item.intended_weight for item in (first, second, third)] == [0.2, 0.2, 0.6]
    # Totals 8, 7, 4, 2: sums of products with them are 7.75, -3 and 18.
    assert second.effective_weight is None
    assert first.effective_weight == pytest.approx(np.sqrt(7.75) / (np.sqrt(7.75) + np.sqrt(18)))


def test_the_whole_assignment_by_hand() -> None:
    """Variances 11/12, 4/3 and 6 of the items, 22.75/3 of the totals: alpha is 3/2 (1 - 8.25 / 7.58)."""
    found = assignment_statistics(MARKS)
    assert (found.n, found.mean, found.median) == (4, 5.25, 5.5)
    assert found.alpha == pytest.approx(1.5 * (1 - 8.25 / (22.75 / 3)))
    assert found.standard_error == pytest.approx(np.sqrt(1 - found.alpha) * np.sqrt(22.75 / 3))


@given(st.integers(4, 40), st.integers(0, 2**32 - 1))
@settings(deadline=None)
def test_moments_and_correlations_are_scipys(n: int, seed: int) -> None:
    marks = np.random.default_rng(seed).integers(0, 5, (n, 4)).astype(float)
    totals, found = marks.sum(axis=1), assignment_statistics(marks)
    if np.ptp(totals) == 0:
        assert found.skewness is None
        return
    assert found.skewness == pytest.approx(stats.kstat(totals, 3) / stats.kstat(totals, 2) ** 1.5)
    assert found.kurtosis == pytest.approx(stats.kstat(totals, 4) / stats.kstat(totals, 2) ** 2)
    for item, column in zip(item_statistics(list("abcd"), marks, np.full(4, 4.0)), marks.T, strict=True):
        if item.discrimination is not None:
            assert item.discrimination == pytest.approx(stats.pearsonr(column, totals - column)[0])


@pytest.mark.parametrize("n", [0, 1, 2])
def test_what_is_undefined_is_none(n: int) -> None:
    """A class of nobody, of one, or of two alike has no correlations, and is no error."""
    marks = np.ones((n, 2))
    (item, _), found = item_statistics(["a", "b"], marks, np.ones(2)), assignment_statistics(marks)
    assert item.discrimination is None
    assert item.efficiency is None
    assert found.alpha is None
    assert item.flag == ""


def test_flags_need_a_class() -> None:
    """Nobody passes, everybody passes, the strong fail: told for twenty students, not for nineteen."""
    strength = np.linspace(0, 1, 20)
    marks = np.column_stack([np.zeros(20), np.ones(20), 1 - strength, strength, strength, strength])
    flags = [item.flag for item in item_statistics(list("abcdef"), marks, np.ones(6))]
    assert [flag.partition(" ")[0] for flag in flags] == ["Nobody", "Everybody", "Students", "", "", ""]
    assert {item.flag for item in item_statistics(list("abcdef"), marks[1:], np.ones(6))} == {""}


def test_bootstrap_samples_are_classes_of_students_drawn() -> None:
    """Sums over weights give what the statistics give for the class with each student as often as drawn."""
    marks = np.random.default_rng(1).integers(0, 4, (25, 3)).astype(float)
    (drawn,) = draws(25, samples=40)
    assert (drawn.sum(axis=1) == 25).all()
    found, alpha = discriminations(marks, drawn), alphas(marks, drawn)
    for weights, by_item, of_all in zip(drawn, found, alpha, strict=True):
        drawn_class = np.repeat(marks, weights.astype(int), axis=0)
        rest = drawn_class.sum(axis=1, keepdims=True) - drawn_class
        assert by_item == pytest.approx([correlation(x, y) for x, y in zip(drawn_class.T, rest.T, strict=True)])
        assert of_all == pytest.approx(assignment_statistics(drawn_class).alpha)


def test_what_a_sample_leaves_undefined_is_left_out() -> None:
    """Where all drawn students have the same marks, there is no correlation and no alpha."""
    marks = np.array([[0.0, 1.0], [1.0, 0.0], [1.0, 2.0]])
    drawn = np.array([[3.0, 0.0, 0.0], [1.0, 1.0, 1.0]])
    assert np.isnan(discriminations(marks, drawn)).tolist() == [[True, True], [False, False]]
    assert np.isnan(alphas(marks, drawn)).tolist() == [True, False]
    assert interval_of(np.array([np.nan, np.nan, 1.0])) is None
    assert interval_of(np.array([np.nan, 1.0, 1.0])) == (1.0, 1.0)


def test_intervals_are_scipys() -> None:
    """SciPy's own bootstrap of alpha and of a discrimination ends within a few hundredths."""
    rng = np.random.default_rng(2)
    strength = rng.normal(size=(60, 1))
    marks = np.clip(np.round(2 + strength + rng.normal(size=(60, 4))), 0, 4)

    def alpha(rows: np.ndarray) -> float:
        return assignment_statistics(marks[rows]).alpha or 0.0

    def discrimination(rows: np.ndarray) -> float:
        return correlation(marks[rows, 0], marks[rows, 1:].sum(axis=1)) or 0.0

    of_alpha = assignment_statistics(marks).alpha_interval
    of_item = item_statistics(list("abcd"), marks, np.full(4, 4.0))[0].interval
    few = {"n_resamples": 1000, "vectorized": False, "method": "percentile", "random_state": rng}
    wanted = stats.bootstrap((np.arange(60),), discrimination, **few).confidence_interval
    assert of_item == pytest.approx((wanted.low, wanted.high), abs=0.05)
    few["n_resamples"] = 100  # each computes an interval of its own
    wanted = stats.bootstrap((np.arange(60),), alpha, **few).confidence_interval
    assert of_alpha == pytest.approx((wanted.low, wanted.high), abs=0.1)


@pytest.mark.parametrize("n", [19, 20])
def test_intervals_need_a_class(n: int) -> None:
    marks = np.random.default_rng(0).integers(0, 4, (n, 3)).astype(float)
    assert (assignment_statistics(marks).alpha_interval is not None) == (n == 20)
    assert (item_statistics(list("abc"), marks, np.full(3, 3.0))[0].interval is not None) == (n == 20)
