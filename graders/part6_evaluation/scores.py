"""Accuracy, precision, recall and F1: what is right, what is also right, what is wrong.

The notebook asks for ``scores(y_true, y_pred) -> dict`` with the keys ``accuracy``, ``precision``, ``recall`` and
``f1``, fractions from 0 to 1. A fraction whose denominator is 0 counts as 0.0.
"""

from __future__ import annotations

import numpy as np

from fairgrade.grading import Exercise, expect, expect_same, random_state_untouched, unchanged
from graders.part6_evaluation.confusion_counts import counts
from graders.part6_evaluation.confusion_counts import exercise as confusion_counts
from graders.part6_evaluation.drawn import different_counts, labels_with


def fraction(part, whole):
    return part / whole if whole else 0.0


def four_scores(y_true, y_pred):
    tp, fp, fn, tn = counts(y_true, y_pred)
    precision, recall = fraction(tp, tp + fp), fraction(tp, tp + fn)
    return {
        "accuracy": (tp + tn) / (tp + fp + fn + tn),
        "precision": precision,
        "recall": recall,
        "f1": fraction(2 * precision * recall, precision + recall),
    }


exercise = Exercise("scores", points=6, reference=four_scores, builds_on=(confusion_counts,))

# -- what right work does -------------------------------------------------------------------------


@exercise.inputs
def labels(rng):
    return labels_with(rng, *different_counts(rng))


@exercise.inputs(tp=(0, 3))
def nothing_to_divide_by(rng, tp):
    """Nobody is voted 1, or nobody is 1, or, with `tp`, all votes are right."""
    n, more = int(rng.integers(2, 7)), int(rng.integers(2, 7))
    if tp:
        return labels_with(rng, tp, 0, 0, n)
    return labels_with(rng, 0, 0, n, more) if rng.random() < 0.5 else labels_with(rng, 0, n, 0, more)


def score_named(name, y_true, y_pred, scores):
    """Return one entry of what `scores` returns, or fail with what it returns in its place."""
    found = scores(y_true, y_pred)
    expect(found is not None, "`scores` gives None. Is there a `return`?")
    expect(isinstance(found, dict), f"`scores`: expected a dictionary, got {type(found).__name__}.")
    expect(
        name in found, f"`scores`: the dictionary has no entry {name!r}; its keys are {', '.join(map(repr, found))}."
    )
    return found[name]


def expect_score(name, scores, rng):
    for _ in range(3):
        y_true, y_pred = labels_with(rng, *different_counts(rng))
        tp, fp, fn, tn = counts(y_true, y_pred)
        given = f"the {name} of {tp} true and {fp} false positives, {fn} false and {tn} true negatives"
        expect_same(score_named(name, y_true, y_pred, scores), four_scores(y_true, y_pred)[name], what=given)


@exercise.check(points=1)
def accuracy_is_right(scores, rng):
    """The accuracy is right."""
    expect_score("accuracy", scores, rng)


@exercise.check(points=1)
def precision_is_right(scores, rng):
    """The precision is right."""
    expect_score("precision", scores, rng)


@exercise.check(points=1)
def recall_is_right(scores, rng):
    """The recall is right."""
    expect_score("recall", scores, rng)


@exercise.check(points=1)
def f1_is_right(scores, rng):
    """F1 is right."""
    expect_score("f1", scores, rng)


@exercise.check(points=1)
def an_empty_denominator_gives_0(scores, rng):
    """Where there is nothing to divide by, a score is 0.0."""
    n, more = rng.integers(2, 7, 2)
    for counts_given, names, given in (
        ((0, 0, n, more), ("precision", "f1"), "no vote of 1"),
        ((0, n, 0, more), ("recall", "f1"), "no label of 1"),
        ((0, n, more, 0), ("f1",), "no vote that is right"),
    ):
        y_true, y_pred = labels_with(rng, *counts_given)
        for name in names:
            expect_same(score_named(name, y_true, y_pred, scores), 0.0, what=f"the {name} with {given}")


