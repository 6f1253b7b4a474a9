"""The student's class in use: trained, read, and compared with where right or known steps lead."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from itertools import permutations
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
    reachable_states,
    read_state,
    sgd_states,
    write_state,
)
from graders.part5_training.gradients import sample_gradients
from graders.part5_training.train.reference import sigmoid

STANDSTILL_RATE = 1e-12
"""A learning rate at which a model stands still; for probes only, since code may know it."""

UNUSABLE_WORK_ERRORS = (CheckFailed, TypeError, ValueError)
"""What comes of using a name that the notebook has for something else."""


# -- the class in use -----------------------------------------------------------------------------


def trained(model: Any, X: FloatArray, y: FloatArray, learning_rate: float, epochs: int = 1) -> Any:
    """What ``train`` returns; the model gets copies, so that a check can go on with X and y."""
    return model.train(X.copy(), y.copy(), learning_rate=learning_rate, epochs=epochs, verbose=False)


def by_formula(state: State, X: FloatArray) -> Any:
    """The forward pass of a sample, or of many at once."""
    return sigmoid(X @ state.weights + state.bias)


def chance_of(model: Any, x: FloatArray) -> float:
    """The student's forward pass."""
    return expect_number(model.forward(x.copy()), what="`forward`")


def chances_of(model: Any, X: FloatArray) -> FloatArray:
    """The student's forward pass of each sample."""
    return np.array([expect_number(chance, what="`forward`") for chance in each(model.forward, X.copy())])


def losses_of(model: Any, y: FloatArray, chances: FloatArray) -> FloatArray:
    """The student's ``compute_loss`` of each sample."""
    losses = each(model.compute_loss, [float(label) for label in y], [float(chance) for chance in chances])
    return np.array([expect_number(loss, what="`compute_loss`") for loss in losses])


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


def after_each_epoch(model: Any, start: State, X: FloatArray, y: FloatArray, rate: float, epochs: int) -> list[State]:
    """The state at the start and after each of some epochs of one training, by as many trainings from the start.

    Of a loop that goes on from earlier steps, an epoch is not what a training of one epoch is.
    """
    states = [start]
    for number in range(1, epochs + 1):
        write_state(model, start)
        trained(model, X, y, rate, number)
        states.append(read_state(model, start.weights.size))
    return states


# -- a mistake made twice -------------------------------------------------------------------------
# A class that calls the student's `gradients` is asked again with right ones. One that has them by another
# way, such as the same formula written out, can only be compared with them: it has to go, step for step,
# where they lead, and they have to lead somewhere.


class StandsStill(CheckFailed):
    """The student's own gradients move nothing, so that they explain nothing."""


def own_gradients(notebook: Notebook) -> Gradients | None:
    """The student's own ``gradients``; None if there are none."""
    student = notebook.get("gradients")

    def own(x: FloatArray, y_true: float, y_pred: float) -> tuple[FloatArray, float]:
        weights, bias = student(x.copy(), y_true, y_pred)
        # One number in place of a vector moves all weights alike, as it does in the student's loop.
        blame = np.broadcast_to(expect_array(weights, what="gradients").reshape(-1), x.shape)
        return blame, expect_number(bias, what="gradients")

    return None if student is None else own


def moving_gradients(notebook: Notebook) -> Gradients | None:
    """The student's own ``gradients``, as far as they move anything; None if there are none."""
    own = own_gradients(notebook)

    def moving(x: FloatArray, y_true: float, y_pred: float) -> tuple[FloatArray, float]:
        assert own is not None
        weights, bias = own(x, y_true, y_pred)
        if not (np.any(np.abs(weights) > 1e-9) or abs(bias) > 1e-9):
            raise StandsStill("`gradients` returned zeros for a prediction that is off.")
        return weights, bias

    return None if own is None else moving


