"""Precision and recall over the threshold: what is right, what is also right, what is wrong.

The notebook asks for ``threshold_curve(y_true, confidence, thresholds)``, an array of shape (k, 2): for each of the k
thresholds precision and recall of the votes that are 1 where the confidence is at least the threshold. Where there is
nothing to divide by, 0.0.
"""

from __future__ import annotations

import numpy as np

from fairgrade.grading import Exercise, expect, expect_array, random_state_untouched, unchanged
from graders.part6_evaluation.drawn import confident
from graders.part6_evaluation.scores import exercise as scores
from graders.part6_evaluation.scores import four_scores, fraction


def precision_and_recall(y_true, confidence, thresholds):
    rows = []
    for threshold in thresholds:
        said_one = confidence >= threshold
        hits = np.sum(said_one & (y_true == 1))
        rows.append([fraction(hits, np.sum(said_one)), fraction(hits, np.sum(y_true == 1))])
    return np.array(rows)


exercise = Exercise("threshold_curve", points=6, reference=precision_and_recall, builds_on=(scores,))

# -- what right work does -------------------------------------------------------------------------


@exercise.inputs
def a_few_thresholds(rng):
    y_true, confidence = confident(rng, 15)
    # In rising, falling or any order, and never as many as there are samples or columns.
    return y_true, confidence, rng.permutation(rng.uniform(0.1, 0.9, 5))


@exercise.inputs
def thresholds_that_are_met(rng):
    y_true, confidence = confident(rng, 12)
    return y_true, confidence, rng.choice(confidence, 4, replace=False)


@exercise.inputs
def thresholds_beyond(rng):
    """Nobody is voted 1 at the highest, all are at the lowest."""
    y_true, confidence = confident(rng, 11)
    return y_true, confidence, np.array([0.0, rng.uniform(0.4, 0.6), rng.uniform(0.991, 1.0)])


exercise.agrees_with_the_reference(
    2, a_few_thresholds, sentence="Each row holds precision and recall at its threshold."
)
exercise.agrees_with_the_reference(
    1, thresholds_that_are_met, sentence="A confidence of exactly the threshold is a vote of 1."
)
exercise.agrees_with_the_reference(
    1, thresholds_beyond, sentence="Where nobody is voted 1, precision is 0.0; where all are, recall is 1."
)


@exercise.check(points=1)
def recall_falls_with_the_threshold(threshold_curve, rng):
    """Recall never rises as the threshold rises: from 1 for all votes to 0 for none."""
    y_true, confidence = confident(rng, 20)
    thresholds = np.linspace(0, 1, 7)
    curve = expect_array(threshold_curve(y_true, confidence, thresholds), (7, 2), "`threshold_curve`")
    expect(bool(np.all(np.diff(curve[:, 1]) <= 1e-9)), "The second column, recall, rises with the threshold.")
    expect(abs(curve[0, 1] - 1) < 1e-9, f"At threshold 0 all are voted 1: recall is {curve[0, 1]:.6g}, not 1.")
    expect(abs(curve[-1, 1]) < 1e-9, f"At threshold 1 none is voted 1: recall is {curve[-1, 1]:.6g}, not 0.")


@exercise.check(points=1)
def the_order_of_the_samples_does_not_matter(threshold_curve, rng):
    """The order of the samples makes no difference, one threshold gives one row, and nothing is changed."""
    y_true, confidence = confident(rng, 14)
    thresholds = rng.uniform(0.2, 0.8, 1)
    with unchanged(y_true=y_true, confidence=confidence, thresholds=thresholds), random_state_untouched():
        one = expect_array(
            threshold_curve(y_true, confidence, thresholds), (1, 2), "`threshold_curve` of one threshold"
        )
    order = rng.permutation(14)
    other = expect_array(threshold_curve(y_true[order], confidence[order], thresholds), (1, 2), "`threshold_curve`")
    expect(bool(np.allclose(one, other, rtol=1e-9)), "The same samples in another order give another curve.")
    expect(bool(np.any(one > 0)), "At a threshold between 0.2 and 0.8, precision and recall are both 0.")


# -- what is also right ---------------------------------------------------------------------------


@exercise.variant
def a_row_at_a_time(y_true, confidence, thresholds):
    curve = np.zeros((len(thresholds), 2))
    for row, threshold in enumerate(thresholds):
        vote = confidence >= threshold
        hits = np.sum(vote & (y_true == 1))
        if vote.any():
            curve[row, 0] = hits / vote.sum()
        if y_true.any():
            curve[row, 1] = hits / y_true.sum()
    return curve


@exercise.variant
def all_thresholds_at_once(y_true, confidence, thresholds):
    votes = np.asarray(confidence)[:, np.newaxis] >= np.asarray(thresholds)
    hits = y_true @ votes
    return np.column_stack([hits / np.maximum(votes.sum(axis=0), 1), hits / max(y_true.sum(), 1)])


@exercise.variant
def two_lists_stacked(y_true, confidence, thresholds):
    precisions, recalls = [], []
    for threshold in thresholds:
        votes = np.where(confidence < threshold, 0, 1)
        tp, fp = np.sum(votes * y_true), np.sum(votes * (1 - y_true))
        precisions.append(tp / (tp + fp) if tp + fp > 0 else 0.0)
        recalls.append(tp / np.count_nonzero(y_true))
    return np.stack([precisions, recalls], axis=1)


