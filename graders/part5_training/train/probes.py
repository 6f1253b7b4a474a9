"""What tells mistakes of a training loop apart.

The probes start from a written state, since weights start at random, and report facts that don't depend
on what is free to choose: the order of the samples, and whether histories are counted during the pass.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from fairgrade.grading import FloatArray, State, each, expect_array, read_state, write_state
from graders.part5_training.train.exercise import sigmoid, training
from graders.part5_training.train.observe import (
    TINY,
    expect_array_or_none,
    loss_or_infinity,
    on_both_sides,
    reseeds,
    samples,
    trained,
)


def started(TrainablePerceptron: Any, rng: np.random.Generator, n: int) -> tuple[Any, State]:
    """A model in a known state, and the state."""
    model, state = TrainablePerceptron(n), State(rng.normal(0, 0.5, n), 0.25)
    write_state(model, state)
    return model, state


def move(model: Any, start: State, X: FloatArray, y: FloatArray, rate: float, epochs: int = 1) -> tuple[Any, ...]:
    """How far training moves weights and bias, as a multiple of the learning rate."""
    trained(model, X, y, rate, epochs)
    end = read_state(model, start.weights.size)
    return (end.weights - start.weights) / rate, (end.bias - start.bias) / rate


@training.probe
def three_epochs_of_one_sample(TrainablePerceptron, rng):
    model, start = started(TrainablePerceptron, rng, 9)
    return move(model, start, rng.normal(0, 1, (1, 9)), np.zeros(1), rate=0.3, epochs=3)


@training.probe
def steps_for_either_label(TrainablePerceptron, rng):
    moves = []
    for y in (0.0, 1.0):
        for scale in (-1.0, 1.0):
            model, start = started(TrainablePerceptron, rng, 9)
            moves.append(move(model, start, scale * start.weights[np.newaxis], np.array([y]), rate=0.5))
    return moves


@training.probe
def a_second_step_on_the_same_sample(TrainablePerceptron, rng):
    model, start = started(TrainablePerceptron, rng, 9)
    x = rng.normal(0, 1, (1, 9))
    return move(model, start, np.vstack([x, x]), np.ones(2), rate=0.3)


@training.probe
def a_tiny_pass_over_many_samples(TrainablePerceptron, rng):
    model, start = started(TrainablePerceptron, rng, 9)
    X, y = samples(rng, 8, 9)
    weights, bias = move(model, start, X, y, rate=1e-6)  # so small that the order hardly shows
    return weights + 10, bias + 10  # and entries near 0 are compared as coarsely as the others


@training.probe
def other_numbers_of_inputs(TrainablePerceptron, rng):
    moves = []
    for n in (4, 20):
        model, start = started(TrainablePerceptron, rng, n)
        moves.append(move(model, start, rng.normal(0, 1, (1, n)), np.ones(1), rate=0.5))
    return moves


LEARNING = (
    "steps_for_either_label",
    "a_second_step_on_the_same_sample",
    "three_epochs_of_one_sample",
    "a_tiny_pass_over_many_samples",
)
"""The probes that see how a model learns, apart from what it records and returns."""


@training.probe
def histories_of_a_model_that_stands_still(TrainablePerceptron, rng):
    model, _ = started(TrainablePerceptron, rng, 9)
    X, y = samples(rng, 6, 9)
    returned = trained(model, X, y, TINY, epochs=2)
    same = returned is not None and np.array_equal(np.asarray(returned), np.asarray(model.loss_history))
    return model.loss_history, model.accuracy_history, "loss_history" if same else returned


@training.probe
def the_loss_while_it_learns(TrainablePerceptron, rng):
    model, start = started(TrainablePerceptron, rng, 9)
    x, chances, state = rng.normal(0, 1, 9), [], start
    for _ in range(5):
        chances.append(float(sigmoid(float(state.weights @ x) + state.bias)))
        state = state.step(((chances[-1] - 1) * x, chances[-1] - 1), 0.4)
    trained(model, x[np.newaxis], np.ones(1), 0.4, epochs=4)
    losses, history = -np.log(chances), expect_array(model.loss_history).ravel()
    right = history.size == 4 and (np.allclose(history, losses[:4]) or np.allclose(history, losses[1:]))
    return "that of a right loop" if right else history


@training.probe
def the_loss_of_certain_predictions(TrainablePerceptron):
    model = TrainablePerceptron(4)
    return [
        math.isfinite(loss_or_infinity(lambda y, p: model.compute_loss(y[0], p[0]), t, q))
        for t in (0.0, 1.0)
        for q in (0.0, 1.0)
    ]


@training.probe
def a_perfect_first_epoch(TrainablePerceptron, rng):
    model = TrainablePerceptron(2)
    write_state(model, State(np.array([3.0, 0.0]), 0.0))
    trained(model, np.array([[1.0, 0.3], [-1.0, 0.2]]), np.array([1.0, 0.0]), TINY, epochs=4)
    return np.size(expect_array(model.loss_history)), np.size(expect_array(model.accuracy_history))


@training.probe
def a_second_training(TrainablePerceptron, rng):
    model, other = TrainablePerceptron(9), TrainablePerceptron(9)
    X, y = samples(rng, 3, 9)
    trained(model, X, y, 0.1, epochs=2)
    trained(model, X, y, 0.1, epochs=3)
    return np.size(expect_array_or_none(model.loss_history)), np.size(expect_array_or_none(other.loss_history))


@training.probe
def what_it_does_to_others(TrainablePerceptron, rng):
    X, y = samples(rng, 3, 9)
    given = X.copy(), y.copy()
    TrainablePerceptron(9).train(X, y, learning_rate=0.1, epochs=2, verbose=False)
    changes = [not np.array_equal(now, then) for now, then in zip((X, y), given, strict=True)]
    return changes, reseeds(TrainablePerceptron, *given)


@training.probe
def the_forward_pass(TrainablePerceptron, rng):
    model = TrainablePerceptron(9)
    state = State(rng.normal(0, 0.5, 9), 0.7)
    write_state(model, state)
    X = on_both_sides(rng, state, 12)  # else to predict always 0 may look like the opposite label
    near = each(model.forward, X.copy()), each(model.predict, X.copy())
    write_state(model, State(np.full(9, 300.0), 0.0))
    return *near, model.forward(np.ones(9)), model.forward(-np.ones(9))
