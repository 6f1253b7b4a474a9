"""What a right training loop does.

Accuracy proves little about a loop, since most wrong ones reach 95 % on separable data. So the loop is
compared with a reference loop from the same start, step by step. The reference follows the student's own
``forward``, and the student's own ``gradients`` where they are what the class uses: what is wrong with
those has its own check or its own exercise, and a loop that follows them is a right loop.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from fairgrade.grading import (
    CheckFailed,
    FloatArray,
    Notebook,
    State,
    each,
    expect,
    expect_close,
    expect_history,
    expect_number,
    reachable_states,
    read_state,
    unchanged,
    write_state,
)
from graders.part5_training.train.exercise import training
from graders.part5_training.train.observe import (
    TINY,
    by_formula,
    chance_of,
    chances_of,
    cross_entropy_of,
    epoch_by_epoch,
    expect_array_or_none,
    forward_of,
    gradients_in_use,
    loss_or_infinity,
    losses_in_use,
    on_both_sides,
    reseeds,
    samples,
    trained,
)


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
