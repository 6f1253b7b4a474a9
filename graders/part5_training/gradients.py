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
    digits_kept,
    each,
    expect,
    expect_any_close,
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


exercise = Exercise(
    "gradients",
    points=6,
    reference=sample_gradients,
    parts=("the weights' gradient", "the bias's gradient"),
)


def sample(rng: np.random.Generator, n: int, y: float, image: bool = False, hit: bool = False) -> Sample:
    """Draw evidence x of shape (n,), and a prediction for the label `y`: a hit or a miss.

    Evidence has entries of both signs, a large one that shows whether gradients are clipped, and a zero. An image, as
    in the lesson, has entries from 0 to 1, with both 0 and 1 among them.
    """
    x = rng.uniform(0, 1, n) if image else rng.normal(0, 1, n)
    x[:3] = (0.0, 1.0, 0.0) if image else (-8.0, 0.0, 0.8)
    return rng.permutation(x), y, float(rng.uniform(0.6, 0.9) if hit == (y == 1) else rng.uniform(0.1, 0.4))


def nearly_right(rng: np.random.Generator, n: int, y: float) -> Sample:
    """Draw a sample whose prediction is off by about 0.0015, with six decimals: rounding to five or fewer shows."""
    x, _, _ = sample(rng, n, y, image=True)
    error = (rng.integers(120, 180) + rng.integers(3, 8) / 10) * 1e-5
    return x, y, float(error if y == 0 else 1 - error)


CASES = (
    (9, 1.0, False, False),
    (9, 0.0, True, False),
    (4, 1.0, True, True),
    (4, 0.0, False, True),
    (20, 1.0, False, True),
    (9, 1.0, True, False),
)
"""Numbers of inputs, labels, whether x is an image, and whether the prediction is a hit.

All are tested for every student, so a mistake that shows for one of them only is always found.
"""

Sample = tuple[FloatArray, float, float]


def pair(result: object, n: int) -> tuple[FloatArray, float]:
    """Return the student's gradients as an array of shape (n,) and a float."""
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
    """Yield the student's gradients for each of some samples."""
    xs, labels, predictions = zip(*samples, strict=True)
    for x, result in zip(xs, each(gradients, [x.copy() for x in xs], labels, predictions), strict=True):
        yield pair(result, x.size)


ATOL = 1e-6
"""Gradients rounded to six decimals or more are right; rounding to five or fewer shows in the bias's."""


def multiple_of(x: FloatArray, weights: FloatArray) -> float:
    """Compute the factor f for which f x is closest to the weights' gradient (least squares)."""
    return float(weights @ x / (x @ x))


# -- what right work does -------------------------------------------------------------------------
# Shape, direction, size and the bias are four concepts, each tested without regard to the others: a wrong sign changes
# neither the direction nor the bias's agreement with the weights.


@exercise.check(points=1)
def returns_a_pair_of_the_right_shapes(gradients, rng):
    """It returns the weights' gradient, one entry for each input, and then the bias's, one number."""
    list(pairs(gradients, [sample(rng, *case) for case in CASES]))  # it checks each of them


@exercise.check(points=1)
def points_along_the_evidence(gradients, rng):
    """The weights' gradient is a multiple of x: no evidence, no blame; negative evidence, the opposite blame."""
    samples = [sample(rng, *case) for case in CASES]
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


@exercise.check(points=1)
def is_as_long_as_the_error(gradients, rng):
    """That multiple is the error, prediction minus truth."""
    samples = [sample(rng, *case) for case in CASES]
    samples += [nearly_right(rng, 9, y) for y in (0.0, 1.0)]
    for (x, y, p), (weights, _) in zip(samples, pairs(gradients, samples), strict=True):
        given = f"label {y:g} and prediction {p:.3f}"
        what = "your weights' gradient, as a multiple of x,"
        expect_close(multiple_of(x, weights), p - y, rtol=1e-4, atol=ATOL, given=given, what=what)


