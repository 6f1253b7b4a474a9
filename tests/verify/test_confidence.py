"""Bounds of a rate, against values worked out by hand."""

from __future__ import annotations

import pytest

from fairgrade.verify.confidence import lower_bound, upper_bound


@pytest.mark.parametrize("runs", [1, 20, 30_000])
def test_nothing_in_n_runs(runs):
    """The rate at which n runs without any are as likely as one in twenty."""
    assert upper_bound(0, runs) == pytest.approx(1 - 0.05 ** (1 / runs))
    assert lower_bound(0, runs) == 0


def test_all_of_n_runs():
    """The mirror image."""
    assert upper_bound(20, 20) == 1
    assert lower_bound(20, 20) == pytest.approx(0.05 ** (1 / 20))


def test_some_of_n_runs():
    """One of two: 1 - (1 - r)**2 and r**2 are one in twenty at the two bounds."""
    assert lower_bound(1, 2) == pytest.approx(1 - 0.95**0.5)
    assert upper_bound(1, 2) == pytest.approx(0.95**0.5)
