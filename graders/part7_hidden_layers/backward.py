"""Backpropagation through two layers: what is right, what is also right, what is wrong.

The notebook asks for ``backward(X, y, params) -> grads``, the gradient of the mean binary cross-entropy of a batch by
each parameter, in a dictionary with the keys and shapes of `params` (Rumelhart, Hinton and Williams, "Learning
representations by back-propagating errors", 1986).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from fairgrade.grading import (
    Exercise,
    FloatArray,
    expect,
    expect_array,
    expect_close,
    expect_gradient,
    random_state_untouched,
    unchanged,
)
from graders.part7_hidden_layers.drawn import SHAPES, Params, drawn_batch, drawn_params
from graders.part7_hidden_layers.forward import exercise as forward_exercise
from graders.part7_hidden_layers.forward import forward_pass


def gradients_of_the_loss(X, y, params):
    hidden, y_hat = forward_pass(X, params)
    overshoot = (y_hat - y) / len(y)
    blame = np.outer(overshoot, params["W2"]) * (1 - hidden**2)
    return {
        "W1": X.T @ blame,
        "b1": blame.sum(axis=0),
        "W2": hidden.T @ overshoot,
        "b2": float(overshoot.sum()),
    }


exercise = Exercise("backward", points=9, reference=gradients_of_the_loss, builds_on=(forward_exercise,))

KEYS = ("W1", "b1", "W2", "b2")

Batch = tuple[FloatArray, FloatArray, Params]

# -- what right work does -------------------------------------------------------------------------


def drawn(rng: np.random.Generator, n: int, n_inputs: int, n_hidden: int) -> Batch:
    return (*drawn_batch(rng, n, n_inputs), drawn_params(rng, n_inputs, n_hidden))


def batches(rng: np.random.Generator) -> list[Batch]:
    """Draw batches of several sizes and shapes, with as many inputs as neurons among them."""
    return [drawn(rng, n, *shape) for n, shape in zip((6, 4, 3, 8), SHAPES, strict=True)]


def gradient(backward: Any, batch: Batch, key: str) -> FloatArray:
    """Return the student's gradient by one parameter, in that parameter's shape, or fail if it has another."""
    found = backward(*batch)
    expect(found is not None, "`backward` gives None. Is there a `return`?")
    expect(isinstance(found, dict), f"`backward`: expected a dictionary, got {type(found).__name__}.")
    expect(key in found, f"`backward`: the dictionary has no entry {key!r}.")
    got, shape = expect_array(found[key], what=f"the gradient of `{key}`"), np.shape(batch[2][key])
    if got.size == 1 and np.prod(shape) == 1:
        return got.reshape(shape)
    expect(got.shape == shape, f"The gradient of `{key}`: expected its shape {shape}, got {got.shape}.")
    return got


def expect_right(backward: Any, rng: np.random.Generator, key: str) -> None:
    for batch in batches(rng):
        given = f"{len(batch[0])} samples, {batch[0].shape[1]} inputs and {len(batch[2]['W2'])} hidden neurons"
        want = np.asarray(gradients_of_the_loss(*batch)[key])
        expect_close(
            gradient(backward, batch, key), want, rtol=1e-5, atol=1e-9, given=given, what=f"the gradient of `{key}`"
        )


@exercise.check(points=1)
def has_the_shapes_of_the_parameters(backward, rng):
    """It returns a dictionary with a gradient for each parameter, in that parameter's shape."""
    for batch in batches(rng)[:2]:
        for key in KEYS:
            gradient(backward, batch, key)


@exercise.check(points=2)
def second_weights(backward, rng):
    """The gradient of W2 is right: overshoot times what the hidden neuron said, as a mean over the samples."""
    expect_right(backward, rng, "W2")


@exercise.check(points=1)
def second_bias(backward, rng):
    """The gradient of b2 is right: the mean overshoot."""
    expect_right(backward, rng, "b2")


