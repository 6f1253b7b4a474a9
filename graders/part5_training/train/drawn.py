"""What checks and probes draw for a student: inputs, labels, learning rates and states of a model.

Whatever decides points is drawn for each student, from ranges that overlap with every other use: code that
knows a check by its inputs would know nothing else by them.
"""

from __future__ import annotations

import math

import numpy as np

from fairgrade.grading import FloatArray, State
from graders.part5_training.gradients import sample_gradients
from graders.part5_training.train.observe import by_formula

KINDS = ("signed", "picture")
"""Inputs of either sign, and what the lesson shows: values in [0, 1], zeros among them."""


def inputs(rng: np.random.Generator, n_samples: int, n_inputs: int, kind: str = "signed") -> FloatArray:
    """Inputs of shape (n_samples, n_inputs) of one of the :data:`KINDS`."""
    if kind == "signed":
        return rng.normal(0, 1, (n_samples, n_inputs))
    X = rng.uniform(0.1, 1, (n_samples, n_inputs)) * (rng.random((n_samples, n_inputs)) < 0.6)
    for row in X:
        row[rng.permutation(n_inputs)[:2]] = rng.uniform(0.5, 1), 0.0  # something to see, and something dark
    return X


def samples(
    rng: np.random.Generator, n_samples: int, n_inputs: int, kind: str = "signed"
) -> tuple[FloatArray, FloatArray]:
    """Inputs of shape (n_samples, n_inputs), and labels in {0, 1} of which both occur."""
    y = (np.arange(n_samples) % 2 == rng.integers(2)).astype(np.float64)
    return inputs(rng, n_samples, n_inputs, kind), rng.permutation(y)


def rate_between(rng: np.random.Generator, low: float, high: float) -> float:
    """A learning rate, its logarithm uniform."""
    return float(np.exp(rng.uniform(math.log(low), math.log(high))))


def on_both_sides(rng: np.random.Generator, state: State, n_samples: int) -> FloatArray:
    """Samples whose weighted sums lie on both sides of 0, from close by to far off, in random order."""
    half = (n_samples + 1) // 2
    sums = 0.03 * 140 ** ((np.arange(half) + rng.random(half)) / half)  # one of each size from 0.03 to 4
    sums = rng.permutation(np.concatenate([sums, -sums])[:n_samples])
    X = rng.normal(0, 1, (n_samples, state.weights.size))
    missing = sums - state.bias - X @ state.weights
    return X + np.outer(missing, state.weights / (state.weights @ state.weights))


def numbers_of_inputs(rng: np.random.Generator, how_many: int) -> list[int]:
    """Different numbers of inputs, some below and some above 9."""
    few, many = rng.permutation(np.arange(3, 9)), rng.permutation(np.arange(10, 26))
    return [int((few, many)[i % 2][i]) for i in range(how_many)]


def seen_as(state: State, label: float, X: FloatArray) -> FloatArray:
    """The first of some samples that a model in this state takes for `label`."""
    taken = by_formula(state, X) >= 0.5
    right: FloatArray = X[np.argmax(taken == (label == 1))]
    # The bias is 0 yet, so the opposite of a sample is on the other side.
    return right if (by_formula(state, right) >= 0.5) == (label == 1) else -right


def decided(rng: np.random.Generator, n: int, kind: str) -> tuple[State, FloatArray]:
    """A state and three samples, none of which is in doubt."""
    while True:
        state, X = State(rng.normal(0, 1, n), float(rng.normal())), inputs(rng, 3, n, kind)
        if np.min(np.abs(X @ state.weights + state.bias)) > 0.3:
            return state, X


def crossing(rng: np.random.Generator, n: int, epochs: int, label: float) -> tuple[State, FloatArray, float]:
    """A state, a sample, and a rate at which it is predicted right for a part of the epochs only.

    Its prediction has just passed one half after one of them, where a threshold further on would count it late.
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
    """A state, two samples and a rate with which one epoch makes both predictions certain but for 1e-9.

    The samples are orthogonal, so neither spoils what the other has taught; further epochs change next to nothing.
    """
    n, rate = int(rng.integers(18, 26)), float(rng.uniform(1.2, 1.5))
    directions, _ = np.linalg.qr(rng.normal(0, 1, (n, 2)))
    X = math.sqrt(46 / rate) * directions.T  # a step from one half changes the weighted sum by 23
    return State(rng.normal(0, 0.003, n), 0.0), X, rng.permutation([0.0, 1.0]), rate
