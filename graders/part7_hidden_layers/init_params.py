"""The start of a network: what is right, what is also right, what is wrong.

The notebook asks for ``init_params(n_inputs, n_hidden, rng)``, a dictionary of ``W1``, ``b1``, ``W2`` and ``b2``: small
random weights of both signs, biases of 0. Any distribution will do, so checks and probes look at facts that hold for
each of them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from fairgrade.grading import Exercise, FloatArray, expect, expect_array, random_state_untouched

KEYS = ("W1", "b1", "W2", "b2")

TOO_SMALL = 1e-4
"""Neurons that differ by so little stay alike for longer than anybody trains."""

TOO_LARGE = 2.0
"""Weights that spread so far saturate tanh for nearly all images."""


def small_random_params(n_inputs, n_hidden, rng):
    W1 = rng.normal(0.0, n_inputs**-0.5, (n_inputs, n_hidden))
    W2 = rng.normal(0.0, n_hidden**-0.5, n_hidden)
    return {"W1": W1, "b1": np.zeros(n_hidden), "W2": W2, "b2": 0.0}


exercise = Exercise("init_params", points=3, reference=small_random_params, has_fact_probes=True)

# -- what right work does -------------------------------------------------------------------------


def start_of(init_params: Any, n_inputs: int, n_hidden: int, rng: np.random.Generator) -> dict[str, FloatArray]:
    """Return the student's parameters as arrays, or fail if they are not these four."""
    params = init_params(n_inputs, n_hidden, rng)
    expect(params is not None, "`init_params` gives None. Is there a `return`?")
    expect(isinstance(params, dict), f"`init_params`: expected a dictionary, got {type(params).__name__}.")
    missing = [key for key in KEYS if key not in params]
    expect(not missing, f"`init_params`: the dictionary has no entry {', '.join(map(repr, missing))}.")
    return {key: expect_array(params[key], what=f"`{key}`") for key in KEYS}


def a_row_per_input(W1: FloatArray, n_inputs: int, n_hidden: int) -> FloatArray:
    """Return W1 with a row per input, whichever way round it is: its shape has a check of its own."""
    return W1.T if W1.shape == (n_hidden, n_inputs) else W1


@exercise.check(points=1)
def has_the_right_shapes(init_params, rng):
    """W1 has a row per input and a column per hidden neuron, b1 and W2 an entry per neuron; the biases are 0."""
    for n_inputs, n_hidden in ((9, 8), (int(rng.integers(3, 6)), int(rng.choice([7, 9, 11])))):
        params = start_of(init_params, n_inputs, n_hidden, np.random.default_rng(int(rng.integers(10**6))))
        for key, shape in zip(KEYS, ((n_inputs, n_hidden), (n_hidden,), (n_hidden,), ()), strict=True):
            got = params[key].shape if key != "b2" or params[key].size != 1 else ()
            expect(got == shape, f"`{key}` for {n_inputs} inputs and {n_hidden} neurons: expected {shape}, got {got}.")
        expect(not np.any(params["b1"]) and not np.any(params["b2"]), "The biases start at 0. Yours don't.")


@exercise.check(points=1)
def neurons_start_small_and_different(init_params, rng):
    """The weights are small and of both signs, and no two hidden neurons are alike."""
    params = start_of(init_params, 20, 30, np.random.default_rng(int(rng.integers(10**6))))
    W1, W2 = a_row_per_input(params["W1"], 20, 30), params["W2"]
    expect(bool(np.any(W1)) and bool(np.any(W2)), "All weights of a layer are 0: nothing tells its neurons apart.")
    expect(float(np.ptp(W1, axis=1).min()) > 1e-9, "The hidden neurons all start with the same weight for an input.")
    expect(float(np.ptp(W2)) > 1e-9, "The weights of W2 are all the same.")
    for name, weights in (("W1", W1), ("W2", W2)):
        expect(float(weights.min()) < 0 < float(weights.max()), f"The weights of {name} all have the same sign.")
    narrow = min(float(np.std(W1)), float(np.std(W2)))
    expect(narrow > TOO_SMALL, f"The weights spread by {narrow:.2g}: that is as good as 0.")
    spread = max(float(np.std(W1)), float(np.std(W2)))
    expect(
        spread < TOO_LARGE, f"The weights spread by {spread:.2g}: tanh is saturated from the start. Make them smaller."
    )


@exercise.check(points=1)
def draws_from_the_generator(init_params, rng):
    """All randomness comes from `rng`: the same seed gives the same start, another seed another one."""
    seed, other = (int(k) for k in rng.choice(10**6, 2, replace=False))
    with random_state_untouched():
        first, again, another = (start_of(init_params, 9, 8, np.random.default_rng(s)) for s in (seed, seed, other))
    expect(_is_same(first, again), "Two generators with the same seed give different starts.")
    expect(not _is_same(first, another), "Two generators with different seeds give the same start.")


def _is_same(one: dict[str, FloatArray], other: dict[str, FloatArray]) -> bool:
    return all(np.array_equal(one[key], other[key]) for key in KEYS)


