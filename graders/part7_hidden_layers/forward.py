"""The forward pass of two layers: what is right, what is also right, what is wrong.

The notebook asks for ``forward(X, params) -> (hidden, y_hat)``: for a batch X of shape (n, n_inputs) the outputs of the
hidden neurons, tanh of their weighted sums, of shape (n, n_hidden), and the confidences, of shape (n,).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from fairgrade.grading import (
    Exercise,
    FloatArray,
    expect,
    expect_any_close,
    expect_array,
    expect_close,
    random_state_untouched,
    unchanged,
)
from graders.part7_hidden_layers.drawn import SHAPES, Params, drawn_batch, drawn_params, sigmoid


def forward_pass(X, params):
    hidden = np.tanh(X @ params["W1"] + params["b1"])
    y_hat = sigmoid(hidden @ params["W2"] + params["b2"])
    return hidden, y_hat


exercise = Exercise("forward", points=6, reference=forward_pass, parts=("the hidden outputs", "the confidences"))

# -- what right work does -------------------------------------------------------------------------


def passed(forward: Any, X: FloatArray, params: Params) -> tuple[FloatArray, FloatArray]:
    """Return the student's hidden outputs, of shape (n, n_hidden), and confidences, of shape (n,)."""
    found = forward(X, params)
    expect(found is not None, "`forward` gives None. Is there a `return`?")
    expect(
        isinstance(found, tuple | list) and len(found) == 2, "`forward`: expected two things, `return hidden, y_hat`."
    )
    hidden, y_hat = expect_array(found[0], what="`hidden`"), expect_array(found[1], what="`y_hat`")
    want = len(X), len(params["W2"])
    expect(hidden.shape == want, f"`hidden`: expected shape {want}, a row per sample, got {hidden.shape}.")
    expect(y_hat.size == len(X), f"`y_hat`: expected shape ({len(X)},), a number per sample, got {y_hat.shape}.")
    return hidden, y_hat.reshape(len(X))


def cases(rng: np.random.Generator) -> list[tuple[FloatArray, Params]]:
    """Draw batches of other sizes than the number of neurons, and parameters."""
    return [
        (drawn_batch(rng, n, n_inputs)[0], drawn_params(rng, n_inputs, n_hidden))
        for n, (n_inputs, n_hidden) in zip((6, 1, 9, 4), SHAPES, strict=True)
    ]


@exercise.check(points=1)
def returns_two_arrays(forward, rng):
    """It returns hidden, a row per sample and a column per neuron, then one confidence per sample between 0 and 1."""
    for X, params in cases(rng):
        _, y_hat = passed(forward, X, params)
        expect(bool(np.all((y_hat >= 0) & (y_hat <= 1))), "`y_hat` has entries outside of 0 to 1: confidences don't.")


@exercise.check(points=2)
def hidden_neurons_use_tanh(forward, rng):
    """hidden is tanh of the hidden neurons' weighted sums, biases included."""
    for X, params in cases(rng):
        hidden, _ = passed(forward, X, params)
        given = f"{len(X)} samples, {X.shape[1]} inputs and {len(params['W2'])} hidden neurons"
        expect_close(hidden, forward_pass(X, params)[0], rtol=1e-6, atol=1e-9, given=given, what="`hidden`")


@exercise.check(points=2)
def confidence_is_the_sigmoid_of_the_output(forward, rng):
    """y_hat is the sigmoid of the output's weighted sum of the hidden outputs, bias included."""
    for X, params in cases(rng):
        hidden, y_hat = passed(forward, X, params)
        # From the student's own hidden outputs it is right as well: a mistake there is charged there.
        wants = forward_pass(X, params)[1], sigmoid(hidden @ params["W2"] + params["b2"])
        reason = f"For {len(X)} samples `y_hat` is not the sigmoid of `hidden @ W2 + b2`, and not of the right one."
        expect_any_close(y_hat, wants, reason, rtol=1e-6, atol=1e-9)


@exercise.check(points=1)
def each_sample_by_itself(forward, rng):
    """A sample's result does not depend on the other samples, and neither X nor params are changed."""
    X, params = drawn_batch(rng, 7, 5)[0], drawn_params(rng, 5, 3)
    with unchanged(X=X, params=params), random_state_untouched():
        hidden, y_hat = passed(forward, X, params)
    expect(float(np.ptp(y_hat)) > 1e-6 and float(np.ptp(hidden)) > 1e-6, "All samples get the same result.")
    for k in (0, 4):
        alone = passed(forward, X[k : k + 1], params)
        expect_close(alone[0][0], hidden[k], rtol=1e-6, given=f"sample {k} alone", what="`hidden`")
        expect_close(alone[1][0], y_hat[k], rtol=1e-6, given=f"sample {k} alone", what="`y_hat`")


# -- what tells mistakes apart --------------------------------------------------------------------


def seen(forward: Any, rng: np.random.Generator, n: int, n_inputs: int, n_hidden: int) -> Any:
    X, params = drawn_batch(rng, n, n_inputs)[0], drawn_params(rng, n_inputs, n_hidden)
    found = forward(X, params)
    return (*found,) if isinstance(found, tuple | list) else found


@exercise.probe
def nine_inputs(forward, rng):
    return seen(forward, rng, 5, 9, 8)


@exercise.probe
def as_many_of_each(forward, rng):
    return seen(forward, rng, 3, 4, 4)


@exercise.probe
def one_sample(forward, rng):
    return seen(forward, rng, 1, 3, 6)


@exercise.probe
def many_samples(forward, rng):
    return seen(forward, rng, 8, 6, 2)


# -- what is also right ---------------------------------------------------------------------------


