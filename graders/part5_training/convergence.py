"""Convergence: a trained ``TrainablePerceptron`` is right for at least 95 % of samples it has not seen.

The data are centre lines at three levels of noise, data that need a bias, data with a rare label, and
other pictures than lines, so that no hand-made weights pass. A right solution passes after a few epochs of 40 samples;
one that learns more slowly gets 50 epochs before it fails. ``benchmarks/false_rejection.py`` measures how often a right
solution fails by chance.

``excused.py`` keeps mistakes from being charged here that are charged already.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from fairgrade.grading import (
    CheckFailed,
    Exercise,
    FloatArray,
    State,
    each,
    expect_learned,
    expect_number,
    measure,
    read_state,
    write_state,
)
from graders.part5_training.binary_cross_entropy import exercise as binary_cross_entropy
from graders.part5_training.excused import HasNotLearned, Training, charged_already
from graders.part5_training.gradients import exercise as gradients
from graders.part5_training.train import RightPerceptron
from graders.part5_training.train.observe import trained

exercise = Exercise(
    "convergence",
    points=5,
    reference=RightPerceptron,
    solution_name="TrainablePerceptron",
    solution_cell="trainable_perceptron",
    builds_on=(gradients, binary_cross_entropy),
)

Data = tuple[FloatArray, FloatArray]
MakeData = Callable[[int], Data]


def pictures(
    rng: np.random.Generator, n_samples: int, one: FloatArray, zero: FloatArray, noise: float = 0.0, ones: float = 0.5
) -> Data:
    """Draw noisy copies of two pictures with values in [0, 1]: a fraction `ones` of `one`, the rest of `zero`."""
    y = rng.permutation((np.arange(n_samples) < round(ones * n_samples)).astype(np.float64))
    X = np.where(y[:, np.newaxis] == 1, one.ravel(), zero.ravel())
    return np.clip(X + noise * rng.standard_normal(X.shape), 0, 1), y


def lines() -> Data:
    """Return a 3x3 picture of its middle column, and one of its middle row."""
    vertical, horizontal = np.zeros((3, 3)), np.zeros((3, 3))
    vertical[:, 1] = horizontal[1, :] = 1.0
    return vertical, horizontal


def brightness(rng: np.random.Generator, n_samples: int) -> Data:
    """Draw samples of one positive feature, dim or bright: without a bias all are on the same side."""
    y = rng.permutation(np.arange(n_samples) % 2).astype(np.float64)
    return np.where(y == 1, rng.uniform(0.8, 1.0, n_samples), rng.uniform(0.1, 0.3, n_samples))[:, np.newaxis], y


def expect_to_learn(
    TrainablePerceptron: Any, rng: np.random.Generator, data: MakeData, given: str, learning_rate: float = 0.5
) -> None:
    """Fail unless a fresh model, trained on some of the data, is right for 95 % of others."""
    X_train, y_train = data(int(rng.integers(38, 46)))
    X_test, y_test = data(100)
    start = wrong_start(X_train, y_train, rng)
    # The start gets the first sample wrong, so that a class that learns from mistakes only has something to learn.
    wrong = int(np.argmax((X_train @ start.weights >= 0) != (y_train == 1)))
    X_train[[0, wrong]], y_train[[0, wrong]] = X_train[[wrong, 0]], y_train[[wrong, 0]]
    training = Training(X_train, y_train, learning_rate * rng.uniform(0.9, 1.1), start)
    for epochs in rng.integers((1, 8, 50), (2, 12, 60)):  # most need the first only
        model = training.run(TrainablePerceptron, slice(None), int(epochs))
        labels = labels_of(model, X_test)
        learned = measure(labels, y_test)
        if learned.accuracy >= 0.95 and min(learned.recalls) >= 0.8:
            return
    try:
        expect_learned(learned, accuracy=0.95, recall=0.8, given=given)
    except CheckFailed as failure:
        raise HasNotLearned(failure, training, read_state(model, start.weights.size), X_test, labels) from None


def labels_of(model: Any, X: FloatArray) -> FloatArray:
    """Return the predicted labels; where ``predict`` returns none, which test_train charges, those of ``forward``."""
    labels = np.array([expect_number(label, what="`predict`") for label in each(model.predict, X.copy())])
    unclear = ~np.isin(labels, (0, 1))
    if unclear.any():
        chances = each(model.forward, X[unclear])
        labels[unclear] = [expect_number(chance, what="`forward`") >= 0.5 for chance in chances]
    return labels


def wrong_start(X: FloatArray, y: FloatArray, rng: np.random.Generator) -> State:
    """Draw small weights that favour the wrong label: a random start may be right without any training."""
    lean = X[y == 0].mean(axis=0) - X[y == 1].mean(axis=0)
    return State(rng.uniform(0.07, 0.13) * lean + 0.003 * rng.standard_normal(lean.size), 0.0)


# -- what right work does -------------------------------------------------------------------------


@exercise.check(points=2, false_rejection=1e-4, unless_charged=charged_already)
def tells_centred_lines_apart(TrainablePerceptron, rng):
    """It learns to tell centred lines apart: clean, slightly noisy and noisy ones."""
    vertical, horizontal = lines()
    for noise in (0.0, 0.1, 0.3):
        # At the middle level the labels are swapped: a model that always recognises vertical lines has learned nothing.
        one, zero = (horizontal, vertical) if noise == 0.1 else (vertical, horizontal)
        name = "horizontal" if noise == 0.1 else "vertical"
        expect_to_learn(
            TrainablePerceptron,
            rng,
            lambda n, one=one, zero=zero, noise=noise: pictures(rng, n, one, zero, noise),
            given=f"fresh lines with noise {noise:g} ({name} ones labelled 1)",
        )


@exercise.check(points=1, false_rejection=1e-4, unless_charged=charged_already)
def learns_where_a_bias_is_needed(TrainablePerceptron, rng):
    """It learns data that need a bias: one feature, dim or bright, with the threshold far from zero."""
    expect_to_learn(
        TrainablePerceptron,
        rng,
        lambda n: brightness(rng, n),
        given="fresh samples of one feature that is dim (label 0) or bright (label 1)",
        learning_rate=1.0,
    )


@exercise.check(points=1, false_rejection=1e-4, unless_charged=charged_already)
def learns_a_rare_label(TrainablePerceptron, rng):
    """It learns a label that only 15 % of the samples have, and does not neglect it."""
    vertical, horizontal = lines()
    expect_to_learn(
        TrainablePerceptron,
        rng,
        lambda n: pictures(rng, n, horizontal, vertical, noise=0.1, ones=0.15),
        given="fresh lines with noise 0.1, 15 % of them horizontal and labelled 1",
    )


@exercise.check(points=1, false_rejection=1e-4, unless_charged=charged_already)
def learns_other_pictures(TrainablePerceptron, rng):
    """It learns pictures of another size as well: the top against the bottom half of 4x4 pixels."""
    top = np.zeros((4, 4))
    top[:2] = 1.0
    expect_to_learn(
        TrainablePerceptron,
        rng,
        lambda n: pictures(rng, n, 1 - top, top, noise=0.2),
        given="fresh 4x4 pictures, bright below (label 1) or above (label 0)",
    )


# -- what tells mistakes apart --------------------------------------------------------------------


def started(TrainablePerceptron: Any, rng: np.random.Generator, n: int) -> tuple[Any, State]:
    """Make a model in a known state; return it and the state."""
    model, state = TrainablePerceptron(n), State(rng.normal(0, 0.5, n), 0.25)
    write_state(model, state)
    return model, state


def move(model: Any, start: State, X: FloatArray, y: FloatArray, rate: float, epochs: int = 1) -> tuple[Any, ...]:
    """Train, and return how far weights and bias moved, as multiples of the learning rate."""
    trained(model, X, y, rate, epochs)
    end = read_state(model, start.weights.size)
    return (end.weights - start.weights) / rate, (end.bias - start.bias) / rate


@exercise.probe
def how_it_learns(TrainablePerceptron, rng):
    model, start = started(TrainablePerceptron, rng, 9)
    return move(model, start, *pictures(rng, 8, *lines(), noise=0.1), rate=1e-6)


@exercise.probe
def how_it_learns_other_inputs(TrainablePerceptron, rng):
    model, start = started(TrainablePerceptron, rng, 4)
    return move(model, start, rng.normal(0, 1, (1, 4)), np.ones(1), rate=0.5, epochs=3)


@exercise.probe
def how_it_learns_many_epochs(TrainablePerceptron, rng):
    model, start = started(TrainablePerceptron, rng, 9)
    return move(model, start, rng.normal(0, 1, (1, 9)), np.zeros(1), rate=0.5, epochs=20)


@exercise.probe
def what_it_predicts_afterwards(TrainablePerceptron, rng):
    model = TrainablePerceptron(9)
    X, y = pictures(rng, 12, *lines(), noise=0.1)
    write_state(model, wrong_start(X, y, rng))
    model.train(X, y, learning_rate=0.5, epochs=20, verbose=False)
    fresh, _ = pictures(rng, 12, *lines(), noise=0.1)
    return [expect_number(label) for label in each(model.predict, [*X, *fresh])]


# -- what is also right ---------------------------------------------------------------------------


@exercise.variant
class StartsAtZero(RightPerceptron):
    def __init__(self, n_inputs):
        super().__init__(n_inputs)
        self.weights = np.zeros(n_inputs)


@exercise.variant
class StartsFurtherFromZero(RightPerceptron):
    def __init__(self, n_inputs):
        super().__init__(n_inputs)
        self.weights = np.random.default_rng().uniform(-0.5, 0.5, n_inputs)


@exercise.variant
class ShufflesEachEpoch(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        rng = np.random.default_rng()
        losses, accuracies = [], []
        for _ in range(epochs):
            order = rng.permutation(len(X))
            losses += super().train(X[order], y[order], learning_rate, 1, False)
            accuracies += self.accuracy_history
        self.loss_history, self.accuracy_history = losses, accuracies
        return losses


@exercise.variant
class PredictsNumpyIntegers(RightPerceptron):
    def predict(self, x):
        return np.int64(self.forward(x) >= 0.5)


# -- what is wrong --------------------------------------------------------------------------------


@exercise.misconception(
    "The model looks samples up that it has seen. For a new one it knows nothing: predict from the weights.",
    loses=5,
    elsewhere={"train": 6},
)
class MemorisesTheTrainingSet(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        self.seen = {x.tobytes(): int(label) for x, label in zip(X, y)}
        self.loss_history, self.accuracy_history = [0.0] * epochs, [1.0] * epochs
        return self.loss_history

    def predict(self, x):
        return getattr(self, "seen", {}).get(np.asarray(x).tobytes(), 0)


@exercise.misconception(
    "predict says 1 whatever it is shown. Compare forward with one half.", loses=3, elsewhere={"train": 1}
)
class AlwaysPredictsOne(RightPerceptron):
    def predict(self, x):
        return 1


@exercise.misconception(
    "predict says 0 whatever it is shown. Compare forward with one half.", loses=3, elsewhere={"train": 1}
)
class AlwaysPredictsZero(RightPerceptron):
    def predict(self, x):
        return 0


@exercise.misconception(
    "Nothing is learned here: the weights were made by hand for one pair of pictures.", loses=5, elsewhere={"train": 6}
)
class ReturnsHandMadeWeights(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        self.weights, self.bias = np.array([0.0, 2, 0, -2, 0, -2, 0, 2, 0]), 0.0
        self.loss_history, self.accuracy_history = [0.01] * epochs, [1.0] * epochs
        return self.loss_history
