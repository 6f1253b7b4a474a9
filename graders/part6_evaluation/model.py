"""A model for the exercises that look at one: the class of the notebook's setup where there is a notebook."""

from __future__ import annotations

from typing import Any

import numpy as np

from fairgrade.grading import Notebook


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


class TrainablePerceptron:
    """What the notebook's setup defines under this name."""

    def __init__(self, n_inputs):
        self.weights = 0.1 * np.random.default_rng().standard_normal(n_inputs)
        self.bias = 0.0
        self.loss_history = []
        self.accuracy_history = []

    def forward(self, x):
        return float(sigmoid(np.dot(self.weights, x) + self.bias))

    def predict(self, x):
        return 1 if self.forward(x) >= 0.5 else 0

    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        self.loss_history, self.accuracy_history = [], []
        for _ in range(epochs):
            confidences = []
            for x, truth in zip(X, y):
                confidences.append(self.forward(x))
                self.weights = self.weights - learning_rate * (confidences[-1] - truth) * x
                self.bias = self.bias - learning_rate * (confidences[-1] - truth)
            given = np.abs(np.asarray(y) + np.array(confidences) - 1)
            self.loss_history.append(float(np.mean(-np.log(np.maximum(given, 1e-12)))))
            self.accuracy_history.append(float(np.mean((np.array(confidences) >= 0.5) == (np.asarray(y) == 1))))
        return self.loss_history


def a_model(notebook: Notebook, rng: np.random.Generator, n_inputs: int = 9) -> Any:
    """Make a model with drawn weights and bias, and histories as after a training of three epochs."""
    given = notebook.get("TrainablePerceptron")
    model = (TrainablePerceptron if given is None else given)(n_inputs)
    model.weights = rng.normal(0, 1.5, n_inputs)
    model.bias = float(rng.normal(0, 0.5))
    model.loss_history, model.accuracy_history = [0.71, 0.43, 0.21], [0.52, 0.83, 0.97]
    return model
