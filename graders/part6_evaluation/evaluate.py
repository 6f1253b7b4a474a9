"""Evaluation of a trained model: what is right, what is also right, what is wrong.

The notebook asks for ``evaluate(model, X, y) -> dict`` with the keys ``accuracy`` and ``loss``: the share of right
votes and the mean binary cross-entropy on (X, y). The model must not learn, or change in any other way.
"""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from fairgrade.grading import Exercise, FloatArray, Notebook, expect, expect_same, random_state_untouched, unchanged
from graders.part6_evaluation.model import a_model


def accuracy_and_loss(model, X, y):
    confidence = np.array([model.forward(x) for x in X])
    votes = np.array([model.predict(x) for x in X])
    given = np.where(y == 1, confidence, 1 - confidence)
    return {"accuracy": float(np.mean(votes == y)), "loss": float(np.mean(-np.log(given)))}


exercise = Exercise("evaluate", points=3, reference=accuracy_and_loss)

# -- what right work does -------------------------------------------------------------------------


def samples(rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """Draw inputs of shape (n, 9) in [0, 1] and labels, both of which occur."""
    n = int(rng.integers(13, 20))
    return rng.uniform(0, 1, (n, 9)), rng.permutation((np.arange(n) % 3 == 0).astype(np.float64))


def entry_of(evaluate: Any, name: str, rng: np.random.Generator, notebook: Notebook) -> tuple[Any, Any]:
    """Return an entry of what the student's function returns for drawn samples, and the right one."""
    model, (X, y) = a_model(notebook, rng), samples(rng)
    want = accuracy_and_loss(model, X, y)[name]
    found = evaluate(model, X, y)
    expect(found is not None, "`evaluate` gives None. Is there a `return`?")
    expect(isinstance(found, dict), f"`evaluate`: expected a dictionary, got {type(found).__name__}.")
    expect(name in found, f"`evaluate`: the dictionary has no entry {name!r}.")
    return found[name], want


@exercise.check(points=1)
def accuracy_is_right(evaluate, rng, notebook):
    """The accuracy is the share of right votes on the samples that are passed in."""
    for _ in range(3):
        got, want = entry_of(evaluate, "accuracy", rng, notebook)
        expect_same(got, want, what="the accuracy")


@exercise.check(points=1)
def loss_is_right(evaluate, rng, notebook):
    """The loss is the mean cross-entropy of the confidences on the samples that are passed in."""
    for _ in range(3):
        got, want = entry_of(evaluate, "loss", rng, notebook)
        expect_same(got, want, what="the loss", rtol=1e-5)


@exercise.check(points=1)
def the_model_does_not_learn(evaluate, rng, notebook):
    """The model is the same afterwards, its histories included, and so are the samples."""
    model, (X, y) = a_model(notebook, rng), samples(rng)
    with unchanged(model=model, X=X, y=y), random_state_untouched():
        found = evaluate(model, X, y)
    expect(isinstance(found, dict) and bool(found), "`evaluate` returns no dictionary with entries.")


# -- what tells mistakes apart --------------------------------------------------------------------


def seen(evaluate: Any, rng: np.random.Generator, notebook: Notebook) -> Any:
    model, (X, y) = a_model(notebook, rng), samples(rng)
    before = copy.deepcopy((X, y))
    found = evaluate(model, X, y)
    same = np.array_equal(X, before[0]) and np.array_equal(y, before[1])
    return found, model.weights, model.bias, list(model.loss_history), list(model.accuracy_history), float(same)


@exercise.probe
def one_evaluation(evaluate, rng, notebook):
    return seen(evaluate, rng, notebook)


@exercise.probe
def another_evaluation(evaluate, rng, notebook):
    return seen(evaluate, rng, notebook)


@exercise.probe
def a_third_evaluation(evaluate, rng, notebook):
    return seen(evaluate, rng, notebook)


# -- what is also right ---------------------------------------------------------------------------


@exercise.variant
def loop_over_the_samples(model, X, y):
    n_right, total = 0, 0.0
    for x, truth in zip(X, y):
        confidence = model.forward(x)
        n_right += (confidence >= 0.5) == (truth == 1)
        total -= truth * np.log(confidence + 1e-15) + (1 - truth) * np.log(1 - confidence + 1e-15)
    return {"accuracy": n_right / len(y), "loss": total / len(y)}


@exercise.variant
def from_weights_and_bias(model, X, y):
    z = X @ model.weights + model.bias
    loss = np.mean(np.logaddexp(0, np.where(y == 1, -z, z)))
    return {"loss": loss, "accuracy": np.mean((z >= 0) == (y == 1))}


@exercise.variant
def with_clipped_confidences(model, X, y):
    p = np.clip(np.array([model.forward(x) for x in X]), 1e-12, 1 - 1e-12)
    return dict(accuracy=((p >= 0.5) == y).mean(), loss=-(y * np.log(p) + (1 - y) * np.log(1 - p)).mean())


@exercise.variant
def sums_divided_by_the_number(model, X, y):
    right = sum(1 for x, truth in zip(X, y) if model.predict(x) == truth)
    surprise = [-np.log(model.forward(x) if truth == 1 else 1 - model.forward(x)) for x, truth in zip(X, y)]
    return {"accuracy": right / len(X), "loss": sum(surprise) / len(X)}


@exercise.variant
def on_a_copy_of_the_model(model, X, y):
    twin = copy.deepcopy(model)
    return accuracy_and_loss(twin, X, y)


# -- what is wrong --------------------------------------------------------------------------------


@exercise.misconception(
    "`train` changes the weights, and then the samples are no longer unseen. Call forward and predict alone.", loses=2
)
def trains_the_model(model, X, y):
    losses = model.train(X, y, learning_rate=0.1, epochs=1, verbose=False)
    return {"accuracy": model.accuracy_history[-1], "loss": losses[-1]}


@exercise.misconception("The histories are those of the training. Evaluate on the samples that are passed in.", loses=2)
def returns_the_last_of_the_histories(model, X, y):
    return {"accuracy": model.accuracy_history[-1], "loss": model.loss_history[-1]}


@exercise.misconception("The histories belong to the training. Leave them alone.", loses=1)
def adds_to_the_histories(model, X, y, *, right=accuracy_and_loss):
    found = right(model, X, y)
    model.accuracy_history = [*model.accuracy_history, found["accuracy"]]
    model.loss_history = [*model.loss_history, found["loss"]]
    return found


@exercise.misconception("The mean confidence is no accuracy. Count the votes that are right.", loses=1)
def averages_the_confidences(model, X, y, *, right=accuracy_and_loss):
    return {**right(model, X, y), "accuracy": float(np.mean([model.forward(x) for x in X]))}


@exercise.misconception("The share of votes of 1 says nothing of the truth. Compare each vote with its label.", loses=1)
def counts_the_votes_of_1(model, X, y, *, right=accuracy_and_loss):
    return {**right(model, X, y), "accuracy": float(np.mean([model.predict(x) for x in X]))}


@exercise.misconception("The loss is a mean over the samples. Yours is their sum.", loses=1)
def adds_up_the_loss(model, X, y, *, right=accuracy_and_loss):
    found = right(model, X, y)
    return {**found, "loss": found["loss"] * len(y)}


@exercise.misconception("That is the mean squared error. The loss asked for is the cross-entropy.", loses=1)
def takes_the_squared_error(model, X, y, *, right=accuracy_and_loss):
    error = np.array([model.forward(x) for x in X]) - y
    return {**right(model, X, y), "loss": float(np.mean(error**2))}


@exercise.misconception("A loss is never negative. The logarithm of a probability is: put a minus before it.", loses=1)
def forgets_the_minus_of_the_loss(model, X, y, *, right=accuracy_and_loss):
    found = right(model, X, y)
    return {**found, "loss": -found["loss"]}


@exercise.misconception("Percent are 100 times too much. The accuracy is a fraction from 0 to 1.", loses=1)
def returns_percent(model, X, y, *, right=accuracy_and_loss):
    found = right(model, X, y)
    return {**found, "accuracy": 100 * found["accuracy"]}


@exercise.misconception("That is the number of right votes. Divide by the number of samples.", loses=1)
def counts_the_right_votes(model, X, y, *, right=accuracy_and_loss):
    found = right(model, X, y)
    return {**found, "accuracy": found["accuracy"] * len(y)}