@exercise.variant
def sorted_and_searched(y_true, confidence, thresholds):
    order = np.argsort(confidence)
    later = np.append(np.cumsum(y_true[order][::-1])[::-1], 0.0)
    start = np.searchsorted(confidence[order], thresholds, side="left")
    said = len(y_true) - start
    return np.array([later[start] / np.maximum(said, 1), later[start] / later[0]]).T


@exercise.variant
def list_of_pairs(y_true, confidence, thresholds):
    rows = []
    for threshold in thresholds:
        said = [truth for truth, sure in zip(y_true, confidence) if sure >= threshold]
        rows.append([sum(said) / len(said) if said else 0, sum(said) / sum(y_true)])
    return np.array(rows, dtype=float)


# -- what is wrong --------------------------------------------------------------------------------


@exercise.misconception("A vote is 1 where the confidence is *at least* the threshold. Yours is the opposite.", loses=4)
def votes_below_the_threshold(y_true, confidence, thresholds, *, right=precision_and_recall):
    return right(y_true, 1 - confidence, np.nextafter(1 - np.asarray(thresholds), 2))


@exercise.misconception("`>` leaves out a confidence of exactly the threshold. Write `>=`.", loses=1)
def votes_above_the_threshold_only(y_true, confidence, thresholds, *, right=precision_and_recall):
    return right(y_true, confidence, np.nextafter(thresholds, 2))


@exercise.misconception(
    "The confidences are sorted, and the labels are not: each then belongs to another sample.", loses=3
)
def sorts_the_confidences_alone(y_true, confidence, thresholds, *, right=precision_and_recall):
    return right(y_true, np.sort(confidence), thresholds)


@exercise.misconception("The threshold belongs to the confidences. Labels of 0 and 1 need none.", loses=4)
def compares_the_labels(y_true, confidence, thresholds):
    rows = [four_scores((y_true >= threshold).astype(float), y_true) for threshold in thresholds]
    return np.array([[row["precision"], row["recall"]] for row in rows])


@exercise.misconception("Each row needs votes of its own. Yours all come from the first threshold.", loses=3)
def uses_one_threshold_for_all(y_true, confidence, thresholds, *, right=precision_and_recall):
    return right(y_true, confidence, np.full(len(thresholds), thresholds[0]))


@exercise.misconception(
    "Whatever the threshold, yours votes at one half. Compare with each threshold in turn.", loses=3
)
def votes_at_one_half(y_true, confidence, thresholds, *, right=precision_and_recall):
    return right(y_true, confidence, np.full(len(thresholds), 0.5))


@exercise.misconception("The first column is precision, the second recall. Yours are swapped.", loses=3)
def swaps_the_columns(y_true, confidence, thresholds, *, right=precision_and_recall):
    return right(y_true, confidence, thresholds)[:, ::-1]


@exercise.misconception("Precision and recall are the columns, thresholds the rows. Yours is the transpose.", loses=3)
def returns_two_rows(y_true, confidence, thresholds, *, right=precision_and_recall):
    return right(y_true, confidence, thresholds).T


@exercise.misconception("Where nobody is voted 1, precision is 0/0. Return 0.0 there, not nan.", loses=1)
def gives_nan_where_nobody_is_voted_1(y_true, confidence, thresholds, *, right=precision_and_recall):
    curve = np.array(right(y_true, confidence, thresholds), dtype=float)
    curve[np.asarray(thresholds) > np.max(confidence), 0] = np.nan
    return curve


@exercise.misconception(
    "Where nobody is voted 1, yours claims a precision of 1. Return 0.0 there, as `scores` does.", loses=1
)
def gives_1_where_nobody_is_voted_1(y_true, confidence, thresholds, *, right=precision_and_recall):
    curve = np.array(right(y_true, confidence, thresholds), dtype=float)
    curve[np.asarray(thresholds) > np.max(confidence), 0] = 1.0
    return curve


@exercise.misconception("The rows are in the order of the thresholds as given. Yours are sorted first.", loses=2)
def sorts_the_thresholds(y_true, confidence, thresholds, *, right=precision_and_recall):
    return right(y_true, confidence, np.sort(thresholds))


@exercise.misconception("Recall divides by the number of labels 1. Yours divides by the number of samples.", loses=3)
def divides_recall_by_all_samples(y_true, confidence, thresholds, *, right=precision_and_recall):
    curve = np.array(right(y_true, confidence, thresholds), dtype=float)
    curve[:, 1] *= np.mean(y_true)
    return curve


@exercise.misconception("The second column is accuracy. Recall is asked for.", loses=3)
def gives_accuracy_for_recall(y_true, confidence, thresholds):
    rows = [four_scores(y_true, (confidence >= threshold).astype(float)) for threshold in thresholds]
    return np.array([[row["precision"], row["accuracy"]] for row in rows])


@exercise.misconception("The function ends without `return`, so it gives back None.", loses=6)
def returns_nothing(y_true, confidence, thresholds, *, right=precision_and_recall):
    right(y_true, confidence, thresholds)
