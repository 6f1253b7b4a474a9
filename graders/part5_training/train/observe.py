"""Use the student's class: train it, read its state, and compare that with where right steps lead."""

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
    StateForm,
    each,
    expect_array,
    expect_number,
    reachable_states,
    read_state,
    sgd_states,
    train_from,
    write_state,
)
from graders.part5_training.gradients import sample_gradients
from graders.part5_training.train.reference import sigmoid

STANDSTILL_RATE = 1e-12
"""A learning rate at which a model stands still; for probes only, since code may know it."""

UNUSABLE_WORK_ERRORS = (CheckFailed, TypeError, ValueError)
"""Errors of using a name that the notebook has bound to something else."""


# -- the class in use -----------------------------------------------------------------------------


def trained(model: Any, X: FloatArray, y: FloatArray, learning_rate: float, epochs: int = 1) -> Any:
    """Train on copies of X and y, and return what ``train`` returns."""
    return model.train(X.copy(), y.copy(), learning_rate=learning_rate, epochs=epochs, verbose=False)


def trained_from(
    model: Any,
    state: State,
    X: FloatArray,
    y: FloatArray,
    rate: float,
    epochs: int = 1,
    form: StateForm | None = None,
) -> tuple[State, StateForm | None]:
    """Train from a state on copies of X and y; return the state afterwards, and the form for the next call."""
    options = {"learning_rate": rate, "epochs": epochs, "verbose": False}
    return train_from(model, state, (X.copy(), y.copy()), options, form)


def by_formula(state: State, X: FloatArray) -> Any:
    """Compute the right forward pass of a sample, or of many at once."""
    return sigmoid(X @ state.weights + state.bias)


def chance_of(model: Any, x: FloatArray) -> float:
    """Ask the student's ``forward`` for the prediction of one sample."""
    return expect_number(model.forward(x.copy()), what="`forward`")


def chances_of(model: Any, X: FloatArray) -> FloatArray:
    """Ask the student's ``forward`` for the prediction of each sample."""
    return np.array([expect_number(chance, what="`forward`") for chance in each(model.forward, X.copy())])


def losses_of(model: Any, y: FloatArray, chances: FloatArray) -> FloatArray:
    """Ask the student's ``compute_loss`` for the loss of each sample."""
    losses = each(model.compute_loss, [float(label) for label in y], [float(chance) for chance in chances])
    return np.array([expect_number(loss, what="`compute_loss`") for loss in losses])


def forward_of(model: Any, start: State, X: FloatArray) -> Any:
    """Return the student's forward pass as a function of the state, for a reference loop to follow.

    If it agrees with the formula, the formula is returned instead: each call of the student's code is a message to
    another process.
    """

    def forward(state: State, x: FloatArray) -> float:
        write_state(model, state)
        return chance_of(model, x)

    elsewhere = State(start.weights, start.bias + 0.5)  # with a bias of 0, leaving it out would not show
    write_state(model, elsewhere)
    return by_formula if np.allclose(chances_of(model, X), by_formula(elsewhere, X), rtol=1e-9) else forward


def epoch_by_epoch(model: Any, start: State, X: FloatArray, y: FloatArray, rate: float, epochs: int) -> list[State]:
    """Train for some epochs, one call of ``train`` per epoch; return the state at the start and after each."""
    write_state(model, start)
    states = [start]
    for _ in range(epochs):
        trained(model, X, y, rate)
        states.append(read_state(model, start.weights.size))
    return states


def after_each_epoch(model: Any, start: State, X: FloatArray, y: FloatArray, rate: float, epochs: int) -> list[State]:
    """Return the state at the start and after each epoch of one call of ``train``, from one call per number of epochs.

    A loop with momentum does something else in a second epoch than in a second call of ``train`` for one epoch.
    """
    states, form = [start], None
    for number in range(1, epochs + 1):
        end, form = trained_from(model, start, X, y, rate, number, form)
        states.append(end)
    return states


# -- a mistake made twice -------------------------------------------------------------------------
# A class that calls the student's `gradients` is tested again with right ones in their place. A class that repeats
# their formula can only be compared with them: each of its steps must go where they lead, and they must not be zero.


class StandsStill(CheckFailed):
    """The student's own gradients are zero, so they explain nothing."""


def own_gradients(notebook: Notebook) -> Gradients | None:
    """Return the student's own ``gradients``; None if there are none."""
    student = notebook.get("gradients")

    def own(x: FloatArray, y_true: float, y_pred: float) -> tuple[FloatArray, float]:
        weights, bias = student(x.copy(), y_true, y_pred)
        # A single number moves all weights by the same amount, as it does in the student's loop.
        blame = np.broadcast_to(expect_array(weights, what="gradients").reshape(-1), x.shape)
        return blame, expect_number(bias, what="gradients")

    return None if student is None else own


def moving_gradients(notebook: Notebook) -> Gradients | None:
    """Return the student's own ``gradients``, which then fail where they return zeros; None if there are none."""
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
    """Whether these gradients lead from the state before a step to the state after it."""
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
    """Whether these gradients, with an update after each sample in any order, lead from the start to the end."""
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
        yield during(list(range(len(X))))  # what most classes record; it needs no call of the student's code
    yield y, at(end, X)
    yield y, at(start, X)
    for order in map(list, permutations(range(len(X)))):
        yield during(order)
    begun, form = [start], None
    for seen in range(1, len(X)):
        after, form = trained_from(model, start, X[:seen], y[:seen], rate, form=form)
        begun.append(after)
    yield y, np.concatenate([at(state, X[i : i + 1]) for i, state in enumerate(begun)])


def loss_or_infinity(loss: Any, label: float, chance: float) -> float:
    """Compute the loss of one sample; infinity if that ends in an error."""
    try:
        return expect_number(loss(label, chance), what="`compute_loss`")
    except UNUSABLE_WORK_ERRORS:
        return math.inf


def own_losses(notebook: Notebook, y: FloatArray, chances: FloatArray) -> FloatArray | None:
    """Ask the student's own ``binary_cross_entropy`` for each sample's loss; None if there is none that works."""
    student = notebook.get("binary_cross_entropy")
    try:
        if student is None:
            return None
        own = each(student, y[:, np.newaxis].copy(), chances[:, np.newaxis].copy())
        return np.array([expect_number(loss) for loss in own])
    except UNUSABLE_WORK_ERRORS:
        return None


def expect_array_or_none(history: Any) -> FloatArray:
    """Return a history as an array; it may be None before the first training."""
    return np.empty(0) if history is None else expect_array(history, what="`loss_history`")


def reseeds(TrainablePerceptron: Any, X: FloatArray, y: FloatArray, seeds: Iterable[int] = (1, 2)) -> bool:
    """Whether making and training a model turns two different global random states into the same one."""
    draws = []
    for seed in seeds:
        np.random.seed(seed)
        trained(TrainablePerceptron(X.shape[1]), X, y, learning_rate=0.1)
        draws.append(np.random.random())
    return draws[0] == draws[1]
