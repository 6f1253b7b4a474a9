"""The training loop: what is right, what is also right, what is wrong.

The notebook asks for a class ``TrainablePerceptron(n_inputs)`` with ``weights``, ``bias``, ``loss_history``,
``accuracy_history``, ``forward(x)``, ``predict(x)``, ``compute_loss(y_true, y_pred)`` and ``train(X, y,
learning_rate=0.1, epochs=100, verbose=True)``: stochastic gradient descent, an update after each sample.

Accuracy proves little about a loop, since most wrong ones reach 95 % on separable data. So the loop is
compared with a reference loop from the same start, step by step. The reference follows the student's own
``forward``, and the student's own ``gradients`` where they are what the class uses: what is wrong with
those has its own check or its own exercise, and a loop that follows them is a right loop.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from fairgrade.grading import (
    CheckFailed,
    Exercise,
    FloatArray,
    Gradients,
    Notebook,
    State,
    each,
    expect,
    expect_array,
    expect_close,
    expect_history,
    expect_number,
    reachable_states,
    read_state,
    unchanged,
    write_state,
)


def sigmoid(z):
    return np.exp(-np.logaddexp(0, -z))


class RightPerceptron:
    """The right solution, in small methods so that a misconception below can change just one."""

    def __init__(self, n_inputs):
        self.weights = 0.1 * np.random.default_rng().standard_normal(n_inputs)
        self.bias = 0.0
        self.loss_history = []
        self.accuracy_history = []

    def forward(self, x):
        return float(sigmoid(np.dot(self.weights, x) + self.bias))

    def predict(self, x):
        return 1 if self.forward(x) >= 0.5 else 0

    def compute_loss(self, y_true, y_pred):
        p = min(max(y_pred, 1e-15), 1 - 1e-15)
        return -(y_true * math.log(p) + (1 - y_true) * math.log(1 - p))

    def update(self, x, y_true, y_pred, learning_rate):
        error = y_pred - y_true
        self.weights = self.weights - learning_rate * error * x
        self.bias = self.bias - learning_rate * error

    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        self.loss_history = []
        self.accuracy_history = []
        for epoch in range(epochs):
            losses, hits = [], []
            for x, y_true in zip(X, y):
                y_pred = self.forward(x)
                losses.append(self.compute_loss(y_true, y_pred))
                hits.append((y_pred >= 0.5) == (y_true == 1))
                self.update(x, y_true, y_pred, learning_rate)
            self.loss_history.append(sum(losses) / len(losses))
            self.accuracy_history.append(sum(hits) / len(hits))
            if verbose and epoch % 10 == 0:
                print(f"epoch {epoch}: loss {self.loss_history[-1]:.4f}, accuracy {self.accuracy_history[-1]:.0%}")
        return self.loss_history


training = Exercise(
    "train",
    points=8,
    reference=RightPerceptron,
    solution_name="TrainablePerceptron",
    solution_cell="trainable_perceptron",
)


# -- the student's class, as the checks use it ----------------------------------------------------


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


# -- what right work does -------------------------------------------------------------------------


@training.check(points=1)
def forward_is_the_sigmoid_of_the_weighted_sum(TrainablePerceptron, rng):
    """forward(x) is sigmoid(weights . x + bias), and stays a number however strong the evidence is."""
    for n in (9, 4, 20):
        model = TrainablePerceptron(n)
        state = State(rng.normal(0, 1, n), float(rng.choice([-1, 1]) * rng.uniform(0.5, 1.5)))
        write_state(model, state)
        x = rng.normal(0, 1, n)
        strong = 1000 * state.weights / (state.weights @ state.weights)
        chance, *certain = chances_of(model, np.array([x, -strong, strong]))
        expect_close(chance, by_formula(state, x), rtol=1e-5, given=f"{n} inputs", what="`forward`")
        for got, want, strength in zip(certain, (0.0, 1.0), ("-1000", "1000"), strict=True):
            expect_close(got, want, atol=1e-6, given=f"a weighted sum of about {strength}", what="`forward`")


@training.check(points=1)
def predict_asks_whether_forward_reaches_one_half(TrainablePerceptron, rng):
    """predict(x) is 1 where forward(x) is at least 0.5, and 0 elsewhere."""
    model, state = TrainablePerceptron(9), State(rng.normal(0, 0.5, 9), 0.1)
    write_state(model, state)
    X = on_both_sides(rng, state, 12)
    chances = chances_of(model, X)
    expect(
        bool((chances >= 0.5).any() and (chances < 0.5).any()), "`forward` is on the same side of 0.5 for all inputs."
    )
    for answer, chance in zip(each(model.predict, X.copy()), chances, strict=True):
        label = expect_number(answer, what="`predict`")
        expect(label in (0, 1), f"`predict` returned {label:.3g}; it should return 0 or 1.")
        expect(label == (chance >= 0.5), f"`forward` is {chance:.3f} and `predict` returned {label:g}.")


def on_both_sides(rng: np.random.Generator, state: State, n_samples: int) -> FloatArray:
    """Samples whose weighted sums lie on both sides of 0, from close by to far off, in random order."""
    sums = np.geomspace(0.04, 4, (n_samples + 1) // 2)
    sums = rng.permutation(np.concatenate([sums, -sums])[:n_samples])
    X = rng.normal(0, 1, (n_samples, state.weights.size))
    missing = sums - state.bias - X @ state.weights
    return X + np.outer(missing, state.weights / (state.weights @ state.weights))


@training.check(points=1)
def a_step_moves_the_weights(TrainablePerceptron, rng, notebook):
    """After one sample the weights have moved by minus the learning rate times their gradient."""
    for n, rate, y, hit in STEPS:
        before, after, x, chance = one_step(TrainablePerceptron, rng, n, rate, y, hit)
        moved = after.weights - before.weights
        given = f"one sample of {n} inputs and learning rate {rate}"
        moves = (-rate * own(x, y, chance)[0] for own in gradients_in_use(notebook))
        expect(
            any(move.shape == moved.shape and np.allclose(moved, move, rtol=1e-4, atol=1e-7) for move in moves),
            f"Given {given}: the weights did not move by -learning_rate * gradient.",
        )


@training.check(points=1)
def a_step_moves_the_bias(TrainablePerceptron, rng, notebook):
    """After one sample the bias has moved by minus the learning rate times its gradient."""
    for n, rate, y, hit in STEPS:
        before, after, x, chance = one_step(TrainablePerceptron, rng, n, rate, y, hit)
        moved = after.bias - before.bias
        given = f"one sample of {n} inputs and learning rate {rate}"
        moves = (-rate * own(x, y, chance)[1] for own in gradients_in_use(notebook))
        expect(
            any(np.isclose(moved, move, rtol=1e-4, atol=1e-7) for move in moves),
            f"Given {given}: the bias did not move by -learning_rate * gradient.",
        )


TINY = 1e-12
"""A learning rate at which a model stands still; a class may refuse 0."""

STEPS = ((9, 0.5, 1.0, True), (9, 0.5, 0.0, False), (4, 0.02, 0.0, True), (20, 1.3, 1.0, False))
"""Numbers of inputs, learning rates, labels, and whether the sample is predicted right before the step."""


def one_step(
    TrainablePerceptron: Any, rng: np.random.Generator, n: int, rate: float, y: float, hit: bool
) -> tuple[State, State, FloatArray, float]:
    """State before and after training on one sample from the model's own start; the sample; its prediction."""
    model = TrainablePerceptron(n)
    before = read_state(model, n)
    expect(before.bias == 0, f"A new model has a bias of {before.bias:.3g}; it starts at 0.")
    x = rng.normal(0, 1, n)
    if ((by_formula(before, x) >= 0.5) == (y == 1)) != hit:
        x = -x  # the bias is 0 yet, so this is on the other side
    chance = chance_of(model, x)
    trained(model, x[np.newaxis], np.array([y]), rate)
    return before, read_state(model, n), x, chance


