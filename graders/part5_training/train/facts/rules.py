"""Find the rule by which a class moves its weights and its bias, from single steps.

A rule is relative to where training starts and to the class's own ``forward``, so that a mistake there does not hide
it. Mistakes that come in many sizes, such as a learning rate written into the code, are one rule with another number.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np

from fairgrade.grading import FloatArray, State
from graders.part5_training.train.facts.learner import Learner, Step
from graders.part5_training.train.reference import sigmoid

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
"""Each is a function of the prediction, the weighted sum and the label. What differs after a comma differs for
predictions of exactly one half alone."""


@dataclass(frozen=True)
class Rule:
    """A step is minus `factor` times an error, times the learning rate if it is `rated`, times x if it is `along_x`.

    A weight is first multiplied by one minus `decay`, times the learning rate if the decay is `rated_decay`. The
    error is that of a prediction `with_bias` or without; for the bias it may be that of a prediction made `again`. If
    samples are `centred`, a single sample becomes zeros.
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
        """Compute the step for an error."""
        size = -self.factor * error * (rate if self.rated else 1.0)
        fades = self.decay * (rate if self.rated_decay else 1.0)
        return size * (x if self.along_x else np.ones_like(x)) - fades * before


STANDS = Rule("nothing", 0.0)


@dataclass(frozen=True)
class Rules:
    """The rules of a class's weights and of its bias (None if none fits), and how coarsely it stores values."""

    learner: Learner
    weights: Rule | None
    bias: Rule | None
    grain: float

    @classmethod
    def of(cls, learner: Learner) -> Rules:
        """Find those that fit single steps of the class."""
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
        """Whether both rules are known."""
        return self.weights is not None and self.bias is not None

    @property
    def stands_still(self) -> bool:
        """Whether neither weights nor bias move."""
        return self.weights is STANDS and self.bias is STANDS

    @property
    def centred(self) -> bool:
        """Whether the class subtracts the mean of the samples, so that a single sample tells nothing of the weights."""
        return self.bias is not None and self.bias.centred

    @property
    def skips_what_is_right(self) -> bool:
        """Whether samples that are predicted right are skipped."""
        return all(rule is not None and rule.error == MISTAKES_ALONE for rule in (self.weights, self.bias))

    def without_skipping(self) -> Rules:
        """Return the same rules without skipping samples."""
        weights, bias = (rule and replace(rule, error="the error") for rule in (self.weights, self.bias))
        return replace(self, weights=weights, bias=bias)

    def step(self, state: State, x: FloatArray, y: float, rate: float) -> State:
        """Apply the rules to one sample; the right rule if none is known."""
        w, b = self.weights or Rule("the error", 1.0), self.bias or Rule("the error", 1.0)
        moved = state.weights + w.move(error_by(self.learner, w, state, x, y), x, rate, state.weights)
        seen = State(moved, state.bias) if b.again else state
        step = self.learner.bias_sign * b.move(error_by(self.learner, b, seen, x, y), 1.0, rate, 0.0)
        return State(moved, float(state.bias + step))


def error_by(learner: Learner, rule: Rule, state: State, x: FloatArray, y: float) -> float:
    """Compute the error that a rule uses in a state."""
    if rule is STANDS:
        return 0.0
    seen = state if rule.with_bias else State(state.weights, 0.0)
    x = np.zeros_like(x) if rule.centred else x
    return ERRORS[rule.error](float(learner.forward(seen, x)), float(seen.weights @ x + seen.bias), y)


# -- the rule that fits ---------------------------------------------------------------------------


def rule_of_weights(learner: Learner, steps: Sequence[Step], grain: float) -> Rule | None:
    """Find the rule by which the weights move."""
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
    """Find the rule by which the bias moves."""
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
    """Compute the error of each step by a rule; a prediction made again uses the weights after the step."""
    states = [State(s.after.weights, s.before.bias) if rule.again else s.before for s in steps]
    return [error_by(learner, rule, state, s.x, s.y) for state, s in zip(states, steps, strict=True)]


def multiple(moves: FloatArray, pulls: FloatArray, grain: float) -> float | None:
    """Fit the moves as a multiple of the pulls; None if they are no multiple."""
    size = float(pulls @ pulls)
    factor = float(moves @ pulls) / size if size > 1e-12 else 0.0
    near = abs(factor) > 1e-6 and np.allclose(factor * pulls, moves, rtol=1e-4, atol=1e-8 + grain)
    return factor if near else None


def multiples(moves: FloatArray, pulls: FloatArray, fades: FloatArray) -> tuple[float, float] | None:
    """Fit the moves as a combination of pulls and fades; None if they are none."""
    if min(float(pulls @ pulls), float(fades @ fades)) < 1e-12 or not np.isfinite(pulls).all():
        return None
    (factor, decay), *_ = np.linalg.lstsq(np.column_stack([pulls, fades]), moves)
    near = np.allclose(factor * pulls + decay * fades, moves, rtol=1e-4, atol=1e-8)
    return (float(factor), float(decay)) if near and abs(factor) > 1e-6 else None


def grain_of(steps: Sequence[Step]) -> float:
    """Return half a unit of the last decimal if the values are rounded, else 0."""
    values = np.concatenate([[*step.after.weights, step.after.bias] for step in steps])
    for decimals in (2, 3, 4, 5, 6):
        if np.allclose(values, np.round(values, decimals), rtol=0, atol=1e-12):
            return 0.51 * 10.0**-decimals
    return 0.0
