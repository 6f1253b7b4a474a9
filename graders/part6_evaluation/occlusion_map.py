"""The occlusion map: what is right, what is also right, what is wrong.

The notebook asks for ``occlusion_map(model, x)``, an array of shape (n_inputs,): by how much the model's confidence
changes when one pixel is set to 0, pixel by pixel (confidence with the dark pixel minus confidence as it is).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from fairgrade.grading import Exercise, FloatArray, Notebook, expect, expect_array, expect_same, unchanged
from graders.part6_evaluation.model import a_model


def changes_of_confidence(model, x):
    before = model.forward(x)
    changes = np.zeros(len(x))
    for pixel in range(len(x)):
        dark = x.copy()
        dark[pixel] = 0.0
        changes[pixel] = model.forward(dark) - before
    return changes


exercise = Exercise("occlusion_map", points=4, reference=changes_of_confidence)


def image(rng: np.random.Generator, n_inputs: int = 9) -> FloatArray:
    """Draw an image in [0, 1] in which pixel 4 alone is dark."""
    x = rng.uniform(0.2, 1.0, n_inputs)
    x[4] = 0.0
    return x


# -- what right work does -------------------------------------------------------------------------


@exercise.check(points=2)
def each_pixel_is_darkened_in_turn(occlusion_map, rng, notebook):
    """Each entry is the change of confidence when that pixel alone is dark."""
    for n_inputs in (9, 16):
        model, x = a_model(notebook, rng, n_inputs), image(rng, n_inputs)
        want = changes_of_confidence(model, x)
        expect_same(occlusion_map(model, x), want, what=f"`occlusion_map` of an image of {n_inputs} pixels", atol=1e-8)


@exercise.check(points=1)
def a_pixel_without_evidence_changes_nothing(occlusion_map, rng, notebook):
    """A pixel that is dark already, or has weight 0, makes no difference; others do, and in the right direction."""
    model, x = a_model(notebook, rng), image(rng)
    weights = np.array(model.weights)
    weights[2] = 0.0
    model.weights = weights
    found = expect_array(occlusion_map(model, x), (9,), "`occlusion_map`")
    expect(abs(found[4]) < 1e-12, f"Pixel 4 is dark already, and yet its entry is {found[4]:.6g}.")
    expect(abs(found[2]) < 1e-12, f"Pixel 2 has weight 0, and yet its entry is {found[2]:.6g}.")
    strongest = int(np.argmax(np.abs(weights * x)))
    falls = "falls" if weights[strongest] > 0 else "rises"
    given = f"Pixel {strongest} has weight {weights[strongest]:.2f}: without it the confidence {falls}"
    expect(found[strongest] * weights[strongest] < 0, f"{given}, and its entry is {found[strongest]:.6g}.")


@exercise.check(points=1)
def image_and_model_stay_as_they_are(occlusion_map, rng, notebook):
    """The image and the model are as before afterwards, and one number per pixel comes back."""
    model, x = a_model(notebook, rng), image(rng)
    with unchanged(model=model, x=x):
        found = expect_array(occlusion_map(model, x), what="`occlusion_map`")
    expect(found.size == 9, f"`occlusion_map` of nine pixels returns {found.size} numbers.")


# -- what tells mistakes apart --------------------------------------------------------------------


def seen(occlusion_map: Any, rng: np.random.Generator, notebook: Notebook, n_inputs: int = 9) -> Any:
    model, x = a_model(notebook, rng, n_inputs), image(rng, n_inputs)
    before = x.copy()
    found = occlusion_map(model, x)
    return found, "as before" if np.array_equal(x, before) else x, model.weights


@exercise.probe
def one_map(occlusion_map, rng, notebook):
    return seen(occlusion_map, rng, notebook)


@exercise.probe
def another_map(occlusion_map, rng, notebook):
    return seen(occlusion_map, rng, notebook)


@exercise.probe
def a_map_of_16_pixels(occlusion_map, rng, notebook):
    return seen(occlusion_map, rng, notebook, 16)


# -- changes of the reference that make no difference ---------------------------------------------

exercise.equivalent(
    "changes = np.zeros(len(x))", "changes = np.ones(len(x))", why="Each entry is overwritten in the loop."
)

# -- what is also right ---------------------------------------------------------------------------


@exercise.variant
def list_of_differences(model, x):
    before = model.forward(x)
    return [model.forward(np.where(np.arange(len(x)) == pixel, 0.0, x)) - before for pixel in range(len(x))]


@exercise.variant
def all_images_at_once(model, x):
    darkened = x * (1 - np.eye(len(x)))
    return np.array([model.forward(row) for row in darkened]) - model.forward(x)


@exercise.variant
def darkens_and_restores(model, x):
    changes, before = np.empty(len(x)), model.forward(x)
    for pixel, value in enumerate(x.tolist()):
        x[pixel] = 0
        changes[pixel] = model.forward(x) - before
        x[pixel] = value
    return changes


@exercise.variant
def from_weights_and_bias(model, x):
    z = np.dot(model.weights, x) + model.bias
    return 1 / (1 + np.exp(-(z - np.asarray(model.weights) * x))) - 1 / (1 + np.exp(-z))


@exercise.variant
def with_delete_and_insert(model, x):
    out = np.array([model.forward(np.insert(np.delete(x, i), i, 0.0)) for i in range(x.size)])
    return np.subtract(out, model.forward(x))


# -- what is wrong --------------------------------------------------------------------------------


@exercise.misconception("These are the weights. Darken each pixel, and see what the confidence does.", loses=3)
def shows_the_weights(model, x):
    return np.array(model.weights, dtype=float)


@exercise.misconception("`predict` gives 0 or 1, which few pixels can turn. Use the confidence of `forward`.", loses=2)
def looks_at_the_votes(model, x):
    return np.array([model.predict(row) - model.predict(x) for row in x * (1 - np.eye(len(x)))], dtype=float)


@exercise.misconception("Each pixel stays dark once it was. Restore it before the next, or work on a copy.", loses=3)
def does_not_restore_the_pixel(model, x):
    dark, before, changes = x.copy(), model.forward(x), np.zeros(len(x))
    for pixel in range(len(x)):
        dark[pixel] = 0.0
        changes[pixel] = model.forward(dark) - before
    return changes


@exercise.misconception(
    "The sign is the other way round: the change is the confidence with the dark pixel minus that before.", loses=3
)
def subtracts_the_other_way_round(model, x, *, right=changes_of_confidence):
    return -np.asarray(right(model, x))


@exercise.misconception("`x[pixel] = 0` darkens the caller's image. Work on a copy: `x.copy()`.", loses=4)
def leaves_the_image_dark(model, x):
    before, changes = model.forward(x), np.zeros(len(x))
    for pixel in range(len(x)):
        x[pixel] = 0.0
        changes[pixel] = model.forward(x) - before
    return changes


@exercise.misconception("That is the confidence with the dark pixel. Subtract the one before.", loses=3)
def returns_the_confidences(model, x):
    return np.array([model.forward(row) for row in x * (1 - np.eye(len(x)))])


@exercise.misconception("A change has a sign: it tells whether the pixel speaks for or against.", loses=2)
def takes_absolute_values(model, x, *, right=changes_of_confidence):
    return np.abs(right(model, x))


@exercise.misconception("Dark is 0. Yours makes the pixel bright.", loses=3)
def brightens_the_pixel(model, x):
    before = model.forward(x)
    return np.array([model.forward(np.where(np.arange(len(x)) == i, 1.0, x)) - before for i in range(len(x))])


@exercise.misconception("The image has as many pixels as `len(x)`. Yours looks at nine.", loses=2)
def knows_nine_pixels_only(model, x, *, right=changes_of_confidence):
    return right(model, x)[:9]


@exercise.misconception("The change of the weighted sum is not that of the confidence: apply `forward`.", loses=2)
def looks_at_the_weighted_sum(model, x):
    return -np.asarray(model.weights) * x
