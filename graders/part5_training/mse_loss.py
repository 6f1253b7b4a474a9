"""Mean squared error: what is right, what is also right, what is wrong.

The notebook asks for ``mse_loss(y_true, y_pred) -> float``, the mean over the samples of the squared
difference. Both arguments are arrays of the same shape, (n,) or (n, 1).
"""

from __future__ import annotations

import functools
import math

import numpy as np

from fairgrade.grading import (
    Exercise,
    FloatArray,
    expect,
    expect_close,
    expect_finite,
    expect_number,
    random_state_untouched,
    unchanged,
)
from graders.part5_training.losses import (
    digits_of_the_loss,
    error_for_columns,
    expect_to_depend_on_predictions,
    losses_of,
    seen,
)


def mean_squared_error(y_true, y_pred):
    return float(np.mean((y_true - y_pred) ** 2))


exercise = Exercise("mse_loss", points=4, reference=mean_squared_error, more_costs=1)


def batch(rng: np.random.Generator, n: int, ones: float = 0.5) -> tuple[FloatArray, FloatArray]:
    """Draw `n` labels, about a fraction `ones` of them 1 (both occur), and predictions in (0, 1), of shape (n,)."""
    y = (rng.random(n) < ones).astype(np.float64)
    y[:2] = (0.0, 1.0)[:n]
    return y, rng.uniform(0.02, 0.98, n)


def nearly_right(rng: np.random.Generator, n: int) -> tuple[FloatArray, FloatArray]:
    """Draw labels and predictions whose loss is about 3.5e-6: rounding it to six decimals or fewer always shows.

    Rounding to more decimals is within the tolerance of 1e-7.
    """
    y, error = batch(rng, n)[0], rng.uniform(0.5, 1.5, n)
    error *= np.sqrt(rng.uniform(3.3e-6, 3.7e-6) / np.mean(error**2))
    return y, np.abs(y - error)


def samples(n: int) -> str:
    """Say the number of samples in words."""
    return "1 sample" if n == 1 else f"{n} samples"


# -- what right work does -------------------------------------------------------------------------
# Each of the first two checks tests one concept and ignores the other: a sum in place of the mean still squares, and
# the root of a mean still averages. The third needs everything right.


@exercise.check(points=1)
def squares_each_error(mse_loss, rng):
    """Each error is squared: signs can't cancel, and a miss twice as big weighs four times as much."""
    n = 2 * int(rng.integers(2, 5))
    truth, error = np.zeros(n), rng.uniform(0.1, 0.4, n)
    sign = np.where(np.arange(n) % 2, 1.0, -1.0)
    small = np.abs(np.subtract(*nearly_right(rng, n)))
    loss, turned, doubled, tiny, double = losses_of(
        mse_loss, (truth, error), (truth, error * sign), (truth, 2 * error), (truth, small), (truth, 2 * small)
    )
    expect(loss > 0 and tiny > 0, "Predictions that are off must give a loss above zero.")
    expect_close(double, 4 * tiny, rtol=1e-4, atol=3e-7, given="small errors twice as big")
    expect_close(
        turned,
        loss,
        rtol=1e-4,
        given="the same errors with every other sign turned round, which cost the same",
    )
    expect_close(
        doubled,
        4 * loss,
        rtol=1e-4,
        given="errors twice as big, which weigh four times as much",
    )


@exercise.check(points=1)
def averages_over_the_samples(mse_loss, rng):
    """The loss is an average: it does not grow with the number of samples, and each sample counts alike."""
    y, p = batch(rng, int(rng.integers(5, 9)))
    order = np.roll(np.arange(y.size), 1)
    loss, tripled, longer, reordered = losses_of(
        mse_loss, (y, p), (np.tile(y, 3), np.tile(p, 3)), (np.append(y, 0.0), np.append(p, 0.0)), (y[order], p[order])
    )
    expect_close(
        tripled,
        loss,
        rtol=1e-4,
        given=f"{y.size} samples, each of them three times, whose average is that of the samples once",
    )
    expect_close(
        longer,
        loss * y.size / (y.size + 1),
        rtol=1e-4,
        given=f"{y.size} samples, and one more that is predicted perfectly",
    )
    expect_close(reordered, loss, rtol=1e-4, given="the same samples in another order")
    y, p = nearly_right(rng, 8)
    loss, longer = losses_of(mse_loss, (y, p), (np.append(y, 0.0), np.append(p, 0.0)))
    expect(loss != 0, "Predictions that are off by little give a loss of zero.")
    given = "8 samples with small errors, and one without error"
    expect_close(longer, loss * 8 / 9, rtol=1e-4, atol=1e-7, given=given)
    expect_to_depend_on_predictions(mse_loss, y, p)