def steps_like(
    before: State, after: State, x: FloatArray, y: float, chance: float, rate: float, gradients: Gradients | None
) -> bool:
    """Whether one step went where these gradients lead."""
    try:
        return gradients is not None and after.is_close(
            before.step(gradients(x, y, chance), rate), rtol=1e-4, atol=1e-7
        )
    except UNUSABLE_WORK_ERRORS:
        return False  # not written, of the wrong form, or zeros


def leads_to(
    start: State,
    end: State,
    forward: Any,
    gradients: Gradients | None,
    X: FloatArray,
    y: FloatArray,
    rate: float,
    epochs: int,
) -> bool:
    """Whether an update after each sample, in any order, leads from the start to the end by these gradients."""
    if gradients is None:
        return False
    try:
        ends = reachable_states(start, forward, gradients, X, y, rate, epochs)
        return any(end.is_close(state, rtol=1e-4, atol=1e-7) for state in ends)
    except UNUSABLE_WORK_ERRORS:
        return False


# -- what an epoch may record ---------------------------------------------------------------------

Measure = Callable[[FloatArray, FloatArray], FloatArray]
"""(labels, states' predictions of each sample) -> what is averaged."""


def may_record(
    model: Any, start: State, end: State, X: FloatArray, y: FloatArray, rate: float
) -> Iterator[tuple[FloatArray, FloatArray]]:
    """Labels and predictions whose mean one epoch may record, given where the model began and where it ended.

    After the pass, and during it, each prediction before its own update: in the order given or any other where
    the updates are right, and, whatever the updates are like, as far as training on the first samples tells. All
    before the first update is what a loop does that moves once an epoch, which has a check of its own.
    """

    forward = forward_of(model, start, X)

    def at(state: State, X: FloatArray) -> FloatArray:
        if forward is by_formula:
            return np.asarray(by_formula(state, X))
        write_state(model, state)
        return chances_of(model, X)

    def during(order: list[int]) -> tuple[FloatArray, FloatArray]:
        states = [start, *sgd_states(start, forward, sample_gradients, X, y, order, rate)]
        return y[order], np.array([forward(state, X[i]) for state, i in zip(states, order, strict=False)])

    if forward is by_formula:
        yield during(list(range(len(X))))  # what most record, and it takes no question
    yield y, at(end, X)
    yield y, at(start, X)
    for order in map(list, permutations(range(len(X)))):
        yield during(order)
    begun = [start]
    for seen in range(1, len(X)):
        write_state(model, start)
        trained(model, X[:seen], y[:seen], rate)
        begun.append(read_state(model, start.weights.size))
    yield y, np.concatenate([at(state, X[i : i + 1]) for i, state in enumerate(begun)])


def loss_or_infinity(loss: Any, label: float, chance: float) -> float:
    """The loss of one sample; infinity where computing it ends in an error."""
    try:
        return expect_number(loss(label, chance), what="`compute_loss`")
    except UNUSABLE_WORK_ERRORS:
        return math.inf


def own_losses(notebook: Notebook, y: FloatArray, chances: FloatArray) -> FloatArray | None:
    """The student's own ``binary_cross_entropy`` of each sample; None if there is none that works."""
    student = notebook.get("binary_cross_entropy")
    try:
        if student is None:
            return None
        own = each(student, y[:, np.newaxis].copy(), chances[:, np.newaxis].copy())
        return np.array([expect_number(loss) for loss in own])
    except UNUSABLE_WORK_ERRORS:
        return None


def expect_array_or_none(history: Any) -> FloatArray:
    """A history before training: empty, or None."""
    return np.empty(0) if history is None else expect_array(history, what="`loss_history`")


def reseeds(TrainablePerceptron: Any, X: FloatArray, y: FloatArray, seeds: Iterable[int] = (1, 2)) -> bool:
    """Whether two different global random states become the same one by making and training a model."""
    draws = []
    for seed in seeds:
        np.random.seed(seed)
        trained(TrainablePerceptron(X.shape[1]), X, y, learning_rate=0.1)
        draws.append(np.random.random())
    return draws[0] == draws[1]