@exercise.check(points=1)
def four_fractions_and_nothing_else(scores, rng):
    """It returns four fractions and nothing else, F1 lies between precision and recall, and nothing is changed."""
    y_true, y_pred = labels_with(rng, *different_counts(rng))
    with unchanged(y_true=y_true, y_pred=y_pred), random_state_untouched():
        found = {name: score_named(name, y_true, y_pred, scores) for name in ("accuracy", "precision", "recall", "f1")}
        more = set(scores(y_true, y_pred)) - set(found)
    expect(not more, f"`scores`: the dictionary has an entry that was not asked for, {sorted(map(str, more))[:1]}.")
    for name, value in found.items():
        number = expect_number_of(name, value)
        expect(0 <= number <= 1, f"The {name} is {number:.6g}, which is not a fraction from 0 to 1.")
    low, high = sorted((float(found["precision"]), float(found["recall"])))
    between = low - 1e-9 <= float(found["f1"]) <= high + 1e-9
    expect(between, "F1 does not lie between precision and recall.")


def expect_number_of(name, value):
    expect_same(value, value if isinstance(value, float | int | np.number) else 0.0, what=f"the {name}")
    return float(value)


# -- what is also right ---------------------------------------------------------------------------


@exercise.variant
def from_comparisons(y_true, y_pred):
    t, p = np.ravel(y_true) == 1, np.ravel(y_pred) == 1
    hits = np.sum(t & p)
    precision = hits / p.sum() if p.any() else 0.0
    recall = hits / t.sum() if t.any() else 0.0
    f1 = 2 * precision * recall / (precision + recall) if hits else 0.0
    return {"accuracy": np.mean(t == p), "precision": precision, "recall": recall, "f1": f1}


@exercise.variant
def f1_from_the_counts(y_true, y_pred):
    tp, fp, fn, _ = counts(y_true, y_pred)
    return dict(
        accuracy=1 - (fp + fn) / len(y_true),
        precision=tp / max(tp + fp, 1),
        recall=tp / max(tp + fn, 1),
        f1=2 * tp / max(2 * tp + fp + fn, 1),
    )


@exercise.variant
def with_nan_to_num(y_true, y_pred):
    tp, fp, fn, tn = np.array(counts(y_true, y_pred), dtype=float)
    with np.errstate(all="ignore"):
        precision, recall = np.nan_to_num(tp / (tp + fp)), np.nan_to_num(tp / (tp + fn))
        f1 = np.nan_to_num(2 / (1 / precision + 1 / recall))
    return {"f1": f1, "recall": recall, "precision": precision, "accuracy": (tp + tn) / (tp + fp + fn + tn)}


@exercise.variant
def tries_and_catches(y_true, y_pred):
    def divide(a, b):
        try:
            return a / b
        except ZeroDivisionError:
            return 0.0

    tp, fp, fn, tn = counts(y_true, y_pred)
    precision, recall = divide(tp, tp + fp), divide(tp, tp + fn)
    return {
        "accuracy": divide(tp + tn, tp + fp + fn + tn),
        "precision": precision,
        "recall": recall,
        "f1": divide(2 * precision * recall, precision + recall),
    }


@exercise.variant
def loop_over_the_samples(y_true, y_pred):
    hits = said = ones = same = 0
    for t, p in zip(y_true, y_pred):
        hits, said, ones, same = hits + t * p, said + p, ones + t, same + (t == p)
    result = {"accuracy": same / len(y_true), "precision": 0, "recall": 0, "f1": 0}
    if said:
        result["precision"] = hits / said
    if ones:
        result["recall"] = hits / ones
    if hits:
        result["f1"] = 2 * hits / (said + ones)
    return result


# -- what is wrong --------------------------------------------------------------------------------


@exercise.misconception(
    "Precision asks how many *votes* of 1 are right, recall how many *labels* of 1 are found. Yours are swapped.",
    loses=2,
)
def swaps_precision_and_recall(y_true, y_pred, *, right=four_scores):
    found = right(y_true, y_pred)
    return {**found, "precision": found["recall"], "recall": found["precision"]}


@exercise.misconception("F1 is the harmonic mean. The plain average hides a score that is close to 0.", loses=1)
def averages_for_f1(y_true, y_pred, *, right=four_scores):
    found = right(y_true, y_pred)
    return {**found, "f1": (found["precision"] + found["recall"]) / 2}


@exercise.misconception("The 2 of F1 = 2PR/(P+R) is missing: for P = R = 1 the result must be 1.", loses=1)
def forgets_the_2_of_f1(y_true, y_pred, *, right=four_scores):
    found = right(y_true, y_pred)
    return {**found, "f1": found["f1"] / 2}


@exercise.misconception("That is the geometric mean of precision and recall. F1 is the harmonic mean.", loses=1)
def takes_the_geometric_mean_for_f1(y_true, y_pred, *, right=four_scores):
    found = right(y_true, y_pred)
    return {**found, "f1": np.sqrt(found["precision"] * found["recall"])}


