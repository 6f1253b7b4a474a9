"""Where no misconception fits, the student is told what the work has to do with right work, if that is true."""

from __future__ import annotations

import numpy as np
import pytest

from fairgrade.grading import Exercise, expect_array
from fairgrade.grading.relations import kind_of


def right(x):
    return np.append(2 * x, x.sum()), float(x.mean())


def make() -> Exercise:
    """An exercise without a bank, on a result of two parts."""
    exercise = Exercise("line", points=2, reference=right, parts=("the line", "the mean"))

    @exercise.check(points=2)
    def is_right(work, rng):
        """It is right."""
        x = rng.uniform(1, 2, 5)
        line, mean = work(x)
        assert np.allclose(expect_array(line), right(x)[0])
        assert np.isclose(mean, right(x)[1])

    for n in (3, 4, 6):

        def probe(work, rng, n=n):
            return work(rng.uniform(1, 2, n))

        probe.__name__ = f"{n}_inputs"
        exercise.probe(probe)
    return exercise


def line(x):
    return right(x)[0]


def mean(x):
    return right(x)[1]


@pytest.mark.parametrize(
    ("work", "name", "said"),
    [
        (lambda x: (-line(x), -mean(x)), "opposite_sign", "sign turned round"),
        (lambda x: (0.5 * line(x), 0.5 * mean(x)), "constant_factor", "one and the same number"),
        (lambda x: (3 + line(x), 3 + mean(x)), "constant_offset", "off by"),
        (lambda x: (np.round(line(x), 2), round(mean(x), 2)), "rounded", "all its digits"),
        (lambda x: np.append(*right(x)), "another_form", "All numbers are right"),
        (lambda x: (line(x)[::-1], mean(x)), "another_order", "where they belong"),
        (lambda x: (*right(x), 7.0), "too_much", "so is something else"),
        (line, "too_little", "does not hold all"),
        (lambda x: (np.cumsum(line(x)), 0.0), "part_of_it", "The line begins right and goes on wrong"),
        (lambda x: (line(x), 0.0), "part_of_it", "The line is right; the mean is not right."),
        (lambda x: (2 * line(x), mean(x)), "part_of_it", "The line is the right one times a constant; the mean is"),
        (lambda x: (x[0] * line(x), 0.0), "part_of_it", "The line points in the right direction and has the wrong"),
        (
            lambda x: right(x) if x.size not in (4, 5) else 0,
            "right_in_places",
            "right for 3 inputs and 6 inputs, and not for 4",
        ),
    ],
)
def test_a_relation_is_said_and_costs_nothing_of_its_own(work, name, said):
    """It names where to look; points are those of the checks."""
    score = make().grade(work)
    (found,) = score.relations
    assert (found.name, found.kind) == (name, "relation")
    assert said in found.hint
    assert score.priced_by is None
    assert score.to_dict()["relations"] == [name]
    assert score.misconceptions == ()


@pytest.mark.parametrize("work", [lambda x: None, lambda x: (x, x), lambda x: 1 / 0, lambda x: (line(x) ** 2, 7.0)])
def test_nothing_is_said_where_nothing_is_known(work):
    """Other values in other forms, and errors, are in no relation."""
    assert make().grade(work).relations == ()


def test_few_numbers_are_in_no_relation():
    """Any number is a multiple of any other."""
    assert kind_of(np.array([2.0]), np.array([3.0])) == ""
    assert kind_of(np.arange(5.0), np.arange(5.0) ** 2) == ""
    assert kind_of(np.array([1.0, 2, 3, np.nan]), np.array([2.0, 4, 6, 8])) == ""