@exercise.check(points=2)
def first_weights(backward, rng):
    """The gradient of W1 is right: blame passed back through W2 and the slope of tanh, times the input."""
    expect_right(backward, rng, "W1")


@exercise.check(points=1)
def first_biases(backward, rng):
    """The gradient of b1 is right: blame passed back, as a mean over the samples."""
    expect_right(backward, rng, "b1")


@exercise.check(points=1)
def agrees_with_the_measured_slope(backward, rng):
    """For one sample, all four agree with the slope of the loss, measured by nudging each parameter."""
    X, y, params = batch = drawn(rng, 1, 4, 3)
    found = [gradient(backward, batch, key) for key in KEYS]
    shapes = [np.shape(params[key]) for key in KEYS]
    at = np.concatenate([np.ravel(params[key]) for key in KEYS])
    ends = np.cumsum([np.size(params[key]) for key in KEYS])[:-1]

    def loss(values: FloatArray) -> float:
        W1, b1, W2, b2 = (part.reshape(shape) for part, shape in zip(np.split(values, ends), shapes, strict=True))
        z = float(np.squeeze(np.tanh(X @ W1 + b1) @ W2 + b2))
        return float(np.logaddexp(0, z) - y[0] * z)  # cross-entropy of a sigmoid, in terms of z

    expect_gradient(np.concatenate([np.ravel(part) for part in found]), loss, at=at, given="one sample", atol=1e-6)


@exercise.check(points=1)
def does_not_grow_with_the_batch(backward, rng):
    """It is a mean: the same samples three times give the same gradient. X, y and params stay as they are."""
    X, y, params = drawn(rng, 4, 5, 3)
    with unchanged(X=X, y=y, params=params), random_state_untouched():
        once = [gradient(backward, (X, y, params), key) for key in KEYS]
    thrice = [gradient(backward, (np.tile(X, (3, 1)), np.tile(y, 3), params), key) for key in KEYS]
    expect(any(np.any(np.abs(one) > 1e-9) for one in once), "All gradients are 0 although the confidences are off.")
    for key, one, three in zip(KEYS, once, thrice, strict=True):
        expect_close(three, one, rtol=1e-5, atol=1e-9, given="each sample three times", what=f"the gradient of `{key}`")


# -- what tells mistakes apart --------------------------------------------------------------------


@exercise.probe
def nine_inputs(backward, rng):
    return backward(*drawn(rng, 5, 9, 8))


@exercise.probe
def as_many_of_each(backward, rng):
    return backward(*drawn(rng, 4, 4, 4))


@exercise.probe
def one_sample(backward, rng):
    return backward(*drawn(rng, 1, 3, 5))


@exercise.probe
def many_samples(backward, rng):
    return backward(*drawn(rng, 7, 6, 2))


# -- what is also right ---------------------------------------------------------------------------


@exercise.variant
def loop_over_the_samples(X, y, params):
    grads = {key: np.zeros(np.shape(value)) for key, value in params.items()}
    for x, truth in zip(X, y):
        h = np.tanh(x @ params["W1"] + params["b1"])
        error = 1 / (1 + np.exp(-(h @ params["W2"] + params["b2"]))) - truth
        back = error * params["W2"] * (1 - h * h)
        grads["W1"] += np.outer(x, back) / len(X)
        grads["b1"] += back / len(X)
        grads["W2"] += error * h / len(X)
        grads["b2"] += error / len(X)
    return grads


@exercise.variant
def slope_from_the_evidence(X, y, params):
    z1 = X @ params["W1"] + params["b1"]
    hidden = np.tanh(z1)
    y_hat = 1 / (1 + np.exp(-(hidden @ params["W2"] + params["b2"])))
    miss = y - y_hat
    back = -np.multiply.outer(miss, params["W2"]) / np.cosh(z1) ** 2
    return {"W1": X.T @ back / len(y), "b1": back.sum(0) / len(y), "W2": -miss @ hidden / len(y), "b2": -np.mean(miss)}