@exercise.check(points=1)
def treats_the_bias_as_a_weight_of_input_1(gradients, rng):
    """The bias's gradient is the error itself, as if the bias were the weight of an input that is always 1."""
    samples = [sample(rng, *case) for case in CASES]
    samples += [nearly_right(rng, 9, y) for y in (0.0, 1.0)]
    for (x, y, p), (weights, bias) in zip(samples, pairs(gradients, samples), strict=True):
        # The student's own multiple is accepted as well, so that a wrong error is not charged twice.
        factor = multiple_of(x, weights)
        given = f"label {y:g} and prediction {p:.3f}"
        expect(abs(bias) > 1e-9, f"Given {given}: the bias's gradient is zero although the prediction is off.")
        reason = f"Given {given}: the bias's gradient is {bias:.4g}, which is not the error."
        expect_any_close(bias, (p - y, factor), reason, rtol=1e-4, atol=1e-7)


@exercise.check(points=1)
def agrees_with_the_measured_slope(gradients, rng):
    """It agrees with the slope of the loss, measured by nudging each weight and the bias (central differences)."""
    states = [rng.normal(0, 0.2, n + 1) for n, *_ in CASES]
    samples = []
    for (n, y, image, _), state in zip(CASES, states, strict=True):
        x, _, _ = sample(rng, n, y, image)
        samples.append((x, y, 1 / (1 + math.exp(-float(state[:-1] @ x + state[-1])))))
    for (x, y, _), state, (weights, bias) in zip(samples, states, pairs(gradients, samples), strict=True):

        def loss(at: FloatArray, x: FloatArray = x, y: float = y) -> float:
            z = float(at[:-1] @ x + at[-1])
            return float(np.logaddexp(0, z) - y * z)  # cross-entropy of a sigmoid, in terms of z

        given = f"{x.size} inputs and label {y:g}"
        expect_gradient(np.append(weights, bias), loss, at=state, given=given, atol=ATOL)


@exercise.check(points=1)
def changes_nothing(gradients, rng):
    """It leaves x alone: the next sample's gradient needs it as it was."""
    x, y, p = sample(rng, 9, 1.0)
    with unchanged(x=x), random_state_untouched():
        weights, _ = pair(gradients(x, y, p), x.size)
    # It is on the same side of one half, and so far away that even whole numbers show the difference.
    other, _ = pair(gradients(x, y, p + 0.25 if p < 0.25 else p - 0.2), x.size)
    expect(not np.allclose(weights, other), "Your gradient is the same whatever the prediction is.")


# -- what tells mistakes apart --------------------------------------------------------------------


def seen(gradients, x, y, p):
    """Return the two gradients, or whatever is returned in their place, and whether x is still the same."""
    given = x.copy()
    result = gradients(x, y, p)
    of_x = "the same" if np.array_equal(x, given) else "changed"
    if isinstance(result, tuple | list) and len(result) == 2:
        return (*result, of_x)
    return None if result is None else (result, of_x)


@exercise.probe
def nine_inputs(gradients, rng):
    return seen(gradients, *sample(rng, 9, 1.0))


@exercise.probe
def four_inputs(gradients, rng):
    return seen(gradients, *sample(rng, 4, 0.0))


@exercise.probe
def twenty_inputs(gradients, rng):
    return seen(gradients, *sample(rng, 20, 1.0, hit=True))


@exercise.probe
def an_image_labelled_0(gradients, rng):
    return seen(gradients, *sample(rng, 9, 0.0, image=True, hit=True))


@exercise.probe
def an_image_labelled_1(gradients, rng):
    return seen(gradients, *sample(rng, 9, 1.0, image=True))


@exercise.probe
def a_prediction_that_is_nearly_right(gradients, rng):
    return seen(gradients, *nearly_right(rng, 9, 0.0))


# -- what is also right ---------------------------------------------------------------------------


@exercise.variant
def minus_truth_minus_prediction(x, y_true, y_pred):
    return -(y_true - y_pred) * x, -(y_true - y_pred)


@exercise.variant
def loop_over_the_inputs(x, y_true, y_pred):
    grad_weights = np.zeros(len(x))
    for i in range(len(x)):
        grad_weights[i] = (y_pred - y_true) * x[i]
    return grad_weights, y_pred - y_true


