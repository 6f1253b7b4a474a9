"""Find out how often and in what order a class goes through the samples, by following its own rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise, permutations

import numpy as np

from fairgrade.grading import FloatArray, State
from graders.part5_training.train.facts.learner import FAR_TOO_MANY
from graders.part5_training.train.facts.rules import Rules

MANY = 36
"""Enough samples to tell a mini-batch from the whole batch."""


FIXED = "always the same number"
SMALLER, LARGER = "of smaller and smaller steps", "of larger and larger steps"


def passes_of(rules: Rules) -> str:
    """Say in words how many steps one, two and three epochs take on a single sample."""
    learner, rate = rules.learner, 0.05  # so small that no prediction changes: some stop when all are right
    x, y = learner.sample(1.2), 0.0
    if learner.start.is_close(rules.step(learner.start, x, y, rate)):
        y = 1.0  # the rule moves nothing for the other label
    states = [learner.start, *(learner.train_on_one(x, y, rate, epochs) for epochs in (1, 2, 3))]
    first, *later = (_added(rules, *pair, x, y, rate) for pair in pairwise(states))
    if set(later) == {"one"}:
        return {"one": "as many as asked for", "none": "one fewer", "two": "one more"}.get(first, first)
    if set(later) == {"none"}:
        return {"one": "one in all", "two": FIXED, "many": FIXED}.get(first, "not told")
    if first == "one" and set(later) <= {"part", "larger"} and len(set(later)) == 1:
        return SMALLER if later[0] == "part" else LARGER
    return "not told" if not rules.known else ", ".join((first, *later))


def _added(rules: Rules, before: State, after: State, x: FloatArray, y: float, rate: float) -> str:
    """Say in words how many steps lead from one state to the next."""

    def is_there(state: State) -> bool:
        return after.is_close(state, rtol=1e-4, atol=1e-6 + 2 * rules.grain)

    state = first = rules.step(before, x, y, rate)
    if is_there(first):
        return "one"
    if after.is_close(before):
        return "none"
    for number in range(2, FAR_TOO_MANY):
        state = rules.step(state, x, y, rate)
        if is_there(state):
            return "two" if number == 2 else "many"
    share = (after.bias - before.bias) / (first.bias - before.bias) if first.bias != before.bias else 0.0
    within = State(before.weights + share * (first.weights - before.weights), after.bias)
    return "other" if share <= 0 or not is_there(within) else "part" if share < 1 else "larger"


OWN, OTHERS = "their own", "those of others"


@dataclass(frozen=True)
class Use:
    """How an epoch uses its samples.

    Attributes
    ----------
    way : str
        Which samples, and whether one by one or several at once, in words.
    end : ndarray
        The state at the end if no words fit, else ones.
    labels : str
        Whether samples have their own labels or those of others.
    """

    way: str
    end: FloatArray
    labels: str = OWN


def use_of_samples(rules: Rules, passes: str) -> Use:
    """Find out in what way an epoch uses its samples, and with whose labels.

    Parameters
    ----------
    rules : Rules
    passes : str
        What :func:`passes_of` returns. With one epoch too few or too many, a second epoch adds one pass.
    """
    learner, rate = rules.learner, 0.5
    first = learner.sample(0.4)
    # The second sample resembles the first, which suffices to learn its label.
    X = np.array([first, 1.2 * first, learner.sample(0.9), learner.sample(-0.5), learner.sample(-0.8)])
    y = np.array([0.0, 0.0, 1.0, 1.0, 0.0])
    second = passes in ("one more", "one fewer")
    start = learner.train(X, y, rate) if second else learner.start
    end = learner.train(X, y, rate, epochs=2 if second else 1)
    if start.is_close(end):
        return Use("none of them", np.zeros(1))
    if passes == LARGER:
        return Use("with what is left of earlier steps", np.zeros(1))
    if not rules.known or rules.centred:
        return Use("not told", np.zeros(1))
    for said, labels, state in _ways(rules, start, X, y, rate):
        if end.is_close(state, rtol=1e-4, atol=1e-6 + 8 * rules.grain):
            if said.endswith("alone"):
                again = [learner.train(X, y, rate, seed=seed) for seed in (2, 3, 4, 5, 6)]
                said = said if all(end.is_close(other) for other in again) else "any one alone"
            return Use(_of_many(rules, said), np.ones(1), labels)
    return Use(NO_WAY, np.append(end.weights, end.bias))


def _ways(rules: Rules, start: State, X: FloatArray, y: FloatArray, rate: float) -> Iterator[tuple[str, str, State]]:
    """Yield where an epoch may end, by the way it uses the samples and by whose labels; right ways come first."""
    for said, state in _ways_with_own_labels(rules, start, X, y, rate):
        yield said, OWN, state
    for said, state in _ways_with_labels_of_others(rules, start, X, y, rate):
        yield said, OTHERS, state
    for order, state in _sequences(rules, start, X, y, rate):
        if len(set(order)) == len(order) < len(X):
            yield PART, OWN, state
        elif len(order) == len(X):
            yield "some more than once", OWN, state


def _along(rules: Rules, state: State, X: FloatArray, labels: FloatArray, rate: float, share: float = 1.0) -> State:
    """Follow the samples one after the other, each by a share of its step; return the last state."""
    for x, label in zip(X, labels, strict=True):
        state = _towards(state, rules.step(state, x, float(label), rate), share)
    return state


def _ways_with_own_labels(
    rules: Rules, start: State, X: FloatArray, y: FloatArray, rate: float
) -> Iterator[tuple[str, State]]:
    for order in map(list, permutations(range(len(X)))):
        yield IN_TURN, _along(rules, start, X[order], y[order], rate)
    for size in (len(X), 2, 3, 4):
        yield MEANS, _in_batches(rules, start, X, y, rate, size, divided=True)
        yield SUMS, _in_batches(rules, start, X, y, rate, size, divided=False)
    yield DIVIDED, _along(rules, start, X, y, rate, 1 / len(X))
    yield "the last alone", _along(rules, start, X[-1:], y[-1:], rate)
    yield "the first alone", _along(rules, start, X[:1], y[:1], rate)
    for i in range(1, len(X) - 1):
        yield "any one alone", _along(rules, start, X[i : i + 1], y[i : i + 1], rate)
    yield NOT_THE_LAST, _along(rules, start, X[:-1], y[:-1], rate)
    yield NOT_THE_FIRST, _along(rules, start, X[1:], y[1:], rate)


def _ways_with_labels_of_others(
    rules: Rules, start: State, X: FloatArray, y: FloatArray, rate: float
) -> Iterator[tuple[str, State]]:
    """Yield where an epoch may end that shuffles the samples and leaves the labels in their order."""
    orders = list(map(list, permutations(range(len(X)))))
    for order in orders:
        yield IN_TURN, _along(rules, start, X[order], y, rate)
    for order in orders:
        yield MEANS, _in_batches(rules, start, X[order], y, rate, len(X), divided=True)
        yield DIVIDED, _along(rules, start, X[order], y, rate, 1 / len(X))
        yield NOT_THE_LAST, _along(rules, start, X[order[:-1]], y[:-1], rate)
        yield NOT_THE_FIRST, _along(rules, start, X[order[1:]], y[1:], rate)


def _sequences(
    rules: Rules, state: State, X: FloatArray, y: FloatArray, rate: float, begun: tuple[int, ...] = ()
) -> Iterator[tuple[tuple[int, ...], State]]:
    """Yield each sequence of samples up to their number, repetitions included, and the state it leads to."""
    for i in range(len(X)):
        order, after = (*begun, i), rules.step(state, X[i], y[i], rate)
        yield order, after
        if len(order) < len(X):
            yield from _sequences(rules, after, X, y, rate, order)


IN_TURN, DIVIDED = "one after the other", "one after the other, divided by their number"
NOT_THE_LAST, NOT_THE_FIRST = "all but the last", "all but the first"
PART, NO_WAY = "a part of them", "in another way"
MEANS, SUMS = "the mean of several", "the sum of several"


def _towards(state: State, other: State, share: float) -> State:
    """Go a share of the way from one state to another."""
    bias = state.bias + share * (other.bias - state.bias)
    return State(state.weights + share * (other.weights - state.weights), bias)


def _in_batches(
    rules: Rules, start: State, X: FloatArray, y: FloatArray, rate: float, size: int, divided: bool
) -> State:
    """Follow an epoch in batches of a size; return the last state."""
    state = start
    for first in range(0, len(X), size):
        at, members = state, range(first, min(first + size, len(X)))
        for i in members:
            step = _towards(at, rules.step(at, X[i], y[i], rate), 1 / len(members) if divided else 1.0)
            state = State(state.weights + step.weights - at.weights, state.bias + step.bias - at.bias)
    return state


def _of_many(rules: Rules, said: str) -> str:
    """Refine the way with many samples where that tells more; all are equal, so their order makes no difference."""
    if said not in (MEANS, NOT_THE_LAST):
        return said
    learner, rate = rules.learner, 0.3
    x, y = learner.sample(0.6), 0.0
    if learner.start.is_close(rules.step(learner.start, x, y, rate)):
        y = 1.0
    X, labels = np.tile(x, (MANY, 1)), np.full(MANY, y)
    end = learner.train(X, labels, rate)

    def ends_at(state: State) -> bool:
        return end.is_close(state, rtol=1e-4, atol=1e-6 + MANY * rules.grain)

    if said == NOT_THE_LAST:
        state = rules.learner.start
        for _ in range(MANY - 1):
            state = rules.step(state, x, y, rate)
        return NOT_THE_LAST if ends_at(state) else PART
    at_once = _in_batches(rules, learner.start, X, labels, rate, MANY, divided=True)
    return f"{said}, all at once" if ends_at(at_once) else f"{said}, in small batches"
