"""Counts of right and wrong predictions: a dictionary of numbers, with a property."""

import numpy as np

from fairgrade.grading import Exercise, expect_same


def confusion_counts(y_true, y_pred):
    pairs = {"tp": (1, 1), "fp": (0, 1), "fn": (1, 0), "tn": (0, 0)}
    return {name: int(np.sum((y_true == t) & (y_pred == p))) for name, (t, p) in pairs.items()}


exercise = Exercise("confusion_counts", points=4, reference=confusion_counts)


@exercise.inputs(n=(7, 12))
def predictions(rng, n):
    return rng.permutation(np.arange(n) % 3 == 0).astype(int), rng.permutation(np.arange(n) % 2)


exercise.agrees_with_the_reference(points=3)


@exercise.property(points=1)
def does_not_depend_on_the_order(confusion_counts, rng, y_true, y_pred):
    """The order of the samples does not matter."""
    order = rng.permutation(len(y_true))
    expect_same(confusion_counts(y_true[order], y_pred[order]), confusion_counts(y_true, y_pred), what="another order")


@exercise.misconception(hint="A false positive is a prediction of 1 where the truth is 0.", loses=3)
def swaps_fp_and_fn(y_true, y_pred):
    return confusion_counts(y_pred, y_true)


@exercise.misconception(hint="The positive class is 1.", loses=3)
def takes_0_for_positive(y_true, y_pred):
    return confusion_counts(1 - y_true, 1 - y_pred)