@exercise.variant
def list_comprehension(x, y_true, y_pred):
    return [(y_pred - y_true) * value for value in x], float(y_pred - y_true)


@exercise.variant
def whole_chain_rule(x, y_true, y_pred):
    dloss_dprediction = (y_pred - y_true) / (y_pred * (1 - y_pred))
    dprediction_dz = y_pred * (1 - y_pred)
    return dloss_dprediction * dprediction_dz * x, dloss_dprediction * dprediction_dz


@exercise.variant
def two_terms_of_the_loss(x, y_true, y_pred):
    dz = (-y_true / y_pred + (1 - y_true) / (1 - y_pred)) * y_pred * (1 - y_pred)
    return dz * np.asarray(x), dz


@exercise.variant
def numpy_multiply(x, y_true, y_pred):
    error = np.subtract(y_pred, y_true)
    return np.multiply(error, x), error


@exercise.variant
def bias_as_array(x, y_true, y_pred):
    error = np.array([y_pred - y_true])
    return error * x, error


@exercise.variant
def returns_a_list(x, y_true, y_pred):
    delta = y_pred - y_true
    return [delta * x, delta]


@exercise.variant
def column_of_gradients(x, y_true, y_pred):
    delta = y_pred - y_true
    return (delta * np.asarray(x)).reshape(-1, 1), np.float64(delta)


@exercise.variant
def float32_gradients(x, y_true, y_pred):
    delta = np.float32(y_pred - y_true)
    return delta * np.asarray(x, dtype=np.float32), delta


@exercise.variant
def bias_as_an_extra_input(x: np.ndarray, y_true: float, y_pred: float) -> tuple[np.ndarray, float]:
    extended = np.append(x, 1.0)
    together = (y_pred - y_true) * extended
    return together[:-1], together[-1]


@exercise.variant
def in_place_on_its_own_copy(x, y_true, y_pred):
    grad_weights = np.array(x, dtype=float)
    grad_weights *= y_pred
    grad_weights -= y_true * np.asarray(x)
    print("gradient", grad_weights)
    return grad_weights, y_pred - y_true


@exercise.variant
def outer_product(x, y_true, y_pred):
    delta = np.array([y_pred - y_true])
    return np.outer(delta, x)[0], delta.item()


# -- what is wrong --------------------------------------------------------------------------------


@exercise.misconception(
    "Your error is truth minus prediction. The gradient needs prediction minus truth, or the loop climbs.", loses=2
)
def turns_the_sign_round(x, y_true, y_pred, *, right=sample_gradients):
    grad_weights, grad_bias = right(x, y_true, y_pred)
    return -np.asarray(grad_weights), -grad_bias


@exercise.misconception(
    "The sign of the weights' gradient is turned round, that of the bias is right.",
    loses=2,
    excludes=("turns_the_sign_round",),
)
def turns_the_sign_of_the_weights_round(x, y_true, y_pred):
    error = y_pred - y_true
    return -error * x, error


@exercise.misconception(
    "The sign of the bias's gradient is turned round, that of the weights is right.",
    loses=2,
    excludes=("turns_the_sign_of_the_weights_round", "turns_the_sign_round"),
)
def turns_the_sign_of_the_bias_round(x, y_true, y_pred):
    error = y_pred - y_true
    return error * x, -error


@exercise.misconception(
    "The chain rule's last factor is dz/dw = x. Without it all weights get the same blame.", loses=2
)
def leaves_x_out(x, y_true, y_pred):
    error = y_pred - y_true
    return error, error


@exercise.misconception("Every weight gets the same blame. Multiply the error by x, entry by entry.", loses=2)
def gives_every_input_the_same(x, y_true, y_pred):
    error = y_pred - y_true
    return np.full(len(x), error), error


@exercise.misconception(
    "The factor y_pred (1 - y_pred) cancels against the derivative of cross-entropy. It stays only with squared error.",
    loses=2,
)
def keeps_the_slope_of_the_sigmoid(x, y_true, y_pred):
    error = (y_pred - y_true) * y_pred * (1 - y_pred)
    return error * x, error