@training.check(points=1)
def updates_after_each_sample(TrainablePerceptron, rng, notebook):
    """Each sample's update builds on the one before, for all samples and as many epochs as are asked for."""
    for n, rate, epochs, size in ((4, 0.1, 2, 3), (20, 0.02, 1, 3), (4, 0.2, 24, 1)):
        model = TrainablePerceptron(n)
        start = read_state(model, n)
        X, y = samples(rng, size, n)
        X *= np.sqrt(0.75 * n) / np.linalg.norm(X, axis=1, keepdims=True)  # alike in length, so that all learn alike
        trained(model, X, y, rate, epochs)
        end = read_state(model, n)
        given = f"{n} inputs, learning rate {rate}, samples: {size}, epochs: {epochs}"
        forward = forward_of(TrainablePerceptron(n), start, X)
        ends = (
            state
            for own in gradients_in_use(notebook)
            for state in reachable_states(start, forward, own, X, y, rate, epochs)
        )
        expect(
            any(end.is_close(state, rtol=1e-4, atol=1e-7) for state in ends),
            f"Given {given}: weights and bias don't end where an update after each sample leads.",
        )


@training.check(points=1)
def keeps_a_history_of_the_loss(TrainablePerceptron, rng, notebook):
    """loss_history has one entry an epoch, the mean over the samples of their cross-entropy."""
    X, y = samples(rng, 7, 4)
    # While the model stands still, the loss is known whatever the updates are like.
    model, state = TrainablePerceptron(4), State(rng.normal(0, 1, 4), 0.3)
    write_state(model, state)
    chances = chances_of(model, X)
    labels_and_chances = (1.0, 0.0, 1.0), (0.3, 0.3, 0.9)
    for label, chance, loss in zip(*labels_and_chances, each(model.compute_loss, *labels_and_chances), strict=True):
        loss = expect_number(loss, what="`compute_loss`")
        given = f"label {label:g} and prediction {chance}"
        expect(
            any(
                np.isclose(loss, want[0], rtol=1e-4)
                for want in losses_in_use(notebook, np.array([label]), np.array([chance]))
            ),
            f"Given {given}: `compute_loss` returned {loss:.4g}, which is not that sample's cross-entropy.",
        )
    expect_finite_at_certainty(model, notebook)
    trained(model, X, y, TINY, epochs=3)
    history = expect_history(model.loss_history, 3, "loss_history")
    known = (np.allclose(history, own.mean(), rtol=1e-4, atol=1e-6) for own in losses_in_use(notebook, y, chances))
    expect(
        # The mean may have been left to binary_cross_entropy.
        any(known) or np.allclose(history, cross_entropy_of(notebook, y, chances), rtol=1e-4, atol=1e-6),
        f"Given 7 samples and a learning rate of almost 0: `loss_history` holds {history[0]:.4g}, not their mean loss.",
    )
    # With one sample, the loss may be taken before its update or after the pass.
    model, x, label = TrainablePerceptron(4), X[0], y[:1]
    start = read_state(model, 4)
    write_state(twin := TrainablePerceptron(4), start)
    forward = forward_of(twin, start, X)
    chances = np.array([forward(state, x) for state in epoch_by_epoch(twin, start, X[:1], label, 0.4, epochs=4)])
    trained(model, X[:1], label, learning_rate=0.4, epochs=4)
    history = expect_history(model.loss_history, 4, "loss_history")
    expect(
        any(
            np.allclose(history, path, rtol=1e-4, atol=1e-6)
            for losses in losses_in_use(notebook, np.repeat(label, 5), chances)
            for path in (losses[:-1], losses[1:])
        ),
        "Given 1 sample and 4 epochs: `loss_history` does not follow the loss from epoch to epoch.",
    )
    trained(model, np.array([[2.0, 0, 0, 0], [-2.0, 0, 0, 0]]), np.array([1.0, 0.0]), 1.0, epochs=60)
    expect_history(model.loss_history, 60, "loss_history")


