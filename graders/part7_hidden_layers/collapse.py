"""Two layers without an activation: what is right, what is also right, what is wrong.

The notebook asks for ``collapse(W1, b1, W2, b2) -> (w, b)``: the weights, of shape (n_inputs,), and the bias of the one
neuron that does what the two layers do if there is nothing but a weighted sum in either.
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
    expect_number,
    random_state_untouched,
    unchanged,
)
from graders.part7_hidden_layers.drawn import SHAPES, drawn_params


def one_neuron(W1, b1, W2, b2):
    return W1 @ W2, float(b1 @ W2 + b2)


exercise = Exercise("collapse", points=4, reference=one_neuron, parts=("the neuron's weights", "the neuron's bias"))

Layers = tuple[FloatArray, FloatArray, FloatArray, float]


def layers(rng: np.random.Generator, n_inputs: int, n_hidden: int) -> Layers:
    """Draw the parameters of two layers."""
    params = drawn_params(rng, n_inputs, n_hidden)
    return params["W1"], params["b1"], params["W2"], float(params["b2"])


def pair(collapse: Any, given: Layers) -> tuple[FloatArray, float]:
    """Return the student's weights as an array of shape (n_inputs,), and the bias."""
    n_inputs = len(given[0])
    found = collapse(*given)
    expect(found is not None, "`collapse` gives None. Is there a `return`?")
    expect(isinstance(found, tuple | list) and len(found) == 2, "`collapse`: expected two things, `return w, b`.")
    w = expect_array(found[0], what="`w`")
    expect(w.size == n_inputs, f"`w`: for {n_inputs} inputs expected {n_inputs} weights, got shape {w.shape}.")
    return w.reshape(n_inputs), expect_number(found[1], what="`b`")


# -- what right work does -------------------------------------------------------------------------


@exercise.check(points=1)
def returns_weights_and_a_bias(collapse, rng):
    """It returns one weight per input and one bias, which depend on both layers; the arguments stay as they are."""
    W1, b1, W2, b2 = layers(rng, 6, 4)
    with unchanged(W1=W1, b1=b1, W2=W2), random_state_untouched():
        w, b = pair(collapse, (W1, b1, W2, b2))
    expect(not np.allclose(w, pair(collapse, (W1, b1, 3 * W2, b2))[0]), "With other W2, `w` is the same.")
    expect(not np.allclose(w, pair(collapse, (2 * W1, b1, W2, b2))[0]), "With other W1, `w` is the same.")
    expect(not np.isclose(b, pair(collapse, (W1, b1, W2, b2 + 5))[1]), "With another b2, `b` is the same.")


@exercise.check(points=1)
def weights_are_right(collapse, rng):
    """Each weight of the neuron sums up the ways from its input through all hidden neurons."""
    for n_inputs, n_hidden in SHAPES:
        given = layers(rng, n_inputs, n_hidden)
        said = f"{n_inputs} inputs and {n_hidden} hidden neurons"
        expect_close(pair(collapse, given)[0], one_neuron(*given)[0], rtol=1e-6, given=said, what="`w`")


@exercise.check(points=1)
def bias_is_right(collapse, rng):
    """The bias takes those of the hidden neurons along, each through its weight in the second layer."""
    for n_inputs, n_hidden in SHAPES:
        given = layers(rng, n_inputs, n_hidden)
        said = f"{n_inputs} inputs and {n_hidden} hidden neurons"
        expect_close(pair(collapse, given)[1], one_neuron(*given)[1], rtol=1e-6, given=said, what="`b`")


@exercise.check(points=1)
def says_what_two_layers_say(collapse, rng):
    """For any input, the one neuron's weighted sum is that of the two layers."""
    for n_inputs, n_hidden in SHAPES:
        W1, b1, W2, b2 = given = layers(rng, n_inputs, n_hidden)
        w, b = pair(collapse, given)
        X = rng.normal(0, 1, (5, n_inputs))
        expect_close(X @ w + b, (X @ W1 + b1) @ W2 + b2, rtol=1e-6, given="five inputs", what="X @ w + b")


# -- what tells mistakes apart --------------------------------------------------------------------


