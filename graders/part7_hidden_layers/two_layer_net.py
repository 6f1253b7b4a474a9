"""The training loop of a network with a hidden layer: what is right, what is also right, what is wrong.

The notebook asks for a class ``TwoLayerNet(params)`` with ``params``, ``loss_history``, ``accuracy_history``,
``predict(X)`` and ``train(X, y, learning_rate=0.1, epochs=20)``: stochastic gradient descent, an update after each
sample, in the order of the samples. The student's own ``forward`` and ``backward`` may be called.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from fairgrade.grading import (
    Exercise,
    FloatArray,
    attributes,
    expect,
    expect_array,
    expect_close,
    expect_history,
    random_state_untouched,
    unchanged,
)
from graders.part7_hidden_layers.backward import exercise as backward_exercise
from graders.part7_hidden_layers.backward import gradients_of_the_loss
from graders.part7_hidden_layers.drawn import Params, drawn_batch, drawn_params
from graders.part7_hidden_layers.forward import exercise as forward_exercise
from graders.part7_hidden_layers.forward import forward_pass


class RightNet:
    """The right solution, in small methods so that a misconception can change just one of them."""

    def __init__(self, params):
        self.params = {key: np.array(value, dtype=float) for key, value in params.items()}
        self.loss_history = []
        self.accuracy_history = []

    def predict(self, X):
        return (forward_pass(X, self.params)[1] >= 0.5).astype(int)

    def loss(self, truth, y_hat):
        return -math.log(max(y_hat if truth == 1 else 1 - y_hat, 1e-12))

    def gradients(self, x, truth):
        hidden, y_hat = forward_pass(x, self.params)
        overshoot = y_hat - truth
        blame = overshoot * self.params["W2"] * (1 - hidden**2)
        return {"W1": np.outer(x, blame), "b1": blame, "W2": overshoot * hidden, "b2": overshoot}

    def update(self, x, truth, learning_rate):
        grads = self.gradients(x, truth)
        for key in self.params:
            self.params[key] = self.params[key] - learning_rate * grads[key]

    def epoch(self, X, y, learning_rate):
        losses, hits = [], []
        for x, truth in zip(X, y):
            y_hat = forward_pass(x, self.params)[1]
            losses.append(self.loss(truth, y_hat))
            hits.append((y_hat >= 0.5) == (truth == 1))
            self.update(x, truth, learning_rate)
        return losses, hits

    def record(self, losses, hits):
        self.loss_history.append(sum(losses) / len(losses))
        self.accuracy_history.append(sum(hits) / len(hits))

    def train(self, X, y, learning_rate=0.1, epochs=20):
        self.loss_history = []
        self.accuracy_history = []
        for _ in range(epochs):
            self.record(*self.epoch(X, y, learning_rate))
        return self.loss_history


exercise = Exercise(
    "two_layer_net",
    points=6,
    reference=RightNet,
    solution_name="TwoLayerNet",
    builds_on=(forward_exercise, backward_exercise),
)

KEYS = ("W1", "b1", "W2", "b2")

# -- what right work does -------------------------------------------------------------------------


def params_of(model: Any, like: Params) -> Params:
    """Return the parameters of the student's model, each in the shape of that of `like`."""
    (params,) = attributes(model, "params")
    expect(isinstance(params, dict), f"`params`: expected a dictionary, got {type(params).__name__}.")
    found = {}
    for key in KEYS:
        expect(key in params, f"`params`: the dictionary has no entry {key!r}.")
        value = expect_array(params[key], what=f"`params[{key!r}]`")
        shape = np.shape(like[key])
        expect(value.size == np.prod(shape), f"`params[{key!r}]`: expected shape {shape}, got {value.shape}.")
        found[key] = value.reshape(shape)
    return found


def followed(params: Params, X: FloatArray, y: FloatArray, rate: float, epochs: int) -> Params:
    """Return where right training leads."""
    right = RightNet(params)
    right.train(X, y, rate, epochs)
    return dict(right.params)


