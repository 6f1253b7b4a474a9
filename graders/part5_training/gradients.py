"""The gradient of one sample's loss: what is right, what is also right, what is wrong.

The notebook asks for ``gradients(x, y_true, y_pred) -> (grad_weights, grad_bias)`` for one sample of a
sigmoid unit under binary cross-entropy. The chain rule collapses to (y_pred - y_true) x for the weights
and y_pred - y_true for the bias (Bishop, Pattern Recognition and Machine Learning, equation 4.91).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from fairgrade.grading import (
    Exercise,
    FloatArray,
    each,
    expect,
    expect_array,
    expect_close,
    expect_gradient,
    expect_number,
    random_state_untouched,
    unchanged,
)


def sample_gradients(x, y_true, y_pred):
    error = y_pred - y_true
    return error * x, error


gradient = Exercise("gradients", points=6, reference=sample_gradients)


def sample(rng: np.random.Generator, n: int, y: float) -> Sample:
    """Evidence x of shape (n,) with negative, positive and zero entries, the label `y`, and a prediction for it."""
    x = rng.normal(0, 1, n)
    x[:3] = -8.0, 0.0, 0.8  # a strong one shows where gradients are cut off
    return rng.permutation(x), y, float(rng.uniform(0.1, 0.9))


SIZES_AND_LABELS = ((9, 1.0), (9, 0.0), (4, 1.0), (4, 0.0), (20, 1.0))
"""Mistakes that show for one label only are found each time, not just as the dice fall."""

Sample = tuple[FloatArray, float, float]


def pair(result: object, n: int) -> tuple[FloatArray, float]:
    """The student's gradients as an array of shape (n,) and a float."""
    values = list(result) if isinstance(result, tuple | list) else None
    if values is None and isinstance(result, np.ndarray) and result.dtype == object:
        values = list(result)
    expect(
        values is not None and len(values) == 2,
        "gradients should return two things, the weights' gradient and the bias's: `return grad_weights, grad_bias`.",
    )
    assert values is not None
    weights = expect_array(values[0], what="the first value of gradients")
    expect(
        weights.size == n, f"For {n} inputs the weights' gradient has {weights.size} entries; it needs one for each."
    )
    return weights.reshape(n), expect_number(values[1], what="the second value of gradients")


def pairs(gradients: Any, samples: Iterable[Sample]) -> Iterator[tuple[FloatArray, float]]:
    """The student's gradients for each of some samples."""
    xs, labels, predictions = zip(*samples, strict=True)
    for x, result in zip(xs, each(gradients, [x.copy() for x in xs], labels, predictions), strict=True):
        yield pair(result, x.size)


def multiple_of(x: FloatArray, weights: FloatArray) -> float:
    """The factor f for which f x comes nearest to the weights' gradient (least squares)."""
    return float(weights @ x / (x @ x))


# -- what right work does -------------------------------------------------------------------------
# Shape, direction, size, and the bias are four concepts, each looked at without regard to the others:
# a wrong sign leaves the direction and the bias's agreement with the weights alone.


@gradient.check(points=1)
def returns_a_pair_of_the_right_shapes(gradients, rng):
    """It returns the weights' gradient, one entry for each input, and then the bias's, one number."""
    list(pairs(gradients, [sample(rng, n, y) for n, y in SIZES_AND_LABELS]))  # which looks at each


@gradient.check(points=1)
def points_along_the_evidence(gradients, rng):
    """The weights' gradient is a multiple of x: no evidence, no blame; negative evidence, the opposite blame."""
    samples = [sample(rng, n, y) for n, y in SIZES_AND_LABELS]
    for (x, _, _), (weights, _) in zip(samples, pairs(gradients, samples), strict=True):
        factor = multiple_of(x, weights)
        expect(abs(factor) > 1e-6, "For a prediction that is off, the weights' gradient is zero.")
        expect_close(
            weights,
            factor * x,
            rtol=1e-4,
            atol=1e-6,
            given=f"{x.size} inputs",
            what="your weights' gradient, as a multiple of x,",
        )


@gradient.check(points=1)
def is_as_long_as_the_error(gradients, rng):
    """That multiple is the error, prediction minus truth."""
    samples = [sample(rng, n, y) for n, y in SIZES_AND_LABELS]
    for (x, y, p), (weights, _) in zip(samples, pairs(gradients, samples), strict=True):
        given = f"label {y:g} and prediction {p:.3f}"
        expect_close(
            multiple_of(x, weights), p - y, rtol=1e-4, given=given, what="your weights' gradient, as a multiple of x,"
        )