# -- what is wrong --------------------------------------------------------------------------------


@exercise.misconception(
    "The slope of tanh is missing: blame passes each hidden neuron times 1 - hidden squared.", loses=4
)
def leaves_the_slope_out(X, y, params):
    hidden, y_hat = forward_pass(X, params)
    overshoot = (y_hat - y) / len(y)
    blame = np.outer(overshoot, params["W2"])
    return {
        "W1": X.T @ blame,
        "b1": blame.sum(axis=0),
        "W2": hidden.T @ overshoot,
        "b2": float(overshoot.sum()),
    }


@exercise.misconception("1 - z squared is no slope. The rule is 1 - h squared, in terms of what tanh gave.", loses=4)
def takes_the_slope_at_the_weighted_sum(X, y, params):
    hidden, y_hat = forward_pass(X, params)
    overshoot = (y_hat - y) / len(y)
    blame = np.outer(overshoot, params["W2"]) * (1 - (X @ params["W1"] + params["b1"]) ** 2)
    return {
        "W1": X.T @ blame,
        "b1": blame.sum(axis=0),
        "W2": hidden.T @ overshoot,
        "b2": float(overshoot.sum()),
    }


@exercise.misconception("h (1 - h) is the slope of the sigmoid. That of tanh is 1 - h squared.", loses=4)
def takes_the_slope_of_the_sigmoid(X, y, params):
    hidden, y_hat = forward_pass(X, params)
    overshoot = (y_hat - y) / len(y)
    blame = np.outer(overshoot, params["W2"]) * (hidden * (1 - hidden))
    return {
        "W1": X.T @ blame,
        "b1": blame.sum(axis=0),
        "W2": hidden.T @ overshoot,
        "b2": float(overshoot.sum()),
    }


@exercise.misconception("The loss is a mean over the samples, so the gradient is. Yours is the sum.", loses=7)
def sums_over_the_samples(X, y, params):
    hidden, y_hat = forward_pass(X, params)
    overshoot = y_hat - y
    blame = np.outer(overshoot, params["W2"]) * (1 - hidden**2)
    return {
        "W1": X.T @ blame,
        "b1": blame.sum(axis=0),
        "W2": hidden.T @ overshoot,
        "b2": float(overshoot.sum()),
    }


@exercise.misconception(
    "The gradient of b1 has one entry per neuron. Yours has a row per sample: average these.", loses=4
)
def keeps_a_row_per_sample_for_the_biases(X, y, params):
    hidden, y_hat = forward_pass(X, params)
    overshoot = (y_hat - y) / len(y)
    blame = np.outer(overshoot, params["W2"]) * (1 - hidden**2)
    return {
        "W1": X.T @ blame,
        "b1": blame,
        "W2": hidden.T @ overshoot,
        "b2": float(overshoot.sum()),
    }


@exercise.misconception("Your error is truth minus confidence: the gradient points the wrong way everywhere.", loses=7)
def turns_the_sign_round(X, y, params):
    hidden, y_hat = forward_pass(X, params)
    overshoot = (y - y_hat) / len(y)
    blame = np.outer(overshoot, params["W2"]) * (1 - hidden**2)
    return {
        "W1": X.T @ blame,
        "b1": blame.sum(axis=0),
        "W2": hidden.T @ overshoot,
        "b2": float(overshoot.sum()),
    }


@exercise.misconception("Blame reaches a hidden neuron through its weight in W2. Yours is the same for all.", loses=4)
def passes_blame_back_without_the_weights(X, y, params):
    hidden, y_hat = forward_pass(X, params)
    overshoot = (y_hat - y) / len(y)
    blame = np.outer(overshoot, np.ones(len(params["W2"]))) * (1 - hidden**2)
    return {
        "W1": X.T @ blame,
        "b1": blame.sum(axis=0),
        "W2": hidden.T @ overshoot,
        "b2": float(overshoot.sum()),
    }