@exercise.check(points=1)
def gives_the_right_number(mse_loss, rng):
    """The number is right: few and many samples, rare labels, predictions of exactly 0 and 1, columns."""
    batches = []
    for n, ones in ((1, 0.5), (5, 0.5), (60, 0.5), (40, 0.05), (40, 0.95)):
        y, p = batch(rng, n, ones)
        p[rng.random(n) < 0.2] = float(rng.integers(2))
        batches.append((y, p, f"{samples(n)}, {int(y.sum())} of them labelled 1"))
    y, p = batch(rng, 12)
    batches.append((y[:, np.newaxis], p[:, np.newaxis], "two columns of shape (12, 1)"))
    batches.append((*nearly_right(rng, 8), "predictions that are off by a thousandth or two"))
    losses = losses_of(mse_loss, *[(y, p) for y, p, _ in batches])
    for (y, p, given), loss in zip(batches, losses, strict=True):
        expect_close(loss, mean_squared_error(y, p), rtol=1e-5, atol=1e-7, given=given)


@exercise.check(points=1)
def returns_a_number_and_changes_nothing(mse_loss, rng):
    """It returns one number, which depends on what it was given, and leaves that alone."""
    y, p = batch(rng, 6)
    with unchanged(y_true=y, y_pred=p), random_state_untouched():
        loss = expect_number(mse_loss(y, p))
    expect_finite(loss)
    expect_to_depend_on_predictions(mse_loss, y, p)


# -- what tells mistakes apart --------------------------------------------------------------------


@exercise.probe
def a_small_batch(mse_loss, rng):
    y, p = batch(rng, 5)
    return seen(mse_loss, y, p)


@exercise.probe
def a_larger_batch(mse_loss, rng):
    y, p = batch(rng, 24)
    return seen(mse_loss, y, p)


@exercise.probe
def errors_of_a_thousandth(mse_loss, rng):
    return mse_loss(*nearly_right(rng, 6))


@exercise.probe
def one_sample(mse_loss, rng):
    # Rounded to one decimal the loss is 0.6, unlike that of a larger batch, so rounded losses can be told apart.
    return mse_loss(np.array([1.0]), rng.uniform(0.21, 0.25, 1))


@exercise.probe
def two_columns(mse_loss, rng):
    y, p = batch(rng, 7)
    return mse_loss(y[:, np.newaxis], p[:, np.newaxis])


# -- changes of the reference that make no difference ---------------------------------------------

exercise.equivalent(
    "return float(np.mean((y_true - y_pred) ** 2))",
    "return float(np.mean((y_pred - y_true) ** 2))",
    why="A number and its negative have the same square.",
)

# -- what is also right ---------------------------------------------------------------------------


@exercise.variant
def loop_over_the_indices(y_true, y_pred):
    total = 0
    for i in range(len(y_true)):
        total += (y_true[i] - y_pred[i]) ** 2
    return total / len(y_true)


@exercise.variant
def loop_over_the_pairs(y_true, y_pred):
    total = 0.0
    for truth, prediction in zip(y_true, y_pred):
        error = truth - prediction
        total += error * error
    return total / len(y_pred)


@exercise.variant
def generator_in_a_sum(y_true, y_pred):
    return sum((a - b) ** 2 for a, b in zip(y_true, y_pred)) / len(y_true)


@exercise.variant
def error_dot_itself(y_true, y_pred):
    error = np.ravel(y_true) - np.ravel(y_pred)
    return np.dot(error, error) / error.size


@exercise.variant
def einsum(y_true, y_pred):
    error = (y_true - y_pred).ravel()
    return np.einsum("i,i->", error, error) / len(error)


