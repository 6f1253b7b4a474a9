"""What a right training loop does.

Accuracy proves little about a loop, since most wrong ones reach 95 % on separable data. So the loop is
compared with a reference loop from the same start, step by step. The reference uses the student's own ``forward``, and
histories are compared with the student's own updates: each mistake is charged by one check alone. A class that calls
the student's ``gradients`` or ``binary_cross_entropy`` is tested again with right ones in their place.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from fairgrade.grading import (
    CheckFailed,
    Notebook,
    State,
    each,
    expect,
    expect_any_close,
    expect_close,
    expect_history,
    expect_number,
    read_state,
    unchanged,
    write_state,
)
from graders.part5_training.gradients import sample_gradients
from graders.part5_training.train import drawn
from graders.part5_training.train.drawn import KINDS, inputs, rate_between, samples
from graders.part5_training.train.observe import (
    after_each_epoch,
    by_formula,
    chance_of,
    chances_of,
    epoch_by_epoch,
    expect_array_or_none,
    forward_of,
    leads_to,
    loss_or_infinity,
    losses_of,
    may_record,
    moving_gradients,
    own_losses,
    reseeds,
    steps_like,
    trained,
)
from graders.part5_training.train.reference import exercise


@exercise.check(points=1)
def forward_is_the_sigmoid_of_the_weighted_sum(TrainablePerceptron, rng):
    """forward(x) is sigmoid(weights . x + bias), and stays a number however strong the evidence is."""
    for n in (9, *drawn.numbers_of_inputs(rng, 2)):
        model = TrainablePerceptron(n)
        state = State(rng.normal(0, 1, n), float(rng.choice([-1, 1]) * rng.uniform(0.5, 1.5)))
        write_state(model, state)
        X = np.vstack([inputs(rng, 1, n, kind) for kind in KINDS])
        strength = rng.uniform(750, 2000)
        strong = strength * state.weights / (state.weights @ state.weights)
        *chances, low, high = chances_of(model, np.vstack([X, -strong, strong]))
        expect_close(np.array(chances), by_formula(state, X), rtol=1e-5, given=f"{n} inputs", what="`forward`")
        for got, want, sign in ((low, 0.0, "-"), (high, 1.0, "")):
            given = f"a weighted sum of about {sign}{strength:.0f}"
            expect_close(got, want, atol=1e-6, given=given, what="`forward`")


@exercise.check(points=1)
def predict_asks_whether_forward_reaches_one_half(TrainablePerceptron, rng):
    """predict(x) is 1 where forward(x) is at least 0.5, and 0 elsewhere."""
    model, state = TrainablePerceptron(9), State(rng.normal(0, 0.5, 9), float(rng.normal(0, 0.3)))
    write_state(model, state)
    X = drawn.on_both_sides(rng, state, 12)
    chances = chances_of(model, X)
    expect(
        bool((chances >= 0.5).any() and (chances < 0.5).any()), "`forward` is on the same side of 0.5 for all inputs."
    )
    for answer, chance in zip(each(model.predict, X.copy()), chances, strict=True):
        label = expect_number(answer, what="`predict`")
        expect(label in (0, 1), f"`predict` returned {label:.3g}; it should return 0 or 1.")
        expect(label == (chance >= 0.5), f"`forward` is {chance:.3f} and `predict` returned {label:g}.")


@exercise.check(points=1)
def a_step_moves_the_weights(TrainablePerceptron, rng, notebook):
    """After one sample the weights have moved by minus the learning rate times their gradient."""
    expect_steps(TrainablePerceptron, rng, notebook, "weights")


@exercise.check(points=1)
def a_step_moves_the_bias(TrainablePerceptron, rng, notebook):
    """After one sample the bias has moved by minus the learning rate times its gradient."""
    expect_steps(TrainablePerceptron, rng, notebook, "bias")


def expect_steps(TrainablePerceptron: Any, rng: np.random.Generator, notebook: Notebook, part: str) -> None:
    """Fail unless the weights, or the bias, move by the right gradient or by that of the student's ``gradients``."""
    for before, after, x, y, chance, rate in single_steps(TrainablePerceptron, rng):
        right = before.step(sample_gradients(x, y, chance), rate)
        start, end, want = (getattr(state, part) for state in (before, after, right))
        expect(
            np.allclose(end - start, want - start, rtol=1e-4, atol=1e-7)
            or steps_like(before, after, x, y, chance, rate, moving_gradients(notebook)),
            f"Given one sample of {x.size} inputs and learning rate {rate:.4g}: the {part} did not move by "
            "-learning_rate * gradient.",
        )


