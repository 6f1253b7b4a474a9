"""Activation functions and their slopes: what is right, what is also right, what is wrong.

The notebook asks for ``relu(z)``, ``relu_slope(z)`` and ``tanh_slope(h)``, the slope of tanh in terms of h = tanh(z),
for arrays of any shape. The cell's last line collects the three under the name ``activation``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from fairgrade.grading import Exercise, FloatArray, expect, expect_array, expect_close, unchanged


class Activations:
    @staticmethod
    def relu(z):
        return np.maximum(z, 0.0)

    @staticmethod
    def relu_slope(z):
        return np.where(z > 0, 1.0, 0.0)

    @staticmethod
    def tanh_slope(h):
        return 1.0 - h**2


exercise = Exercise("activation", points=3, reference=Activations)

# -- what right work does -------------------------------------------------------------------------


def evidence(rng: np.random.Generator, shape: tuple[int, ...]) -> FloatArray:
    """Draw values of both signs, of which none is 0: there the slope of ReLU is a matter of taste."""
    signs = rng.permutation(np.where(np.arange(np.prod(shape)) % 2, 1.0, -1.0))
    return (signs * rng.uniform(0.3, 2.5, signs.size)).reshape(shape)


def outputs(rng: np.random.Generator, shape: tuple[int, ...]) -> FloatArray:
    """Draw outputs of tanh."""
    return np.tanh(evidence(rng, shape))


def expect_values(function: Any, right: Any, rng: np.random.Generator, draw: Any, name: str) -> None:
    for shape in ((6,), (4, 3), (2, 5)):
        given = draw(rng, shape)
        with unchanged(argument=given):
            got = function(given)
        expect(got is not None, f"`{name}` gives None. Is there a `return`?")
        found = expect_array(got, what=f"`{name}`")
        expect(found.shape == shape, f"`{name}` of an array of shape {shape}: expected this shape, got {found.shape}.")
        expect_close(found, right(given), rtol=1e-6, given=f"an array of shape {shape}", what=f"`{name}`")


@exercise.check(points=1)
def relu_cuts_off_what_is_negative(activation, rng):
    """relu(z) is z where z is positive and 0 elsewhere, entry by entry."""
    expect_values(activation.relu, Activations.relu, rng, evidence, "relu")


@exercise.check(points=1)
def relu_slope_is_one_or_zero(activation, rng):
    """relu_slope(z) is 1 where z is positive and 0 where it is negative, entry by entry."""
    expect_values(activation.relu_slope, Activations.relu_slope, rng, evidence, "relu_slope")


@exercise.check(points=1)
def tanh_slope_is_in_terms_of_the_output(activation, rng):
    """tanh_slope(h) is the slope of tanh where its output is h, entry by entry."""
    expect_values(activation.tanh_slope, Activations.tanh_slope, rng, outputs, "tanh_slope")


# -- what tells mistakes apart --------------------------------------------------------------------


def seen(function, given):
    before = given.copy()
    return function(given), "the same" if np.array_equal(given, before) else "changed"


@exercise.probe
def relu_of_a_row(activation, rng):
    return seen(activation.relu, evidence(rng, (7,)))


@exercise.probe
def relu_of_a_batch(activation, rng):
    return seen(activation.relu, evidence(rng, (4, 3)))


@exercise.probe
def relu_slope_of_a_batch(activation, rng):
    return seen(activation.relu_slope, evidence(rng, (3, 5)))


@exercise.probe
def tanh_slope_of_a_row(activation, rng):
    return seen(activation.tanh_slope, outputs(rng, (6,)))


@exercise.probe
def tanh_slope_of_a_batch(activation, rng):
    return seen(activation.tanh_slope, outputs(rng, (2, 4)))


# -- changes of the reference that make no difference ---------------------------------------------

exercise.equivalent(
    "return np.where(z > 0, 1.0, 0.0)",
    "return np.where(z >= 0, 1.0, 0.0)",
    why="At exactly 0 the slope of ReLU is a matter of taste.",
)
exercise.equivalent(
    "return np.where(z > 0, 1.0, 0.0)", "return np.where(1.0, z > 0, 0.0)", why="Where 1.0 holds, it is z > 0: 1 or 0."
)
exercise.equivalent(
    "return np.maximum(z, 0.0)", "return np.maximum(0.0, z)", why="The larger of two does not depend on their order."
)

# -- what is also right ---------------------------------------------------------------------------


@exercise.variant
class MasksInPlaceOfMaximum(Activations):
    @staticmethod
    def relu(z):
        return z * (z > 0)

    @staticmethod
    def relu_slope(z):
        return (z > 0).astype(float)


@exercise.variant
class EntryByEntry(Activations):
    @staticmethod
    def relu(z):
        return np.array([max(0.0, value) for value in np.ravel(z)]).reshape(np.shape(z))

    @staticmethod
    def relu_slope(z):
        return np.array([1 if value > 0 else 0 for value in np.ravel(z)]).reshape(np.shape(z))


@exercise.variant
class FormulasWithoutCases(Activations):
    @staticmethod
    def relu(z):
        return (z + np.abs(z)) / 2

    @staticmethod
    def relu_slope(z):
        return (1 + np.sign(z)) / 2


@exercise.variant
class FactorsOfTheSlope(Activations):
    @staticmethod
    def tanh_slope(h):
        return (1 - h) * (1 + h)


@exercise.variant
class ByWayOfTheEvidence(Activations):
    @staticmethod
    def relu(z):
        return np.clip(z, 0, None)

    @staticmethod
    def relu_slope(z):
        return np.heaviside(z, 0.5)

    @staticmethod
    def tanh_slope(h):
        return 1 / np.cosh(np.arctanh(h)) ** 2


# -- what is wrong --------------------------------------------------------------------------------


@exercise.misconception(
    "`np.max(z, 0)` is the largest entry along axis 0. `np.maximum(z, 0)` compares each entry with 0.", loses=1
)
class TakesTheLargestOfAll(Activations):
    @staticmethod
    def relu(z):
        return np.max(z, 0)


@exercise.misconception("ReLU makes negative evidence 0. The absolute value turns it into positive evidence.", loses=1)
class TakesTheAbsoluteValue(Activations):
    @staticmethod
    def relu(z):
        return np.abs(z)


@exercise.misconception("`np.minimum` keeps the negative entries. ReLU keeps the positive ones.", loses=1)
class KeepsTheNegativeEntries(Activations):
    @staticmethod
    def relu(z):
        return np.minimum(z, 0.0)


@exercise.misconception("ReLU lets positive evidence through as it is. Yours makes it 1.", loses=1)
class MakesPositiveEvidenceOne(Activations):
    @staticmethod
    def relu(z):
        return (z > 0).astype(float)


@exercise.misconception("Left of 0 ReLU is flat, so its slope is 0 there.", loses=1)
class HasSlopeOneEverywhere(Activations):
    @staticmethod
    def relu_slope(z):
        return np.ones_like(z)


@exercise.misconception("Left of 0 ReLU is flat: slope 0. A slope of -1 belongs to the absolute value.", loses=1)
class HasSlopeMinusOneOnTheLeft(Activations):
    @staticmethod
    def relu_slope(z):
        return np.sign(z)


@exercise.misconception("That is ReLU itself. Its slope is 1 where it rises and 0 where it is flat.", loses=1)
class GivesReluForItsSlope(Activations):
    @staticmethod
    def relu_slope(z):
        return np.maximum(z, 0.0)


@exercise.misconception("h is the output of tanh already. Taking tanh once more is the slope somewhere else.", loses=1)
class TakesTheOutputForTheEvidence(Activations):
    @staticmethod
    def tanh_slope(h):
        return 1.0 - np.tanh(h) ** 2


@exercise.misconception("The slope of tanh is 1 minus the *square* of its output.", loses=1)
class ForgetsTheSquare(Activations):
    @staticmethod
    def tanh_slope(h):
        return 1.0 - h


@exercise.misconception("h (1 - h) is the slope of the sigmoid. That of tanh is 1 - h squared.", loses=1)
class TakesTheSlopeOfTheSigmoid(Activations):
    @staticmethod
    def tanh_slope(h):
        return h * (1.0 - h)