def expect_finite_at_certainty(model: Any, notebook: Notebook) -> None:
    """Fail unless compute_loss copes with predictions of exactly 0 and 1, or leaves that to what does not."""
    for label in (0.0, 1.0):
        for chance in (0.0, 1.0):
            loss = loss_or_infinity(lambda y, p: model.compute_loss(float(y[0]), float(p[0])), label, chance)
            if -1e-5 <= loss <= 1e-3 if label == chance else 10 <= loss <= 1e4:
                continue
            own = notebook.get("binary_cross_entropy")
            wrong = math.nan if own is None else loss_or_infinity(own, label, chance)
            expect(
                own is not None and (not math.isfinite(wrong) or bool(np.isclose(loss, wrong))),
                f"Given label {label:g} and a prediction of exactly {chance:g}: `compute_loss` is {loss:.3g}. "
                "Keep the prediction a little away from 0 and 1.",
            )


def loss_or_infinity(loss: Any, label: float, chance: float) -> float:
    """The loss of one sample; infinity where computing it ends in an error."""
    try:
        return expect_number(loss(np.array([label]), np.array([chance])), what="`compute_loss`")
    except ODD:
        return math.inf


@training.check(points=1)
def keeps_a_history_of_the_accuracy(TrainablePerceptron, rng):
    """accuracy_history has one entry an epoch, the fraction of samples that were predicted right."""
    model, state = TrainablePerceptron(4), State(rng.normal(0, 1, 4), 0.3)
    write_state(model, state)
    X = on_both_sides(rng, state, 8)
    sides = chances_of(model, X) >= 0.5
    doubt = np.argsort(np.abs(X @ state.weights + state.bias))
    y = np.where(np.isin(np.arange(8), doubt[-3:]), ~sides, sides).astype(np.float64)  # the 5 in doubt are right
    trained(model, X, y, TINY, epochs=2)
    history = expect_history(model.accuracy_history, 2, "accuracy_history")
    expect(
        np.allclose(history, 5 / 8),
        f"Given 8 samples, 5 of them predicted right, and a learning rate of almost 0: "
        f"`accuracy_history` holds {history[0]:.4g}.",
    )
    # One sample on the wrong side at first, on the right side in the end: each epoch has its own accuracy.
    start, x = State(np.zeros(4), -1.0), np.full((1, 4), 0.5)
    write_state(twin := TrainablePerceptron(4), start)
    forward = forward_of(twin, start, np.vstack([x, X]))
    states = epoch_by_epoch(twin, start, x, np.ones(1), 0.5, epochs=4)
    hits = [float(forward(state, x[0]) >= 0.5) for state in states]
    write_state(model := TrainablePerceptron(4), start)
    trained(model, x, np.ones(1), learning_rate=0.5, epochs=4)
    history = expect_history(model.accuracy_history, 4, "accuracy_history")
    expect(
        np.allclose(history, hits[:-1]) or np.allclose(history, hits[1:]),
        "Given 1 sample and 4 epochs: `accuracy_history` does not follow the predictions from epoch to epoch.",
    )


@training.check(points=1)
def each_training_stands_by_itself(TrainablePerceptron, rng):
    """train returns loss_history, starts both histories afresh, has its defaults, and changes its own model alone."""
    model, other = TrainablePerceptron(4), TrainablePerceptron(4)
    X, y = samples(rng, 5, 4)
    with unchanged(X=X, y=y):
        returned = model.train(X, y, learning_rate=0.1, epochs=3, verbose=False)
    if np.size(expect_array_or_none(other.loss_history)) or np.size(expect_array_or_none(other.accuracy_history)):
        raise CheckFailed(
            "Training one model writes into the history of another.", misconception="shares_its_histories"
        )
    kept = expect_history(model.loss_history, 3, "loss_history")
    expect(
        np.array_equal(expect_history(returned, 3, "what train returns"), kept, equal_nan=True),
        "What train returns is not `loss_history`.",
    )
    trained(model, X, y, learning_rate=0.1, epochs=2)
    for name, history in (("loss_history", model.loss_history), ("accuracy_history", model.accuracy_history)):
        expect_history(history, 2, f"{name}, after a second train with 2 epochs,")
    model.train(X[:1].copy(), y[:1].copy(), verbose=False)
    expect_history(model.loss_history, 100, "loss_history, after a train without a number of epochs,")
    write_state(model, read_state(other, 4))
    model.train(X[:1].copy(), y[:1].copy(), epochs=3, verbose=False)
    trained(other, X[:1], y[:1], learning_rate=0.1, epochs=3)
    expect(
        read_state(model, 4).is_close(read_state(other, 4)),
        "Without a learning rate, train does not use its default of 0.1.",
    )
    expect(
        not reseeds(TrainablePerceptron, X, y), "Your class seeds the global random generator, which others rely on."
    )


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


# -- what tells mistakes apart --------------------------------------------------------------------
# The probes start from a written state, since weights start at random, and report facts that don't depend
# on what is free to choose: the order of the samples, and whether histories are counted during the pass.


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


# -- changes of the reference that make no difference ---------------------------------------------

training.equivalent(
    "return np.exp(-np.logaddexp(0, -z))",
    "return np.exp(-np.logaddexp(-z, 0))",
    why="A sum is the same in either order.",
)
training.equivalent(
    "return float(sigmoid(np.dot(self.weights, x) + self.bias))",
    "return float(sigmoid(np.dot(x, self.weights) + self.bias))",
    why="The dot product of two vectors is the same in either order.",
)
START = "self.weights = 0.1 * np.random.default_rng().standard_normal(n_inputs)"
for becomes in (
    "self.weights = 0.1 / np.random.default_rng().standard_normal(n_inputs)",
    "self.weights = 0.1 + np.random.default_rng().standard_normal(n_inputs)",
    "self.weights = np.random.default_rng().standard_normal(n_inputs)",
    "self.weights = 1.1 * np.random.default_rng().standard_normal(n_inputs)",
    "self.weights = 0.11 * np.random.default_rng().standard_normal(n_inputs)",
):
    training.equivalent(
        START, becomes, why="The loss of one neuron is convex: training leads to the same place from any start."
    )