@exercise.variant
def loop_over_the_samples(X, params):
    hidden, y_hat = [], []
    for x in X:
        h = np.tanh(np.dot(x, params["W1"]) + params["b1"])
        hidden.append(h)
        y_hat.append(1.0 / (1.0 + np.exp(-(np.dot(h, params["W2"]) + params["b2"]))))
    return np.array(hidden), np.array(y_hat)


@exercise.variant
def tanh_by_its_formula(X, params):
    z = X.dot(params["W1"]) + params["b1"]
    h = (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))
    return h, sigmoid(h.dot(params["W2"]) + params["b2"])


@exercise.variant
def sigmoid_by_way_of_tanh(X, params):
    W1, b1, W2, b2 = (params[key] for key in ("W1", "b1", "W2", "b2"))
    hidden = np.tanh(np.matmul(X, W1) + b1[np.newaxis, :])
    return hidden, 0.5 * (1 + np.tanh((hidden @ W2 + b2) / 2))


@exercise.variant
def with_a_column_of_ones(X, params):
    ones = np.ones((len(X), 1))
    hidden = np.tanh(np.hstack([X, ones]) @ np.vstack([params["W1"], params["b1"]]))
    return hidden, sigmoid(np.hstack([hidden, ones]) @ np.append(params["W2"], params["b2"]))


@exercise.variant
def einsum_and_a_list(X, params):
    hidden = np.tanh(np.einsum("ni,ih->nh", X, params["W1"]) + params["b1"])
    return [hidden, np.exp(-np.logaddexp(0, -(np.einsum("nh,h->n", hidden, params["W2"]) + params["b2"])))]


@exercise.variant
def transposed_all_along(X, params):
    hidden = np.tanh(params["W1"].T @ X.T + params["b1"][:, None])
    return hidden.T, sigmoid(params["W2"] @ hidden + params["b2"])


# -- what is wrong --------------------------------------------------------------------------------


@exercise.misconception(
    "The hidden neurons pass their weighted sums on as they are. Without an activation the layers collapse into one.",
    loses=2,
)
def has_no_activation(X, params):
    hidden = X @ params["W1"] + params["b1"]
    y_hat = sigmoid(hidden @ params["W2"] + params["b2"])
    return hidden, y_hat


@exercise.misconception("The activation is applied twice. Once is enough.", loses=2, excludes=("has_no_activation",))
def activates_twice(X, params):
    hidden = np.tanh(np.tanh(X @ params["W1"] + params["b1"]))
    y_hat = sigmoid(hidden @ params["W2"] + params["b2"])
    return hidden, y_hat


@exercise.misconception(
    "The hidden layer uses the sigmoid here. It is for the output; hidden neurons use tanh.", loses=2
)
def uses_the_sigmoid_in_the_hidden_layer(X, params):
    hidden = sigmoid(X @ params["W1"] + params["b1"])
    y_hat = sigmoid(hidden @ params["W2"] + params["b2"])
    return hidden, y_hat


@exercise.misconception("The hidden layer uses ReLU here. This network's hidden neurons use tanh.", loses=2)
def uses_relu_in_the_hidden_layer(X, params):
    hidden = np.maximum(0, X @ params["W1"] + params["b1"])
    y_hat = sigmoid(hidden @ params["W2"] + params["b2"])
    return hidden, y_hat


@exercise.misconception("`hidden` is what the neurons pass on, after tanh. Yours returns the weighted sums.", loses=2)
def returns_the_weighted_sums(X, params, *, right=forward_pass):
    return X @ params["W1"] + params["b1"], right(X, params)[1]


@exercise.misconception("The biases b1 of the hidden neurons are missing.", loses=2)
def forgets_the_first_biases(X, params):
    hidden = np.tanh(X @ params["W1"])
    y_hat = sigmoid(hidden @ params["W2"] + params["b2"])
    return hidden, y_hat


@exercise.misconception("The bias b2 of the output is missing.", loses=2)
def forgets_the_second_bias(X, params):
    hidden = np.tanh(X @ params["W1"] + params["b1"])
    y_hat = sigmoid(hidden @ params["W2"])
    return hidden, y_hat


@exercise.misconception("The output is a weighted sum. Put it through the sigmoid to make it a confidence.", loses=3)
def returns_no_confidence(X, params):
    hidden = np.tanh(X @ params["W1"] + params["b1"])
    y_hat = hidden @ params["W2"] + params["b2"]
    return hidden, y_hat


@exercise.misconception("tanh goes from -1 to 1, and a confidence from 0 to 1: the output uses the sigmoid.", loses=3)
def uses_tanh_for_the_output(X, params):
    hidden = np.tanh(X @ params["W1"] + params["b1"])
    y_hat = np.tanh(hidden @ params["W2"] + params["b2"])
    return hidden, y_hat


@exercise.misconception(
    "W1 has a row per input. Transposed it does not fit X, or mixes up inputs and neurons.", loses=6
)
def transposes_the_first_weights(X, params):
    hidden = np.tanh(X @ params["W1"].T + params["b1"])
    y_hat = sigmoid(hidden @ params["W2"] + params["b2"])
    return hidden, y_hat


@exercise.misconception("First the hidden outputs, then the confidences. Yours come the other way round.", loses=6)
def returns_the_confidence_first(X, params, *, right=forward_pass):
    hidden, y_hat = right(X, params)
    return y_hat, hidden


@exercise.misconception("Yours returns votes. `y_hat` is the confidence itself.", loses=2)
def returns_votes(X, params, *, right=forward_pass):
    hidden, y_hat = right(X, params)
    return hidden, (np.asarray(y_hat) >= 0.5).astype(float)