@exercise.variant
def squared_norm(y_true, y_pred):
    return np.linalg.norm(y_true - y_pred) ** 2 / np.size(y_true)


@exercise.variant
def exact_sum(y_true, y_pred):
    return math.fsum(float(e) ** 2 for e in np.ravel(y_true - y_pred)) / len(y_true)


@exercise.variant
def recursion(y_true, y_pred):
    def total(i):
        return 0.0 if i == len(y_true) else float(np.squeeze(y_true[i] - y_pred[i])) ** 2 + total(i + 1)

    return total(0) / len(y_true)


@exercise.variant
def reduce_over_the_pairs(y_true, y_pred):
    return functools.reduce(lambda total, pair: total + (pair[0] - pair[1]) ** 2, zip(y_true, y_pred), 0.0) / len(
        y_true
    )


@exercise.variant
def numpy_methods(y_true, y_pred):
    return np.square(np.subtract(y_true, y_pred)).mean()


@exercise.variant
def variance_plus_squared_bias(y_true, y_pred):
    error = np.asarray(y_pred) - np.asarray(y_true)
    return error.var() + error.mean() ** 2


@exercise.variant
def expanded_square(y_true, y_pred):
    return np.mean(y_true**2 - 2 * y_true * y_pred + y_pred**2)


@exercise.variant
def weighted_average(y_true, y_pred):
    return np.average(np.abs(y_true - y_pred) ** 2)


@exercise.variant
def running_mean(y_true, y_pred):
    mean = 0.0
    for i, (a, b) in enumerate(zip(y_true, y_pred), start=1):
        mean += ((a - b) ** 2 - mean) / i
    return mean


@exercise.variant
def float32_result(y_true, y_pred):
    return np.float32(np.mean((y_pred - y_true) ** 2))


@exercise.variant
def zero_dimensional_array(y_true, y_pred):
    return np.array(np.mean((y_true - y_pred) ** 2))


@exercise.variant
def array_of_one_element(y_true, y_pred):
    return np.mean((y_true - y_pred) ** 2, keepdims=True).reshape(1)


@exercise.variant
def takes_lists_too(y_true, y_pred, verbose=False):
    y_true, y_pred = np.array(y_true, dtype=float), np.array(y_pred, dtype=float)
    if verbose:
        print(f"{len(y_true)} samples")
    return float(((y_true - y_pred) ** 2).sum() / y_true.shape[0])


@exercise.variant
def helper_of_its_own(y_true: np.ndarray, y_pred: np.ndarray) -> float:
    def squared_error(a: float, b: float) -> float:
        return (a - b) ** 2

    errors = [squared_error(a, b) for a, b in zip(y_true, y_pred)]
    return sum(errors) / len(errors)


@exercise.variant
def prints_and_warns(y_true, y_pred):
    import sys
    import warnings

    print("computing the loss of", len(y_true), "samples")
    print("to the other stream", file=sys.stderr)
    warnings.warn("this is only a warning", stacklevel=2)
    return np.mean((y_true - y_pred) ** 2)


@exercise.variant
def raises_and_catches(y_true, y_pred):
    try:
        if len(y_true) != len(y_pred) + 1:
            raise ValueError("checked on the way")
    except ValueError:
        pass
    return np.mean((y_true - y_pred) ** 2)


# -- what is wrong --------------------------------------------------------------------------------


@exercise.misconception("The mean divides by the number of samples; your function stops at the sum.", loses=2)
def adds_up_without_averaging(y_true, y_pred):
    return np.sum((y_true - y_pred) ** 2)


@exercise.misconception("The factor 1/2 of some textbooks is not part of the mean squared error.", loses=1)
def halves_the_mean(y_true, y_pred, *, right=mean_squared_error):
    return right(y_true, y_pred) / 2


@exercise.misconception(
    "The factor 1/2 replaces nothing: the sum still has to be divided by the number of samples.", loses=2
)
def halves_the_sum(y_true, y_pred):
    return np.sum((y_true - y_pred) ** 2) / 2


@exercise.misconception("That is the root mean squared error. Leave out the square root.", loses=2)
def takes_the_square_root(y_true, y_pred, *, right=mean_squared_error):
    return np.sqrt(right(y_true, y_pred))


