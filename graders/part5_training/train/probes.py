"""Tell the mistakes of a training loop apart.

A probe reports facts that don't depend on free choices, such as the order of the samples or whether histories are
recorded during the pass or after it. Each fact is measured relative to the rest of the class, so that mistakes made
together show one by one. A fact is a phrase if a mistake comes in many sizes.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from fairgrade.grading import FloatArray, State, StudentError, each, expect_number, write_state
from graders.part5_training.train.drawn import on_both_sides, samples
from graders.part5_training.train.facts.histories import Told, length_of, said_to_return, stops, told
from graders.part5_training.train.facts.learner import AT_RANDOM, N_INPUTS, Learner, TrainsForTooLong
from graders.part5_training.train.facts.passes import FIXED, IN_TURN, NO_WAY, OWN, passes_of, use_of_samples
from graders.part5_training.train.facts.rules import STANDS, Rule, Rules
from graders.part5_training.train.observe import UNUSABLE_WORK_ERRORS, loss_or_infinity, reseeds, trained
from graders.part5_training.train.reference import exercise

# -- how it learns --------------------------------------------------------------------------------


@exercise.probe
def how_it_learns(TrainablePerceptron, rng):
    try:
        learner = Learner(TrainablePerceptron, rng)
    except TrainsForTooLong:
        return FACTS | {"passes over the samples": FIXED, "everything else": "not measured, as it takes too long"}
    if learner.starts == AT_RANDOM:
        return FACTS | {
            "training starts": "from new weights",
            "everything else": "not measured, as it starts at random",
        }
    rules = Rules.of(learner)
    passes = passes_of(rules)
    one = learner.train_on_one(learner.sample(0.9), 0.0, 0.5)
    facts = FACTS | {"training starts": learner.starts, "passes over the samples": passes}
    if passes == FIXED:
        return facts  # the effect of a single step can't be observed
    if not rules.known and learner.starts != FACTS["training starts"]:
        facts["training starts"] = "somewhere else"
    use = use_of_samples(rules, passes)
    if use.way == NO_WAY and rules.skips_what_is_right:
        # It may have stopped before its first step, because all predictions are right.
        rules = rules.without_skipping()
        use = use_of_samples(rules, passes)
    return facts | {
        "the weights follow": followed(rules.weights, one.weights),
        "the step of the weights is": size_of(rules.weights),
        "the weights' errors are multiplied with": "x" if along_x(rules.weights) else "nothing",
        "the weights fade": fading(rules.weights),
        "the bias follows": followed(rules.bias, one.bias),
        "the step of the bias is": size_of(rules.bias),
        "the bias is moved by": "a second prediction" if rules.bias and rules.bias.again else "the same prediction",
        "predictions are made with": "the bias" if with_bias(rules) else "the weights alone",
        "samples are taken": "relative to one another" if rules.centred else "as they are",
        "values are stored": "rounded" if rules.grain else "as they are",
        "an epoch uses the samples": (use.way, use.end),
        "the samples' labels are": use.labels,
    }


FACTS: dict[str, Any] = {
    "training starts": "where the model is",
    "the weights follow": ("the error", 1.0),
    "the step of the weights is": "the learning rate",
    "the weights' errors are multiplied with": "x",
    "the weights fade": "not at all",
    "the bias follows": ("the error", 1.0),
    "the step of the bias is": "the learning rate",
    "the bias is moved by": "the same prediction",
    "predictions are made with": "the bias",
    "samples are taken": "as they are",
    "values are stored": "as they are",
    "passes over the samples": "as many as asked for",
    "an epoch uses the samples": (IN_TURN, np.ones(1)),
    "the samples' labels are": OWN,
    "everything else": "measured",
}
"""The facts of right work; also the value of a fact that cannot be measured."""

LEARNING = ("how_it_learns",)
"""The probes that show how a model learns, apart from what it records and returns."""


def followed(rule: Rule | None, end: Any) -> tuple[Any, ...]:
    """Say in words what the steps are a multiple of; if no words fit, where one step leads."""
    return ("something else", end) if rule is None else (rule.error.partition(",")[0], 1.0)


def size_of(rule: Rule | None) -> str:
    """Say in words which multiple it is."""
    if rule is None or rule is STANDS:
        return "the learning rate"
    sign, size = "minus " if rule.factor < 0 else "", abs(rule.factor)
    if rule.rated:
        return f"{sign}the learning rate" if math.isclose(size, 1, rel_tol=1e-3) else f"{sign}a multiple of the rate"
    if math.isclose(size, 1, rel_tol=1e-3):
        return f"{sign}without a rate"
    return f"{sign}a fixed rate" if size < 5 else f"{sign}a huge fixed rate"


def along_x(rule: Rule | None) -> bool:
    """Whether steps go along x, as far as is known."""
    return rule is None or rule.along_x


def fading(rule: Rule | None) -> str:
    """Whether weights shrink or grow by themselves."""
    return "not at all" if rule is None or rule.decay == 0 else "towards 0" if rule.decay > 0 else "away from 0"


def with_bias(rules: Rules) -> bool:
    """Whether the loop's own predictions use the bias, as far as is known."""
    return all(rule is None or rule.with_bias for rule in (rules.weights, rules.bias))