CLIP = "p = min(max(y_pred, 1e-15), 1 - 1e-15)"
for becomes, why in {
    "p = min(1 - 1e-15, max(y_pred, 1e-15))": "The smaller of two numbers is the same in either order.",
    "p = min(max(1e-15, y_pred), 1 - 1e-15)": "The larger of two numbers is the same in either order.",
    "p = min(max(y_pred, 1.1e-15), 1 - 1e-15)": "Any epsilon from 1e-15 to 1e-6 is right.",
    "p = min(max(y_pred, 1e-15), 1 - 1.1e-15)": "Any epsilon from 1e-15 to 1e-6 is right.",
}.items():
    training.equivalent(CLIP, becomes, why=why)
EXACTLY_HALF = "It differs only for a confidence of exactly one half, which training never leaves behind."
training.equivalent(
    "return 1 if self.forward(x) >= 0.5 else 0", "return 1 if self.forward(x) > 0.5 else 0", why=EXACTLY_HALF
)
training.equivalent(
    "hits.append((y_pred >= 0.5) == (y_true == 1))", "hits.append((y_pred > 0.5) == (y_true == 1))", why=EXACTLY_HALF
)
training.equivalent(
    "def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):",
    "def train(self, X, y, learning_rate=0.1, epochs=100, verbose=False):",
    why="What is printed earns nothing and costs nothing.",
)

# -- what is also right ---------------------------------------------------------------------------