@exercise.misconception(
    "That is the mean absolute error. Square each error in place of taking its absolute value.", loses=2
)
def takes_the_absolute_value(y_true, y_pred):
    return np.mean(np.abs(y_true - y_pred))


@exercise.misconception("Square first, then average. The other way round, errors of opposite sign cancel.", loses=2)
def squares_the_mean_error(y_true, y_pred):
    return np.mean(y_true - y_pred) ** 2


@exercise.misconception("The errors are averaged but never squared, so their signs cancel.", loses=2)
def forgets_to_square(y_true, y_pred):
    return np.mean(y_true - y_pred)


@exercise.misconception("The errors are neither squared nor averaged: their plain sum lets signs cancel.", loses=3)
def adds_up_the_errors(y_true, y_pred):
    return np.sum(y_true - y_pred)


@exercise.misconception("Square the difference of truth and prediction, not each of them.", loses=2)
def subtracts_the_squares(y_true, y_pred):
    return np.mean(y_true**2 - y_pred**2)


@exercise.misconception("A printed number is only on the screen. Give it back with `return`.", loses=2)
def prints_in_place_of_returning(y_true, y_pred, *, right=mean_squared_error):
    print(right(y_true, y_pred))


@exercise.misconception(
    "The `return` is inside the loop, so the function ends after the first sample. Indent it less.", loses=2
)
def returns_inside_the_loop(y_true, y_pred):
    total = 0
    for i in range(len(y_true)):
        total += (y_true[i] - y_pred[i]) ** 2
        return total / len(y_true)


@exercise.misconception("Only the first sample counts here. Use all of them.", loses=2)
def looks_at_the_first_sample_only(y_true, y_pred):
    return float(np.ravel((y_true[0] - y_pred[0]) ** 2)[0])


@exercise.misconception("The loop ends one sample early: `range(n)` already stops before n.", loses=2)
def misses_the_last_sample(y_true, y_pred):
    total = 0
    for i in range(len(y_true) - 1):
        total += (y_true[i] - y_pred[i]) ** 2
    return total / len(y_true)


@exercise.misconception(
    "A column minus a flat array pairs every truth with every prediction. Give both the same shape first.", loses=1
)
def flattens_one_of_the_two(y_true, y_pred):
    return np.mean((y_true - np.ravel(y_pred)) ** 2)


@exercise.misconception(
    "Only the last sample counts here: the loop overwrites the total in place of adding to it.", loses=2
)
def keeps_the_last_sample_only(y_true, y_pred):
    total = 0.0
    for y, p in zip(y_true, y_pred):
        total = float(np.squeeze((y - p) ** 2))
    return total / len(y_true)


@exercise.misconception("Divide by n, not by n - 1: this is a mean of errors, not an estimate of a variance.", loses=2)
def divides_by_one_less(y_true, y_pred):
    return np.sum((y_true - y_pred) ** 2) / max(len(y_true) - 1, 1)


@exercise.misconception(
    "The number of samples is written into the code. Take it from the arrays: `len(y_true)`.", loses=2
)
def divides_by_a_fixed_number(y_true, y_pred):
    return np.sum((y_true - y_pred) ** 2) / 5


@exercise.misconception("In Python `^` is not a power. Write `** 2`.", loses=4)
def writes_a_caret_for_the_power(y_true, y_pred):
    return np.mean((y_true - y_pred) ^ 2)


@exercise.misconception("One squared error a sample comes back. Average them into one number.", loses=2)
def returns_the_vector(y_true, y_pred):
    return (y_true - y_pred) ** 2


@exercise.misconception(
    "Your difference pairs every truth with every prediction. Print its shape: it should be that of y_true.", loses=2
)
def subtracts_every_pair(y_true, y_pred):
    return np.mean((np.reshape(y_true, (-1, 1)) - np.reshape(y_pred, (1, -1))) ** 2)


@exercise.misconception(
    "The loss takes the predictions as they are. Rounding them to 0 or 1 hides how wrong they were.", loses=2
)
def rounds_the_predictions_first(y_true, y_pred, *, right=mean_squared_error):
    return right(y_true, np.where(np.asarray(y_pred) >= 0.5, 1.0, 0.0))


