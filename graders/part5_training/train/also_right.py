"""Training loops that are unusual and right, and changes of the reference that make no difference."""

from __future__ import annotations

import math

import numpy as np

from graders.part5_training.binary_cross_entropy import mean_cross_entropy as binary_cross_entropy
from graders.part5_training.gradients import sample_gradients as gradients
from graders.part5_training.train.reference import RightPerceptron, exercise, sigmoid


@exercise.variant
class ErrorSignFoldedIn(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        error = y_true - y_pred
        self.weights += learning_rate * error * x
        self.bias += learning_rate * error


@exercise.variant
class UpdatesItsWeightsInPlace(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        step = learning_rate * (y_pred - y_true)
        self.weights -= step * x
        self.bias -= step


@exercise.variant
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


@exercise.variant
class WeightsAsAColumn(RightPerceptron):
    def __init__(self, n_inputs):
        super().__init__(n_inputs)
        self.weights = self.weights.reshape(-1, 1)

    def forward(self, x):
        return float(sigmoid(np.asarray(x).reshape(1, -1) @ self.weights + self.bias)[0, 0])

    def update(self, x, y_true, y_pred, learning_rate):
        self.weights = self.weights - learning_rate * (y_pred - y_true) * x.reshape(-1, 1)
        self.bias = self.bias - learning_rate * (y_pred - y_true)


@exercise.variant
class BiasAsAnArray(RightPerceptron):
    def __init__(self, n_inputs):
        super().__init__(n_inputs)
        self.bias = np.zeros(1)

    def forward(self, x):
        return sigmoid(self.weights @ x + self.bias)[0]


@exercise.variant
class StartsAtZero(RightPerceptron):
    def __init__(self, n_inputs):
        super().__init__(n_inputs)
        self.weights = np.zeros(n_inputs)


@exercise.variant
class DrawsItsStartFromTheGlobalGenerator(RightPerceptron):
    def __init__(self, n_inputs):
        super().__init__(n_inputs)
        self.weights = np.random.randn(n_inputs) * 0.1


@exercise.variant
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


@exercise.variant
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


@exercise.variant
class HistoriesAsArrays(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        losses = super().train(X, y, learning_rate, epochs, verbose)
        self.loss_history, self.accuracy_history = np.array(losses), np.array(self.accuracy_history)
        return self.loss_history


@exercise.variant
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


@exercise.variant
class ReturnsACopyOfTheHistory(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        return tuple(super().train(X, y, learning_rate, epochs, verbose))


@exercise.variant
class SigmoidByTanh(RightPerceptron):
    def forward(self, x):
        return 0.5 * (1 + np.tanh(0.5 * (self.weights.dot(x) + self.bias)))


@exercise.variant
class SigmoidByCases(RightPerceptron):
    def forward(self, x):
        z = float(np.sum(self.weights * x)) + self.bias
        if z >= 0:
            return 1 / (1 + math.exp(-z))
        return math.exp(z) / (1 + math.exp(z))


@exercise.variant
class SigmoidOfAClippedSum(RightPerceptron):
    def forward(self, x):
        return 1 / (1 + np.exp(-np.clip(np.inner(self.weights, x) + self.bias, -500, 500)))


@exercise.variant
class PredictsBooleans(RightPerceptron):
    def predict(self, x):
        return self.forward(x) >= 0.5


@exercise.variant
class PredictsByTheSignOfTheSum(RightPerceptron):
    def predict(self, x):
        return int(np.dot(self.weights, x) + self.bias >= 0)


@exercise.variant
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


@exercise.variant
class LossInOneSum(RightPerceptron):
    def compute_loss(self, y_true, y_pred):
        eps = 1e-12
        return float(-np.log(np.where(y_true == 1, y_pred, 1 - y_pred) + eps))


@exercise.variant
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


@exercise.variant
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


@exercise.variant
class CallsEarlierWork(RightPerceptron):
    def compute_loss(self, y_true, y_pred):
        return binary_cross_entropy(np.array([y_true], dtype=float), np.array([y_pred], dtype=float))

    def update(self, x, y_true, y_pred, learning_rate):
        grad_weights, grad_bias = gradients(x, y_true, y_pred)
        self.weights = self.weights - learning_rate * grad_weights
        self.bias = self.bias - learning_rate * grad_bias


# -- changes of the reference that make no difference ---------------------------------------------

exercise.equivalent(
    "return np.exp(-np.logaddexp(0, -z))",
    "return np.exp(-np.logaddexp(-z, 0))",
    why="A sum is the same in either order.",
)
exercise.equivalent(
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
    exercise.equivalent(
        START, becomes, why="The loss of one neuron is convex: training leads to the same place from any start."
    )
CLIP = "p = min(max(y_pred, 1e-15), 1 - 1e-15)"
for becomes, why in {
    "p = min(1 - 1e-15, max(y_pred, 1e-15))": "The smaller of two numbers is the same in either order.",
    "p = min(max(1e-15, y_pred), 1 - 1e-15)": "The larger of two numbers is the same in either order.",
    "p = min(max(y_pred, 1.1e-15), 1 - 1e-15)": "Any epsilon from 1e-15 to 1e-6 is right.",
    "p = min(max(y_pred, 1e-15), 1 - 1.1e-15)": "Any epsilon from 1e-15 to 1e-6 is right.",
}.items():
    exercise.equivalent(CLIP, becomes, why=why)
EXACTLY_HALF = "It differs only for a confidence of exactly one half, which training never leaves behind."
exercise.equivalent(
    "return 1 if self.forward(x) >= 0.5 else 0", "return 1 if self.forward(x) > 0.5 else 0", why=EXACTLY_HALF
)
exercise.equivalent(
    "hits.append((y_pred >= 0.5) == (y_true == 1))", "hits.append((y_pred > 0.5) == (y_true == 1))", why=EXACTLY_HALF
)
exercise.equivalent(
    "def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):",
    "def train(self, X, y, learning_rate=0.1, epochs=100, verbose=False):",
    why="What is printed earns nothing and costs nothing.",
)
