"""By what rule a class moves its weights and its bias, found from single steps.

Told relative to where training starts from and to the class's own ``forward``, so that a mistake there does not hide
the rule. Mistakes that come in many sizes, such as a learning rate written into the code, are one rule with another
number.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np

from fairgrade.grading import CheckFailed, FloatArray, State, StudentError, read_state, write_state
from graders.part5_training.train.observe import TINY, by_formula, expect_array_or_none, forward_of, trained
from graders.part5_training.train.reference import sigmoid

N = 9
"""The inputs of every model that is measured: a class may be written for those of the lesson."""

FAR_TOO_MANY = 150
"""Entries in the history of one epoch from which on measuring any further takes too long."""


class TrainsForTooLong(CheckFailed):
    """The class trains for hundreds of epochs where one is asked for."""


AT_RANDOM = "from new weights at random"
"""Where a training starts from that draws weights from a generator of its own: what it does then can't be told."""


@dataclass(frozen=True)
class Step:
    """What one sample did to a model: its state before and after."""

    before: State
    x: FloatArray
    y: float
    rate: float
    after: State


class Learner:
    """A model of the student's that is trained from states that are known.

    Attributes
    ----------
    starts : str
        Where a training starts from, in words.
    start : State
        Where it starts from if the model is in the state `written`.
    accumulates : bool
        Whether a training adds to the histories of the one before.
    """

    def __init__(self, TrainablePerceptron: Any, rng: np.random.Generator) -> None:
        self.model = TrainablePerceptron(N)
        self._rng = rng
        self._copies = 1
        self.written = State(rng.choice([-1, 1], N) * rng.uniform(0.3, 0.8, N), 0.25)
        self.accumulates = self._watch()
        self.starts, self.start = self._begin()
        self.forgets = self.starts.endswith("each epoch")
        self.forward = forward_of(self.model, self.written, rng.normal(0, 1, (3, N)))
        x, minus = self.sample(0.5), State(self.written.weights, -self.written.bias)
        # Whoever subtracts the bias in forward has to move it the other way.
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
        """Where training leads from the written state, or from another. The seed is that of the global generators."""
        write_state(self.model, self.written if state is None else state)
        np.random.seed(seed)
        random.seed(seed)
        trained(self.model, X, y, rate, epochs)
        return read_state(self.model, N)

    def train_on_one(self, x: FloatArray, y: float, rate: float, epochs: int = 1, state: State | None = None) -> State:
        """The same with a single sample; twice the same where a class that leaves one out can't do with one."""
        return self.train(np.tile(x, (self._copies, 1)), np.full(self._copies, y), rate, epochs, state)

    def history(self, name: str, before: int = 0) -> FloatArray:
        """What the last training recorded, given how long the history was before."""
        history = expect_array_or_none(getattr(self.model, name)).ravel()
        return history[before:] if self.accumulates else history

    def _watch(self) -> bool:
        """Whether histories accumulate, from two short trainings.

        Raises
        ------
        TrainsForTooLong
        """
        lengths = []
        for _ in range(2):
            try:
                self.train_on_one(np.zeros(N), 1.0, TINY)
            except StudentError:
                if self._copies > 1:
                    raise
                self._copies = 2
                self.train_on_one(np.zeros(N), 1.0, TINY)
            losses, accuracies = map(expect_array_or_none, (self.model.loss_history, self.model.accuracy_history))
            if np.isnan(losses).any() or np.isnan(accuracies).any():
                self._copies = 2  # the mean of nothing
            lengths.append(losses.size)
            if lengths[0] > FAR_TOO_MANY:
                raise TrainsForTooLong("It trains for hundreds of epochs where one is asked for.")
        return lengths[0] < lengths[1]

    def _begin(self) -> tuple[str, State]:
        # With x = 0 no rule of learning moves the weights. They are whole numbers, which a class that rounds keeps.
        whole = State(self._rng.choice([-1, 1], N) * self._rng.integers(1, 5, N), 12.0)
        end = self.train_on_one(np.zeros(N), 1.0, TINY, state=whole)
        if np.allclose(end.weights, whole.weights, atol=1e-4):
            return "where the model is", self.written
        ends = [self.train_on_one(np.zeros(N), label, TINY) for label in (0.0, 1.0)]
        if not np.allclose(self.train_on_one(np.zeros(N), 0.0, TINY).weights, ends[0].weights, atol=1e-4):
            return AT_RANDOM, ends[0]
        # Steps without a learning rate move the bias even so: by opposite steps, or for one label alone.
        biases = [end.bias for end in ends]
        bias = sum(biases) / 2 if np.isclose(abs(biases[0]), abs(biases[1]), atol=0) else min(biases, key=abs)
        start = State(ends[0].weights, bias)
        if not np.allclose(end.weights, start.weights, atol=1e-4):
            return "from other weights", start
        return "from new weights, each epoch" if self._forgets() else "from new weights", start

    def _forgets(self) -> bool:
        """Whether a second epoch leads where the first one does, on labels that no class gets right."""
        X, y = np.outer([1.0, 0.0, -1.0], self.sample(1.0)), np.array([1.0, 0.0, 1.0])
        once, twice = (self.train(X, y, 0.5, epochs) for epochs in (1, 2))
        return once.is_close(twice) and np.size(expect_array_or_none(self.model.loss_history)) > 1

    def use_two_copies(self) -> None:
        """Have a single sample stand twice in what the class is given."""
        self._copies = 2

    def sample(self, z: float) -> FloatArray:
        """A sample with a weighted sum of `z` in the written state."""
        x = self._rng.normal(0, 0.6, N)
        w = self.written.weights
        return x + w * (z - self.written.bias - x @ w) / (w @ w)

    def steps(self, later: bool = False) -> list[Step]:
        """Single steps: either label on either side of one half, near and far, with three learning rates.

        The steps of a first epoch; or those of a second if `later`, for classes with an epoch too few or too many.
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


# -- what a step may be a multiple of -------------------------------------------------------------

MISTAKES_ALONE = "the error where the label is predicted wrong"

ERRORS: dict[str, Callable[[float, float, float], float]] = {
    "the error": lambda p, z, y: p - y,
    "the error of the label": lambda p, z, y: float(p >= 0.5) - y,
    "the error of the label, above one half": lambda p, z, y: float(p > 0.5) - y,
    "the error of the label, by a sum above 0": lambda p, z, y: float(z > 0) - y,
    "the error of the label, by a sum of at least 0": lambda p, z, y: float(z >= 0) - y,
    "the error of the weighted sum": lambda p, z, y: z - y,
    "the error times the slope of the sigmoid": lambda p, z, y: (p - y) * p * (1 - p),
    "the error times the slope at the prediction": lambda p, z, y: (p - y) * float(sigmoid(p) * (1 - sigmoid(p))),
    "the error of the sigmoid of the prediction": lambda p, z, y: float(sigmoid(p)) - y,
    MISTAKES_ALONE: lambda p, z, y: (p - y) * float((p >= 0.5) != (y == 1)),
    "the distance from label 1": lambda p, z, y: p - 1,
    "the distance from label 0": lambda p, z, y: p,
    "the error of samples with label 1": lambda p, z, y: (p - y) * y,
    "the error from labels of plus and minus 1": lambda p, z, y: p - (2 * y - 1),
    "the sign of the error": lambda p, z, y: float(np.sign(p - y)),
}
"""From the prediction, the weighted sum and the label. What follows a comma makes a difference at one half alone."""


@dataclass(frozen=True)
class Rule:
    """A step is minus `factor` times an error, times the learning rate if it is `rated`, times x if it is `along_x`.

    A weight is first multiplied by one minus `decay`, times the learning rate if the decay is `rated_decay`. The
    error is that of a prediction `with_bias` or without, and for the bias perhaps of a prediction made `again`. Where
    samples are `centred`, one that stands for all is zeros to the class.
    """

    error: str
    factor: float
    rated: bool = True
    along_x: bool = True
    decay: float = 0.0
    rated_decay: bool = True
    with_bias: bool = True
    again: bool = False
    centred: bool = False

    def move(self, error: float, x: Any, rate: float, before: Any) -> Any:
        """How far a step goes."""
        size = -self.factor * error * (rate if self.rated else 1.0)
        fades = self.decay * (rate if self.rated_decay else 1.0)
        return size * (x if self.along_x else np.ones_like(x)) - fades * before


STANDS = Rule("nothing", 0.0)


@dataclass(frozen=True)
class Rules:
    """The rules of a class's weights and of its bias, None where none fits; and how coarsely it stores values."""

    learner: Learner
    weights: Rule | None
    bias: Rule | None
    grain: float

    @classmethod
    def of(cls, learner: Learner) -> Rules:
        """Those that fit single steps of the class."""
        found = cls._from(learner, learner.steps())
        if found.known and not found.stands_still:
            return found
        later = cls._from(learner, learner.steps(later=True))
        if found.stands_still and later.stands_still:
            learner.use_two_copies()
            later = cls._from(learner, learner.steps())
        return later if later.known and not later.stands_still else found

    @classmethod
    def _from(cls, learner: Learner, steps: Sequence[Step]) -> Rules:
        grain = grain_of(steps)
        weights = rule_of_weights(learner, steps, grain)
        return cls(learner, weights, rule_of_bias(learner, steps, grain), grain)

    @property
    def known(self) -> bool:
        """Whether both are."""
        return self.weights is not None and self.bias is not None

    @property
    def stands_still(self) -> bool:
        """Whether nothing moves."""
        return self.weights is STANDS and self.bias is STANDS

    @property
    def centred(self) -> bool:
        """Whether samples are seen relative to their mean, so that one by itself shows nothing of the weights."""
        return self.bias is not None and self.bias.centred

    @property
    def skips_what_is_right(self) -> bool:
        """Whether samples that are predicted right move nothing."""
        return all(rule is not None and rule.error == MISTAKES_ALONE for rule in (self.weights, self.bias))

    def without_skipping(self) -> Rules:
        """The same rules if all samples count."""
        weights, bias = (rule and replace(rule, error="the error") for rule in (self.weights, self.bias))
        return replace(self, weights=weights, bias=bias)

    def step(self, state: State, x: FloatArray, y: float, rate: float) -> State:
        """Where one sample leads; by the right rule where none is known."""
        w, b = self.weights or Rule("the error", 1.0), self.bias or Rule("the error", 1.0)
        moved = state.weights + w.move(error_by(self.learner, w, state, x, y), x, rate, state.weights)
        seen = State(moved, state.bias) if b.again else state
        step = self.learner.bias_sign * b.move(error_by(self.learner, b, seen, x, y), 1.0, rate, 0.0)
        return State(moved, float(state.bias + step))