def single_steps(TrainablePerceptron: Any, rng: np.random.Generator) -> list[tuple[Any, ...]]:
    """Train on one sample from the model's own start: rates of all sizes, both labels, predicted right and wrong.

    A step is the state before and after, the sample, its label, its prediction before, and the learning rate.
    """
    sizes = rng.permutation([9, 9, *drawn.numbers_of_inputs(rng, 4)])
    rates = rng.permutation([0.003, 0.01, 0.03, 0.1, 0.3, 0.9]) * rng.uniform(1, 2, 6)
    cases = [(label, hit) for label in (0.0, 1.0) for hit in (True, False)]
    cases += [cases[i] for i in rng.permutation(4)[:2]]
    steps = []
    for i, (label, hit) in enumerate(cases):
        model, n, rate = TrainablePerceptron(int(sizes[i])), int(sizes[i]), float(rates[i])
        before = read_state(model, n)
        expect(before.bias == 0, f"A new model has a bias of {before.bias:.3g}; it starts at 0.")
        x = drawn.seen_as(before, label if hit else 1 - label, inputs(rng, 10, n, KINDS[i % 2]))
        chance = chance_of(model, x)
        trained(model, x[np.newaxis], np.array([label]), rate)
        steps.append((before, read_state(model, n), x, label, chance, rate))
    return steps


@exercise.check(points=1)
def updates_after_each_sample(TrainablePerceptron, rng, notebook):
    """Each sample's update builds on the one before, for all samples and as many epochs as are asked for."""
    many, few = int(rng.integers(15, 30)), int(rng.integers(3, 7))
    for n, low, high, epochs, size, kind in (
        (few, 0.05, 0.3, 2, 3, "signed"),
        (int(rng.integers(12, 25)), 0.02, 0.1, 1, 3, "signed"),
        (9, 0.2, 0.8, 2, 3, "picture"),
        (few, 0.1, 0.3, many, 1, "signed"),
    ):
        model, rate = TrainablePerceptron(n), rate_between(rng, low, high)
        start = read_state(model, n)
        X, y = samples(rng, size, n, kind)
        if kind == "signed":
            X *= np.sqrt(0.75 * n) / np.linalg.norm(X, axis=1, keepdims=True)  # each moves the model as far
        trained(model, X, y, rate, epochs)
        end = read_state(model, n)
        forward = forward_of(TrainablePerceptron(n), start, X)
        expect(
            any(
                leads_to(start, end, forward, gradients, X, y, rate, epochs)
                for gradients in (sample_gradients, moving_gradients(notebook))
            ),
            f"Given {n} inputs, learning rate {rate:.4g}, samples: {size}, epochs: {epochs}: weights and bias don't "
            "end where an update after each sample leads.",
        )


