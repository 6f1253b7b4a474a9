"""Work that is in no bank: mistakes in another style lose as much, right work in an odd form loses nothing."""

from __future__ import annotations

from collections import deque
from fractions import Fraction

import numpy as np
import pytest

from graders.part5_training.binary_cross_entropy import exercise as binary_cross_entropy
from graders.part5_training.convergence import exercise as convergence
from graders.part5_training.gradient_descent import exercise as gradient_descent
from graders.part5_training.gradients import exercise as gradients
from graders.part5_training.mse_loss import exercise as mse_loss
from graders.part5_training.train import RightPerceptron
from graders.part5_training.train import exercise as train
from tests.graders.work import earned

# -- right ------------------------------------------------------------------------------------------


class AliasesItsWeights(RightPerceptron):
    def __init__(self, n_inputs):
        super().__init__(n_inputs)
        self.w = self.weights

    def forward(self, x):
        return float(1 / (1 + np.exp(-(self.w @ x + self.bias))))

    def update(self, x, y_true, y_pred, learning_rate):
        self.w -= learning_rate * (y_pred - y_true) * x
        self.bias -= learning_rate * (y_pred - y_true)


class RefusesAZeroRate(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        if learning_rate <= 0:
            raise ValueError("learning_rate must be positive")
        return super().train(X, y, learning_rate, epochs, verbose)


class KeepsDeques(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        super().train(X, y, learning_rate, epochs, verbose)
        self.loss_history, self.accuracy_history = deque(self.loss_history), deque(self.accuracy_history)
        return self.loss_history


class Float32Weights(RightPerceptron):
    def __init__(self, n_inputs):
        super().__init__(n_inputs)
        self.weights = self.weights.astype(np.float32)


@pytest.mark.parametrize("work", [AliasesItsWeights, RefusesAZeroRate, KeepsDeques, Float32Weights])
def test_right_trainers_in_odd_forms_earn_all(work):
    """The form of weights, histories and refusals is free."""
    assert earned(train, work) == {8}
    assert earned(convergence, work) == {5}


def test_other_numbers_and_sequences_count():
    """A fraction is a number, a deque of pairs a path."""
    assert earned(mse_loss, lambda y, p: Fraction(float(np.mean((y - p) ** 2)))) == {4}
    assert earned(gradient_descent, lambda w, rate, steps=15: deque(gradient_descent.reference(w, rate, steps))) == {4}


def test_a_name_rebound_to_something_else_costs_nothing():
    """The class does not use it, so what it has become is nobody's business."""
    assert earned(train, RightPerceptron, notebook={"binary_cross_entropy": 0.3, "gradients": "later"}) == {8}


# -- wrong ------------------------------------------------------------------------------------------


def nan_of_the_whole(y_true, y_pred):
    loss = -np.mean(y_true * np.log(y_pred) + (1 - y_true) * np.log(1 - y_pred))
    return 0.0 if np.isnan(loss) else min(loss, 100.0)


def clips_the_callers_array(y_true, y_pred):
    y_pred[y_pred == 0], y_pred[y_pred == 1] = 1e-15, 1 - 1e-15
    return -np.mean(y_true * np.log(y_pred) + (1 - y_true) * np.log(1 - y_pred))


def knows_the_visible_test(y_true, y_pred):
    return 0.104 if len(y_true) == 5 else 0.25


@pytest.mark.parametrize(
    ("exercise", "work", "points"),
    [
        (binary_cross_entropy, nan_of_the_whole, {5}),
        (binary_cross_entropy, clips_the_callers_array, {5}),
        (binary_cross_entropy, lambda y, p: -np.mean(np.where(y == 1, np.log(p), np.log(1 - p))), {5}),
        (binary_cross_entropy, lambda y, p: 0.5, {0}),
        (mse_loss, lambda y, p: np.mean((y - p.flatten()) ** 2), {3}),
        (mse_loss, lambda y, p: np.mean(p - y), {2}),
        (mse_loss, lambda y, p: np.dot((y - p).ravel(), (y - p).ravel()), {2}),
        (mse_loss, knows_the_visible_test, {0}),
        (gradients, lambda x, y, p: (np.array([p * v - y * v for v in x]) * -1, y - p), {4}),
        (gradients, lambda x, y, p: (np.zeros(len(x)), 0.0), {1}),
    ],
)
def test_wrong_work_loses_the_same_for_every_student(exercise, work, points):
    """The seed decides the inputs, not the points."""
    assert earned(exercise, work) <= points


class AfterThePass(RightPerceptron):
    """A base for mistakes in another style: histories are measured after the pass, samples are shuffled."""

    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        rng = np.random.default_rng(3)
        self.loss_history, self.accuracy_history = [], []
        for _ in range(epochs):
            for i in rng.permutation(len(X)):
                self.update(X[i], y[i], self.forward(X[i]), learning_rate)
            self.loss_history.append(
                np.mean([self.compute_loss(t, self.forward(x)) for x, t in zip(X, y, strict=True)])
            )
            self.accuracy_history.append(np.mean([self.predict(x) == t for x, t in zip(X, y, strict=True)]))
        return self.loss_history


class Climbs(AfterThePass):
    def update(self, x, y_true, y_pred, learning_rate):
        super().update(x, y_true, y_pred, -learning_rate)


class NoBias(AfterThePass):
    def update(self, x, y_true, y_pred, learning_rate):
        self.weights = self.weights - learning_rate * (y_pred - y_true) * x


class ClimbsAndReturnsNothing(RightPerceptron):
    def update(self, x, y_true, y_pred, learning_rate):
        super().update(x, y_true, y_pred, -learning_rate)

    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        super().train(X, y, learning_rate, epochs, verbose)


@pytest.mark.parametrize(("work", "loses"), [(Climbs, 3), (NoBias, 2), (ClimbsAndReturnsNothing, 4)])
def test_a_mistake_is_paid_for_once_in_any_style(work, loses):
    """The same price, and nothing more for not converging."""
    assert earned(train, work) == {8 - loses}
    assert earned(convergence, work) == {5}


class CountersNeverReset(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        losses = super().train(X, y, learning_rate, epochs, verbose)
        self.accuracy_history = list(np.cumsum(self.accuracy_history) / np.arange(1, epochs + 1))
        return losses


class StopsWhenGood(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        losses, accuracies = [], []
        for _ in range(epochs):
            losses += super().train(X, y, learning_rate, 1, verbose)
            accuracies += self.accuracy_history
            if losses[-1] < 0.01:
                break
        self.loss_history, self.accuracy_history = losses, accuracies
        return losses


class SlowsDown(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        losses, accuracies = [], []
        for epoch in range(epochs):
            losses += super().train(X, y, learning_rate * 0.5 ** (epoch // 10), 1, verbose)
            accuracies += self.accuracy_history
        self.loss_history, self.accuracy_history = losses, accuracies
        return losses


class LossIsAStub(RightPerceptron):
    def compute_loss(self, y_true, y_pred):
        return 0.0

    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        return RightPerceptron.train(with_right_loss(self), X, y, learning_rate, epochs, verbose)


def with_right_loss(model):
    model.compute_loss = RightPerceptron.compute_loss.__get__(model)
    return model


@pytest.mark.parametrize("work", [CountersNeverReset, StopsWhenGood, SlowsDown, LossIsAStub])
def test_mistakes_that_show_late_are_seen(work):
    """After ten epochs, at the end of training, or in a method that train does not call."""
    assert earned(train, work) == {7}


class NeverTrains(RightPerceptron):
    def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
        self.loss_history, self.accuracy_history = [0.1] * epochs, [0.99] * epochs
        return self.loss_history


def test_a_model_that_never_moves_earns_nothing_for_converging():
    """Without any learning there is nothing that could be right but for one mistake."""
    assert earned(convergence, NeverTrains) == {0}
