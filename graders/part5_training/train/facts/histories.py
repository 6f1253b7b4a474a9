"""Measure what a class records while it trains: how often, what, and whether that follows what the model learns.

Histories may be recorded during the pass or after it: the samples are such that this makes no difference, or both are
tried.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from fairgrade.grading import (
    FloatArray,
    State,
    StudentError,
    StudentObject,
    each,
    expect_number,
    read_state,
    write_state,
)
from graders.part5_training.train.facts.learner import AT_RANDOM, N_INPUTS, Learner, TrainsForTooLong
from graders.part5_training.train.observe import STANDSTILL_RATE, UNUSABLE_WORK_ERRORS, chances_of, expect_array_or_none

HISTORIES = ("loss_history", "accuracy_history")

Kinds = dict[str, FloatArray]
"""What may be recorded of each sample, by name."""


@dataclass(frozen=True)
class Told:
    """The facts of one history."""

    entries: str
    value: object = "nothing"
    form: str = "as they are"
    path: str = "what is learned"


USUAL = ("the mean loss", "the mean hit")
"""What entries hold by default."""


def told(learner: Learner) -> list[Told]:
    """Measure for each history how many entries it has, what they hold, and what they follow."""
    # All samples are alike, so their order makes no difference. They begin with label 0, since a prediction of exactly
    # one half has no right label.
    X, mixed, ones = np.tile(learner.sample(0.6), (7, 1)), np.array([0.0, 0.0, 0.0, 1.0, 0.0, 1.0, 1.0]), np.ones(7)
    few, many = (recorded(learner, X, mixed, 0.01, epochs) for epochs in (2, 12))
    paths, facts = following(learner), []
    held, uniform = (held_by(learner, X, y) for y in (mixed, ones))
    for i in range(len(HISTORIES)):
        number = entries(few[i].size, many[i].size, mixed.size)
        # With equal labels the mean of some samples is that of all. That some are missing is another fact.
        value, form = uniform[i] if isinstance(held[i][0], tuple) and isinstance(uniform[i][0], str) else held[i]
        value = (paths[i][1] or USUAL[i]) if value is None else value
        # A history of another length can't be compared with the epochs that were asked for.
        known = number in (PER_EPOCH, PER_SAMPLE) and learner.starts != AT_RANDOM
        path = paths[i][0] if known else "what is learned"
        facts.append(Told(number, value, form, path) if few[i].size + many[i].size else Told("none"))
    return facts


def held_by(learner: Learner, X: FloatArray, y: FloatArray) -> list[tuple[object, str]]:
    """Measure what the histories hold while the model does not move, and in what form; None if it always moves."""
    histories = recorded(learner, X, y, STANDSTILL_RATE, epochs=2)
    end = read_state(learner.model, N_INPUTS)
    if learner.starts != AT_RANDOM and not end.is_close(learner.start, rtol=1e-4, atol=1e-4):
        return [(None, "as they are")] * 2
    alike = bool(np.ptp(y) == 0)
    kinds = of_each_sample(learner, y, [end] * y.size, X)
    return [holds(history, of_each, alike) for history, of_each in zip(histories, kinds, strict=True)]


def recorded(learner: Learner, X: FloatArray, y: FloatArray, rate: float, epochs: int) -> list[FloatArray]:
    """Train once, and return both histories."""
    before = [np.size(expect_array_or_none(getattr(learner.model, name))) for name in HISTORIES]
    learner.train(X, y, rate, epochs)
    return [learner.history(name, length) for name, length in zip(HISTORIES, before, strict=True)]


PER_EPOCH, PER_SAMPLE = "one an epoch", "one a sample"


def entries(of_two: int, of_twelve: int, n_samples: int) -> str:
    """Say in words how the number of entries depends on the number of epochs, given it for 2 and for 12 epochs."""
    words = {
        (2, 12): PER_EPOCH,
        (1, 11): "one fewer",
        (3, 13): "one more",
        (1, 1): "one in all",
        (2 * n_samples, 12 * n_samples): PER_SAMPLE,
    }
    if of_two == of_twelve > 1:
        return "always the same number"
    return words.get((of_two, of_twelve), "one now and then" if of_twelve < 12 else "another number")


def of_each_sample(learner: Learner, y: FloatArray, states: list[State], X: FloatArray) -> tuple[Kinds, Kinds]:
    """Compute what may be recorded per sample, predicted in a state: for the loss and for the accuracy."""
    model, chances = learner.model, np.zeros(y.size)
    for i, state in enumerate(states):
        if i and state is states[i - 1] and np.array_equal(X[i], X[i - 1]):
            chances[i] = chances[i - 1]
        else:
            write_state(model, state)
            chances[i] = chances_of(model, X[i : i + 1])[0]
    p = np.clip(chances, 1e-15, 1 - 1e-15)
    hits = ((chances >= 0.5) == (y == 1)).astype(np.float64)
    if np.abs(chances - 0.5).max() < 1e-9:
        hits[:] = math.nan  # both labels are right
    own, loss = own_losses(learner, y, chances), -np.log(np.where(y == 1, p, 1 - p))
    off = {"squared error": (p - y) ** 2, "error": np.abs(p - y)}
    return {"own loss": own, "loss": loss, **off, "hit": hits, "miss": 1 - hits}, {"hit": hits, "miss": 1 - hits}


def own_losses(learner: Learner, y: FloatArray, chances: FloatArray) -> FloatArray:
    """Ask the student's ``compute_loss`` for each sample's loss; nan if it does not work."""
    try:
        return np.array([expect_number(loss) for loss in each(learner.model.compute_loss, list(y), list(chances))])
    except (*UNUSABLE_WORK_ERRORS, StudentError):
        return np.full(y.size, math.nan)


PLURALS = {"loss": "losses", "squared error": "squared errors", "error": "errors", "hit": "hits", "miss": "misses"}


def holds(history: FloatArray, kinds: Kinds, of_some: bool) -> tuple[object, str]:
    """Say what the last entry is and whether it is rounded; None if that can't be told, the entry if no words fit."""
    if not history.size:
        return "nothing", "as they are"
    if "loss" in kinds and history.size == 2 and not np.isclose(history[0], history[1], rtol=1e-4, atol=1e-7):
        return "a number that changes by itself", "as they are"
    for said, value in statistics(kinds, of_some):
        if np.isclose(history[-1], value, rtol=1e-4, atol=1e-7):
            is_rounded = any(
                abs(history[-1] - np.round(value, d)) < 1e-12 < abs(history[-1] - value) for d in (3, 4, 5)
            )
            return said, "rounded" if is_rounded else "as they are"
    if "hit" in kinds and np.isnan(kinds["hit"]).all():
        return None, "as they are"
    for said, value in islice(statistics(kinds, of_some), len(kinds)):  # the means
        if any(abs(history[-1] - np.round(value, decimals)) < 1e-12 for decimals in (1, 2, 3, 4)):
            return said, "rounded"
    return ("something else", history[-1]), "as they are"


