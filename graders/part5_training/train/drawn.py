"""Draw what a student's class is tested with: inputs, labels, learning rates and states of a model.

Everything that decides points is drawn per student, from ranges that overlap with those of every other use, so that
code cannot recognise a check by its inputs.
"""

from __future__ import annotations

import math

import numpy as np

from fairgrade.grading import FloatArray, State
from graders.part5_training.gradients import sample_gradients
from graders.part5_training.train.observe import by_formula

KINDS = ("signed", "picture")
"""Inputs of either sign, and pictures as the lesson shows them: values in [0, 1], zeros among them."""


def inputs(rng: np.random.Generator, n_samples: int, n_inputs: int, kind: str = "signed") -> FloatArray:
    """Draw inputs of shape (n_samples, n_inputs), of one of the :data:`KINDS`."""
    if kind == "signed":
        return rng.normal(0, 1, (n_samples, n_inputs))
    X = rng.uniform(0.1, 1, (n_samples, n_inputs)) * (rng.random((n_samples, n_inputs)) < 0.6)
    for row in X:
        row[rng.permutation(n_inputs)[:2]] = rng.uniform(0.5, 1), 0.0  # one bright and one dark pixel
    return X


def samples(
    rng: np.random.Generator, n_samples: int, n_inputs: int, kind: str = "signed"
) -> tuple[FloatArray, FloatArray]:
    """Draw inputs of shape (n_samples, n_inputs), and labels in {0, 1}; both labels occur."""
    y = (np.arange(n_samples) % 2 == rng.integers(2)).astype(np.float64)
    return inputs(rng, n_samples, n_inputs, kind), rng.permutation(y)


def rate_between(rng: np.random.Generator, low: float, high: float) -> float:
    """Draw a learning rate, log-uniformly."""
    return float(np.exp(rng.uniform(math.log(low), math.log(high))))


def on_both_sides(rng: np.random.Generator, state: State, n_samples: int) -> FloatArray:
    """Draw samples whose weighted sums lie on both sides of 0, near it and far from it, in random order."""
    half = (n_samples + 1) // 2
    sums = 0.03 * 140 ** ((np.arange(half) + rng.random(half)) / half)  # one of each size from 0.03 to 4
    sums = rng.permutation(np.concatenate([sums, -sums])[:n_samples])
    X = rng.normal(0, 1, (n_samples, state.weights.size))
    missing = sums - state.bias - X @ state.weights
    return X + np.outer(missing, state.weights / (state.weights @ state.weights))


def numbers_of_inputs(rng: np.random.Generator, how_many: int) -> list[int]:
    """Draw different numbers of inputs, alternately below and above 9."""
    few, many = rng.permutation(np.arange(3, 9)), rng.permutation(np.arange(10, 26))
    return [int((few, many)[i % 2][i]) for i in range(how_many)]


def seen_as(state: State, label: float, X: FloatArray) -> FloatArray:
    """Return the first of some samples that a model in this state predicts as `label`."""
    taken = by_formula(state, X) >= 0.5
    right: FloatArray = X[np.argmax(taken == (label == 1))]
    # The bias is still 0, so the opposite of a sample lies on the other side.
    return right if (by_formula(state, right) >= 0.5) == (label == 1) else -right


def decided(rng: np.random.Generator, n: int, kind: str) -> tuple[State, FloatArray]:
    """Draw a state and three samples whose predictions are not close to one half."""
    while True:
        state, X = State(rng.normal(0, 1, n), float(rng.normal())), inputs(rng, 3, n, kind)
        if np.min(np.abs(X @ state.weights + state.bias)) > 0.3:
            return state, X


def crossing(rng: np.random.Generator, n: int, epochs: int, label: float) -> tuple[State, FloatArray, float]:
    """Draw a state, a sample and a rate at which the sample is predicted wrong at first and right at the end.

    After one of the epochs its prediction has only just passed one half: a higher threshold counts it too late.
    """
    while True:
        (x,), state = inputs(rng, 1, n), State(rng.normal(0, 0.5, n), float(rng.normal()))
        rate, at, chances = rate_between(rng, 0.05, 1), state, []
        for _ in range(epochs + 1):
            chances.append(float(by_formula(at, x)))
            at = at.step(sample_gradients(x, label, chances[-1]), rate)
        sure = np.array(chances) if label == 1 else 1 - np.array(chances)  # of the truth
        if sure[1] < 0.5 <= sure[-2] and np.any((sure > 0.502) & (sure < 0.54)):
            return state, x[np.newaxis], rate


def soon_certain(rng: np.random.Generator) -> tuple[State, FloatArray, FloatArray, float]:
    """Draw a state, two samples and a rate with which both predictions are within 1e-9 of the truth after one epoch.

    The samples are orthogonal, so that they don't disturb one another. Further epochs change next to nothing.
    """
    n, rate = int(rng.integers(18, 26)), float(rng.uniform(1.2, 1.5))
    directions, _ = np.linalg.qr(rng.normal(0, 1, (n, 2)))
    X = math.sqrt(46 / rate) * directions.T  # a step from one half changes the weighted sum by 23
    return State(rng.normal(0, 0.003, n), 0.0), X, rng.permutation([0.0, 1.0]), rate