def error_by(learner: Learner, rule: Rule, state: State, x: FloatArray, y: float) -> float:
    """The error that a rule goes by in a state."""
    if rule is STANDS:
        return 0.0
    seen = state if rule.with_bias else State(state.weights, 0.0)
    x = np.zeros_like(x) if rule.centred else x
    return ERRORS[rule.error](float(learner.forward(seen, x)), float(seen.weights @ x + seen.bias), y)


# -- the rule that fits ---------------------------------------------------------------------------


def rule_of_weights(learner: Learner, steps: Sequence[Step], grain: float) -> Rule | None:
    """The rule by which the weights move."""
    moves = np.concatenate([step.after.weights - step.before.weights for step in steps])
    if not np.isfinite(moves).all():
        return None
    if np.abs(moves).max() < 1e-9:
        return STANDS
    for with_bias, name in product((True, False), ERRORS):
        errors = errors_of(learner, steps, Rule(name, 1.0, with_bias=with_bias))
        for along_x, rated in product((True, False), repeat=2):
            unit = Rule(name, 1.0, rated, along_x, with_bias=with_bias)
            pulls = np.concatenate([unit.move(e, s.x, s.rate, 0.0) for e, s in zip(errors, steps, strict=True)])
            if (factor := multiple(moves, pulls, grain)) is not None:
                return Rule(name, factor, rated, along_x, with_bias=with_bias)
            for rated_decay in (True, False) if with_bias and along_x else ():
                fades = np.concatenate([-(s.rate if rated_decay else 1.0) * s.before.weights for s in steps])
                if (both := multiples(moves, pulls, fades)) is not None:
                    return Rule(name, both[0], rated, along_x, both[1], rated_decay, with_bias)
    return None