@gradient.check(points=1)
def treats_the_bias_as_a_weight_of_input_1(gradients, rng):
    """The bias's gradient is the error itself, as if the bias were the weight of an input that is always 1."""
    samples = [sample(rng, n, y) for n, y in SIZES_AND_LABELS]
    for (x, y, p), (weights, bias) in zip(samples, pairs(gradients, samples), strict=True):
        # Next to the student's own multiple, so that a wrong error is not charged here as well.
        factor = multiple_of(x, weights)
        given = f"label {y:g} and prediction {p:.3f}"
        expect(abs(bias) > 1e-9, f"Given {given}: the bias's gradient is zero although the prediction is off.")
        right = np.isclose(bias, p - y, rtol=1e-4) or np.isclose(bias, factor, rtol=1e-4)
        expect(bool(right), f"Given {given}: the bias's gradient is {bias:.4g}, which is not the error.")


@gradient.check(points=1)
def agrees_with_the_measured_slope(gradients, rng):
    """It agrees with the slope of the loss, measured by nudging each weight and the bias (central differences)."""
    states = [rng.normal(0, 0.2, n + 1) for n, _ in SIZES_AND_LABELS]
    samples = []
    for (n, y), state in zip(SIZES_AND_LABELS, states, strict=True):
        x, _, _ = sample(rng, n, y)
        samples.append((x, y, 1 / (1 + math.exp(-float(state[:-1] @ x + state[-1])))))
    for (x, y, _), state, (weights, bias) in zip(samples, states, pairs(gradients, samples), strict=True):

        def loss(at: FloatArray, x: FloatArray = x, y: float = y) -> float:
            z = float(at[:-1] @ x + at[-1])
            return float(np.logaddexp(0, z) - y * z)  # cross-entropy of a sigmoid, in terms of z

        expect_gradient(np.append(weights, bias), loss, at=state, given=f"{x.size} inputs and label {y:g}")


@gradient.check(points=1)
def changes_nothing(gradients, rng):
    """It leaves x alone: the next sample's gradient needs it as it was."""
    x, y, p = sample(rng, 9, 1.0)
    with unchanged(x=x), random_state_untouched():
        weights, _ = pair(gradients(x, y, p), x.size)
    other, _ = pair(gradients(x, y, 0.5 * p), x.size)
    expect(not np.allclose(weights, other), "Your gradient is the same whatever the prediction is.")


# -- what tells mistakes apart --------------------------------------------------------------------


def seen(gradients, rng, n):
    x, y, p = sample(rng, n, float(rng.integers(2)))
    result = gradients(x, y, p)
    return None if result is None else (result, x)


@gradient.probe
def nine_inputs(gradients, rng):
    return seen(gradients, rng, 9)


@gradient.probe
def four_inputs(gradients, rng):
    return seen(gradients, rng, 4)


@gradient.probe
def twenty_inputs(gradients, rng):
    return seen(gradients, rng, 20)


@gradient.probe
def both_labels(gradients, rng):
    x, _, p = sample(rng, 9, 0.0)
    results = tuple(each(gradients, [x.copy(), x.copy()], [0.0, 1.0], [p, p]))
    return None if results == (None, None) else results


# -- what is also right ---------------------------------------------------------------------------


@gradient.variant
def minus_truth_minus_prediction(x, y_true, y_pred):
    return -(y_true - y_pred) * x, -(y_true - y_pred)


@gradient.variant
def loop_over_the_inputs(x, y_true, y_pred):
    grad_weights = np.zeros(len(x))
    for i in range(len(x)):
        grad_weights[i] = (y_pred - y_true) * x[i]
    return grad_weights, y_pred - y_true


@gradient.variant
def list_comprehension(x, y_true, y_pred):
    return [(y_pred - y_true) * value for value in x], float(y_pred - y_true)


@gradient.variant
def whole_chain_rule(x, y_true, y_pred):
    dloss_dprediction = (y_pred - y_true) / (y_pred * (1 - y_pred))
    dprediction_dz = y_pred * (1 - y_pred)
    return dloss_dprediction * dprediction_dz * x, dloss_dprediction * dprediction_dz