# -- what tells mistakes apart --------------------------------------------------------------------


def _start(init_params: Any, seed: int, n_inputs: int = 12, n_hidden: int = 7) -> dict[str, FloatArray]:
    params = init_params(n_inputs, n_hidden, np.random.default_rng(seed))
    return {key: np.asarray(params[key], dtype=float) for key in KEYS}


@exercise.probe
def its_form(init_params, rng):
    params = _start(init_params, int(rng.integers(10**6)))
    shapes = {(12, 7): "a row per input", (7, 12): "a column per input"}
    return {
        "W1 has": shapes.get(params["W1"].shape, str(params["W1"].shape)),
        "b1 has": "an entry per neuron" if params["b1"].shape == (7,) else str(params["b1"].shape),
        "W2 has": "an entry per neuron" if params["W2"].shape == (7,) else str(params["W2"].shape),
        "b1 starts": "elsewhere" if np.any(params["b1"]) else "at 0",
        "b2 starts": "elsewhere" if np.any(params["b2"]) else "at 0",
    }


@exercise.probe
def its_weights(init_params, rng):
    params = _start(init_params, int(rng.integers(10**6)))
    W1, W2 = a_row_per_input(params["W1"], 12, 7), params["W2"].ravel()
    return {
        "the weights of W1": _said(W1),
        "the hidden neurons": "are alike" if np.ptp(W1, axis=1).max() < 1e-9 else "differ",
        "the weights of W2": _said(W2),
        "W2 of the neurons": "is the same" if np.ptp(W2) < 1e-9 else "differs",
    }


def _said(weights: FloatArray) -> str:
    if not np.any(weights):
        return "are 0"
    if np.std(weights) >= TOO_LARGE:
        return "are huge"
    return "are positive" if weights.size > 20 and weights.min() >= 0 else "are small"


@exercise.probe
def its_source(init_params, rng):
    seed = int(rng.integers(10**6))
    first, again, another = (_start(init_params, s) for s in (seed, seed, seed + 1))
    state = np.random.get_state()
    np.random.seed(3)
    before = np.random.get_state()[1:3]
    _start(init_params, seed)
    after = np.random.get_state()[1:3]
    np.random.set_state(state)
    is_global = not (np.array_equal(before[0], after[0]) and before[1] == after[1])
    by_seed = "the same" if _is_same(first, again) else "another one"
    by_another = "the same" if _is_same(first, another) else "another one"
    return {
        "the global generator": "is used" if is_global else "is left alone",
        "the same seed gives": by_seed,
        "another seed gives": by_another,
    }


# -- changes of the reference that make no difference ---------------------------------------------

for size in (-1.5, -0.55):
    exercise.equivalent(
        "W1 = rng.normal(0.0, n_inputs ** (-0.5), (n_inputs, n_hidden))",
        f"W1 = rng.normal(0.0, n_inputs ** ({size}), (n_inputs, n_hidden))",
        why="Weights of that size are small and different, too.",
    )
    exercise.equivalent(
        "W2 = rng.normal(0.0, n_hidden ** (-0.5), n_hidden)",
        f"W2 = rng.normal(0.0, n_hidden ** ({size}), n_hidden)",
        why="Weights of that size are small and different, too.",
    )

# -- what is also right ---------------------------------------------------------------------------


@exercise.variant
def uniform_weights(n_inputs, n_hidden, rng):
    limit = np.sqrt(6 / (n_inputs + n_hidden))
    W1 = rng.uniform(-limit, limit, size=(n_inputs, n_hidden))
    return {"W1": W1, "b1": np.zeros(n_hidden), "W2": rng.uniform(-limit, limit, size=n_hidden), "b2": 0.0}


@exercise.variant
def a_tenth_of_a_normal(n_inputs, n_hidden, rng):
    params = dict(b1=np.zeros((n_hidden,)), b2=0)
    params["W2"] = 0.1 * rng.standard_normal(n_hidden)
    params["W1"] = 0.1 * rng.standard_normal((n_inputs, n_hidden))
    return params


@exercise.variant
def a_neuron_at_a_time(n_inputs, n_hidden, rng):
    columns = [rng.normal(size=n_inputs) / np.sqrt(n_inputs) for _ in range(n_hidden)]
    W2 = np.array([rng.normal() / np.sqrt(n_hidden) for _ in range(n_hidden)])
    return {"W1": np.stack(columns, axis=1), "b1": np.array([0.0] * n_hidden), "W2": W2, "b2": 0.0}


@exercise.variant
def all_numbers_at_once(n_inputs, n_hidden, rng):
    numbers = rng.normal(0, 0.3, (n_inputs + 1) * n_hidden)
    W1, W2 = numbers[:-n_hidden].reshape(n_inputs, n_hidden), numbers[-n_hidden:]
    return {"W1": W1, "b1": 0 * W2, "W2": W2, "b2": np.float64(0)}


