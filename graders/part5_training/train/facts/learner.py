"""Train a model of the student's from known states, and observe where training starts and what single steps do."""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from fairgrade.grading import CheckFailed, FloatArray, State, StateForm, StudentError
from graders.part5_training.train.observe import (
    STANDSTILL_RATE,
    by_formula,
    expect_array_or_none,
    forward_of,
    trained_from,
)

N_INPUTS = 9
"""The number of inputs of every model that is measured: that of the lesson, which may be written into the code."""

FAR_TOO_MANY = 150
"""With more entries than this after one epoch, further measurements would take too long."""


class TrainsForTooLong(CheckFailed):
    """The class trains for hundreds of epochs when one is asked for."""


AT_RANDOM = "from new weights at random"
"""The start of a training that draws weights from a generator of its own: its steps can't be measured."""


@dataclass(frozen=True)
class Step:
    """The state of a model before and after training on one sample."""

    before: State
    x: FloatArray
    y: float
    rate: float
    after: State


class Learner:
    """A model of the student's that can be trained from known states.

    Attributes
    ----------
    starts : str
        Where a training starts from, in words.
    start : State
        The state it starts from if the model is in the state `written`.
    accumulates : bool
        Whether a second training appends to the histories of the first.
    """

    def __init__(self, TrainablePerceptron: Any, rng: np.random.Generator) -> None:
        self.model = TrainablePerceptron(N_INPUTS)
        self._rng = rng
        self._copies = 1
        self._form: StateForm | None = None
        self.written = State(rng.choice([-1, 1], N_INPUTS) * rng.uniform(0.3, 0.8, N_INPUTS), 0.25)
        self.accumulates = self._watch()
        self.starts, self.start = self._begin()
        self.forgets = self.starts.endswith("each epoch")
        self.forward = forward_of(self.model, self.written, rng.normal(0, 1, (3, N_INPUTS)))
        x, minus = self.sample(0.5), State(self.written.weights, -self.written.bias)
        # A class that subtracts the bias in forward has to move it the other way.
        self.bias_sign = -1.0 if np.isclose(self.forward(self.written, x), by_formula(minus, x)) else 1.0

    def train(
        self,
        X: FloatArray,
        y: FloatArray,
        rate: float,
        epochs: int = 1,
        state: State | None = None,
        seed: int = 1,
    ) -> State:
        """Train from the written state or another, with the global generators seeded; return the state at the end."""
        np.random.seed(seed)
        random.seed(seed)
        start = self.written if state is None else state
        end, self._form = trained_from(self.model, start, X, y, rate, epochs, self._form)
        return end

    def train_on_one(self, x: FloatArray, y: float, rate: float, epochs: int = 1, state: State | None = None) -> State:
        """Train on a single sample, given twice to a class that leaves out one of its samples."""
        return self.train(np.tile(x, (self._copies, 1)), np.full(self._copies, y), rate, epochs, state)

    def history(self, name: str, before: int = 0) -> FloatArray:
        """Return what the last training recorded, given how long the history was before."""
        history = expect_array_or_none(getattr(self.model, name)).ravel()
        return history[before:] if self.accumulates else history

    def _watch(self) -> bool:
        """Find out with two short trainings whether histories accumulate.

        Raises
        ------
        TrainsForTooLong
        """
        lengths = []
        for _ in range(2):
            try:
                self.train_on_one(np.zeros(N_INPUTS), 1.0, STANDSTILL_RATE)
            except StudentError:
                if self._copies > 1:
                    raise
                self._copies = 2
                self.train_on_one(np.zeros(N_INPUTS), 1.0, STANDSTILL_RATE)
            losses, accuracies = map(expect_array_or_none, (self.model.loss_history, self.model.accuracy_history))
            if np.isnan(losses).any() or np.isnan(accuracies).any():
                self._copies = 2  # the mean of nothing
            lengths.append(losses.size)
            if lengths[0] > FAR_TOO_MANY:
                raise TrainsForTooLong("It trains for hundreds of epochs where one is asked for.")
        return lengths[0] < lengths[1]

    def _begin(self) -> tuple[str, State]:
        nothing = np.zeros(N_INPUTS)  # for which no rule moves the weights
        # Whole numbers stay the same in a class that rounds.
        whole = State(self._rng.choice([-1, 1], N_INPUTS) * self._rng.integers(1, 5, N_INPUTS), 12.0)
        end = self.train_on_one(nothing, 1.0, STANDSTILL_RATE, state=whole)
        if np.allclose(end.weights, whole.weights, atol=1e-4):
            return "where the model is", self.written
        ends = [self.train_on_one(nothing, label, STANDSTILL_RATE) for label in (0.0, 1.0)]
        again = self.train_on_one(nothing, 0.0, STANDSTILL_RATE)
        if not np.allclose(again.weights, ends[0].weights, atol=1e-4):
            return AT_RANDOM, ends[0]
        # Steps without a learning rate still move the bias: by opposite steps, or for one label only.
        biases = [end.bias for end in ends]
        bias = sum(biases) / 2 if np.isclose(abs(biases[0]), abs(biases[1]), atol=0) else min(biases, key=abs)
        start = State(ends[0].weights, bias)
        if not np.allclose(end.weights, start.weights, atol=1e-4):
            return "from other weights", start
        return "from new weights, each epoch" if self._forgets() else "from new weights", start

    def _forgets(self) -> bool:
        """Whether a second epoch ends where the first does, for labels that can't all be predicted right."""
        X, y = np.outer([1.0, 0.0, -1.0], self.sample(1.0)), np.array([1.0, 0.0, 1.0])
        once, twice = (self.train(X, y, 0.5, epochs) for epochs in (1, 2))
        return once.is_close(twice) and np.size(expect_array_or_none(self.model.loss_history)) > 1

    def use_two_copies(self) -> None:
        """From now on, give a single sample to the class twice."""
        self._copies = 2

    def sample(self, z: float) -> FloatArray:
        """Draw a sample with a weighted sum of `z` in the written state."""
        x = self._rng.normal(0, 0.6, N_INPUTS)
        w = self.written.weights
        return x + w * (z - self.written.bias - x @ w) / (w @ w)

    def steps(self, later: bool = False) -> list[Step]:
        """Take single steps: both labels, predictions on both sides of one half, near and far, three learning rates.

        They are the steps of a first epoch; with `later`, of a second, for classes with an epoch too few or too many.
        """
        found = []
        for number, (y, side) in enumerate(product((0.0, 1.0), (-1.0, 1.0, -0.3, 0.3))):
            x, rate = self.sample(side * self._rng.uniform(0.8, 1.6)), (0.5, 0.2, 0.9)[number % 3]
            once = self.train_on_one(x, y, rate)
            if not later:
                found.append(Step(self.start, x, y, rate, once))
            if later or (
                self.start is not self.written and not self.forgets
            ):  # new starts may be alike for all, and a second step is not
                found.append(Step(once, x, y, rate, self.train_on_one(x, y, rate, epochs=2)))
        return found
