"""The exercise, and its right solution.

The notebook asks for a class ``TrainablePerceptron(n_inputs)`` with ``weights``, ``bias``, ``loss_history``,
``accuracy_history``, ``forward(x)``, ``predict(x)``, ``compute_loss(y_true, y_pred)`` and ``train(X, y,
learning_rate=0.1, epochs=100, verbose=True)``: stochastic gradient descent, an update after each sample.
"""

from __future__ import annotations

import math

import numpy as np

from fairgrade.grading import Exercise
from graders.part5_training.binary_cross_entropy import exercise as binary_cross_entropy
from graders.part5_training.gradients import exercise as gradients


def sigmoid(z):
    return np.exp(-np.logaddexp(0, -z))


class RightPerceptron:
    """The right solution, in small methods so that a misconception can change just one of them."""

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

    def epoch(self, X, y, learning_rate):
        losses, hits = [], []
        for x, y_true in zip(X, y):
            y_pred = self.forward(x)
            losses.append(self.compute_loss(y_true, y_pred))
            hits.append((y_pred >= 0.5) == (y_true == 1))
            self.update(x, y_true, y_pred, learning_rate)
        return losses, hits

    def record(self, losses, hits):
        self.loss_history.append(sum(losses) / len(losses))
        self.accuracy_history.append(sum(hits) / len(hits))

    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        self.loss_history = []
        self.accuracy_history = []
        for epoch in range(epochs):
            self.record(*self.epoch(X, y, learning_rate))
            if verbose and epoch % 10 == 0:
                print(f"epoch {epoch}: loss {self.loss_history[-1]:.4f}, accuracy {self.accuracy_history[-1]:.0%}")
        return self.loss_history


exercise = Exercise(
    "train",
    points=8,
    reference=RightPerceptron,
    solution_name="TrainablePerceptron",
    solution_cell="trainable_perceptron",
    builds_on=(gradients, binary_cross_entropy),
    has_fact_probes=True,
)