@exercise.check(points=1)
def keeps_a_history_of_the_loss(TrainablePerceptron, rng, notebook):
    """loss_history has one entry an epoch, the mean over the samples of their cross-entropy."""
    expect_cross_entropy(TrainablePerceptron(4), rng, notebook)
    for kind in KINDS:
        n, rate = int(rng.integers(3, 10)), rate_between(rng, 0.05, 0.8)
        model, twin, start = TrainablePerceptron(n), TrainablePerceptron(n), State(rng.normal(0, 1, n), rng.normal())
        X, y = samples(rng, 3, n, kind)
        write_state(model, start)
        trained(model, X, y, rate)
        (entry,) = expect_history(model.loss_history, 1, "loss_history")
        recorded = may_record(twin, start, read_state(model, n), X, y, rate)
        expect_any_close(
            entry,
            (losses_of(twin, *what).mean() for what in recorded),
            f"Given 3 samples, 1 epoch and learning rate {rate:.4g}: `loss_history` holds {entry:.4g}, which is not "
            "their mean loss.",
            rtol=1e-4,
            atol=1e-6,
        )
    # With one sample, the loss may be recorded before its update or after the pass.
    n, rate, epochs = int(rng.integers(3, 7)), rate_between(rng, 0.1, 0.6), int(rng.integers(3, 7))
    model, twin, (x, label) = TrainablePerceptron(n), TrainablePerceptron(n), samples(rng, 2, n)
    start = read_state(model, n)
    states = epoch_by_epoch(twin, start, x[:1], label[:1], rate, epochs)
    forward = forward_of(twin, start, x)
    chances = np.array([forward(state, x[0]) for state in states])
    losses = losses_of(twin, np.repeat(label[:1], epochs + 1), chances)
    trained(model, x[:1], label[:1], rate, epochs)
    history = expect_history(model.loss_history, epochs, "loss_history")
    reason = f"Given 1 sample and {epochs} epochs: `loss_history` does not follow the loss from epoch to epoch."
    expect_any_close(history, (losses[:-1], losses[1:]), reason, rtol=1e-4, atol=1e-6)
    # The history goes on when nothing changes any more, whatever tolerance a loop may stop at.
    epochs = int(rng.integers(50, 80))
    start, X, y, rate = drawn.soon_certain(rng)
    write_state(model := TrainablePerceptron(X.shape[1]), start)
    trained(model, X, y, rate, epochs)
    expect_history(model.loss_history, epochs, "loss_history")


def expect_cross_entropy(model: Any, rng: np.random.Generator, notebook: Notebook) -> None:
    """Fail unless compute_loss is the cross-entropy of a sample, or the same as the student's own function."""
    labels, chances = np.array([1.0, 0.0, 1.0, 0.0]), rng.uniform(0.03, 0.97, 4)
    losses = losses_of(model, labels, chances)
    wants = -np.log(np.where(labels == 1, chances, 1 - chances))
    own = own_losses(notebook, labels, chances)
    # The same mistake in both is charged in the other exercise; a constant loss explains nothing.
    follows_own = own is not None and np.allclose(losses, own, rtol=1e-4) and bool(np.ptp(own) > 1e-3)
    for label, chance, loss, want in zip(labels, chances, losses, wants, strict=True):
        expect(
            bool(np.isclose(loss, want, rtol=1e-4)) or follows_own,
            f"Given label {label:g} and prediction {chance:.3g}: `compute_loss` returned {loss:.4g}, which is not "
            "that sample's cross-entropy.",
        )
    expect_finite_at_certainty(model, notebook)


def expect_finite_at_certainty(model: Any, notebook: Notebook) -> None:
    """Fail unless compute_loss is finite for predictions of exactly 0 and 1, or the student's own loss is not."""
    for label in (0.0, 1.0):
        for chance in (0.0, 1.0):
            loss = loss_or_infinity(model.compute_loss, label, chance)
            if -1e-5 <= loss <= 1e-3 if label == chance else 10 <= loss <= 1e4:
                continue
            own = notebook.get("binary_cross_entropy")
            wrong = loss_or_infinity(lambda y, p: own(np.array([y]), np.array([p])), label, chance)
            expect(
                own is not None and (not math.isfinite(wrong) or bool(np.isclose(loss, wrong))),
                f"Given label {label:g} and a prediction of exactly {chance:g}: `compute_loss` is {loss:.3g}. "
                "Keep the prediction a little away from 0 and 1.",
            )