@gradient.variant
def two_terms_of_the_loss(x, y_true, y_pred):
    dz = (-y_true / y_pred + (1 - y_true) / (1 - y_pred)) * y_pred * (1 - y_pred)
    return dz * np.asarray(x), dz


@gradient.variant
def numpy_multiply(x, y_true, y_pred):
    error = np.subtract(y_pred, y_true)
    return np.multiply(error, x), error


@gradient.variant
def bias_as_array(x, y_true, y_pred):
    error = np.array([y_pred - y_true])
    return error * x, error


@gradient.variant
def returns_a_list(x, y_true, y_pred):
    delta = y_pred - y_true
    return [delta * x, delta]


@gradient.variant
def column_of_gradients(x, y_true, y_pred):
    delta = y_pred - y_true
    return (delta * np.asarray(x)).reshape(-1, 1), np.float64(delta)


@gradient.variant
def float32_gradients(x, y_true, y_pred):
    delta = np.float32(y_pred - y_true)
    return delta * np.asarray(x, dtype=np.float32), delta


@gradient.variant
def bias_as_an_extra_input(x: np.ndarray, y_true: float, y_pred: float) -> tuple[np.ndarray, float]:
    extended = np.append(x, 1.0)
    together = (y_pred - y_true) * extended
    return together[:-1], together[-1]


@gradient.variant
def in_place_on_its_own_copy(x, y_true, y_pred):
    grad_weights = np.array(x, dtype=float)
    grad_weights *= y_pred
    grad_weights -= y_true * np.asarray(x)
    print("gradient", grad_weights)
    return grad_weights, y_pred - y_true


@gradient.variant
def outer_product(x, y_true, y_pred):
    delta = np.array([y_pred - y_true])
    return np.outer(delta, x)[0], delta.item()


# -- what is wrong --------------------------------------------------------------------------------


@gradient.misconception(
    hint="Your error is truth minus prediction. The gradient needs prediction minus truth, or the loop climbs.", loses=2
)
def turns_the_sign_round(x, y_true, y_pred):
    return (y_true - y_pred) * x, y_true - y_pred


@gradient.misconception(hint="The sign of the weights' gradient is turned round, that of the bias is right.", loses=2)
def turns_the_sign_of_the_weights_round(x, y_true, y_pred):
    return (y_true - y_pred) * x, y_pred - y_true


@gradient.misconception(hint="The sign of the bias's gradient is turned round, that of the weights is right.", loses=2)
def turns_the_sign_of_the_bias_round(x, y_true, y_pred):
    return (y_pred - y_true) * x, y_true - y_pred


@gradient.misconception(
    hint="The chain rule's last factor is dz/dw = x. Without it all weights get the same blame.", loses=2
)
def leaves_x_out(x, y_true, y_pred):
    return y_pred - y_true, y_pred - y_true


@gradient.misconception(hint="Every weight gets the same blame. Multiply the error by x, entry by entry.", loses=2)
def gives_every_input_the_same(x, y_true, y_pred):
    return np.full(len(x), y_pred - y_true), y_pred - y_true


@gradient.misconception(
    hint="The factor y_pred (1 - y_pred) cancels against the derivative of cross-entropy. It stays only with squared"
    " error.",
    loses=2,
)
def keeps_the_slope_of_the_sigmoid(x, y_true, y_pred):
    delta = (y_pred - y_true) * y_pred * (1 - y_pred)
    return delta * x, delta


@gradient.misconception(hint="That is the gradient of the squared error. The loss here is cross-entropy.", loses=2)
def differentiates_the_squared_error(x, y_true, y_pred):
    delta = 2 * (y_pred - y_true) * y_pred * (1 - y_pred)
    return delta * x, delta


@gradient.misconception(hint="The factor 2 belongs to the squared error. Cross-entropy has none.", loses=2)
def has_a_factor_of_2(x, y_true, y_pred):
    return 2 * (y_pred - y_true) * x, 2 * (y_pred - y_true)


@gradient.misconception(
    hint="The loss's derivative still needs the slope of the sigmoid, y_pred (1 - y_pred); the product collapses.",
    loses=2,
)
def stops_the_chain_rule_at_the_prediction(x, y_true, y_pred):
    delta = (y_pred - y_true) / (y_pred * (1 - y_pred))
    return delta * x, delta


@gradient.misconception(hint="The bias has a gradient, too: it is the weight of an input that is always 1.", loses=2)
def gives_the_bias_no_gradient(x, y_true, y_pred):
    return (y_pred - y_true) * x, 0.0