def expect_step(TwoLayerNet: Any, rng: np.random.Generator, keys: tuple[str, ...]) -> None:
    """Fail unless one sample moves these parameters by minus the learning rate times their gradient."""
    for n_inputs, n_hidden, rate in ((9, 8, 0.05), (4, 3, 0.5), (5, 5, 0.2)):
        (X, y), params = drawn_batch(rng, 1, n_inputs), drawn_params(rng, n_inputs, n_hidden)
        rate *= float(rng.uniform(0.8, 1.6))
        model = TwoLayerNet(params)
        model.train(X, y, learning_rate=rate, epochs=1)
        found, want = params_of(model, params), followed(params, X, y, rate, 1)
        for key in keys:
            expect(
                bool(np.allclose(found[key] - params[key], want[key] - params[key], rtol=1e-4, atol=1e-8)),
                f"Given one sample of {n_inputs} inputs, {n_hidden} hidden neurons and learning rate {rate:.3g}: "
                f"`{key}` did not move by -learning_rate * gradient.",
            )


@exercise.check(points=1)
def predicts_labels(TwoLayerNet, rng):
    """predict(X) gives a label per sample: 1 where the confidence is at least one half, else 0."""
    for (n_inputs, n_hidden), close in zip(((9, 8), (4, 3)), rng.permutation([-0.1, 0.1]), strict=True):
        X, params = decided(rng, drawn_params(rng, n_inputs, n_hidden), 10, float(close))
        want = RightNet(params).predict(X)
        got = expect_array(TwoLayerNet(params).predict(X), what="`predict`")
        expect(got.size == len(X), f"`predict`: expected a label for each of {len(X)} samples, got shape {got.shape}.")
        wrong = int(np.sum(got.ravel() != want))
        expect(not wrong, f"`predict` is not 0 or 1, or beyond one half, for {wrong} of {len(X)} samples.")
    nothing = {**params, "W2": np.zeros(3), "b2": 0.0}
    got = expect_array(TwoLayerNet(nothing).predict(X), what="`predict`")
    expect(bool(np.all(got == 1)), "Where the confidence is exactly one half, the vote is 1.")


def decided(rng: np.random.Generator, params: Params, n: int, close: float) -> tuple[FloatArray, Params]:
    """Draw samples on both sides of one half, and move the bias such that one of them is close to it.

    The evidence of that one is `close`; 0.1 is a confidence of 0.525. None is closer.
    """
    while True:
        X = rng.normal(0, 1.5, (n, params["W1"].shape[0]))
        y_hat = forward_pass(X, params)[1]
        evidence = np.log(y_hat / (1 - y_hat))
        shift = close - evidence[rng.integers(n)]
        if np.min(np.abs(evidence + shift)) > 0.09 and 3 <= np.sum(evidence + shift > 0) <= n - 3:
            return X, {**params, "b2": float(params["b2"] + shift)}


@exercise.check(points=1)
def a_step_moves_the_second_layer(TwoLayerNet, rng):
    """After one sample, W2 and b2 have moved by minus the learning rate times their gradient."""
    expect_step(TwoLayerNet, rng, ("W2", "b2"))


@exercise.check(points=1)
def a_step_moves_the_first_layer(TwoLayerNet, rng):
    """After one sample, W1 and b1 have moved by minus the learning rate times their gradient before the step."""
    expect_step(TwoLayerNet, rng, ("W1", "b1"))


@exercise.check(points=1)
def updates_after_each_sample(TwoLayerNet, rng):
    """Each sample's update builds on the one before, in the given order, for as many epochs as are asked for."""
    for n, epochs in ((5, int(rng.integers(3, 6))), (4, 1)):
        params = drawn_params(rng, 6, 4)
        X, y = drawn_batch(rng, n, 6)
        rate = float(rng.uniform(0.2, 0.4))
        model = TwoLayerNet(params)
        with unchanged(X=X, y=y), random_state_untouched():
            model.train(X, y, learning_rate=rate, epochs=epochs)
        found, want = params_of(model, params), followed(params, X, y, rate, epochs)
        for key in KEYS:
            given = f"{n} samples, {epochs} epochs and learning rate {rate:.3g}"
            expect_close(found[key], want[key], rtol=1e-4, atol=1e-7, given=given, what=f"`params[{key!r}]`")


def slow_training(TwoLayerNet: Any, rng: np.random.Generator, epochs: int) -> tuple[Any, FloatArray, FloatArray]:
    """Train so slowly that each loss and each vote is that of the start, within a few thousandths.

    It makes no difference then whether an epoch records before, during or after its updates.
    """
    X, params = decided(rng, drawn_params(rng, 5, 4), 12, float(rng.choice([-0.1, 0.1])))
    y = rng.permutation((np.arange(12) % 3 > 0).astype(np.float64))
    model = TwoLayerNet(params)
    model.train(X, y, learning_rate=float(rng.uniform(1e-5, 2e-5)), epochs=epochs)
    return model, forward_pass(X, params)[1], y


