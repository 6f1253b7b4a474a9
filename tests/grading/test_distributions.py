"""A sample is held against a distribution, and right ones are rejected as rarely as stated."""

from __future__ import annotations

import numpy as np
import pytest

from fairgrade.grading import CheckFailed, expect_distribution


def uniform(x):
    return np.clip(x, 0, 1)


def die(x):
    return np.clip(np.floor(x), 0, 6) / 6


def test_right_samples_are_rejected_no_more_often_than_stated():
    """Of 2,000 samples each, at a rate of 5 %: the bound is conservative, for discrete values more so."""
    rng = np.random.default_rng(0)
    for draw, cdf in ((lambda: rng.random(50), uniform), (lambda: rng.integers(1, 7, 50), die)):
        rejected = 0
        for _ in range(2000):
            try:
                expect_distribution(draw(), cdf, false_rejection=0.05)
            except CheckFailed:
                rejected += 1
        assert rejected <= 0.05 * 2000


@pytest.mark.parametrize(
    ("sample", "cdf"),
    [
        (np.random.default_rng(1).random(3000) ** 1.3, uniform),
        (np.random.default_rng(1).integers(0, 7, 3000), die),
        (np.full(100, 0.5), uniform),
        (np.full(100, 3), die),
    ],
)
def test_other_samples_are_rejected(sample, cdf):
    with pytest.raises(CheckFailed, match="don't follow the distribution"):
        expect_distribution(sample, cdf)


def test_no_sample_is_told():
    with pytest.raises(CheckFailed, match="no values"):
        expect_distribution([], uniform)
    with pytest.raises(CheckFailed, match="None"):
        expect_distribution(None, uniform)
