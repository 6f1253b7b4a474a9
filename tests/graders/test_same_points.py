"""The same wrong work earns the same for every student: the inputs somebody happens to get decide nothing."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from fairgrade.grading import Exercise
from graders.part5_training.binary_cross_entropy import exercise as binary_cross_entropy
from graders.part5_training.gradient_descent import exercise as gradient_descent
from graders.part5_training.gradients import exercise as gradients
from graders.part5_training.mse_loss import exercise as mse_loss
from tests.graders.work import lost


def rounded(exercise: Exercise, digits: int):
    """Right work whose result is rounded."""
    return partial(exercise.misconceptions["rounds_the_result"].code, digits=digits)


@pytest.mark.parametrize(
    ("exercise", "digits", "points"),
    [
        (mse_loss, 0, 3),
        *((mse_loss, digits, 1) for digits in (1, 2, 3, 4, 5, 6)),
        (mse_loss, 8, 0),
        *((binary_cross_entropy, digits, 2) for digits in (0, 1, 2, 3, 4)),
        (binary_cross_entropy, 6, 0),
        *((gradient_descent, digits, 2) for digits in (1, 2, 3, 4, 5)),
        (gradient_descent, 8, 0),
        (gradients, 0, 4),
        *((gradients, digits, 2) for digits in (1, 2, 3, 4, 5)),
        *((gradients, digits, 0) for digits in (6, 8)),
    ],
    ids=lambda value: getattr(value, "name", value),
)
def test_rounding_is_charged_by_the_number_of_decimals(exercise, digits, points):
    """It costs the same whatever numbers a student's inputs give, down to where it is within the tolerance."""
    assert lost(exercise, rounded(exercise, digits)) == {points}


def walk(start_w, learning_rate, steps, step):
    """A path by a step of one's own."""
    w, path = start_w, [(start_w, start_w**2 + 0.5)]
    for _ in range(steps):
        w = step(w, learning_rate)
        path.append((w, w**2 + 0.5))
    return np.array(path)


def held_back(limit, start_w, learning_rate, steps=15):
    return walk(start_w, learning_rate, steps, lambda w, rate: float(np.clip(w - 2 * rate * w, -limit, limit)))


def ended_early(tolerance, start_w, learning_rate, steps=15):
    path = walk(start_w, learning_rate, steps, lambda w, rate: w - 2 * rate * w)
    small = np.flatnonzero(2 * learning_rate * np.abs(path[:, 0]) < tolerance)
    return path[: small[0] + 1] if small.size else path


@pytest.mark.parametrize("limit", [1, 5, 10, 25])
def test_a_walk_that_is_held_back_is_found_for_every_student(limit):
    assert lost(gradient_descent, partial(held_back, limit)) == {2}


@pytest.mark.parametrize("tolerance", [1e-1, 1e-2, 1e-3, 1e-4, 1e-6, 1e-8, 1e-10, 1e-12])
def test_ending_early_costs_the_same_at_any_tolerance(tolerance):
    assert lost(gradient_descent, partial(ended_early, tolerance)) == {1}


def predicted(error):
    """Gradients of an error of one's own."""
    return lambda x, y, p: (error(y, p) * x, error(y, p))


ODD_GRADIENTS = {
    "right only where x has a negative entry": lambda x, y, p: ((p - y) * x * (1 if (x < 0).any() else -1), p - y),
    "right only for images": lambda x, y, p: ((p - y) * np.clip(x, 0, 1), p - y),
    "right only for label 1": predicted(lambda y, p: p - 1),
    "right only for hits": predicted(lambda y, p: p - y if (p >= 0.5) == (y == 1) else y - p),
    "right only for misses": predicted(lambda y, p: p - y if (p >= 0.5) != (y == 1) else y - p),
    "an update by the vote": predicted(lambda y, p: (p >= 0.5) - y),
}


@pytest.mark.parametrize("work", ODD_GRADIENTS.values(), ids=ODD_GRADIENTS)
def test_gradients_that_are_right_for_some_samples_lose_the_same_for_every_student(work):
    """Both labels, hits and misses, images and other evidence are asked for each time."""
    (points,) = lost(gradients, work)
    assert points > 0


@pytest.mark.parametrize("epsilon", [1e-3, 1e-2, 0.05, 0.1])
def test_an_epsilon_that_is_too_large_loses_the_same_for_every_student(epsilon):
    clips = partial(binary_cross_entropy.misconceptions["clips_far_too_much"].code, epsilon=epsilon)
    (points,) = lost(binary_cross_entropy, clips)
    assert 1 <= points <= 2


@pytest.mark.parametrize("epsilon", [1e-15, 1e-9, 1e-6, 1e-5])
def test_a_small_epsilon_inside_the_logarithm_is_right_for_every_student(epsilon):
    def work(y, p):
        return -np.mean(y * np.log(p + epsilon) + (1 - y) * np.log(1 - p + epsilon))

    assert lost(binary_cross_entropy, work) == {0}