@exercise.check(points=1)
def keeps_a_history_of_the_loss(TwoLayerNet, rng):
    """loss_history has one entry per epoch, the mean over the samples of their cross-entropy; train returns it."""
    for epochs in rng.permutation([1, 3, 4]):
        model, y_hat, y = slow_training(TwoLayerNet, rng, int(epochs))
        want = float(np.mean(-np.log(np.where(y == 1, y_hat, 1 - y_hat))))
        history = expect_history(model.loss_history, int(epochs), "loss_history")
        expect_close(
            history, np.full(int(epochs), want), rtol=5e-3, given=f"{len(y)} samples", what="an entry of `loss_history`"
        )


@exercise.check(points=1)
def each_training_stands_by_itself(TwoLayerNet, rng):
    """accuracy_history has one share of right votes per epoch; train returns loss_history and begins both afresh."""
    for epochs in rng.permutation([1, 3, 4]):
        model, y_hat, y = slow_training(TwoLayerNet, rng, int(epochs))
        want = float(np.mean((y_hat >= 0.5) == (y == 1)))
        history = expect_history(model.accuracy_history, int(epochs), "accuracy_history")
        expect_close(
            history,
            np.full(int(epochs), want),
            rtol=1e-6,
            given=f"{len(y)} samples",
            what="an entry of `accuracy_history`",
        )
    params = drawn_params(rng, 4, 3)
    (X, y), model = drawn_batch(rng, 6, 4), TwoLayerNet(params)
    lengths = history_lengths(model)
    expect(lengths == (0, 0), f"Before the first training the histories have {lengths} entries.")
    model.train(X, y, learning_rate=0.1, epochs=3)
    returned = model.train(X, y, learning_rate=0.1, epochs=2)
    kept, kept_too = history_lengths(model)
    expect(kept < 5 and kept_too < 5, "A second training goes on with the histories of the first.")
    expect(returned is not None, "`train` gives None. It returns `loss_history`.")
    same = expect_array(returned, what="what train returns").ravel()
    expect(
        same.size == kept and bool(np.allclose(same, expect_array(model.loss_history).ravel())),
        "What `train` returns is not `loss_history`.",
    )

    silent, told = TwoLayerNet(params), TwoLayerNet(params)
    silent.train(X, y)
    told.train(X, y, learning_rate=0.1, epochs=20)
    ended, want = params_of(silent, params), params_of(told, params)
    alike = all(np.allclose(ended[key], want[key], rtol=1e-6) for key in KEYS)
    expect(alike, "Without a learning rate and epochs, `train` does not use its defaults, 0.1 and 20.")


def history_lengths(model: Any) -> tuple[int, int]:
    losses, accuracies = attributes(model, "loss_history", "accuracy_history")
    return np.size(expect_array(losses, what="`loss_history`")), np.size(
        expect_array(accuracies, what="`accuracy_history`")
    )


# -- what tells mistakes apart --------------------------------------------------------------------


def trained(TwoLayerNet: Any, rng: np.random.Generator, n: int, epochs: int, rate: float) -> tuple[Any, Any, Params]:
    params = drawn_params(rng, 6, 4)
    (X, y), model = drawn_batch(rng, n, 6), TwoLayerNet(params)
    returned = model.train(X, y, learning_rate=rate, epochs=epochs)
    return model, returned, params


def moved(model: Any, params: Params) -> dict[str, FloatArray]:
    found = params_of(model, params)
    return {key: found[key] - params[key] for key in KEYS}


@exercise.probe
def one_step(TwoLayerNet, rng):
    model, _, params = trained(TwoLayerNet, rng, 1, 1, 0.3)
    return moved(model, params)


@exercise.probe
def some_epochs(TwoLayerNet, rng):
    model, _, params = trained(TwoLayerNet, rng, 5, 3, 0.2)
    return moved(model, params)


@exercise.probe
def its_labels(TwoLayerNet, rng):
    X, params = decided(rng, drawn_params(rng, 5, 4), 10, 0.3)
    return TwoLayerNet(params).predict(X)


@exercise.probe
def its_histories(TwoLayerNet, rng):
    model, y_hat, _ = slow_training(TwoLayerNet, rng, 3)
    lengths = np.size(model.loss_history), np.size(model.accuracy_history)
    losses, accuracies = (np.ravel(history)[-1] for history in attributes(model, "loss_history", "accuracy_history"))
    return lengths, np.round(losses, 2), accuracies, np.round(y_hat, 2)