def rule_of_bias(learner: Learner, steps: Sequence[Step], grain: float) -> Rule | None:
    """The rule by which the bias moves."""
    moves = np.array([step.after.bias - step.before.bias for step in steps])
    if not np.isfinite(moves).all():
        return None
    if np.abs(moves).max() < 1e-9:
        return STANDS
    if all(np.allclose(step.after.weights, step.before.weights, atol=1e-9) for step in steps):
        for with_bias in (True, False):
            rule = Rule("the error", 1.0, with_bias=with_bias, centred=True)
            errors = errors_of(learner, steps, rule)
            pulls = np.array([rule.move(e, 1.0, s.rate, 0.0) for e, s in zip(errors, steps, strict=True)])
            if np.allclose(learner.bias_sign * pulls, moves, rtol=1e-4, atol=1e-8 + grain):
                return rule
    for with_bias, again, name in product((True, False), (False, True), ERRORS):
        errors = errors_of(learner, steps, Rule(name, 1.0, with_bias=with_bias, again=again))
        for rated in (True, False):
            pulls = np.array([-(s.rate if rated else 1.0) * e for e, s in zip(errors, steps, strict=True)])
            if (factor := multiple(moves, pulls, grain)) is not None:
                return Rule(name, learner.bias_sign * factor, rated, with_bias=with_bias, again=again)
    return None