def statistics(kinds: Kinds, of_some: bool) -> Iterator[tuple[str, float]]:
    """Yield the statistics that a class may record of all samples, by name; of two equal numbers the first counts.

    With `of_some`, also those of fewer samples, for classes that leave out a few; all values are then alike.
    """
    for kind, values in kinds.items():
        yield f"the mean {said_of(kind)}", values.mean()
    for kind, values in kinds.items():
        one, several = said_of(kind), PLURALS[said_of(kind)]
        numbers = (values.size, values.size - 1, int(0.8 * values.size)) if of_some else (values.size,)
        for number in numbers:
            yield f"the sum of the {several}", number * values.mean()
        yield f"100 times the mean {one}", 100 * values.mean()
        for number in (*numbers, 1):
            yield f"half of the {several}", number * values.mean() / 2
        for value in np.unique(values):
            yield f"the {one} of one sample", value


def said_of(kind: str) -> str:
    """Return the name of a kind, whether the class computes it or we do."""
    return kind.removeprefix("own ")


def following(learner: Learner) -> list[tuple[str, str]]:
    """Measure with a single sample what the histories follow from epoch to epoch, and which statistic they hold."""
    rate, x, y, model = 0.4, learner.sample(0.5), np.zeros(5), learner.model
    states, lengths = [learner.start], [0, 0]
    for epochs in (1, 2, 3, 4):
        lengths = [np.size(expect_array_or_none(getattr(model, name))) for name in HISTORIES]
        states.append(learner.train_on_one(x, 0.0, rate, epochs))
    histories = [learner.history(name, length) for name, length in zip(HISTORIES, lengths, strict=True)]
    paths = of_each_sample(learner, y, states, np.tile(x, (5, 1)))
    return [along(history, kinds) for history, kinds in zip(histories, paths, strict=True)]


