"""How wrong work differs from right work, in words, and the input that shows it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from fairgrade.discovery.reference_views import views_of_reference
from fairgrade.discovery.relation_in_words import relation_in_words
from fairgrade.discovery.smallest_input import smallest_input
from fairgrade.grading import Exercise, Submission
from tests.autograde.classes import ASSIGNMENT
from tests.discovery.a_class import wrong_answer

SUBMISSION = Submission(ASSIGNMENT, "", "salt")


def exercise_on(reference: Callable[..., Any], draw: Callable[..., Any]) -> Exercise:
    """An exercise graded by its reference alone."""
    exercise = Exercise("e", points=2, reference=reference)
    exercise.inputs(draw)
    exercise.agrees_with_the_reference(points=2)
    return exercise


def variance(x):
    return np.var(x)


def vectors(rng):
    return rng.normal(1, 2, int(rng.integers(4, 9)))


def doubled(x):
    return 2 * x


def matrices(rng):
    return rng.normal(1, 2, (2, 3))


def transposed(x):
    return x.T + 1


def logarithms(x):
    return np.log(x)


def positive(rng):
    return rng.uniform(1, 5, 4)


def angles(x):
    return np.arctan(x)


def product(x):
    return x * x


def changing(x):
    x += 0.5
    return 2 * (x - 0.5)


@pytest.mark.parametrize(
    ("reference", "draw", "work", "words"),
    [
        (variance, vectors, lambda x: np.var(x, ddof=1),
         "always n/(n-1) times the right value, where n is the length of `x`"),
        (variance, vectors, lambda x: len(x) * np.var(x), "always the length of `x` times the right value"),
        (variance, vectors, np.std, "always the square root of the right value"),
        (variance, vectors, lambda x: -np.var(x), "always the right value with the opposite sign"),
        (variance, vectors, lambda x: np.var(x) / 2, "always half the right value"),
        (variance, vectors, lambda x: np.var(x) + 3, "always the right value plus 3"),
        (variance, vectors, lambda x: round(float(np.var(x)), 2), "always the right value rounded to 2 decimals"),
        (variance, vectors, lambda x: int(np.var(x)), "always the right value cut off to a whole number"),
        (variance, vectors, lambda x: 7.0, "always the same, whatever it is given"),
        (variance, vectors, lambda x: print(np.var(x)), "prints the right result in place of returning it"),
        (variance, vectors, lambda x: None, "returns nothing"),
        (doubled, vectors, lambda x: 2 * x[::-1], "always the right values in reverse order"),
        (doubled, vectors, lambda x: np.roll(2 * x, 1), "always the right values shifted by one place"),
        (doubled, vectors, lambda x: np.sort(2 * x), "always the right values sorted"),
        (doubled, vectors, lambda x: np.sum(2 * x), "always the sum of the right values"),
        (doubled, vectors, lambda x: 2 * x[0], "always the first of the right values alone"),
        (doubled, vectors, lambda x: 2 * x[:-1], "always all of the right values but the last"),
        (doubled, vectors, changing, "changes its first argument"),
        (product, vectors, np.outer, None),
        (product, vectors, lambda x: np.outer(x, x), "always a table for all pairs, whose diagonal is right"),
        (transposed, matrices, lambda x: x + 1, "always the right values transposed"),
        (logarithms, positive, np.log2, "always the right value with the logarithm to base 2"),
        (angles, vectors, lambda x: np.degrees(np.arctan(x)), "always the right value in degrees"),
    ],
)  # fmt: skip
def test_the_relation_is_said_in_words(reference: Any, draw: Any, work: Any, words: str | None) -> None:
    """It holds for all that was tried; a call that stops is told by its error."""
    exercise = exercise_on(reference, draw)
    seen = wrong_answer(exercise, work).seen
    said = relation_in_words(seen, views_of_reference(exercise, SUBMISSION))
    assert said == words if words else said.startswith("stops with TypeError: ")


def test_the_smallest_input_is_shown_as_a_call_that_can_be_repeated() -> None:
    """Of the inputs on which the work differs, the one with the fewest numbers."""
    exercise = Exercise("e", points=2, reference=doubled)

    @exercise.inputs(n=(5, 1, 3))
    def numbers(rng, n):
        return np.arange(1.0, n + 1)

    exercise.agrees_with_the_reference(points=2)
    seen = wrong_answer(exercise, lambda x: 2 * x[::-1]).seen
    shown = smallest_input(seen, views_of_reference(exercise, SUBMISSION), "e")
    assert shown is not None
    assert (shown.given, shown.got, shown.right) == ("e(np.array([1.0, 2.0, 3.0]))", "[6, 4, 2]", "[2, 4, 6]")


def test_facts_of_dictionaries_are_told_apart() -> None:
    """Each key has its own relation."""

    def both(x):
        return {"mean": np.mean(x), "spread": np.std(x), "n": len(x)}

    exercise = exercise_on(both, vectors)
    work = lambda x: {"mean": np.mean(x), "spread": 2 * np.std(x), "n": len(x)}  # noqa: E731
    said = relation_in_words(wrong_answer(exercise, work).seen, views_of_reference(exercise, SUBMISSION))
    assert said == "spread: twice the right value"
