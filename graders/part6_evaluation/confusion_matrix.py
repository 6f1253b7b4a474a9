"""The confusion matrix of several classes: what is right, what is also right, what is wrong.

The notebook asks for ``confusion_matrix(y_true, y_pred, n_classes=2)``, an array of whole numbers of shape
(n_classes, n_classes): row t, column p counts the samples of class t that are predicted p. Labels are whole numbers
from 0 to n_classes - 1.
"""

from __future__ import annotations

import numpy as np

from fairgrade.grading import Exercise


def counts_by_class(y_true, y_pred, n_classes=2):
    matrix = np.zeros((n_classes, n_classes), dtype=int)
    for truth, vote in zip(y_true, y_pred):
        matrix[truth, vote] += 1
    return matrix


exercise = Exercise("confusion_matrix", points=4, reference=counts_by_class)


def labels_of_a(rng, matrix):
    """Draw labels and predicted labels that this matrix counts, in random order."""
    truth, vote = np.indices(matrix.shape)
    order = rng.permutation(int(matrix.sum()))
    return np.repeat(truth.ravel(), matrix.ravel())[order], np.repeat(vote.ravel(), matrix.ravel())[order]


# -- what right work does -------------------------------------------------------------------------


@exercise.inputs(n_classes=(3, 4))
def several_classes(rng, n_classes):
    # All entries differ, so that a row is told from a column, and each occurs more than once.
    matrix = 2 + rng.permutation(n_classes**2).reshape(n_classes, n_classes)
    return *labels_of_a(rng, matrix), n_classes


@exercise.inputs
def two_classes(rng):
    return labels_of_a(rng, 2 + rng.permutation(6)[:4].reshape(2, 2))


@exercise.inputs
def classes_that_never_occur(rng):
    matrix = np.zeros((5, 5), dtype=int)
    first, second = sorted(rng.choice(4, 2, replace=False))
    matrix[np.ix_([first, second], [first, second])] = 2 + rng.permutation(6)[:4].reshape(2, 2)
    return *labels_of_a(rng, matrix), 5


exercise.agrees_with_the_reference(
    2, several_classes, sentence="Rows are the truth, columns the votes, and each entry is the right count.", cases=2
)
exercise.agrees_with_the_reference(1, two_classes, sentence="Without a third argument there are two classes.", cases=3)
exercise.agrees_with_the_reference(
    1, classes_that_never_occur, sentence="A class that never occurs has a row and a column of zeros.", cases=3
)

# -- what is also right ---------------------------------------------------------------------------


@exercise.variant
def adds_in_place(y_true, y_pred, n_classes=2):
    matrix = np.zeros((n_classes, n_classes), dtype=np.int64)
    np.add.at(matrix, (y_true, y_pred), 1)
    return matrix


@exercise.variant
def counts_a_combined_index(y_true, y_pred, n_classes=2):
    return np.bincount(n_classes * y_true + y_pred, minlength=n_classes**2).reshape(n_classes, n_classes)


@exercise.variant
def compares_with_each_class(y_true, y_pred, n_classes=2):
    return np.array(
        [[np.sum((y_true == t) & (y_pred == p)) for p in range(n_classes)] for t in range(n_classes)], dtype=int
    )


@exercise.variant
def one_hot_product(y_true, y_pred, n_classes=2):
    one_hot = np.eye(n_classes, dtype=int)
    return one_hot[y_true].T @ one_hot[y_pred]


@exercise.variant
def histogram_of_both(y_true, y_pred, n_classes=2):
    edges = np.arange(n_classes + 1) - 0.5
    return np.histogram2d(y_true, y_pred, bins=(edges, edges))[0].astype(int)


# -- what is wrong --------------------------------------------------------------------------------


@exercise.misconception("Rows are the truth and columns the votes. Yours is the transpose.", loses=2)
def puts_votes_into_rows(y_true, y_pred, n_classes=2, *, right=counts_by_class):
    return right(y_true, y_pred, n_classes).T


@exercise.misconception("Each row is divided by its sum. Return the counts themselves.", loses=2)
def divides_by_the_rows(y_true, y_pred, n_classes=2, *, right=counts_by_class):
    matrix = right(y_true, y_pred, n_classes)
    return matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)


@exercise.misconception("All entries are divided by the number of samples. Return the counts themselves.", loses=2)
def divides_by_the_samples(y_true, y_pred, n_classes=2, *, right=counts_by_class):
    return right(y_true, y_pred, n_classes) / len(y_true)


@exercise.misconception(
    "The matrix has a row for each class, seen or not: its size is n_classes, not the number of labels found.", loses=1
)
def leaves_out_classes_that_never_occur(y_true, y_pred, n_classes=2):
    classes = np.unique(np.concatenate([y_true, y_pred]))
    return np.array([[np.sum((y_true == t) & (y_pred == p)) for p in classes] for t in classes], dtype=int)


@exercise.misconception("Class 0 is row 0. Yours starts counting at 1, so each class is a row too low.", loses=2)
def counts_classes_from_1(y_true, y_pred, n_classes=2):
    matrix = np.zeros((n_classes, n_classes), dtype=int)
    for truth, vote in zip(y_true, y_pred):
        matrix[truth - 1, vote - 1] += 1
    return matrix


@exercise.misconception("`np.zeros` makes real numbers. Counts are whole: `np.zeros(shape, dtype=int)`.", loses=1)
def returns_real_numbers(y_true, y_pred, n_classes=2, *, right=counts_by_class):
    return right(y_true, y_pred, n_classes).astype(float)


@exercise.misconception(
    "With arrays as indices, `m[t, p] += 1` counts a pair once that occurs many times. Loop, or use `np.add.at`.",
    loses=2,
)
def adds_through_an_index(y_true, y_pred, n_classes=2):
    matrix = np.zeros((n_classes, n_classes), dtype=int)
    matrix[y_true, y_pred] += 1
    return matrix


@exercise.misconception("Only the right votes are counted, on the diagonal. The wrong ones belong beside it.", loses=2)
def counts_right_votes_alone(y_true, y_pred, n_classes=2, *, right=counts_by_class):
    return np.diag(np.diag(right(y_true, y_pred, n_classes)))


@exercise.misconception("The third argument is the number of classes; yours has two whatever it says.", loses=3)
def knows_two_classes_only(y_true, y_pred, n_classes=2):
    matrix = np.zeros((2, 2), dtype=int)
    for truth, vote in zip(y_true, y_pred):
        matrix[truth, vote] += 1
    return matrix


@exercise.misconception("The function ends without `return`, so it gives back None.", loses=4)
def returns_nothing(y_true, y_pred, n_classes=2, *, right=counts_by_class):
    right(y_true, y_pred, n_classes)


@exercise.misconception("The last row and column lack a class: `range(n)` ends before n by itself.", loses=3)
def leaves_out_the_last_class(y_true, y_pred, n_classes=2, *, right=counts_by_class):
    matrix = right(y_true, y_pred, n_classes)
    return matrix[:-1, :-1]