@exercise.probe
def a_second_training(TwoLayerNet, rng):
    model, returned, _ = trained(TwoLayerNet, rng, 4, 2, 0.1)
    X, y = drawn_batch(rng, 5, 6)
    again = model.train(X, y, learning_rate=0.1, epochs=3)
    said = "nothing" if again is None else np.ravel(again)[-1] - np.ravel(model.loss_history)[-1]
    return said, np.size(model.loss_history), np.size(model.accuracy_history), returned is None


# -- changes of the reference that make no difference ---------------------------------------------

LOSS = "return -math.log(max(y_hat if truth == 1 else 1 - y_hat, 1e-12))"

for becomes, why in (
    ("max(1e-12, y_hat if truth == 1 else 1 - y_hat)", "The larger of two does not depend on their order."),
    ("y_hat if truth == 1 else 1 - y_hat", "The notebook's own cross-entropy keeps away from the logarithm of 0."),
    ("max(y_hat if truth == 1 else 1 - y_hat, 1.1e-12)", "Any number so small serves."),
):
    exercise.equivalent(LOSS, f"return -math.log({becomes})", why=why)
exercise.equivalent(
    "hits.append((y_hat >= 0.5) == (truth == 1))",
    "hits.append((y_hat > 0.5) == (truth == 1))",
    why="In a training no confidence is exactly one half; `predict` has a check for it.",
)
exercise.equivalent(
    "self.params = {key: np.array(value, dtype=float) for key, value in params.items()}",
    "self.params = {key: np.array(value) for key, value in params.items()}",
    why="The parameters that it is given are floats.",
)

# -- what is also right ---------------------------------------------------------------------------


@exercise.variant
class UpdatesInPlace(RightNet):
    def update(self, x, truth, learning_rate):
        grads = self.gradients(x, truth)
        for key, value in self.params.items():
            value -= learning_rate * grads[key]


@exercise.variant
class AddsUpABatchOfOne(RightNet):
    def update(self, x, truth, learning_rate):
        grads = gradients_of_the_loss(x[np.newaxis], np.array([truth]), self.params)
        self.params = {key: value - learning_rate * grads[key] for key, value in self.params.items()}


@exercise.variant
class RecordsAfterTheEpoch(RightNet):
    def epoch(self, X, y, learning_rate):
        for x, truth in zip(X, y):
            self.update(x, truth, learning_rate)
        y_hat = forward_pass(X, self.params)[1]
        return list(-np.log(np.where(y == 1, y_hat, 1 - y_hat))), list(self.predict(X) == y)


@exercise.variant
class HistoriesAsArrays(RightNet):
    def record(self, losses, hits):
        self.loss_history = np.append(self.loss_history, np.mean(losses))
        self.accuracy_history = np.append(self.accuracy_history, np.mean(hits))


@exercise.variant
class PredictsTruthValues(RightNet):
    def predict(self, X):
        return forward_pass(X, self.params)[1] >= 0.5


# -- what is wrong --------------------------------------------------------------------------------


@exercise.misconception("Yours adds the gradient, which climbs. Subtract it.", loses=3)
class LearnsUphill(RightNet):
    def update(self, x, truth, learning_rate):
        super().update(x, truth, -learning_rate)


@exercise.misconception(
    "Yours updates once per epoch, by the mean gradient. Here each sample is followed by its own update.",
    loses=1,
)
class UpdatesOncePerEpoch(RightNet):
    def epoch(self, X, y, learning_rate):
        y_hat = forward_pass(X, self.params)[1]
        grads = gradients_of_the_loss(X, y, self.params)
        for key in self.params:
            self.params[key] = self.params[key] - learning_rate * grads[key]
        return [self.loss(truth, each) for truth, each in zip(y, y_hat)], [*((y_hat >= 0.5) == (y == 1))]


@exercise.misconception(
    "The first layer stays as it is. Both layers learn: update all four parameters.",
    loses=2,
)
class TrainsTheSecondLayerOnly(RightNet):
    def update(self, x, truth, learning_rate):
        grads = self.gradients(x, truth)
        for key in ("W2", "b2"):
            self.params[key] = self.params[key] - learning_rate * grads[key]