@exercise.misconception("The product of precision and recall is divided by their sum, and doubled.", loses=1)
def multiplies_for_f1(y_true, y_pred, *, right=four_scores):
    found = right(y_true, y_pred)
    return {**found, "f1": found["precision"] * found["recall"]}


@exercise.misconception(
    "0/0 is nan here. Ask first whether the denominator is 0, and say 0.0 then: nan spoils every later sum.", loses=1
)
def gives_nan_for_0_by_0(y_true, y_pred):
    tp, fp, fn, tn = np.array(counts(y_true, y_pred), dtype=float)
    with np.errstate(all="ignore"):
        precision, recall = tp / (tp + fp), tp / (tp + fn)
        f1 = 2 * precision * recall / (precision + recall)
    return {"accuracy": (tp + tn) / (tp + fp + fn + tn), "precision": precision, "recall": recall, "f1": f1}


@exercise.misconception(
    "It stops with an error where a denominator is 0, as when nobody is voted 1. Say 0.0 then.", loses=1
)
def stops_at_0_by_0(y_true, y_pred):
    tp, fp, fn, tn = counts(y_true, y_pred)
    precision, recall = tp / (tp + fp), tp / (tp + fn)
    return {
        "accuracy": (tp + tn) / (tp + fp + fn + tn),
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / (precision + recall),
    }


@exercise.misconception("Without any vote of 1 nothing was found: asked for is 0.0, not a perfect 1.0.", loses=1)
def gives_1_for_0_by_0(y_true, y_pred, *, right=four_scores):
    tp, fp, fn, _ = counts(y_true, y_pred)
    found = dict(right(y_true, y_pred))
    if tp + fp == 0:
        found["precision"] = 1.0
    if tp + fn == 0:
        found["recall"] = 1.0
    return found


@exercise.misconception(
    "That is the share of label 0 that is voted 0 (specificity). Recall is the share of label 1 that is voted 1.",
    loses=1,
)
def takes_specificity_for_recall(y_true, y_pred, *, right=four_scores):
    _, fp, _, tn = counts(y_true, y_pred)
    return {**right(y_true, y_pred), "recall": fraction(tn, tn + fp)}


@exercise.misconception("Percent are 100 times too much. Return fractions from 0 to 1.", loses=3)
def returns_percent(y_true, y_pred, *, right=four_scores):
    return {name: 100 * value for name, value in right(y_true, y_pred).items()}


@exercise.misconception("A right vote of 0 is right, too: accuracy counts tp + tn.", loses=1)
def counts_only_true_positives_as_right(y_true, y_pred, *, right=four_scores):
    tp, fp, fn, tn = counts(y_true, y_pred)
    return {**right(y_true, y_pred), "accuracy": tp / (tp + fp + fn + tn)}


@exercise.misconception("Precision looks at the votes of 1 alone: tp / (tp + fp). Yours divides by tp + tn.", loses=1)
def divides_precision_by_the_right_votes(y_true, y_pred, *, right=four_scores):
    tp, _, _, tn = counts(y_true, y_pred)
    return {**right(y_true, y_pred), "precision": fraction(tp, tp + tn)}


@exercise.misconception("That is the share of wrong votes, the error rate. Accuracy is that of right ones.", loses=1)
def returns_the_error_rate_for_accuracy(y_true, y_pred, *, right=four_scores):
    found = right(y_true, y_pred)
    return {**found, "accuracy": 1 - found["accuracy"]}


@exercise.misconception("Precision and recall are those of label 0. Positive is label 1.", loses=2)
def scores_label_0(y_true, y_pred, *, right=four_scores):
    return right(1 - np.asarray(y_true), 1 - np.asarray(y_pred))


@exercise.misconception("Return the scores as they are: whoever computes with them needs all digits.", loses=2)
def rounds_to_two_decimals(y_true, y_pred, *, right=four_scores):
    return {name: round(float(value), 2) for name, value in right(y_true, y_pred).items()}


@exercise.misconception("Asked for is a dictionary with four names, not four numbers in a row.", loses=6)
def returns_a_tuple(y_true, y_pred, *, right=four_scores):
    return tuple(right(y_true, y_pred).values())


@exercise.misconception("The function ends without `return`, so it gives back None.", loses=6)
def returns_nothing(y_true, y_pred, *, right=four_scores):
    right(y_true, y_pred)