@exercise.misconception("`-=` and `*=` work inside the caller's array. Start with `error = y_true - y_pred`.", loses=1)
def changes_its_inputs(y_true, y_pred, *, right=mean_squared_error):
    loss = right(y_true, y_pred)
    y_pred -= y_true
    return loss


@exercise.misconception(
    "`y_true -= y_pred` works inside the caller's array. Start with `error = y_true - y_pred`.", loses=1
)
def changes_the_truth(y_true, y_pred, *, right=mean_squared_error):
    loss = right(y_true, y_pred)
    y_true -= y_pred
    return loss


@exercise.misconception("Cubes keep the sign, so errors cancel. The power is 2.", loses=2)
def cubes_the_errors(y_true, y_pred):
    return np.mean((y_true - y_pred) ** 3)


@exercise.misconception("`2 * error` doubles the error. Its square is `error ** 2`.", loses=2)
def doubles_in_place_of_squaring(y_true, y_pred):
    return np.mean((y_true - y_pred) * 2)


@exercise.misconception("The loss has no minus sign: it is zero for perfect predictions and grows from there.", loses=2)
def negates_the_loss(y_true, y_pred, *, right=mean_squared_error):
    return -right(y_true, y_pred)


@exercise.misconception("Divide by the number of all samples, not only of those labelled 1.", loses=2)
def divides_by_the_positives(y_true, y_pred):
    return np.sum((y_true - y_pred) ** 2) / max(np.sum(y_true), 1)


@exercise.misconception(
    "Nothing is squared or subtracted here: multiply the error by itself, not truth by prediction.", loses=2
)
def multiplies_truth_by_prediction(y_true, y_pred):
    return np.mean(y_true * y_pred)


@exercise.misconception("The function ends without `return`, so it gives back None.", loses=4)
def returns_nothing(y_true, y_pred, *, right=mean_squared_error):
    right(y_true, y_pred)


@exercise.misconception(
    "Return the loss as it is: whoever computes with it needs all its digits.", loses=1, fits=digits_of_the_loss
)
def rounds_the_result(y_true, y_pred, *, right=mean_squared_error, digits=3):
    return np.round(right(y_true, y_pred), digits)


@exercise.misconception(
    "Each squared error is divided by their number, but they are not added up to one number.", loses=2
)
def does_not_add_up(y_true, y_pred):
    return (y_true - y_pred) ** 2 / len(y_true)


@exercise.misconception(
    "In `1 / 2 * n` the n is multiplied, not divided by: Python works from left to right. Use brackets.", loses=2
)
def multiplies_by_the_number_of_samples(y_true, y_pred):
    return np.sum((y_true - y_pred) ** 2) * len(y_true)


@exercise.misconception(
    "An axis leaves a column as it is: for shape (n, 1) one number a sample comes back. Average over all.", loses=1
)
def averages_over_the_last_axis(y_true, y_pred):
    return np.mean((y_true - y_pred) ** 2, axis=-1)


@exercise.misconception(
    "`axis=1` is the second axis, which a flat array does not have. Average over all without naming an axis.", loses=4
)
def reduces_along_the_second_axis(y_true, y_pred):
    return np.mean((y_true - y_pred) ** 2, axis=1)


@exercise.misconception(
    "`shape[1]` is the length of the second axis, which a flat array does not have. The number of samples is "
    "`len(y_true)`.",
    loses=4,
)
def reads_the_second_axis(y_true, y_pred):
    return np.sum((y_true - y_pred) ** 2) / y_true.shape[1]


@exercise.misconception(
    "It stops with an error where it is given columns of shape (n, 1), as the exercise may do.",
    loses=1,
    fits=error_for_columns,
)
def stops_for_columns(y_true, y_pred, *, right=mean_squared_error, error=None):
    if np.ndim(y_true) > 1:
        raise error or TypeError("columns")
    return right(y_true, y_pred)


@exercise.misconception(
    "The absolute value of the mean error comes too late: errors of opposite sign have cancelled by then. Square "
    "each error first.",
    loses=2,
)
def takes_the_absolute_value_of_the_mean(y_true, y_pred):
    return np.abs(np.mean(y_true - y_pred))