@exercise.misconception("The gradient of W1 is transposed. It has the shape of W1, a row per input.", loses=4)
def transposes_the_gradient_of_the_first_weights(X, y, params):
    hidden, y_hat = forward_pass(X, params)
    overshoot = (y_hat - y) / len(y)
    blame = np.outer(overshoot, params["W2"]) * (1 - hidden**2)
    return {
        "W1": blame.T @ X,
        "b1": blame.sum(axis=0),
        "W2": hidden.T @ overshoot,
        "b2": float(overshoot.sum()),
    }


@exercise.misconception(
    "y_hat (1 - y_hat) cancels against the derivative of cross-entropy, as in Part 5. Yours keeps it.", loses=7
)
def keeps_the_slope_of_the_output(X, y, params):
    hidden, y_hat = forward_pass(X, params)
    overshoot = (y_hat - y) * y_hat * (1 - y_hat) / len(y)
    blame = np.outer(overshoot, params["W2"]) * (1 - hidden**2)
    return {
        "W1": X.T @ blame,
        "b1": blame.sum(axis=0),
        "W2": hidden.T @ overshoot,
        "b2": float(overshoot.sum()),
    }


@exercise.misconception("A factor 2 belongs to the squared error. Cross-entropy has none.", loses=7)
def has_a_factor_of_2(X, y, params):
    hidden, y_hat = forward_pass(X, params)
    overshoot = 2 * (y_hat - y) / len(y)
    blame = np.outer(overshoot, params["W2"]) * (1 - hidden**2)
    return {
        "W1": X.T @ blame,
        "b1": blame.sum(axis=0),
        "W2": hidden.T @ overshoot,
        "b2": float(overshoot.sum()),
    }


@exercise.misconception("The hidden neurons' biases have a gradient, too: the blame that reaches each neuron.", loses=2)
def gives_the_first_biases_no_gradient(X, y, params):
    hidden, y_hat = forward_pass(X, params)
    overshoot = (y_hat - y) / len(y)
    blame = np.outer(overshoot, params["W2"]) * (1 - hidden**2)
    return {
        "W1": X.T @ blame,
        "b1": np.zeros(len(params["b1"])),
        "W2": hidden.T @ overshoot,
        "b2": float(overshoot.sum()),
    }


@exercise.misconception("The output's bias has a gradient, too: the mean overshoot.", loses=2)
def gives_the_second_bias_no_gradient(X, y, params):
    hidden, y_hat = forward_pass(X, params)
    overshoot = (y_hat - y) / len(y)
    blame = np.outer(overshoot, params["W2"]) * (1 - hidden**2)
    return {
        "W1": X.T @ blame,
        "b1": blame.sum(axis=0),
        "W2": hidden.T @ overshoot,
        "b2": 0.0,
    }


@exercise.misconception("The first layer gets no gradient here, so it would never learn. Pass the blame back.", loses=4)
def stops_at_the_second_layer(X, y, params):
    hidden, y_hat = forward_pass(X, params)
    overshoot = (y_hat - y) / len(y)
    blame = 0 * hidden
    return {
        "W1": X.T @ blame,
        "b1": blame.sum(axis=0),
        "W2": hidden.T @ overshoot,
        "b2": float(overshoot.sum()),
    }


@exercise.misconception(
    "The gradient of W2 needs what the hidden neurons said, after tanh. Yours takes the sums.", loses=3
)
def uses_the_weighted_sums_for_the_second_layer(X, y, params):
    hidden, y_hat = forward_pass(X, params)
    overshoot = (y_hat - y) / len(y)
    blame = np.outer(overshoot, params["W2"]) * (1 - hidden**2)
    return {
        "W1": X.T @ blame,
        "b1": blame.sum(axis=0),
        "W2": (X @ params["W1"] + params["b1"]).T @ overshoot,
        "b2": float(overshoot.sum()),
    }