@exercise.misconception(
    "The second layer stays as it is. Both layers learn: update all four parameters.",
    loses=2,
)
class TrainsTheFirstLayerOnly(RightNet):
    def update(self, x, truth, learning_rate):
        grads = self.gradients(x, truth)
        for key in ("W1", "b1"):
            self.params[key] = self.params[key] - learning_rate * grads[key]


@exercise.misconception(
    "Layer 1 gets its gradient after W2 has changed already. Compute all gradients first, then update.",
    loses=2,
)
class UpdatesTheSecondLayerFirst(RightNet):
    def update(self, x, truth, learning_rate):
        for keys in (("W2", "b2"), ("W1", "b1")):
            grads = self.gradients(x, truth)
            for key in keys:
                self.params[key] = self.params[key] - learning_rate * grads[key]


@exercise.misconception(
    "The biases stay at their start. They are parameters like the weights: update all four.",
    loses=3,
)
class NeverUpdatesTheBiases(RightNet):
    def update(self, x, truth, learning_rate):
        grads = self.gradients(x, truth)
        for key in ("W1", "W2"):
            self.params[key] = self.params[key] - learning_rate * grads[key]


@exercise.misconception("The learning rate is 0.1 whatever `learning_rate` says.", loses=5)
class UsesAFixedRate(RightNet):
    def update(self, x, truth, learning_rate):
        super().update(x, truth, 0.1)


@exercise.misconception(
    "Yours goes through the samples once, however many epochs are asked for.",
    loses=3,
)
class TrainsForOneEpoch(RightNet):
    def train(self, X, y, learning_rate=0.1, epochs=20):
        return super().train(X, y, learning_rate, 1)


@exercise.misconception(
    "`train` draws new parameters, so what was learned or set before is lost. Go on from `self.params`.",
    loses=5,
)
class StartsAfreshInTrain(RightNet):
    def train(self, X, y, learning_rate=0.1, epochs=20):
        rng = np.random.default_rng(0)
        self.params = {key: 0.5 * rng.standard_normal(np.shape(value)) for key, value in self.params.items()}
        return super().train(X, y, learning_rate, epochs)


@exercise.misconception(
    "`params` is given to the network: yours replaces it by zeros, where nothing tells the neurons apart.",
    loses=6,
    elsewhere={"learns_any_position": 4},
)
class StartsAtZero(RightNet):
    def __init__(self, params):
        super().__init__({key: np.zeros(np.shape(value)) for key, value in params.items()})


@exercise.misconception("`loss_history` holds the mean over the samples. Yours holds the sum.", loses=1)
class AddsUpTheLosses(RightNet):
    def record(self, losses, hits):
        super().record([sum(losses)], hits)


@exercise.misconception("That is the squared error. The loss is the cross-entropy.", loses=1)
class RecordsTheSquaredError(RightNet):
    def loss(self, truth, y_hat):
        return (truth - y_hat) ** 2


@exercise.misconception("`accuracy_history` holds shares from 0 to 1. Yours counts the right votes.", loses=1)
class CountsTheRightVotes(RightNet):
    def record(self, losses, hits):
        super().record(losses, [sum(hits)])


@exercise.misconception("A history has one entry per epoch. Yours has one per sample.", loses=2)
class RecordsEachSample(RightNet):
    def record(self, losses, hits):
        self.loss_history.extend(losses)
        self.accuracy_history.extend(hits)


@exercise.misconception("A second training begins its histories afresh. Empty both at the start of `train`.", loses=1)
class GoesOnWithTheHistories(RightNet):
    def train(self, X, y, learning_rate=0.1, epochs=20):
        before = self.loss_history, self.accuracy_history
        super().train(X, y, learning_rate, epochs)
        self.loss_history = [*before[0], *self.loss_history]
        self.accuracy_history = [*before[1], *self.accuracy_history]
        return self.loss_history


@exercise.misconception("`train` ends without `return self.loss_history`.", loses=1)
class ReturnsNothing(RightNet):
    def train(self, X, y, learning_rate=0.1, epochs=20):
        super().train(X, y, learning_rate, epochs)


@exercise.misconception("`predict` returns confidences. Compare them with one half.", loses=1)
class PredictsConfidences(RightNet):
    def predict(self, X):
        return forward_pass(X, self.params)[1]


@exercise.misconception("`predict` votes 1 where the confidence is below one half.", loses=1)
class PredictsTheOtherLabel(RightNet):
    def predict(self, X):
        return (forward_pass(X, self.params)[1] < 0.5).astype(int)
