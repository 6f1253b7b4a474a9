"""A wrong training loop of a network is paid for once, in the exercise that asks for the loop."""

from __future__ import annotations

import numpy as np
import pytest

from graders.part7_hidden_layers.forward import forward_pass
from graders.part7_hidden_layers.learns_any_position import exercise as learns
from graders.part7_hidden_layers.two_layer_net import RightNet
from graders.part7_hidden_layers.two_layer_net import exercise as two_layer_net
from tests.graders.work import STUDENTS, graded

NEVER_LEARNS = {"starts_at_zero"}


@pytest.mark.parametrize("wrong", two_layer_net.misconceptions.values(), ids=lambda wrong: wrong.name)
def test_what_the_loop_is_charged_for_costs_nothing_again(wrong):
    """Unless the weights of both layers stay where they are, or become zeros."""
    lost = 4 if wrong.name in NEVER_LEARNS else 0
    assert wrong.elsewhere.get("learns_any_position", 0) == lost
    assert graded(learns, wrong.code, STUDENTS[3]).earned == learns.points - lost


class Batch(RightNet):
    """Updates once per epoch, in code that shares nothing with the bank's."""

    def epoch(self, X, y, learning_rate):
        W1, b1, W2, b2 = (self.params[key] for key in ("W1", "b1", "W2", "b2"))
        hidden = np.tanh(X @ W1 + b1)
        off = (1 / (1 + np.exp(-(hidden @ W2 + b2))) - y) / len(y)
        back = np.outer(off, W2) * (1 - hidden**2)
        losses, hits = super().epoch(X, y, 0.0)
        rate = learning_rate
        self.params = {"W1": W1 - rate * X.T @ back, "b1": b1 - rate * back.sum(axis=0)}
        self.params |= {"W2": W2 - rate * hidden.T @ off, "b2": b2 - rate * off.sum()}
        return losses, hits


def test_the_student_reads_what_is_charged_already():
    """The note names the mistake."""
    score = graded(learns, Batch)
    assert score.earned == learns.points
    notes = {result.outcome.note for result in score.results}
    (note,) = notes
    assert note.endswith("for a reason that is charged already: test_two_layer_net, updates once per epoch.")


class BatchThatVotesByChance(Batch):
    """Its votes don't follow from what the charged mistake learns."""

    def predict(self, X):
        return (np.arange(len(X)) % 2).astype(int)


class BatchThatForgets(Batch):
    """Its parameters end elsewhere than the charged mistake leads."""

    def train(self, X, y, learning_rate=0.1, epochs=20):
        losses = super().train(X, y, learning_rate, epochs)
        if len(X) > 12:
            self.params = {key: 0.1 * np.asarray(value) for key, value in self.params.items()}
        return losses


class FillsItsHistories(RightNet):
    """Never moves a parameter."""

    def train(self, X, y, learning_rate=0.1, epochs=20):
        y_hat = forward_pass(X, self.params)[1]
        self.loss_history = [float(np.mean(-np.log(np.where(y == 1, y_hat, 1 - y_hat))))] * epochs
        self.accuracy_history = [float(np.mean((y_hat >= 0.5) == (y == 1)))] * epochs
        return self.loss_history


class MovesTheLastBiasAlone(RightNet):
    """Learns how many samples have which label, and nothing of the images."""

    def update(self, x, truth, learning_rate):
        self.params["b2"] = self.params["b2"] - learning_rate * self.gradients(x, truth)["b2"]


@pytest.mark.parametrize(
    "wrong",
    [BatchThatVotesByChance, BatchThatForgets, FillsItsHistories, MovesTheLastBiasAlone],
    ids=lambda c: c.__name__,
)
def test_what_the_charged_mistake_does_not_explain_is_charged(wrong):
    """An excuse needs the same parameters and the same labels, and a network that has learned something."""
    assert graded(two_layer_net, wrong).earned < two_layer_net.points
    assert graded(learns, wrong).earned == 0