@exercise.probe
def nine_inputs(collapse, rng):
    return collapse(*layers(rng, 9, 8))


@exercise.probe
def few_hidden_neurons(collapse, rng):
    return collapse(*layers(rng, 6, 2))


@exercise.probe
def as_many_of_each(collapse, rng):
    return collapse(*layers(rng, 4, 4))


@exercise.probe
def many_hidden_neurons(collapse, rng):
    return collapse(*layers(rng, 3, 7))


# -- what is also right ---------------------------------------------------------------------------


@exercise.variant
def loops_over_inputs_and_neurons(W1, b1, W2, b2):
    w, b = np.zeros(W1.shape[0]), b2
    for j in range(W1.shape[1]):
        b = b + W2[j] * b1[j]
        for i in range(W1.shape[0]):
            w[i] += W1[i, j] * W2[j]
    return w, b


@exercise.variant
def asks_the_network(W1, b1, W2, b2):
    def evidence(x):
        return float((x @ W1 + b1) @ W2 + b2)

    b = evidence(np.zeros(len(W1)))
    return np.array([evidence(row) - b for row in np.eye(len(W1))]), b


@exercise.variant
def scales_and_sums(W1, b1, W2, b2):
    return (W1 * W2).sum(axis=1), (b1 * W2).sum() + b2


@exercise.variant
def with_dot_and_a_list(W1, b1, W2, b2):
    return [np.dot(row, W2) for row in W1], np.dot(W2, b1) + b2


@exercise.variant
def with_an_extra_input(W1, b1, W2, b2):
    together = np.vstack([W1, b1]) @ W2
    return together[:-1], together[-1] + b2


@exercise.variant
def from_the_other_side(W1, b1, W2, b2):
    return W2 @ W1.T, np.inner(W2, b1) + b2


# -- what is wrong --------------------------------------------------------------------------------


@exercise.misconception(
    "The hidden neurons have biases as well. They reach the output, each through its weight in W2.", loses=2
)
def forgets_the_first_biases(W1, b1, W2, b2):
    return W1 @ W2, float(b2)


@exercise.misconception("The output's own bias is missing.", loses=3)
def forgets_the_second_bias(W1, b1, W2, b2):
    return W1 @ W2, float(b1 @ W2)


@exercise.misconception("The biases of the hidden neurons count as much as W2 says, not each as 1.", loses=2)
def adds_the_biases_up(W1, b1, W2, b2):
    return W1 @ W2, float(b1.sum() + b2)


@exercise.misconception(
    "The second layer weighs the hidden neurons. Yours adds them up as if W2 were all ones.", loses=3
)
def ignores_the_second_weights(W1, b1, W2, b2):
    return W1.sum(axis=1), float(b1 @ W2 + b2)


@exercise.misconception(
    "A weighted sum is a sum. Dividing by the number of hidden neurons makes it an average.", loses=3
)
def averages_over_the_hidden_neurons(W1, b1, W2, b2):
    return W1 @ W2 / len(W2), float(b1 @ W2 + b2) / len(W2)


@exercise.misconception("There is no activation between these layers: leave tanh out.", loses=3)
def keeps_an_activation(W1, b1, W2, b2):
    return np.tanh(W1) @ W2, float(np.tanh(b1) @ W2 + b2)


@exercise.misconception(
    "W1 has a row per input and a column per hidden neuron. Transposed, inputs and neurons trade places.", loses=4
)
def transposes_the_first_weights(W1, b1, W2, b2):
    return W1.T @ W2, float(b1 @ W2 + b2)


@exercise.misconception("First the weights, then the bias. Yours come the other way round.", loses=4)
def returns_the_bias_first(W1, b1, W2, b2):
    return float(b1 @ W2 + b2), W1 @ W2


@exercise.misconception(
    "The last bias is added once. Yours goes through the weights W2, as if each neuron had it.", loses=2
)
def weighs_the_second_bias(W1, b1, W2, b2):
    return W1 @ W2, float((b1 + b2) @ W2)


@exercise.misconception("These are the products, one row per input. Add them up over the hidden neurons.", loses=4)
def does_not_sum_over_the_neurons(W1, b1, W2, b2):
    return W1 * W2, float(b1 @ W2 + b2)
