"""The four counts: what is right, what is also right, what is wrong.

The notebook asks for ``confusion_counts(y_true, y_pred) -> (tp, fp, fn, tn)``, four whole numbers. Both arguments are
arrays of n labels, 0 or 1, of shape (n,) or (n, 1).
"""

from __future__ import annotations

from collections import Counter

import numpy as np

from fairgrade.grading import Exercise, expect, expect_same
from graders.part6_evaluation.drawn import different_counts, labels_with


def counts(y_true, y_pred):
    is_one, said_one = np.ravel(y_true) == 1, np.ravel(y_pred) == 1
    return (
        int(np.sum(is_one & said_one)),
        int(np.sum(~is_one & said_one)),
        int(np.sum(is_one & ~said_one)),
        int(np.sum(~is_one & ~said_one)),
    )


exercise = Exercise("confusion_counts", points=5, reference=counts)


# -- what right work does -------------------------------------------------------------------------


@exercise.inputs
def labels(rng):
    return labels_with(rng, *different_counts(rng))


@exercise.inputs
def a_column_and_a_flat_array(rng):
    y_true, y_pred = labels_with(rng, *different_counts(rng))
    return y_true, y_pred[:, np.newaxis]


@exercise.inputs(kind=("hits", "false_alarms", "misses", "rightly_calm"))
def one_kind_alone(rng, kind):
    number = int(rng.integers(3, 9))
    kinds = ("hits", "false_alarms", "misses", "rightly_calm")
    return labels_with(rng, *(number if one == kind else 0 for one in kinds))


@exercise.check(points=1)
def counts_each_sample_once(confusion_counts, rng):
    """Each sample is counted once: the four add up to the number of samples."""
    y_true, y_pred = labels_with(rng, *different_counts(rng))
    found = confusion_counts(y_true, y_pred)
    expect_same(found, found if _are_four(found) else (0, 0, 0, 0), what="`confusion_counts`")
    total = float(np.sum(np.asarray(found, dtype=float)))
    expect(total == y_true.size, f"For {y_true.size} samples the four counts add up to {total:g}.")


def _are_four(found):
    return isinstance(found, list | tuple | np.ndarray) and np.shape(found) == (4,)


exercise.agrees_with_the_reference(
    2, labels, sentence="The four counts are right, in the order tp, fp, fn, tn.", tolerance="exact"
)
exercise.agrees_with_the_reference(
    1, one_kind_alone, sentence="A kind that does not occur is counted as 0.", tolerance="exact", cases=1
)
exercise.agrees_with_the_reference(
    1,
    a_column_and_a_flat_array,
    sentence="A column of shape (n, 1) counts as the flat array of its numbers.",
    tolerance="exact",
)

# -- what is also right ---------------------------------------------------------------------------


@exercise.variant
def loop_over_the_pairs(y_true, y_pred):
    tp = fp = fn = tn = 0
    for truth, vote in zip(np.ravel(y_true), np.ravel(y_pred)):
        if truth == 1 and vote == 1:
            tp += 1
        elif truth == 0 and vote == 1:
            fp += 1
        elif truth == 1:
            fn += 1
        else:
            tn += 1
    return tp, fp, fn, tn


@exercise.variant
def counted_by_a_counter(y_true, y_pred):
    seen = Counter(zip(np.ravel(y_true).tolist(), np.ravel(y_pred).tolist()))
    return seen[1, 1], seen[0, 1], seen[1, 0], seen[0, 0]


@exercise.variant
def counted_by_bincount(y_true, y_pred):
    tn, fp, fn, tp = np.bincount((2 * np.ravel(y_true) + np.ravel(y_pred)).astype(int), minlength=4)
    return tp, fp, fn, tn


@exercise.variant
def products_of_labels(y_true, y_pred):
    t, p = np.ravel(y_true), np.ravel(y_pred)
    return t @ p, (1 - t) @ p, t @ (1 - p), (1 - t) @ (1 - p)


@exercise.variant
def the_rest_by_subtraction(y_true, y_pred):
    t, p = np.ravel(y_true).astype(bool), np.ravel(y_pred).astype(bool)
    tp = np.count_nonzero(t & p)
    fp, fn = np.count_nonzero(p) - tp, np.count_nonzero(t) - tp
    return [tp, fp, fn, t.size - tp - fp - fn]


