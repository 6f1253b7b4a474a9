"""Two mistakes at once are made of each other's code."""

from __future__ import annotations

import numpy as np
import pytest

from fairgrade.grading.merging import merge


def right(y, p):
    return float(-np.mean(y * np.log(p)))


def without_minus(y, p):
    return np.mean(y * np.log(p))


def summed(y, p):
    return -np.sum(y * np.log(p))


def in_base_2(y, p):
    return -np.mean(y * np.log2(p))


def halved(y, p):
    return -np.mean(y * np.log(p)) / 2


def in_a_loop(y, p):
    total = 0.0
    for truth, prediction in zip(y, p, strict=True):
        total += truth * np.log(prediction)
    return total


Y, P = np.array([1.0, 0.0, 1.0]), np.array([0.5, 0.2, 0.25])


@pytest.mark.parametrize(
    ("one", "other", "value"),
    [
        (without_minus, summed, np.sum(Y * np.log(P))),
        (summed, in_base_2, -np.sum(Y * np.log2(P))),
        (without_minus, halved, np.mean(Y * np.log(P)) / 2),
        (in_base_2, halved, -np.mean(Y * np.log2(P)) / 2),
    ],
)
def test_changes_of_different_places_are_merged(one, other, value):
    """In either order, also where one takes away or adds what is around the other."""
    assert merge([right], [one, other])(Y, P) == pytest.approx(value)
    assert merge([right], [other, one])(Y, P) == pytest.approx(value)


def test_changes_of_the_same_place_are_not_merged():
    """Nobody can take two other functions for the same one."""
    assert merge([right], [summed, in_another_way]) is None
    assert merge([right], [summed, in_a_loop]) is None


def in_another_way(y, p):
    return -np.max(y * np.log(p))


class Right:
    def one(self):
        return 1

    def both(self):
        return self.one() + 1


class OneIsTen(Right):
    def one(self):
        return 10


class Doubles(Right):
    def both(self):
        return 2 * super().both()


class OneIsTwenty(Right):
    def one(self):
        return 20


def test_classes_inherit_from_both():
    """Where one replaces what the other replaces, there is no pair."""
    assert merge([Right], [OneIsTen, Doubles])().both() == 22
    assert merge([Right], [OneIsTen, OneIsTwenty]) is None