def along(history: FloatArray, kinds: Kinds) -> tuple[str, str]:
    """Say whether a history follows what is learned, before or after each epoch, and which statistic of it."""
    if "loss" not in kinds and np.isnan(kinds["hit"]).any():
        return "what is learned", ""
    length = min(history.size, 4)
    scales = {1.0: "the mean {}", 100.0: "100 times the mean {}", 0.5: "half of the {}s"}
    for (kind, path), (scale, words) in [(k, s) for k in kinds.items() for s in scales.items()]:
        for begun in (path[:length], path[1 : 1 + length]):
            exact = scale * begun
            if any(
                np.allclose(history[:length], values, rtol=1e-4, atol=1e-6)
                for values in (exact, *(np.round(exact, decimals) for decimals in (2, 3, 4)))
            ):
                return "what is learned", words.format(said_of(kind))
    return "nothing" if not length or np.ptp(history) < 1e-9 else "something else", "something else"


# -- how a training ends -------------------------------------------------------------------------


def length_of(model: Any) -> int:
    """Return the number of entries in ``loss_history``."""
    return int(np.size(expect_array_or_none(model.loss_history)))


def said_to_return(returned: Any, model: Any) -> Any:
    """Say in words what ``train`` returned; if no words fit, return it."""
    if returned is None:
        return "nothing"
    if isinstance(returned, StudentObject):
        return "an object"
    if isinstance(returned, list | tuple) and any(np.ndim(part) for part in returned):
        return "several things" if np.size(returned[0]) else "nothing"
    history = expect_array_or_none(model.loss_history)
    if np.array_equal(np.asarray(returned), np.asarray(model.loss_history)):
        return "loss_history"
    last = history.size and np.size(returned) == 1 and np.isclose(expect_number(returned), history.ravel()[-1])
    return "the last loss" if last else ("something else", returned)


def stops(TrainablePerceptron: Any, rng: np.random.Generator) -> str:
    """Say in words what makes training stop early, for a class that otherwise has one entry per epoch."""
    try:
        learner = Learner(TrainablePerceptron, rng)
    except TrainsForTooLong:
        return NEVER
    X, some_wrong, all_right = np.tile(learner.sample(0.3), (3, 1)), np.array([0.0, 1.0, 0.0]), np.ones(3)

    def is_short(y: FloatArray, rate: float, epochs: int) -> bool:
        return recorded(learner, X, y, rate, epochs)[0].size < epochs

    if is_short(some_wrong, 0.3, epochs=3):
        return NEVER  # the histories are always too short
    if is_short(some_wrong, STANDSTILL_RATE, epochs=30):
        return "when nothing changes"
    if is_short(all_right, 0.05, epochs=5):
        return "when all are predicted right"
    return "when the loss is small" if is_short(all_right, 1e3, epochs=30) else NEVER


NEVER = "after the last epoch"