@exercise.variant
def centred_between_minus_and_plus_one(n_inputs, n_hidden, rng):
    return {
        "W1": 2 * rng.random((n_inputs, n_hidden)) - 1,
        "b1": np.full(n_hidden, 0.0),
        "W2": 2 * rng.random(n_hidden) - 1,
        "b2": float(0),
    }


# -- what is wrong --------------------------------------------------------------------------------


@exercise.misconception(
    "From zeros nothing tells the hidden neurons apart, and with W2 at 0 no blame reaches them. Draw small weights.",
    loses=2,
)
def starts_at_zero(n_inputs, n_hidden, rng):
    return {"W1": np.zeros((n_inputs, n_hidden)), "b1": np.zeros(n_hidden), "W2": np.zeros(n_hidden), "b2": 0.0}


@exercise.misconception(
    "All neurons get the same weights, so they get the same gradient, and stay one neuron for ever.", loses=2
)
def starts_with_one_constant(n_inputs, n_hidden, rng):
    W1 = np.full((n_inputs, n_hidden), 0.1)
    return {"W1": W1, "b1": np.zeros(n_hidden), "W2": np.full(n_hidden, 0.1), "b2": 0.0}


@exercise.misconception("Each hidden neuron needs weights of its own. Yours copies the same ones into all.", loses=1)
def copies_one_neuron(n_inputs, n_hidden, rng):
    column = rng.normal(0.0, n_inputs**-0.5, (n_inputs, 1))
    W2 = rng.normal(0.0, n_hidden**-0.5, n_hidden)
    return {"W1": np.tile(column, (1, n_hidden)), "b1": np.zeros(n_hidden), "W2": W2, "b2": 0.0}


@exercise.misconception(
    "Weights of this size push tanh to -1 or 1, where its slope is nearly 0. Draw smaller ones.", loses=1
)
def starts_saturated(n_inputs, n_hidden, rng, *, right=small_random_params):
    params = right(n_inputs, n_hidden, rng)
    return {**params, "W1": 10 * n_inputs**0.5 * np.asarray(params["W1"])}


@exercise.misconception("`np.random.normal` draws from the generator of the whole program. Draw from `rng`.", loses=1)
def draws_from_the_global_generator(n_inputs, n_hidden, rng):
    W1 = np.random.normal(0.0, n_inputs**-0.5, (n_inputs, n_hidden))
    W2 = np.random.normal(0.0, n_hidden**-0.5, n_hidden)
    return {"W1": W1, "b1": np.zeros(n_hidden), "W2": W2, "b2": 0.0}


@exercise.misconception(
    "Yours makes a generator with a seed of its own, so every start is the same. Use `rng`.", loses=1
)
def seeds_a_generator_of_its_own(n_inputs, n_hidden, rng, *, right=small_random_params):
    return right(n_inputs, n_hidden, np.random.default_rng(0))


@exercise.misconception("Yours makes a generator of its own, so no start can be repeated. Use `rng`.", loses=1)
def makes_a_generator_of_its_own(n_inputs, n_hidden, rng, *, right=small_random_params):
    return right(n_inputs, n_hidden, np.random.default_rng())


@exercise.misconception("W1 has a row per input and a column per hidden neuron. Yours is the transpose.", loses=1)
def transposes_the_first_weights(n_inputs, n_hidden, rng):
    W1 = rng.normal(0.0, n_inputs**-0.5, (n_hidden, n_inputs))
    W2 = rng.normal(0.0, n_hidden**-0.5, n_hidden)
    return {"W1": W1, "b1": np.zeros(n_hidden), "W2": W2, "b2": 0.0}


@exercise.misconception("Biases start at 0: the weights alone are enough to tell the neurons apart.", loses=1)
def draws_the_biases(n_inputs, n_hidden, rng, *, right=small_random_params):
    return {**right(n_inputs, n_hidden, rng), "b1": rng.normal(0, 0.3, n_hidden), "b2": float(rng.normal(0, 0.3))}


@exercise.misconception(
    "`rng.random` draws from 0 to 1: no neuron can begin to speak against a pixel. Centre the weights on 0.", loses=1
)
def draws_positive_weights_only(n_inputs, n_hidden, rng):
    W1 = rng.random((n_inputs, n_hidden))
    return {"W1": W1, "b1": np.zeros(n_hidden), "W2": rng.normal(0, n_hidden**-0.5, n_hidden), "b2": 0.0}


@exercise.misconception(
    "With W2 at 0 the first step sends no blame to the hidden layer. Draw the weights of both layers.", loses=1
)
def starts_the_second_layer_at_zero(n_inputs, n_hidden, rng, *, right=small_random_params):
    return {**right(n_inputs, n_hidden, rng), "W2": np.zeros(n_hidden)}


@exercise.misconception("There is one bias per hidden neuron. Yours has one per input.", loses=1)
def has_a_bias_per_input(n_inputs, n_hidden, rng, *, right=small_random_params):
    return {**right(n_inputs, n_hidden, rng), "b1": np.zeros(n_inputs)}