@gradient.misconception(hint="The bias's gradient is 1 times the error, not 1.", loses=2)
def gives_the_bias_a_gradient_of_1(x, y_true, y_pred):
    return (y_pred - y_true) * x, 1.0


@gradient.misconception(
    hint="The bias does not see x: its gradient is the error, not the error times the mean of x.", loses=2
)
def multiplies_the_bias_by_the_mean_of_x(x, y_true, y_pred):
    return (y_pred - y_true) * x, (y_pred - y_true) * np.mean(x)


@gradient.misconception(
    hint="The bias does not see x: its gradient is the error, not the sum over the inputs.", loses=2
)
def adds_the_weights_gradients_up_for_the_bias(x, y_true, y_pred):
    grad_weights = (y_pred - y_true) * x
    return grad_weights, np.sum(grad_weights)


@gradient.misconception(hint="The bias's gradient is one number, not one for each input.", loses=2)
def returns_a_vector_for_the_bias(x, y_true, y_pred):
    delta = (y_pred - y_true) * np.asarray(x)
    return delta, delta


@gradient.misconception(hint="The two have changed places: first the weights' gradient, then the bias's.", loses=1)
def returns_the_bias_first(x, y_true, y_pred):
    return y_pred - y_true, (y_pred - y_true) * x


@gradient.misconception(hint="The entries are added up into one number. Keep one entry for each weight.", loses=2)
def adds_up_over_the_inputs(x, y_true, y_pred):
    return np.sum((y_pred - y_true) * x), y_pred - y_true


@gradient.misconception(hint="The entries are averaged into one number. Keep one entry for each weight.", loses=2)
def averages_over_the_inputs(x, y_true, y_pred):
    return np.mean((y_pred - y_true) * x), y_pred - y_true


@gradient.misconception(hint="Nothing is divided here: it is one sample, and each weight keeps its own blame.", loses=2)
def divides_by_the_number_of_inputs(x, y_true, y_pred):
    return (y_pred - y_true) * x / len(x), y_pred - y_true


@gradient.misconception(
    hint="The error uses the rounded prediction. The gradient needs the probability itself.", loses=2
)
def rounds_the_prediction_first(x, y_true, y_pred):
    error = float(y_pred >= 0.5) - y_true
    return error * x, error


@gradient.misconception(hint="The error appears squared. The derivative of cross-entropy has it once.", loses=2)
def squares_the_error(x, y_true, y_pred):
    error = (y_pred - y_true) ** 2
    return error * x, error


@gradient.misconception(hint="Taking the absolute value loses the direction in which to move.", loses=2)
def drops_the_sign_of_the_error(x, y_true, y_pred):
    error = abs(y_pred - y_true)
    return error * x, error


@gradient.misconception(hint="Negative evidence turns the blame round, so keep the sign of x.", loses=2)
def drops_the_sign_of_x(x, y_true, y_pred):
    return (y_pred - y_true) * np.abs(x), y_pred - y_true


@gradient.misconception(hint="x appears squared. The derivative of w x by w is x.", loses=2)
def squares_x(x, y_true, y_pred):
    return (y_pred - y_true) * np.asarray(x) ** 2, y_pred - y_true


@gradient.misconception(hint="The prediction alone is no error: subtract the truth.", loses=2)
def forgets_to_subtract_the_truth(x, y_true, y_pred):
    return y_pred * x, y_pred


@gradient.misconception(
    hint="`x *= error` works inside the caller's array. Write `error * x`, which makes a new one.",
    loses=1,
)
def changes_x(x, y_true, y_pred):
    x *= y_pred - y_true
    return x, y_pred - y_true


@gradient.misconception(
    hint="Only the weights' gradient comes back. Return the bias's, too, after a comma.",
    loses=2,
)
def returns_the_weights_alone(x, y_true, y_pred):
    return (y_pred - y_true) * x


@gradient.misconception(hint="The nine inputs are written into the code. Use as many as x has.", loses=1)
def assumes_nine_inputs(x, y_true, y_pred):
    grad_weights = np.zeros(9)
    for i in range(9):
        grad_weights[i] = (y_pred - y_true) * x[i]
    return grad_weights, y_pred - y_true


@gradient.misconception(hint="A printed gradient is only on the screen. Give it back with `return`.", loses=2)
def prints_in_place_of_returning(x, y_true, y_pred):
    print((y_pred - y_true) * x, y_pred - y_true)
