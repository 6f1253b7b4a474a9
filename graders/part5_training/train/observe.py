"""The student's class, as checks and probes use it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from fairgrade.grading import (
    CheckFailed,
    FloatArray,
    Gradients,
    Notebook,
    State,
    each,
    expect_array,
    expect_number,
    read_state,
    write_state,
)
from graders.part5_training.train.exercise import sigmoid

TINY = 1e-12
"""A learning rate at which a model stands still; a class may refuse 0."""


def samples(rng: np.random.Generator, n_samples: int, n_inputs: int) -> tuple[FloatArray, FloatArray]:
    """Inputs of shape (n_samples, n_inputs) with both signs, and labels in {0, 1} of which both occur."""
    y = (np.arange(n_samples) % 2 == rng.integers(2)).astype(np.float64)
    return rng.normal(0, 1, (n_samples, n_inputs)), rng.permutation(y)


def trained(model: Any, X: FloatArray, y: FloatArray, learning_rate: float, epochs: int = 1) -> Any:
    """What ``train`` returns; the model gets copies, so that a check can go on with X and y."""
    return model.train(X.copy(), y.copy(), learning_rate=learning_rate, epochs=epochs, verbose=False)


def gradients_in_use(notebook: Notebook) -> Iterator[Gradients]:
    """The right gradients, and the student's own ``gradients`` where there are some that work and differ."""

    def right(x: FloatArray, y_true: float, y_pred: float) -> tuple[FloatArray, float]:
        return (y_pred - y_true) * x, y_pred - y_true

    yield right
    student = notebook.get("gradients")

    def own(x: FloatArray, y_true: float, y_pred: float) -> tuple[FloatArray, float]:
        return as_blame(student(x.copy(), y_true, y_pred), x)

    def as_blame(gradient: Any, x: FloatArray) -> tuple[FloatArray, float]:
        weights, bias = gradient
        # One number in place of a vector moves all weights alike, as it does in the student's loop.
        blame = np.broadcast_to(expect_array(weights, what="gradients").reshape(-1), x.shape)
        return blame, expect_number(bias, what="gradients")

    cases = [
        (size * np.linspace(-1, 1, n), label, chance)
        for n, size in ((4, 0.3), (9, 1.0), (20, 3.0))
        for label, chance in ((0.0, 0.1), (0.0, 0.6), (0.0, 0.95), (1.0, 0.1), (1.0, 0.4), (1.0, 0.95))
    ]
    try:
        if student is not None:
            given = zip(each(student, *zip(*cases, strict=True)), cases, strict=True)
            blames = [State(*as_blame(gradient, case[0])) for gradient, case in given]
            rights = [State(*right(*case)) for case in cases]
            # Where they agree, what follows from one follows from the other.
            if not all(map(partial(State.is_close, rtol=1e-9), blames, rights)):
                yield own
    except ODD:
        pass  # not written or of the wrong form: charged in its own exercise


ODD = (CheckFailed, TypeError, ValueError)
"""What comes of using a name that the notebook has for something else."""


def by_formula(state: State, X: FloatArray) -> Any:
    """The forward pass of a sample, or of many at once."""
    return sigmoid(X @ state.weights + state.bias)


def chance_of(model: Any, x: FloatArray) -> float:
    """The student's forward pass."""
    return expect_number(model.forward(x.copy()), what="`forward`")


def chances_of(model: Any, X: FloatArray) -> FloatArray:
    """The student's forward pass of each sample."""
    return np.array([expect_number(chance, what="`forward`") for chance in each(model.forward, X.copy())])


def forward_of(model: Any, start: State, X: FloatArray) -> Any:
    """The student's forward pass as a function of the state, for a reference loop to follow.

    Where it agrees with the formula the formula stands for it: each call of the student's code is a
    message to another process.
    """

    def forward(state: State, x: FloatArray) -> float:
        write_state(model, state)
        return chance_of(model, x)

    elsewhere = State(start.weights, start.bias + 0.5)  # a new model's bias is 0, where leaving it out does not show
    write_state(model, elsewhere)
    return by_formula if np.allclose(chances_of(model, X), by_formula(elsewhere, X), rtol=1e-9) else forward


def epoch_by_epoch(model: Any, start: State, X: FloatArray, y: FloatArray, rate: float, epochs: int) -> list[State]:
    """The state at the start and after each of some epochs that the model is trained for one at a time."""
    write_state(model, start)
    states = [start]
    for _ in range(epochs):
        trained(model, X, y, rate)
        states.append(read_state(model, start.weights.size))
    return states


def losses_in_use(notebook: Notebook, y: FloatArray, predictions: FloatArray) -> Iterator[FloatArray]:
    """The samples' losses: by the formula, and, if that is not it, by the student's own ``binary_cross_entropy``."""
    p = np.clip(predictions, 1e-15, 1 - 1e-15)
    yield -np.log(np.where(y == 1, p, 1 - p))
    student = notebook.get("binary_cross_entropy")
    try:
        if student is not None:
            own = each(student, y[:, np.newaxis].copy(), predictions[:, np.newaxis].copy())
            yield np.array([expect_number(loss) for loss in own])
    except ODD:
        pass  # charged in its own exercise


def cross_entropy_of(notebook: Notebook, y: FloatArray, chances: FloatArray) -> float:
    """The student's own ``binary_cross_entropy`` of a batch; nan if there is none that works."""
    student = notebook.get("binary_cross_entropy")
    try:
        return math.nan if student is None else expect_number(student(y.copy(), chances.copy()))
    except ODD:
        return math.nan


def on_both_sides(rng: np.random.Generator, state: State, n_samples: int) -> FloatArray:
    """Samples whose weighted sums lie on both sides of 0, from close by to far off, in random order."""
    sums = np.geomspace(0.04, 4, (n_samples + 1) // 2)
    sums = rng.permutation(np.concatenate([sums, -sums])[:n_samples])
    X = rng.normal(0, 1, (n_samples, state.weights.size))
    missing = sums - state.bias - X @ state.weights
    return X + np.outer(missing, state.weights / (state.weights @ state.weights))


def loss_or_infinity(loss: Any, label: float, chance: float) -> float:
    """The loss of one sample; infinity where computing it ends in an error."""
    try:
        return expect_number(loss(np.array([label]), np.array([chance])), what="`compute_loss`")
    except ODD:
        return math.inf


def expect_array_or_none(history: Any) -> FloatArray:
    """A history before training: empty, or None."""
    return np.empty(0) if history is None else expect_array(history, what="`loss_history`")


def reseeds(TrainablePerceptron: Any, X: FloatArray, y: FloatArray) -> bool:
    """Whether two different global random states become the same one by making and training a model."""
    draws = []
    for seed in (1, 2):
        np.random.seed(seed)
        trained(TrainablePerceptron(X.shape[1]), X, y, learning_rate=0.1)
        draws.append(np.random.random())
    return draws[0] == draws[1]