@exercise.check(points=1)
def keeps_a_history_of_the_accuracy(TrainablePerceptron, rng):
    """accuracy_history has one entry an epoch, the fraction of samples that were predicted right."""
    for kind, misses in zip(KINDS, rng.permutation([1, 2]), strict=True):
        n = int(rng.integers(3, 10))
        model, twin = TrainablePerceptron(n), TrainablePerceptron(n)
        start, X = drawn.decided(rng, n, kind)
        rate = rate_between(rng, 0.2, 1) * 0.2 / (3 * (np.max(X @ X.T) + 1))  # too small to change a vote
        write_state(twin, start)
        y = (chances_of(twin, X) >= 0.5).astype(np.float64)
        wrong = rng.permutation(3)[:misses]
        y[wrong] = 1 - y[wrong]
        write_state(model, start)
        trained(model, X, y, rate)
        (entry,) = expect_history(model.accuracy_history, 1, "accuracy_history")
        recorded = may_record(twin, start, read_state(model, n), X, y, rate)
        reason = f"Given 3 samples, {3 - wrong.size} of them predicted right: `accuracy_history` holds {entry:.4g}."
        rates = (np.mean((chances >= 0.5) == labels) for labels, chances in recorded)
        expect_any_close(entry, rates, reason, rtol=1e-5, atol=1e-8)
    # One sample is predicted wrong at first and right at the end: each epoch has its own accuracy.
    for truth in rng.permutation([0.0, 1.0]):
        n, epochs, label = int(rng.integers(3, 7)), int(rng.integers(4, 7)), np.array([truth])
        start, x, rate = drawn.crossing(rng, n, epochs, truth)
        states = after_each_epoch(twin := TrainablePerceptron(n), start, x, label, rate, epochs)
        forward = forward_of(twin, start, x)
        hits = [float((forward(state, x[0]) >= 0.5) == (truth == 1)) for state in states]
        write_state(model := TrainablePerceptron(n), start)
        trained(model, x, label, rate, epochs)
        history = expect_history(model.accuracy_history, epochs, "accuracy_history")
        given = f"Given 1 sample and {epochs} epochs"
        reason = f"{given}: `accuracy_history` does not follow the predictions from epoch to epoch."
        expect_any_close(history, (hits[:-1], hits[1:]), reason, rtol=1e-5, atol=1e-8)


@exercise.check(points=1)
def each_training_stands_by_itself(TrainablePerceptron, rng):
    """train returns loss_history, starts both histories afresh, has its defaults, and changes its own model alone."""
    model, other = TrainablePerceptron(4), TrainablePerceptron(4)
    X, y = samples(rng, 5, 4)
    rate, epochs = rate_between(rng, 0.05, 0.5), int(rng.integers(3, 7))
    with unchanged(X=X, y=y):
        returned = model.train(X, y, learning_rate=rate, epochs=epochs, verbose=False)
    if np.size(expect_array_or_none(other.loss_history)) or np.size(expect_array_or_none(other.accuracy_history)):
        raise CheckFailed(
            "Training one model writes into the history of another.", misconception="shares_its_histories"
        )
    kept = expect_history(model.loss_history, epochs, "loss_history")
    expect(
        np.array_equal(expect_history(returned, epochs, "what train returns"), kept, equal_nan=True),
        "What train returns is not `loss_history`.",
    )
    trained(model, X, y, rate, epochs - 1)
    for name, history in (("loss_history", model.loss_history), ("accuracy_history", model.accuracy_history)):
        expect_history(history, epochs - 1, f"{name}, after a second train with {epochs - 1} epochs,")
    model.train(X[:1].copy(), y[:1].copy(), verbose=False)
    expect_history(model.loss_history, 100, "loss_history, after a train without a number of epochs,")
    write_state(model, read_state(other, 4))
    model.train(X[:1].copy(), y[:1].copy(), epochs=epochs, verbose=False)
    trained(other, X[:1], y[:1], learning_rate=0.1, epochs=epochs)
    expect(
        read_state(model, 4).is_close(read_state(other, 4)),
        "Without a learning rate, train does not use its default of 0.1.",
    )
    expect(
        not reseeds(TrainablePerceptron, X, y, rng.permutation(10_000)[:2]),
        "Your class seeds the global random generator, which others rely on.",
    )
