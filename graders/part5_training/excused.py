"""Pass a model that does not converge because of a mistake that ``test_train`` or ``test_gradients`` has charged.

A class that calls the student's own ``gradients`` is also tested with right ones. If it does not learn even then, and a
mistake that earlier tests have charged explains it, each check of convergence is passed with a note. The evidence is
direct: trained on the very same data, the charged misconception, or a right loop that follows the student's own
gradients, ends with the same weights and the same wrong predictions; or, for a class that shuffles, it fails as well
and some order of a few samples leads to the same weights. A model that learned nothing is no evidence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from typing import Any

import numpy as np

from fairgrade.grading import (
    CheckFailed,
    FloatArray,
    Gradients,
    Notebook,
    Passed,
    State,
    charged_mistakes,
    read_state,
    student_object,
    write_state,
)
from graders.part5_training.gradients import exercise as gradients
from graders.part5_training.train import RightPerceptron
from graders.part5_training.train import exercise as train
from graders.part5_training.train.observe import own_gradients
from graders.part5_training.train.probes import LEARNING


@dataclass(frozen=True)
class Training:
    """The data a model is trained on, the learning rate, and the state it starts from."""

    X: FloatArray
    y: FloatArray
    learning_rate: float
    start: State

    def run(self, TrainablePerceptron: Any, order: Sequence[int] | slice, epochs: int) -> Any:
        """Train a new model on some of the samples in an order, and return it."""
        model = TrainablePerceptron(self.X.shape[1])
        write_state(model, self.start)
        model.train(
            self.X[order].copy(), self.y[order].copy(), learning_rate=self.learning_rate, epochs=epochs, verbose=False
        )
        return model

    def some(self, n_samples: int) -> Training:
        """Return the same with the first few samples only."""
        return replace(self, X=self.X[:n_samples], y=self.y[:n_samples])

    def end(self, TrainablePerceptron: Any, order: Sequence[int]) -> State:
        """Train for one epoch on some of the samples, and return the state at the end."""
        return read_state(self.run(TrainablePerceptron, list(order), 1), self.start.weights.size)


class HasNotLearned(CheckFailed):
    """A trained model is wrong too often.

    Parameters
    ----------
    failure : CheckFailed
    training : Training
        What it was trained on.
    end : State
        The state after the training.
    X : ndarray of shape (n_samples, n_inputs)
    labels : ndarray of shape (n_samples,)
        The labels it predicted for X.
    """

    def __init__(self, failure: CheckFailed, training: Training, end: State, X: FloatArray, labels: FloatArray) -> None:
        super().__init__(failure.reason)
        self.training, self.end, self.X, self.labels = training, end, X, labels

    @property
    def shows_nothing(self) -> bool:
        """Whether training did not move the model, or set it to zeros, or predictions do not depend on it."""
        stands_still = self.end.is_close(self.training.start) or not (np.any(self.end.weights) or self.end.bias)
        votes = self.X @ self.end.weights + self.end.bias >= 0
        return stands_still or bool(np.ptp(self.labels) == 0 and votes.any() and not votes.all())

    def is_same_as(self, other: CheckFailed) -> bool:
        """Whether another model learned the same from the same data."""
        return (
            isinstance(other, HasNotLearned)
            and self.end.is_close(other.end, rtol=1e-4, atol=1e-7)
            and np.array_equal(self.labels, other.labels)
        )


def charged_already(
    failure: CheckFailed, TrainablePerceptron: Any, notebook: Notebook, again: Callable[[Any], CheckFailed | None]
) -> str | None:
    """Return a note if a mistake that an earlier exercise has charged explains why a check fails."""
    if isinstance(failure, HasNotLearned) and failure.shows_nothing:
        return None
    for reason, work in charged_before(TrainablePerceptron, notebook):
        known = again(work)
        if explains(known, failure) or learns_alike(TrainablePerceptron, work, known, failure):
            return f"The model does not learn well, for a reason that is charged already: {reason}."
    return None


def explains(known: CheckFailed | None, failure: CheckFailed) -> bool:
    """Whether known work fails in the same way: it learned the same, or the same error stopped it."""
    if known is None or isinstance(known, HasNotLearned):
        return known is not None and known.is_same_as(failure)
    return type(known) is type(failure) and known.reason == failure.reason


def learns_alike(TrainablePerceptron: Any, work: Any, known: CheckFailed | None, failure: CheckFailed) -> bool:
    """Whether known work fails as well, and some order of the samples leads it where the student's work goes.

    A class that shuffles takes the samples in another order each time; of three samples there are six orders.
    """
    if not (isinstance(known, HasNotLearned) and isinstance(failure, HasNotLearned)):
        return False
    few = failure.training.some(3)
    try:
        end = few.end(TrainablePerceptron, range(3))
        return any(end.is_close(few.end(student_object(work), order), 1e-4, 1e-7) for order in permutations(range(3)))
    except CheckFailed:
        return False


def charged_before(TrainablePerceptron: Any, notebook: Notebook) -> Iterator[tuple[str, Any]]:
    """Yield the charged mistakes that may keep the model from learning: in words, and as work that makes them."""
    passed = {r.name for r in train.score_of(TrainablePerceptron, notebook).results if isinstance(r.outcome, Passed)}
    # With wrong labels it may learn as it should.
    probes = LEARNING if "predict_asks_whether_forward_reaches_one_half" in passed else ()
    for mistake in charged_mistakes(train, TrainablePerceptron, notebook, probes):
        yield f"test_train, {mistake.members[0].diagnosis.title.lower()}", mistake.code
    own = own_gradients(notebook)
    if own is not None and gradients.score_of(notebook.get("gradients")).earned < gradients.points:
        yield "test_gradients", follower_of(own)


def follower_of(gradients: Gradients) -> Any:
    """Make a right loop that follows these gradients."""

    class Follows(RightPerceptron):
        def update(self, x, y_true, y_pred, learning_rate):
            state = State(self.weights, self.bias).step(gradients(x, y_true, y_pred), learning_rate)
            self.weights, self.bias = state.weights, state.bias

    return Follows