def errors_of(learner: Learner, steps: Sequence[Step], rule: Rule) -> list[float]:
    """The error of each step, by a rule; predicted again, if so, after the weights have moved."""
    states = [State(s.after.weights, s.before.bias) if rule.again else s.before for s in steps]
    return [error_by(learner, rule, state, s.x, s.y) for state, s in zip(states, steps, strict=True)]


def multiple(moves: FloatArray, pulls: FloatArray, grain: float) -> float | None:
    """The number that makes one of the other; None if no number does."""
    size = float(pulls @ pulls)
    factor = float(moves @ pulls) / size if size > 1e-12 else 0.0
    near = abs(factor) > 1e-6 and np.allclose(factor * pulls, moves, rtol=1e-4, atol=1e-8 + grain)
    return factor if near else None


def multiples(moves: FloatArray, pulls: FloatArray, fades: FloatArray) -> tuple[float, float] | None:
    """The two numbers that make one of two others; None if none do."""
    if min(float(pulls @ pulls), float(fades @ fades)) < 1e-12 or not np.isfinite(pulls).all():
        return None
    (factor, decay), *_ = np.linalg.lstsq(np.column_stack([pulls, fades]), moves)
    near = np.allclose(factor * pulls + decay * fades, moves, rtol=1e-4, atol=1e-8)
    return (float(factor), float(decay)) if near and abs(factor) > 1e-6 else None


def grain_of(steps: Sequence[Step]) -> float:
    """How coarsely the values are stored: half a unit of the last decimal if they are rounded, else 0."""
    values = np.concatenate([[*step.after.weights, step.after.bias] for step in steps])
    for decimals in (2, 3, 4, 5, 6):
        if np.allclose(values, np.round(values, decimals), rtol=0, atol=1e-12):
            return 0.51 * 10.0**-decimals
    return 0.0