@exercise.misconception("That is the gradient of the squared error. The loss here is cross-entropy.", loses=2)
def differentiates_the_squared_error(x, y_true, y_pred):
    error = 2 * (y_pred - y_true) * y_pred * (1 - y_pred)
    return error * x, error


@exercise.misconception("The factor 2 belongs to the squared error. Cross-entropy has none.", loses=2)
def has_a_factor_of_2(x, y_true, y_pred):
    error = 2 * (y_pred - y_true)
    return error * x, error


@exercise.misconception(
    "The loss's derivative still needs the slope of the sigmoid, y_pred (1 - y_pred); the product collapses.",
    loses=2,
    excludes=("keeps_the_slope_of_the_sigmoid",),
)
def stops_the_chain_rule_at_the_prediction(x, y_true, y_pred):
    error = (y_pred - y_true) / (y_pred * (1 - y_pred))
    return error * x, error


@exercise.misconception("The bias has a gradient, too: it is the weight of an input that is always 1.", loses=2)
def gives_the_bias_no_gradient(x, y_true, y_pred):
    error = y_pred - y_true
    return error * x, 0.0


@exercise.misconception("The bias's gradient is 1 times the error, not 1.", loses=2)
def gives_the_bias_a_gradient_of_1(x, y_true, y_pred):
    error = y_pred - y_true
    return error * x, 1.0


@exercise.misconception(
    "The bias does not see x: its gradient is the error, not the error times the mean of x.", loses=2
)
def multiplies_the_bias_by_the_mean_of_x(x, y_true, y_pred):
    error = y_pred - y_true
    return error * x, error * np.mean(x)


@exercise.misconception("The bias does not see x: its gradient is the error, not the sum over the inputs.", loses=2)
def adds_the_weights_gradients_up_for_the_bias(x, y_true, y_pred):
    error = y_pred - y_true
    return error * x, np.sum(error * x)


@exercise.misconception("The bias's gradient is one number, not one for each input.", loses=2)
def returns_a_vector_for_the_bias(x, y_true, y_pred):
    error = y_pred - y_true
    return error * x, error * x


@exercise.misconception("The two have changed places: first the weights' gradient, then the bias's.", loses=1)
def returns_the_bias_first(x, y_true, y_pred, *, right=sample_gradients):
    grad_weights, grad_bias = right(x, y_true, y_pred)
    return grad_bias, grad_weights


@exercise.misconception("The entries are added up into one number. Keep one entry for each weight.", loses=2)
def adds_up_over_the_inputs(x, y_true, y_pred):
    error = y_pred - y_true
    return np.sum(error * x), error


@exercise.misconception("The entries are averaged into one number. Keep one entry for each weight.", loses=2)
def averages_over_the_inputs(x, y_true, y_pred):
    error = y_pred - y_true
    return np.mean(error * x), error


@exercise.misconception("Nothing is divided here: it is one sample, and each weight keeps its own blame.", loses=2)
def divides_by_the_number_of_inputs(x, y_true, y_pred):
    error = y_pred - y_true
    return error * x / len(x), error


@exercise.misconception("The error uses the rounded prediction. The gradient needs the probability itself.", loses=2)
def rounds_the_prediction_first(x, y_true, y_pred):
    error = float(y_pred >= 0.5) - y_true
    return error * x, error


@exercise.misconception("The error appears squared. The derivative of cross-entropy has it once.", loses=2)
def squares_the_error(x, y_true, y_pred):
    error = (y_pred - y_true) ** 2
    return error * x, error


@exercise.misconception("Taking the absolute value loses the direction in which to move.", loses=2)
def drops_the_sign_of_the_error(x, y_true, y_pred):
    error = abs(y_pred - y_true)
    return error * x, error


@exercise.misconception("Negative evidence turns the blame round, so keep the sign of x.", loses=2)
def drops_the_sign_of_x(x, y_true, y_pred):
    error = y_pred - y_true
    return error * np.abs(x), error


@exercise.misconception("x appears squared. The derivative of w x by w is x.", loses=2)
def squares_x(x, y_true, y_pred):
    error = y_pred - y_true
    return error * x**2, error


