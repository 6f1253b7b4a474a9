"""Right work written in ways nobody listed passes; right work pushed off by an amount that shows does not.

The banks are examples, and checks could be tuned to them. Here work is put together at random from the
specification: any way to write an error with any way to square it with any way to average.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairgrade.grading import Submission, grading_for
from graders.part5_training.binary_cross_entropy import exercise as binary_cross_entropy
from graders.part5_training.convergence import exercise as convergence
from graders.part5_training.gradient_descent import exercise as gradient_descent
from graders.part5_training.gradients import exercise as gradients
from graders.part5_training.mse_loss import exercise as mse_loss
from graders.part5_training.train import RightPerceptron, sigmoid
from graders.part5_training.train import exercise as train
from tests.conftest import ASSIGNMENT
from tests.graders.work import graded

students = st.integers(0, 10**6).map(lambda n: Submission(ASSIGNMENT, f"h{n}"))
factors = st.one_of(st.floats(-3, 0.999), st.floats(1.001, 3))
shifts = st.one_of(st.floats(-2, -0.01), st.floats(0.01, 2))


def one_of(*items):
    return st.sampled_from(items)


# -- algebra ----------------------------------------------------------------------------------------

ERRORS = one_of(
    lambda y, p: y - p,
    lambda y, p: p - y,
    lambda y, p: -(p - y),
    lambda y, p: (1 - p) - (1 - y),
    np.subtract,
    lambda y, p: (3 * y - 3 * p) / 3,
    lambda y, p: np.where(y == 1, 1 - p, -np.asarray(p)),
)
SQUARES = one_of(
    lambda e: e**2,
    lambda e: e * e,
    np.square,
    lambda e: np.abs(e) ** 2,
    lambda e: np.exp(2 * np.log(np.abs(e) + 1e-300)),
    lambda e: (e + 1) ** 2 - 2 * e - 1,
    lambda e: np.power(-e, 2),
)
MEANS = one_of(
    np.mean,
    lambda v: np.sum(v) / np.size(v),
    lambda v: v.sum() / len(v),
    lambda v: math.fsum(np.ravel(v)) / v.shape[0],
    lambda v: sum(float(x) for x in np.ravel(v)) / len(v),
    np.average,
    lambda v: np.dot(np.ravel(v), np.full(np.size(v), 1 / np.size(v))),
    lambda v: np.mean(np.sort(np.ravel(v))[::-1]),
    lambda v: np.median(v) + np.mean(v - np.median(v)),
)


@settings(max_examples=60)
@given(students, ERRORS, SQUARES, MEANS)
def test_any_way_to_write_the_squared_error_is_right(student, error, square, mean):
    """The order of operations and the functions they are made of are free."""
    assert graded(mse_loss, lambda y, p: mean(square(error(y, p))), student).earned == mse_loss.points


EPSILONS = st.floats(-15, -6).map(lambda exponent: 10**exponent)
SURPRISES = one_of(
    lambda y, p: -(y * np.log(p) + (1 - y) * np.log(1 - p)),
    lambda y, p: -np.log(np.where(y == 1, p, 1 - p)),
    lambda y, p: np.log(1 / p) * y + np.log(1 / (1 - p)) * (1 - y),
    lambda y, p: -y * np.log(p) - (1 - y) * np.log1p(-p),
    lambda y, p: -np.log(p) * y - np.log2(1 - p) * np.log(2) * (1 - y),
    lambda y, p: np.logaddexp(0, np.log(p / (1 - p))) - y * np.log(p / (1 - p)),
    lambda y, p: -np.log(p**y * (1 - p) ** (1 - y)),
    lambda y, p: -np.log(y * p + (1 - y) * (1 - p)),
)


@settings(max_examples=60)
@given(students, EPSILONS, SURPRISES, MEANS)
def test_any_way_to_write_cross_entropy_is_right(student, epsilon, surprise, mean):
    """So is any epsilon from 1e-15 to 1e-6."""
    work = lambda y, p: mean(surprise(y, np.clip(p, epsilon, 1 - epsilon)))  # noqa: E731
    assert graded(binary_cross_entropy, work, student).earned == binary_cross_entropy.points


PRODUCTS = one_of(
    lambda e, x: e * x,
    lambda e, x: [e * value for value in x],
    lambda e, x: np.outer(e, x)[0],
    lambda e, x: -((-e) * np.asarray(x)),
    lambda e, x: x * e if np.any(x) else np.zeros_like(x),
    lambda e, x: np.einsum("i,->i", x, e),
)
SCALAR_ERRORS = one_of(
    lambda y, p: p - y,
    lambda y, p: -(y - p),
    lambda y, p: (p - y) / (p * (1 - p)) * p * (1 - p),
    lambda y, p: p * (1 - y) - (1 - p) * y,
    lambda y, p: p - 1 if y == 1 else p,
)


@settings(max_examples=60)
@given(students, SCALAR_ERRORS, PRODUCTS, one_of(tuple, list))
def test_any_way_to_write_the_gradients_is_right(student, error, product, pair):
    """The chain rule may be written out or collapsed."""
    work = lambda x, y, p: pair([product(error(y, p), x), error(y, p)])  # noqa: E731
    assert graded(gradients, work, student).earned == gradients.points


STEPS = one_of(
    lambda w, rate: w - rate * 2 * w,
    lambda w, rate: w * (1 - 2 * rate),
    lambda w, rate: w + -(2 * w) * rate,
    lambda w, rate: w - rate * ((w + 0.5) ** 2 - (w - 0.5) ** 2),
    lambda w, rate: (1 - rate) * w - rate * w,
)
PATHS = one_of(np.array, list, tuple, lambda rows: [list(row) for row in rows], lambda rows: np.array(rows).T.copy().T)


@settings(max_examples=60)
@given(students, STEPS, PATHS)
def test_any_way_to_write_the_descent_is_right(student, step, path):
    """The step may be factored, the path any table of numbers."""

    def walk(start_w, learning_rate, steps=15):
        rows = [(start_w, start_w**2 + 0.5)]
        for _ in range(steps):
            w = step(rows[-1][0], learning_rate)
            rows.append((w, w * w + 0.5))
        return path(rows)

    assert graded(gradient_descent, walk, student).earned == gradient_descent.points


SIGMOIDS = one_of(
    sigmoid,
    lambda z: 0.5 * (1 + np.tanh(z / 2)),
    lambda z: 1 / (1 + np.exp(-np.clip(z, -500, 500))),
    lambda z: 1 - sigmoid(-z),
)


@settings(max_examples=15)
@given(students, SIGMOIDS, SCALAR_ERRORS, PRODUCTS, MEANS, st.booleans())
def test_any_way_to_write_the_training_is_right(student, squash, error, product, mean, shuffles):
    """Each part in any form, in the order given or shuffled."""

    class Written(RightPerceptron):
        def forward(self, x):
            return squash(float(np.dot(x, self.weights)) + self.bias)

        def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
            losses, accuracies = [], []
            for _ in range(epochs):
                order = np.random.default_rng().permutation(len(X)) if shuffles else np.arange(len(X))
                chances = []
                for i in order:
                    chances.append(self.forward(X[i]))
                    # Saturated predictions leave nothing to divide by.
                    e = error(y[i], min(max(chances[-1], 1e-12), 1 - 1e-12))
                    self.weights = self.weights - learning_rate * np.asarray(product(e, X[i]))
                    self.bias -= learning_rate * e
                losses.append(mean(np.array([self.compute_loss(t, p) for t, p in zip(y[order], chances, strict=True)])))
                accuracies.append(mean(((np.array(chances) >= 0.5) == (y[order] == 1)).astype(float)))
            self.loss_history, self.accuracy_history = losses, accuracies
            return losses

    assert graded(train, Written, student).earned == train.points
    assert graded(convergence, Written, student).earned == convergence.points


# -- perturbation -----------------------------------------------------------------------------------


@settings(max_examples=60)
@given(students, factors, one_of(mse_loss, binary_cross_entropy))
def test_a_loss_off_by_a_factor_is_wrong(student, factor, exercise):
    """By a thousandth is enough."""
    assert graded(exercise, lambda y, p: factor * exercise.reference(y, p), student).earned < exercise.points


@settings(max_examples=60)
@given(students, shifts, one_of(mse_loss, binary_cross_entropy))
def test_a_loss_off_by_a_constant_is_wrong(student, shift, exercise):
    """Also where it is too large rather than too small."""
    assert graded(exercise, lambda y, p: exercise.reference(y, p) + shift, student).earned < exercise.points


@settings(max_examples=60)
@given(students, st.one_of(st.floats(1, 1.9), st.floats(2.1, 4)))
def test_another_power_of_the_error_is_wrong(student, power):
    """Not the absolute value, not the cube, nothing between."""
    assert graded(mse_loss, lambda y, p: np.mean(np.abs(y - p) ** power), student).earned < mse_loss.points


@settings(max_examples=60)
@given(students, factors, st.booleans())
def test_gradients_off_by_a_factor_are_wrong(student, factor, of_the_weights):
    """Whichever of the two it is."""

    def work(x, y, p):
        weights, bias = gradients.reference(x, y, p)
        return (factor * weights, bias) if of_the_weights else (weights, factor * bias)

    assert graded(gradients, work, student).earned < gradients.points


@settings(max_examples=60)
@given(students, st.integers(0, 3), shifts)
def test_a_gradient_with_one_wrong_entry_is_wrong(student, entry, shift):
    """Wherever the entry is."""

    def work(x, y, p):
        weights, bias = gradients.reference(x, y, p)
        weights = np.array(weights)
        weights[entry] += shift
        return weights, bias

    assert graded(gradients, work, student).earned < gradients.points


@settings(max_examples=60)
@given(students, factors, shifts, one_of("step", "offset", "loss"))
def test_a_descent_that_is_off_is_wrong(student, factor, shift, where):
    """In the length of a step, in where it leads, or in the loss beside it."""

    def walk(start_w, learning_rate, steps=15):
        w, rows = start_w, []
        for _ in range(steps + 1):
            rows.append((w, w**2 + 0.5 + (shift if where == "loss" else 0)))
            w = w - (factor if where == "step" else 1) * learning_rate * 2 * w + (shift if where == "offset" else 0)
        return np.array(rows)

    assert graded(gradient_descent, walk, student).earned < gradient_descent.points


@settings(max_examples=20)
@given(students, factors, one_of("weights", "bias", "loss", "accuracy"))
def test_a_training_that_is_off_by_a_factor_is_wrong(student, factor, where):
    """In either step, or in what it records."""

    class Off(RightPerceptron):
        def update(self, x, y_true, y_pred, learning_rate):
            error = y_pred - y_true
            self.weights = self.weights - (factor if where == "weights" else 1) * learning_rate * error * x
            self.bias = self.bias - (factor if where == "bias" else 1) * learning_rate * error

        def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
            super().train(X, y, learning_rate, epochs, verbose)
            for name in ("loss", "accuracy"):
                if where == name:
                    history = f"{name}_history"
                    setattr(self, history, [factor * value for value in getattr(self, history)])
            return self.loss_history

    with grading_for(student):
        assert sum(result.earned for result in train.run_checks(Off)) < train.points


@pytest.mark.parametrize("late", [5, 10, 20])
def test_a_training_that_goes_wrong_late_is_wrong(late):
    """After some epochs it stands still."""

    class StandsStill(RightPerceptron):
        def train(self, X, y, learning_rate=0.1, epochs=100, verbose=True):
            self.done = 0
            return super().train(X, y, learning_rate, epochs, verbose)

        def update(self, x, y_true, y_pred, learning_rate):
            self.done += 1
            if self.done <= late:
                super().update(x, y_true, y_pred, learning_rate)

    assert train.grade(StandsStill).earned < train.points
