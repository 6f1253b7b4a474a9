"""Labels and confidences drawn such that what is counted is known, and that no two counts are alike."""

from __future__ import annotations

import numpy as np

from fairgrade.grading import FloatArray


def different_counts(rng: np.random.Generator, low: int = 1) -> tuple[int, int, int, int]:
    """Draw four different counts, each from `low` to `low` + 7: true and false positives, false and true negatives."""
    tp, fp, fn, tn = low + rng.permutation(8)[:4]
    return int(tp), int(fp), int(fn), int(tn)


def labels_with(rng: np.random.Generator, tp: int, fp: int, fn: int, tn: int) -> tuple[FloatArray, FloatArray]:
    """Draw labels and predicted labels of shape (n,), 0.0 or 1.0, with these counts, in random order."""
    y_true = np.repeat([1.0, 0.0, 1.0, 0.0], [tp, fp, fn, tn])
    y_pred = np.repeat([1.0, 1.0, 0.0, 0.0], [tp, fp, fn, tn])
    order = rng.permutation(y_true.size)
    return y_true[order], y_pred[order]


def confident(rng: np.random.Generator, n: int, ones: float = 0.4) -> tuple[FloatArray, FloatArray]:
    """Draw `n` labels, both of which occur, and confidences that tell them apart in part.

    The confidences are all different, and none is within 0.001 of another one.
    """
    y_true = rng.permutation((np.arange(n) < max(1, round(ones * n))).astype(np.float64))
    confidence = rng.permutation(np.linspace(0.03, 0.97, n)) + rng.uniform(-0.2, 0.2) / n
    # Half of the samples trade places, so that label 1 tends to be where the confidence is high.
    ranked = np.sort(confidence)
    likely = rng.random(n) < 0.5
    order = np.argsort(np.where(likely, y_true, rng.random(n)) + 1e-6 * rng.random(n))
    confidence[order] = ranked
    return y_true, confidence