# -- what it records ------------------------------------------------------------------------------


@exercise.probe
def what_it_records(TrainablePerceptron, rng):
    try:
        losses, accuracies = told(Learner(TrainablePerceptron, rng))
    except TrainsForTooLong:
        losses, accuracies = Told(FIXED, "the mean loss"), Told(FIXED, "the mean hit")
    return {
        f"{what} of {name}": getattr(history, key)
        for name, history in (("loss_history", losses), ("accuracy_history", accuracies))
        for what, key in {
            "the number of entries": "entries",
            "each entry": "value",
            "the form": "form",
            "the path": "path",
        }.items()
    }


@exercise.probe
def how_a_training_ends(TrainablePerceptron, rng):
    model, other = TrainablePerceptron(N_INPUTS), TrainablePerceptron(N_INPUTS)
    x, y = rng.normal(0, 1, N_INPUTS), np.array([0.0, 1.0, 0.0])
    X = np.tile(x, (3, 1))  # labels that can't all be right: some classes stop when they are
    write_state(model, State(x[::-1] / 2, 0.0))  # a start at random may decide when they stop
    returned = trained(model, X, y, 0.1, epochs=2)
    ends = said_to_return(returned, model)
    lengths = [0, length_of(model)]
    for verbose in (False, True):
        model.train(X.copy(), y.copy(), learning_rate=0.1, epochs=2, verbose=verbose)
        lengths.append(length_of(model))
    return {
        "train returns": ends,
        "a second training": "starts afresh" if lengths[1] >= lengths[2] else "goes on with the histories",
        "another model's histories": "are filled" if length_of(other) else "stay empty",
        "histories are kept": "only with verbose=True" if lengths[1] < lengths[3] - lengths[2] else "always",
        "training stops": stops(TrainablePerceptron, rng),
    }


@exercise.probe
def what_it_does_to_others(TrainablePerceptron, rng):
    X, y = samples(rng, 3, N_INPUTS)
    given = X.copy(), y.copy()
    TrainablePerceptron(N_INPUTS).train(X, y, learning_rate=0.1, epochs=2, verbose=False)
    changed = [name for name, now, then in zip("Xy", (X, y), given, strict=True) if not np.array_equal(now, then)]
    return {
        "the caller's data": f"change: {changed}" if changed else "stay as they are",
        "the global generator": "is seeded" if reseeds(TrainablePerceptron, *given) else "is left alone",
    }


# -- the model itself -----------------------------------------------------------------------------