@exercise.misconception("The prediction alone is no error: subtract the truth.", loses=2)
def forgets_to_subtract_the_truth(x, y_true, y_pred):
    error = y_pred
    return error * x, error


@exercise.misconception(
    "`x *= error` works inside the caller's array. Write `error * x`, which makes a new one.", loses=1
)
def changes_x(x, y_true, y_pred, *, right=sample_gradients):
    grad_weights, grad_bias = right(x, y_true, y_pred)
    x[:] = grad_weights
    return x, grad_bias


@exercise.misconception("Only the weights' gradient comes back. Return the bias's, too, after a comma.", loses=2)
def returns_the_weights_alone(x, y_true, y_pred, *, right=sample_gradients):
    return right(x, y_true, y_pred)[0]


@exercise.misconception("The nine inputs are written into the code. Use as many as x has.", loses=1)
def assumes_nine_inputs(x, y_true, y_pred):
    grad_weights = np.zeros(9)
    for i in range(9):
        grad_weights[i] = (y_pred - y_true) * x[i]
    return grad_weights, y_pred - y_true


@exercise.misconception("A printed gradient is only on the screen. Give it back with `return`.", loses=2)
def prints_in_place_of_returning(x, y_true, y_pred, *, right=sample_gradients):
    print(*right(x, y_true, y_pred))


@exercise.misconception("The function ends without `return`, so it gives back None.", loses=6)
def returns_nothing(x, y_true, y_pred, *, right=sample_gradients):
    right(x, y_true, y_pred)


@exercise.misconception(
    "Nothing is divided here: it is one sample, and x holds its inputs, not several samples.", loses=2
)
def takes_the_inputs_for_samples(x, y_true, y_pred):
    error = (y_pred - y_true) / len(x)
    return error * x, error


@exercise.misconception("y_pred is a probability already: it has been through the sigmoid.", loses=2)
def takes_the_sigmoid_of_the_vote(x, y_true, y_pred):
    error = 1 / (1 + np.exp(-y_pred)) - y_true
    return error * x, error


@exercise.misconception(
    "The slope of the sigmoid is taken at the vote, as if that were the weighted sum. It cancels here anyway.", loses=2
)
def takes_the_slope_at_the_vote(x, y_true, y_pred):
    error = (y_pred - y_true) * (1 / (1 + np.exp(-y_pred))) * (1 - 1 / (1 + np.exp(-y_pred)))
    return error * x, error


def digits_of_the_gradients(gradients):
    """Find out to how many decimals the gradients of an ordinary sample are rounded."""
    weights, bias = gradients(np.array([0.61937, 0.23571, 0.84629]), 0.0, 0.4273645)
    digits = digits_kept(np.append(weights, bias))
    return {"digits": digits} if digits else None  # whole numbers are those of a rounded prediction


@exercise.misconception(
    "Return the gradients as they are: small steps need all their digits.", loses=2, fits=digits_of_the_gradients
)
def rounds_the_result(x, y_true, y_pred, *, right=sample_gradients, digits=3):
    grad_weights, grad_bias = right(x, y_true, y_pred)
    return np.round(grad_weights, digits), round(float(grad_bias), digits)


def limit_of_the_gradients(gradients):
    """Find the limit at which gradients are clipped, if they are."""
    weights, _ = gradients(np.array([-1000.0, 1000.0, 500.0]), 0.0, 0.9)
    limit = float(np.max(np.abs(expect_array(weights))))
    return {"limit": limit} if 0 < limit < 100 else None


@exercise.misconception(
    "The gradient is cut off where it is large. Return it as it is; how far a step goes is the learning rate's "
    "business.",
    loses=2,
    fits=limit_of_the_gradients,
)
def clips_the_gradient(x, y_true, y_pred, *, right=sample_gradients, limit=1.0):
    grad_weights, grad_bias = right(x, y_true, y_pred)
    return np.clip(grad_weights, -limit, limit), np.clip(grad_bias, -limit, limit)


@exercise.misconception(
    "Only the sign of the error is left, as for the absolute error. Cross-entropy keeps its size.", loses=2
)
def takes_the_sign_of_the_error(x, y_true, y_pred):
    error = np.sign(y_pred - y_true)
    return error * x, error
