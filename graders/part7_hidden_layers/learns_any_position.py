"""It learns: a trained ``TwoLayerNet`` tells columns from rows in any position, in images that it has not seen.

The check gives each network its start, 9 inputs, 8 hidden neurons and small random weights, and 96 images. Right work
passes after 12 epochs; work that learns more slowly gets 25 before it fails.

``excused.py`` keeps mistakes from being charged here that are charged already.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from fairgrade.grading import CheckFailed, Exercise, FloatArray, expect, expect_array, expect_learned, measure
from graders.part7_hidden_layers.backward import exercise as backward
from graders.part7_hidden_layers.drawn import line_images, six_lines
from graders.part7_hidden_layers.excused import HasNotLearned, charged_already
from graders.part7_hidden_layers.forward import exercise as forward
from graders.part7_hidden_layers.init_params import small_random_params
from graders.part7_hidden_layers.two_layer_net import RightNet, moved, params_of

exercise = Exercise(
    "learns_any_position",
    points=4,
    reference=RightNet,
    solution_name="TwoLayerNet",
    solution_cell="two_layer_net",
    builds_on=(forward, backward),
)

N_TRAIN, N_TEST, N_HIDDEN = 96, 60, 8

# -- what right work does -------------------------------------------------------------------------


def labels_of(model: Any, X: FloatArray) -> FloatArray:
    """Return the predicted labels; confidences, which test_two_layer_net charges, count as the votes they stand for."""
    got = expect_array(model.predict(X.copy()), what="`predict`")
    expect(got.size == len(X), f"`predict`: expected a label for each of {len(X)} samples, got shape {got.shape}.")
    return (got.ravel() >= 0.5).astype(np.float64)


def expect_to_learn(
    TwoLayerNet: Any, rng: np.random.Generator, noise: float, label_of_columns: float, given: str
) -> Any:
    """Fail unless a network, trained on some images, is right for 95 % of others; return it."""
    X, columns = line_images(rng, N_TRAIN, noise)
    X_test, columns_test = line_images(rng, N_TEST, noise)
    y, y_test = (
        np.where(is_column == 1, label_of_columns, 1 - label_of_columns) for is_column in (columns, columns_test)
    )
    start, rate = small_random_params(9, N_HIDDEN, rng), 0.1 * float(rng.uniform(0.95, 1.1))
    for epochs in rng.integers((12, 25), (14, 28)):  # most need the first only
        model = TwoLayerNet(start)
        model.train(X, y, learning_rate=rate, epochs=int(epochs))
        labels = labels_of(model, X_test)
        learned = measure(labels, y_test)
        if learned.accuracy >= 0.95 and min(learned.recalls) >= 0.8:
            return model
    try:
        return expect_learned(learned, accuracy=0.95, recall=0.8, given=given)
    except CheckFailed as failure:
        raise HasNotLearned(failure, start, params_of(model, start), labels) from None


@exercise.check(points=2, false_rejection=1e-4, unless_charged=charged_already)
def learns_lines_with_noise(TwoLayerNet, rng):
    """It learns to tell columns (label 1) from rows in any position, in images with noise 0.1."""
    expect_to_learn(TwoLayerNet, rng, 0.1, 1.0, "new images with noise 0.1 (columns labelled 1)")


@exercise.check(points=2, false_rejection=1e-4, unless_charged=charged_already)
def learns_the_other_labels(TwoLayerNet, rng):
    """It learns the other labels just as well, rows 1 and columns 0, and is then right for all six lines."""
    model = expect_to_learn(TwoLayerNet, rng, 0.05, 0.0, "new images with noise 0.05 (rows labelled 1)")
    votes = labels_of(model, six_lines())
    expect(
        bool(np.all(votes == [0, 0, 0, 1, 1, 1])),
        f"Of the six lines {int(np.sum(votes != [0, 0, 0, 1, 1, 1]))} are wrong.",
    )


# -- what tells mistakes apart --------------------------------------------------------------------


def after(TwoLayerNet: Any, rng: np.random.Generator, epochs: int, rate: float) -> Any:
    X, y = line_images(rng, 12, 0.1)
    start = small_random_params(9, 4, rng)
    model = TwoLayerNet(start)
    model.train(X, y, learning_rate=rate, epochs=epochs)
    seen, _ = line_images(rng, 12, 0.1)
    return moved(model, start), labels_of(model, X), labels_of(model, seen)


@exercise.probe
def after_an_epoch(TwoLayerNet, rng):
    return after(TwoLayerNet, rng, 1, 0.3)


@exercise.probe
def after_some_epochs(TwoLayerNet, rng):
    return after(TwoLayerNet, rng, 4, 0.1)


@exercise.probe
def after_many_epochs(TwoLayerNet, rng):
    return after(TwoLayerNet, rng, 12, 0.2)


# -- what is also right ---------------------------------------------------------------------------


@exercise.variant
class LearnsWithAnotherLoop(RightNet):
    def epoch(self, X, y, learning_rate):
        W1, b1, W2, b2 = (self.params[key] for key in ("W1", "b1", "W2", "b2"))
        losses, hits = [], []
        for x, truth in zip(X, y):
            hidden = np.tanh(x @ W1 + b1)
            y_hat = 1 / (1 + np.exp(-(hidden @ W2 + b2)))
            losses.append(self.loss(truth, y_hat))
            hits.append((y_hat >= 0.5) == (truth == 1))
            back = (y_hat - truth) * W2 * (1 - hidden**2)
            W2, b2 = W2 - learning_rate * (y_hat - truth) * hidden, b2 - learning_rate * (y_hat - truth)
            W1, b1 = W1 - learning_rate * np.outer(x, back), b1 - learning_rate * back
        self.params = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}
        return losses, hits


@exercise.variant
class PredictsTruthValues(RightNet):
    def predict(self, X):
        return super().predict(X) == 1


# -- what is wrong --------------------------------------------------------------------------------


@exercise.misconception(
    "The network looks images up that it has seen. For a new one it knows nothing: predict from the parameters.",
    loses=4,
    elsewhere={"two_layer_net": 6},
)
class MemorisesTheTrainingSet(RightNet):
    def train(self, X, y, learning_rate=0.1, epochs=20):
        self.seen = {x.tobytes(): int(label) for x, label in zip(X, y)}
        self.loss_history, self.accuracy_history = [0.0] * epochs, [1.0] * epochs
        return self.loss_history

    def predict(self, X):
        return np.array([getattr(self, "seen", {}).get(np.asarray(x).tobytes(), 0) for x in X])


@exercise.misconception(
    "`predict` says 1 whatever it is shown. Compare the confidences with one half.",
    loses=4,
    elsewhere={"two_layer_net": 1},
)
class AlwaysPredictsOne(RightNet):
    def predict(self, X):
        return np.ones(len(X), dtype=int)


@exercise.misconception(
    "Nothing is learned here: `train` leaves the parameters as they are.", loses=4, elsewhere={"two_layer_net": 6}
)
class NeverLearns(RightNet):
    def update(self, x, truth, learning_rate):
        pass