@exercise.variant
def an_array_of_four(y_true, y_pred):
    t, p = np.ravel(y_true) > 0.5, np.ravel(y_pred) > 0.5
    return np.array([(t & p).sum(), (~t & p).sum(), (t & ~p).sum(), (~t & ~p).sum()])


# -- what is wrong --------------------------------------------------------------------------------


@exercise.misconception(
    "A false positive is a vote of 1 that is wrong; a false negative is a vote of 0 that is wrong. Yours are swapped.",
    loses=2,
)
def swaps_the_two_kinds_of_error(y_true, y_pred, *, right=counts):
    tp, fp, fn, tn = right(y_true, y_pred)
    return tp, fn, fp, tn


@exercise.misconception("Positive is label 1, the class that is looked for. Yours counts for label 0.", loses=2)
def takes_0_for_positive(y_true, y_pred, *, right=counts):
    tp, fp, fn, tn = right(y_true, y_pred)
    return tn, fn, fp, tp


@exercise.misconception("These are shares of all samples. Return the counts themselves.", loses=2)
def returns_shares(y_true, y_pred, *, right=counts):
    return tuple(count / np.size(y_true) for count in right(y_true, y_pred))


@exercise.misconception(
    "Comparing a column with a flat array pairs each sample with all others. Flatten both with `np.ravel`.", loses=1
)
def pairs_each_sample_with_all(y_true, y_pred):
    t, p = np.asarray(y_true) == 1, np.asarray(y_pred) == 1
    return int(np.sum(t & p)), int(np.sum(~t & p)), int(np.sum(t & ~p)), int(np.sum(~t & ~p))


@exercise.misconception(
    "A vote that agrees with the truth is a true positive only if it is a 1. Two zeros are a true negative.", loses=3
)
def takes_all_agreement_for_true_positives(y_true, y_pred):
    t, p = np.ravel(y_true), np.ravel(y_pred)
    return int(np.sum(t == p)), int(np.sum((t == 0) & (p == 1))), int(np.sum((t == 1) & (p == 0))), 0


@exercise.misconception("All four are there, in another order than the one asked for: tp, fp, fn, tn.", loses=2)
def puts_the_right_votes_first(y_true, y_pred, *, right=counts):
    tp, fp, fn, tn = right(y_true, y_pred)
    return tp, tn, fp, fn


@exercise.misconception(
    "That is the order of a matrix that is read row by row: tn, fp, fn, tp. Asked for is tp, fp, fn, tn.", loses=2
)
def reads_a_matrix_row_by_row(y_true, y_pred, *, right=counts):
    tp, fp, fn, tn = right(y_true, y_pred)
    return tn, fp, fn, tp


@exercise.misconception("Three counts come back. The true negatives are missing.", loses=4)
def leaves_out_the_true_negatives(y_true, y_pred, *, right=counts):
    return right(y_true, y_pred)[:3]


@exercise.misconception("fp counts the votes of 1 that are wrong. Yours counts all votes of 1.", loses=3)
def takes_all_votes_of_1_for_false_alarms(y_true, y_pred, *, right=counts):
    tp, fp, fn, tn = right(y_true, y_pred)
    return tp, tp + fp, fn, tn


@exercise.misconception("fn counts the samples of label 1 that were missed. Yours counts all of label 1.", loses=3)
def takes_all_samples_of_label_1_for_missed(y_true, y_pred, *, right=counts):
    tp, fp, fn, tn = right(y_true, y_pred)
    return tp, fp, tp + fn, tn


@exercise.misconception("Both kinds of error hold all wrong votes. Separate them by the vote.", loses=3)
def counts_each_wrong_vote_twice(y_true, y_pred, *, right=counts):
    tp, fp, fn, tn = right(y_true, y_pred)
    return tp, fp + fn, fp + fn, tn


@exercise.misconception(
    "The `return` is inside the loop, so only the first sample is counted. Indent it less.", loses=3
)
def returns_inside_the_loop(y_true, y_pred):
    tp = fp = fn = tn = 0
    for truth, vote in zip(np.ravel(y_true), np.ravel(y_pred)):
        tp += truth == 1 and vote == 1
        fp += truth == 0 and vote == 1
        fn += truth == 1 and vote == 0
        tn += truth == 0 and vote == 0
        return int(tp), int(fp), int(fn), int(tn)


@exercise.misconception("The function ends without `return`, so it gives back None.", loses=5)
def returns_nothing(y_true, y_pred, *, right=counts):
    right(y_true, y_pred)