@exercise.probe
def how_it_starts(TrainablePerceptron):
    models = {n: TrainablePerceptron(n) for n in (4, N_INPUTS, 20)}
    sizes = [np.size(model.weights) for model in models.values()]
    biases = [expect_number(model.bias) for model in models.values()]
    return {
        "weights": "one for each input" if sizes == list(models) else sizes,
        "the bias starts": "at 0" if not any(biases) else "elsewhere",
    }


@exercise.probe
def how_it_predicts(TrainablePerceptron, rng):
    model = TrainablePerceptron(N_INPUTS)
    state = State(rng.normal(0, 0.5, N_INPUTS), 0.7)
    write_state(model, state)
    X = on_both_sides(rng, state, 12)  # otherwise a constant prediction may look like the opposite label
    chances, labels = each(model.forward, X.copy()), each(model.predict, X.copy())
    write_state(model, State(np.full(N_INPUTS, 300.0), 0.0))
    return {
        "forward": chances,
        "forward, if sure": [near_or_odd(model, sign * np.ones(N_INPUTS)) for sign in (1, -1)],
        "predict": label_of(np.array(chances, dtype=float).ravel(), labels),
    }


def near_or_odd(model: Any, x: FloatArray) -> str:
    """Say in words what ``forward`` returns for a sample that is certain."""
    try:
        chance = expect_number(model.forward(x))
    except (*UNUSABLE_WORK_ERRORS, StudentError):
        return "no number"
    return "no number" if math.isnan(chance) else f"{np.clip(chance, -1, 2):.2f}"


def label_of(chances: FloatArray, labels: list[Any]) -> Any:
    """Say in words how the labels follow from what ``forward`` returned; if no words fit, return the labels."""
    values = np.array([expect_number(label) for label in labels])
    for said, expected in {
        "whether forward reaches one half": chances >= 0.5,
        "forward": chances,
        "always 1": np.ones_like(chances),
        "always 0": np.zeros_like(chances),
        "the opposite": chances < 0.5,
    }.items():
        if np.allclose(values, expected):
            return said
    low, high = chances[values == 0], chances[values == 1]
    threshold = low.size and high.size and low.size + high.size == values.size and low.max() < high.min()
    return "whether forward reaches something else" if threshold else values


@exercise.probe
def its_loss_of_a_sample(TrainablePerceptron):
    model = TrainablePerceptron(4)
    y, p = np.array([1.0, 0.0, 1.0, 0.0]), np.array([0.3, 0.3, 0.9, 0.6])
    return {
        "the loss is": loss_of(np.array([expect_number(loss) for loss in each(model.compute_loss, y, p)]), y, p),
        "if certain and wrong": [size_of_loss(model, 1 - label, label) for label in (0.0, 1.0)],
        "if certain and right": [size_of_loss(model, label, label) for label in (0.0, 1.0)],
    }


def loss_of(losses: FloatArray, y: FloatArray, p: FloatArray) -> Any:
    """Say in words what the losses are; if no words fit, return them."""
    surprise = -np.log(np.where(y == 1, p, 1 - p))
    for said, expected in {
        "the cross-entropy": surprise,
        "the negative of it": -surprise,
        "the squared error": (y - p) ** 2,
        "half of the squared error": (y - p) ** 2 / 2,
        "the size of the error": np.abs(y - p),
        "the error": y - p,
        "the logarithm of the other label": -np.log(np.where(y == 0, p, 1 - p)),
    }.items():
        if np.allclose(losses, expected, rtol=1e-4):
            return said
    factor = losses[0] / surprise[0]
    if factor > 0 and np.allclose(losses, factor * surprise, rtol=1e-6):
        return "it in another base"
    return "nearly the cross-entropy" if np.allclose(losses, surprise, rtol=0.05) else losses


def size_of_loss(model: Any, label: float, chance: float) -> str:
    """Say in words how large the loss of a certain prediction is."""
    loss = loss_or_infinity(model.compute_loss, label, chance)
    if not math.isfinite(loss):
        return "no number"
    return next((said for most, said in ((1e-3, "about 0"), (5, "small"), (1e4, "large")) if abs(loss) <= most), "huge")