@training.variant
class ErrorSignFoldedIn(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        error = y_true - y_pred
        self.weights += learning_rate * error * x
        self.bias += learning_rate * error


@training.variant
class UpdatesItsWeightsInPlace(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        step = learning_rate * (y_pred - y_true)
        self.weights -= step * x
        self.bias -= step


@training.variant
class WeightsAsAList(RightPerceptron):
    def __init__(self, n_inputs):
        super().__init__(n_inputs)
        self.weights = [0.05 * np.random.default_rng().standard_normal() for _ in range(n_inputs)]

    def forward(self, x):
        z = self.bias
        for weight, value in zip(self.weights, x):
            z += weight * value
        return 1 / (1 + np.exp(-z))

    def update(self, x, y_true, y_pred, learning_rate):
        for i in range(len(self.weights)):
            self.weights[i] -= learning_rate * (y_pred - y_true) * x[i]
        self.bias -= learning_rate * (y_pred - y_true)


@training.variant
class WeightsAsAColumn(RightPerceptron):
    def __init__(self, n_inputs):
        super().__init__(n_inputs)
        self.weights = self.weights.reshape(-1, 1)

    def forward(self, x):
        return float(sigmoid(np.asarray(x).reshape(1, -1) @ self.weights + self.bias)[0, 0])

    def update(self, x, y_true, y_pred, learning_rate):
        self.weights = self.weights - learning_rate * (y_pred - y_true) * x.reshape(-1, 1)
        self.bias = self.bias - learning_rate * (y_pred - y_true)


@training.variant
class BiasAsAnArray(RightPerceptron):
    def __init__(self, n_inputs):
        super().__init__(n_inputs)
        self.bias = np.zeros(1)

    def forward(self, x):
        return sigmoid(self.weights @ x + self.bias)[0]


@training.variant
class StartsAtZero(RightPerceptron):
    def __init__(self, n_inputs):
        super().__init__(n_inputs)
        self.weights = np.zeros(n_inputs)


@training.variant
class DrawsItsStartFromTheGlobalGenerator(RightPerceptron):
    def __init__(self, n_inputs):
        super().__init__(n_inputs)
        self.weights = np.random.randn(n_inputs) * 0.1


@training.variant
class ShufflesWithItsOwnGenerator(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        rng = np.random.default_rng(7)
        self.loss_history, self.accuracy_history = [], []
        for _ in range(epochs):
            losses, hits = [], 0
            for i in rng.permutation(len(X)):
                y_pred = self.forward(X[i])
                losses.append(self.compute_loss(y[i], y_pred))
                hits += (y_pred >= 0.5) == (y[i] == 1)
                self.update(X[i], y[i], y_pred, learning_rate)
            self.loss_history.append(np.mean(losses))
            self.accuracy_history.append(hits / len(X))
        return self.loss_history


@training.variant
class MeasuresAfterThePass(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        self.loss_history, self.accuracy_history = [], []
        for _ in range(epochs):
            for x, y_true in zip(X, y):
                self.update(x, y_true, self.forward(x), learning_rate)
            predictions = [self.forward(x) for x in X]
            self.loss_history.append(np.mean([self.compute_loss(t, p) for t, p in zip(y, predictions)]))
            self.accuracy_history.append(np.mean([self.predict(x) == t for x, t in zip(X, y)]))
        return self.loss_history


@training.variant
class HistoriesAsArrays(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        losses = super().train(X, y, learning_rate, epochs, verbose)
        self.loss_history, self.accuracy_history = np.array(losses), np.array(self.accuracy_history)
        return self.loss_history


@training.variant
class FillsItsHistoriesByIndex(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        n = len(X)
        self.loss_history, self.accuracy_history = [0.0] * epochs, [0.0] * epochs
        for epoch in range(epochs):
            for i in range(n):
                y_pred = self.forward(X[i])
                self.loss_history[epoch] += self.compute_loss(y[i], y_pred) / n
                self.accuracy_history[epoch] += (1 if y_pred >= 0.5 else 0) == y[i] and 1 / n
                self.update(X[i], y[i], y_pred, learning_rate)
        return self.loss_history


@training.variant
class ReturnsACopyOfTheHistory(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        return tuple(super().train(X, y, learning_rate, epochs, verbose))


@training.variant
class SigmoidByTanh(RightPerceptron):
    def forward(self, x):
        return 0.5 * (1 + np.tanh(0.5 * (self.weights.dot(x) + self.bias)))


@training.variant
class SigmoidByCases(RightPerceptron):
    def forward(self, x):
        z = float(np.sum(self.weights * x)) + self.bias
        if z >= 0:
            return 1 / (1 + math.exp(-z))
        return math.exp(z) / (1 + math.exp(z))


@training.variant
class SigmoidOfAClippedSum(RightPerceptron):
    def forward(self, x):
        return 1 / (1 + np.exp(-np.clip(np.inner(self.weights, x) + self.bias, -500, 500)))


@training.variant
class PredictsBooleans(RightPerceptron):
    def predict(self, x):
        return self.forward(x) >= 0.5


@training.variant
class PredictsByTheSignOfTheSum(RightPerceptron):
    def predict(self, x):
        return int(np.dot(self.weights, x) + self.bias >= 0)


@training.variant
class PrintsWarnsAndCatches(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        import sys
        import warnings

        print("step", file=sys.stderr)
        warnings.warn("a step was taken", stacklevel=2)
        try:
            raise ValueError("caught at once")
        except ValueError:
            super().update(x, y_true, y_pred, learning_rate)


@training.variant
class LossInOneSum(RightPerceptron):
    def compute_loss(self, y_true, y_pred):
        eps = 1e-12
        return float(-np.log(np.where(y_true == 1, y_pred, 1 - y_pred) + eps))


@training.variant
class StopsUpdatingButGoesOnRecording(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        self.loss_history, self.accuracy_history, settled = [], [], False
        for _ in range(epochs):
            chances = []
            for x, y_true in zip(X, y):
                chances.append(self.forward(x))
                if not settled:
                    self.update(x, y_true, chances[-1], learning_rate)
            self.loss_history.append(np.mean([self.compute_loss(t, p) for t, p in zip(y, chances)]))
            self.accuracy_history.append(np.mean((np.array(chances) >= 0.5) == y))
            settled = self.loss_history[-1] < 0.01
        return self.loss_history


@training.variant
class ExtraArgumentsAndAttributes(RightPerceptron):
    """With more state than was asked for."""

    def __init__(self, n_inputs, scale=0.1, seed=None):
        super().__init__(n_inputs)
        self.n_inputs = n_inputs
        self.weights = scale * np.random.default_rng(seed).standard_normal(n_inputs)
        self.epochs_seen = 0

    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True, callback=None):
        self.epochs_seen += epochs
        return super().train(X, y, learning_rate, epochs, verbose)


# -- what is wrong --------------------------------------------------------------------------------


@training.misconception(hint="You add the gradient, which climbs the loss. Subtract it.", loses=3)
class AddsTheGradient(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        super().update(x, y_true, y_pred, -learning_rate)


@training.misconception(hint="The weights move, the bias never does. It has a gradient, too.", loses=2)
class NeverUpdatesTheBias(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        self.weights = self.weights - learning_rate * (y_pred - y_true) * x


@training.misconception(hint="The bias moves the wrong way: subtract its gradient as you do for the weights.", loses=2)
class TheBiasAscends(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        super().update(x, y_true, y_pred, learning_rate)
        self.bias += 2 * learning_rate * (y_pred - y_true)


@training.misconception(hint="The bias's step does not use the learning rate.", loses=2)
class MovesTheBiasWithoutTheRate(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        self.weights = self.weights - learning_rate * (y_pred - y_true) * x
        self.bias = self.bias - (y_pred - y_true)


@training.misconception(hint="Only the bias moves; the weights stay as they were.", loses=2)
class NeverUpdatesTheWeights(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        self.bias -= learning_rate * (y_pred - y_true)


@training.misconception(
    hint="`weights = weights - ...` makes a local variable that is gone after the loop. Write `self.weights`.", loses=3
)
class UpdatesALocalCopy(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        self.loss_history, self.accuracy_history = [], []
        weights, bias = self.weights, self.bias
        for _ in range(epochs):
            losses, hits = [], []
            for x, y_true in zip(X, y):
                y_pred = float(sigmoid(np.dot(weights, x) + bias))
                losses.append(self.compute_loss(y_true, y_pred))
                hits.append((y_pred >= 0.5) == (y_true == 1))
                weights = weights - learning_rate * (y_pred - y_true) * x
                bias = bias - learning_rate * (y_pred - y_true)
            self.loss_history.append(float(np.mean(losses)))
            self.accuracy_history.append(float(np.mean(hits)))
        return self.loss_history


@training.misconception(hint="The step replaces the weights. The new weights are the old ones minus the step.", loses=3)
class OverwritesTheWeights(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        self.weights = -learning_rate * (y_pred - y_true) * x
        self.bias = -learning_rate * (y_pred - y_true)


@training.misconception(
    hint="Every epoch begins from scratch. Initialise once, before the loop over the epochs.", loses=2
)
class StartsAgainEachEpoch(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        losses, accuracies = [], []
        for _ in range(epochs):
            self.weights = np.zeros_like(self.weights)
            self.bias = 0.0
            losses += super().train(X, y, learning_rate, 1, False)
            accuracies += self.accuracy_history
        self.loss_history, self.accuracy_history = losses, accuracies
        return losses


@training.misconception(hint="There is one epoch whatever was asked for. Loop over `range(epochs)`.", loses=3)
class TrainsForOneEpoch(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        return super().train(X, y, learning_rate, 1, verbose)


@training.misconception(
    hint="The `return` is inside the loop over the epochs, so training ends after the first. Indent it less.",
    loses=3,
    same_as=("trains_for_one_epoch",),
)
class ReturnsInsideTheLoop(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        for _ in range(epochs):
            return super().train(X, y, learning_rate, 1, verbose)


@training.misconception(hint="`range(epochs - 1)` or `range(1, epochs)` has one epoch too few.", loses=3)
class TrainsOneEpochTooFew(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        return super().train(X, y, learning_rate, epochs - 1, verbose)


@training.misconception(hint="`range(epochs + 1)` has one epoch too many.", loses=3)
class TrainsOneEpochTooMany(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        return super().train(X, y, learning_rate, epochs + 1, verbose)


@training.misconception(hint="The number of epochs is written into the code. Use the argument `epochs`.", loses=3)
class AlwaysTrainsForAHundredEpochs(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        return super().train(X, y, learning_rate, 100, verbose)


@training.misconception(hint="The learning rate is written into the code. Use the argument `learning_rate`.", loses=3)
class IgnoresTheLearningRate(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        super().update(x, y_true, y_pred, 0.1)


@training.misconception(
    hint="A huge learning rate from a trial is still in the code, so every step overshoots.", loses=3
)
class LeavesAHugeRateIn(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        super().update(x, y_true, y_pred, 50.0)


@training.misconception(hint="The step has no learning rate at all. Multiply the gradient by it.", loses=3)
class LeavesTheLearningRateOut(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        super().update(x, y_true, y_pred, 1.0)


@training.misconception(
    hint="The learning rate shrinks on the way. Use the one that was passed in for all epochs.", loses=2
)
class LetsTheLearningRateDecay(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        losses, accuracies = [], []
        for epoch in range(epochs):
            losses += super().train(X, y, learning_rate / (1 + epoch), 1, False)
            accuracies += self.accuracy_history
        self.loss_history, self.accuracy_history = losses, accuracies
        return losses


@training.misconception(hint="X is shuffled, y is not, so labels and samples no longer belong together.", loses=1)
class ShufflesXWithoutY(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        return super().train(np.random.permutation(X), y, learning_rate, epochs, verbose)


@training.misconception(
    hint="The labels are turned into -1 and +1. The gradient y_pred - y_true needs 0 and 1.", loses=3
)
class TurnsLabelsIntoPlusAndMinus(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        super().update(x, 2 * y_true - 1, y_pred, learning_rate)


@training.misconception(hint="The weights are integers, so every step is rounded away. Start them as floats.", loses=3)
class TruncatesWeightsToIntegers(RightPerceptron):
    def __init__(self, n_inputs):
        super().__init__(n_inputs)
        self.weights = np.zeros(n_inputs, dtype=int)

    def update(self, x, y_true, y_pred, learning_rate):
        self.weights = (self.weights - learning_rate * (y_pred - y_true) * x).astype(int)
        self.bias = int(self.bias - learning_rate * (y_pred - y_true))


@training.misconception(
    hint="All predictions are made at the start of the epoch. Make each one just before its update.", loses=1
)
class PredictsOnceAnEpoch(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        losses, accuracies = [], []
        for _ in range(epochs):
            chances = [self.forward(x) for x in X]
            losses.append(np.mean([self.compute_loss(t, p) for t, p in zip(y, chances)]))
            accuracies.append(np.mean((np.array(chances) >= 0.5) == y))
            for x, y_true, y_pred in zip(X, y, chances):
                self.update(x, y_true, y_pred, learning_rate)
        self.loss_history, self.accuracy_history = losses, accuracies
        return losses


@training.misconception(
    hint="There is one update an epoch, with the mean gradient of all samples. Update after each sample.", loses=1
)
class AveragesOverTheWholeBatch(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        X, y = np.asarray(X), np.asarray(y)
        losses, accuracies = [], []
        for _ in range(epochs):
            chances = np.array([self.forward(x) for x in X])
            losses.append(np.mean([self.compute_loss(t, p) for t, p in zip(y, chances)]))
            accuracies.append(np.mean((chances >= 0.5) == y))
            self.weights = self.weights - learning_rate * (chances - y) @ X / len(X)
            self.bias = self.bias - learning_rate * np.mean(chances - y)
        self.loss_history, self.accuracy_history = losses, accuracies
        return losses


@training.misconception(
    hint="There is one update an epoch, with the gradient of the last sample. Update inside the loop over the samples.",
    loses=1,
)
class UpdatesAfterTheLastSampleOnly(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        losses, accuracies = [], []
        for _ in range(epochs):
            chances = [self.forward(x) for x in X]
            losses.append(np.mean([self.compute_loss(t, p) for t, p in zip(y, chances)]))
            accuracies.append(np.mean((np.array(chances) >= 0.5) == y))
            self.update(X[-1], y[-1], chances[-1], learning_rate)
        self.loss_history, self.accuracy_history = losses, accuracies
        return losses


@training.misconception(hint="The loop ends one sample early: `range(n)` already stops before n.", loses=3)
class MissesTheLastSample(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        return super().train(X[:-1], y[:-1], learning_rate, epochs, verbose)


@training.misconception(hint="The loop starts at index 1, so the first sample is never seen.", loses=3)
class MissesTheFirstSample(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        return super().train(X[1:], y[1:], learning_rate, epochs, verbose)


@training.misconception(
    hint="A `break` or `return` inside the loop over the samples ends each epoch after the first one.", loses=1
)
class StopsAfterTheFirstSample(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        losses, accuracies = [], []
        for _ in range(epochs):
            chances = [self.forward(x) for x in X]
            losses.append(np.mean([self.compute_loss(t, p) for t, p in zip(y, chances)]))
            accuracies.append(np.mean((np.array(chances) >= 0.5) == y))
            for x, y_true, y_pred in zip(X, y, chances):
                self.update(x, y_true, y_pred, learning_rate)
                break
        self.loss_history, self.accuracy_history = losses, accuracies
        return losses


@training.misconception(
    hint="Training ends at the first sample that is predicted right. Go through all of them, every epoch.", loses=3
)
class StopsAtTheFirstHit(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        self.loss_history, self.accuracy_history = [], []
        for _ in range(epochs):
            losses, hits = [], []
            for x, y_true in zip(X, y):
                y_pred = self.forward(x)
                losses.append(self.compute_loss(y_true, y_pred))
                hits.append((y_pred >= 0.5) == (y_true == 1))
                if hits[-1]:
                    break
                self.update(x, y_true, y_pred, learning_rate)
            self.loss_history.append(float(np.mean(losses)))
            self.accuracy_history.append(float(np.mean(hits)))
        return self.loss_history


@training.misconception(hint="train uses data from outside the class. Use the X and y that it is given.", loses=4)
class IgnoresTheDataItIsGiven(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        vertical, horizontal = np.zeros((3, 3)), np.zeros((3, 3))
        vertical[:, 1], horizontal[1, :] = 1.0, 1.0
        images, labels = np.array([vertical.ravel(), horizontal.ravel()]), np.array([1.0, 0.0])
        return super().train(images, labels, learning_rate, epochs, verbose)


@training.misconception(
    hint="Samples that are predicted right move nothing. Here every sample moves the weights a little.", loses=3
)
class UpdatesOnlyAfterMistakes(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        if (y_pred >= 0.5) != (y_true == 1):
            super().update(x, y_true, y_pred, learning_rate)


@training.misconception(
    hint="That is Rosenblatt's rule, with the predicted label. The gradient needs the probability from forward.",
    loses=3,
)
class LearnsFromThePredictedLabel(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        super().update(x, y_true, float(y_pred >= 0.5), learning_rate)


@training.misconception(
    hint="train fills the histories but never touches the weights.", loses=4, elsewhere={"convergence": 5}
)
class OnlyPretendsToTrain(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        self.loss_history = [0.7 / (1 + epoch) for epoch in range(epochs)]
        self.accuracy_history = [1 - 0.5 / (1 + epoch) for epoch in range(epochs)]
        return self.loss_history


@training.misconception(hint="The labels are not used: every sample is taught as label 1.", loses=3)
class TeachesOneLabelOnly(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        super().update(x, 1.0, y_pred, learning_rate)


@training.misconception(hint="The weights shrink to nothing after each sample. Leave out the decay.", loses=3)
class ForgetsAfterEachSample(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        super().update(x, y_true, y_pred, learning_rate)
        self.weights = 0.01 * self.weights
        self.bias = 0.01 * self.bias


@training.misconception(
    hint="The factor y_pred (1 - y_pred) belongs to the squared error. It cancels for cross-entropy.", loses=3
)
class FollowsTheSquaredError(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        super().update(x, y_true, y_pred, learning_rate * y_pred * (1 - y_pred))


@training.misconception(hint="The weights' step leaves x out, so all of them get the same blame.", loses=2)
class LeavesXOutOfTheStep(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        self.weights = self.weights - learning_rate * (y_pred - y_true)
        self.bias = self.bias - learning_rate * (y_pred - y_true)


@training.misconception(hint="The step has a factor 2, which belongs to the squared error.", loses=3)
class DoublesTheStep(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        super().update(x, y_true, y_pred, 2 * learning_rate)


@training.misconception(
    hint="The bias is moved after a second forward pass. Both steps use the same prediction.", loses=2
)
class PredictsAgainForTheBias(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        self.weights = self.weights - learning_rate * (y_pred - y_true) * x
        self.bias = self.bias - learning_rate * (self.forward(x) - y_true)


@training.misconception(
    hint="loss_history has an entry for each sample. Average them and append once an epoch.", loses=1
)
class RecordsTheLossOfEachSample(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        every = []
        self.accuracy_history = []
        for _ in range(epochs):
            hits = []
            for x, y_true in zip(X, y):
                y_pred = self.forward(x)
                every.append(self.compute_loss(y_true, y_pred))
                hits.append((y_pred >= 0.5) == (y_true == 1))
                self.update(x, y_true, y_pred, learning_rate)
            self.accuracy_history.append(np.mean(hits))
        self.loss_history = every
        return every


@training.misconception(hint="loss_history holds sums over the samples. Divide by their number.", loses=1)
class RecordsTheSumOfTheLosses(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        super().train(X, y, learning_rate, epochs, verbose)
        self.loss_history = [loss * len(X) for loss in self.loss_history]
        return self.loss_history


@training.misconception(hint="loss_history holds the accuracy. Append the mean loss to it.", loses=1)
class RecordsTheAccuracyForTheLoss(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        super().train(X, y, learning_rate, epochs, verbose)
        self.loss_history = list(self.accuracy_history)
        return self.loss_history


@training.misconception(
    hint="loss_history holds the loss of the epoch's last sample. Take the mean over all samples.", loses=1
)
class RecordsTheLossOfTheLastSample(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        losses, accuracies = [], []
        for _ in range(epochs):
            last = len(X) - 1
            for i, (x, y_true) in enumerate(zip(X, y)):
                y_pred = self.forward(x)
                if i == last:
                    losses.append(self.compute_loss(y_true, y_pred))
                self.update(x, y_true, y_pred, learning_rate)
            accuracies.append(np.mean([self.predict(x) == t for x, t in zip(X, y)]))
        self.loss_history, self.accuracy_history = losses, accuracies
        return losses


@training.misconception(hint="The loss is cross-entropy; your history holds squared errors.", loses=1)
class RecordsTheSquaredError(RightPerceptron):
    def compute_loss(self, y_true, y_pred):
        return (y_true - y_pred) ** 2


@training.misconception(hint="The loss has no minus sign: it should be positive and fall towards 0.", loses=1)
class RecordsANegativeLoss(RightPerceptron):
    def compute_loss(self, y_true, y_pred):
        return -super().compute_loss(y_true, y_pred)


@training.misconception(
    hint="compute_loss takes the logarithm of 0 for predictions of exactly 0 or 1. Clip them first.", loses=1
)
class TakesTheLogarithmOfZero(RightPerceptron):
    def compute_loss(self, y_true, y_pred):
        return -(y_true * np.log(y_pred) + (1 - y_true) * np.log(1 - y_pred))


@training.misconception(hint="Nothing is recorded: append the mean loss and the accuracy after each epoch.", loses=2)
class RecordsNothing(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        super().train(X, y, learning_rate, epochs, verbose)
        self.loss_history, self.accuracy_history = [], []
        return self.loss_history


@training.misconception(hint="accuracy_history holds percentages. A fraction between 0 and 1 is asked for.", loses=1)
class RecordsPercentages(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        losses = super().train(X, y, learning_rate, epochs, verbose)
        self.accuracy_history = [100 * accuracy for accuracy in self.accuracy_history]
        return losses


@training.misconception(hint="accuracy_history counts the hits. Divide by the number of samples.", loses=1)
class CountsTheHits(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        losses = super().train(X, y, learning_rate, epochs, verbose)
        self.accuracy_history = [accuracy * len(X) for accuracy in self.accuracy_history]
        return losses


@training.misconception(hint="accuracy_history holds the fraction of misses. Record the fraction of hits.", loses=1)
class RecordsTheErrorRate(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        losses = super().train(X, y, learning_rate, epochs, verbose)
        self.accuracy_history = [1 - accuracy for accuracy in self.accuracy_history]
        return losses


@training.misconception(hint="accuracy_history stays empty. Append the accuracy after each epoch.", loses=1)
class RecordsNoAccuracy(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        losses = super().train(X, y, learning_rate, epochs, verbose)
        self.accuracy_history = []
        return losses


@training.misconception(
    hint="A second train appends to the histories of the first. Empty both at the start of train.", loses=1
)
class NeverEmptiesItsHistories(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        losses, accuracies = self.loss_history, self.accuracy_history
        super().train(X, y, learning_rate, epochs, verbose)
        self.loss_history, self.accuracy_history = losses + self.loss_history, accuracies + self.accuracy_history
        return self.loss_history


@training.misconception(
    hint="The histories belong to the class, so all models share them. Make them in __init__ with `self.`.", loses=3
)
class SharesItsHistories(RightPerceptron):
    loss_history: list[float] = []
    accuracy_history: list[float] = []

    def __init__(self, n_inputs):
        self.weights = 0.1 * np.random.default_rng().standard_normal(n_inputs)
        self.bias = 0.0

    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        for _ in range(epochs):
            losses, hits = [], []
            for x, y_true in zip(X, y):
                y_pred = self.forward(x)
                losses.append(self.compute_loss(y_true, y_pred))
                hits.append((y_pred >= 0.5) == (y_true == 1))
                self.update(x, y_true, y_pred, learning_rate)
            self.loss_history.append(float(np.mean(losses)))
            self.accuracy_history.append(float(np.mean(hits)))
        return self.loss_history


@training.misconception(hint="train returns nothing. End it with `return self.loss_history`.", loses=1)
class ReturnsNothing(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        super().train(X, y, learning_rate, epochs, verbose)


@training.misconception(hint="train returns the model. It should return `self.loss_history`.", loses=1)
class ReturnsItself(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        super().train(X, y, learning_rate, epochs, verbose)
        return self


@training.misconception(hint="train returns the last loss. It should return the whole `self.loss_history`.", loses=1)
class ReturnsTheLastLoss(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        return super().train(X, y, learning_rate, epochs, verbose)[-1]


@training.misconception(
    hint="X is scaled inside the caller's array, and the model learns from other data. Leave X as it is.", loses=3
)
class NormalisesXInPlace(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        X /= np.abs(X).max()
        return super().train(X, y, learning_rate, epochs, verbose)


@training.misconception(
    hint="`np.random.seed` resets the generator for the whole program. Use `np.random.default_rng`.", loses=1
)
class SeedsTheGlobalGenerator(RightPerceptron):
    def __init__(self, n_inputs):
        np.random.seed(42)
        super().__init__(n_inputs)


@training.misconception(hint="The number nine is written into the code. Use `n_inputs`.", loses=2)
class AssumesNineInputs(RightPerceptron):
    def __init__(self, n_inputs):
        super().__init__(9)


@training.misconception(hint="predict returns the probability. Compare it with 0.5 and return 0 or 1.", loses=1)
class PredictsTheProbability(RightPerceptron):
    def predict(self, x):
        return self.forward(x)


@training.misconception(hint="The threshold of predict is not one half.", loses=1)
class HasAnotherThreshold(RightPerceptron):
    def predict(self, x):
        return int(self.forward(x) >= 0.8)


@training.misconception(hint="predict has the labels the wrong way round.", loses=1)
class PredictsTheOppositeLabel(RightPerceptron):
    def predict(self, x):
        return int(self.forward(x) < 0.5)


@training.misconception(hint="forward leaves the bias out.", loses=1)
class ForwardWithoutTheBias(RightPerceptron):
    def forward(self, x):
        return float(sigmoid(np.dot(self.weights, x)))


@training.misconception(hint="The exponent has the wrong sign: sigmoid(z) = 1 / (1 + exp(-z)).", loses=1)
class ExponentOfTheWrongSign(RightPerceptron):
    def forward(self, x):
        return float(sigmoid(-(np.dot(self.weights, x) + self.bias)))


@training.misconception(
    hint="exp(z) / (1 + exp(z)) is infinity over infinity for a large z. Use the sigmoid of the setup.", loses=1
)
class OverflowsInTheSigmoid(RightPerceptron):
    def forward(self, x):
        z = np.dot(self.weights, x) + self.bias
        return np.exp(z) / (1 + np.exp(z))


@training.misconception(hint="forward returns the weighted sum. It still has to go through the sigmoid.", loses=1)
class ForwardWithoutTheSigmoid(RightPerceptron):
    def forward(self, x):
        return float(np.dot(self.weights, x) + self.bias)


@training.misconception(
    hint="forward returns 0 or 1. It should return the probability; predict makes a label of it.", loses=1
)
class ForwardReturnsTheLabel(RightPerceptron):
    def forward(self, x):
        return float(np.dot(self.weights, x) + self.bias >= 0)
