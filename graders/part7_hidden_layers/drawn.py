"""Parameters of small networks, samples and images of lines, as the exercises' checks draw them.

Parameters are a dictionary: ``W1`` of shape (n_inputs, n_hidden), ``b1`` and ``W2`` of shape (n_hidden,), and the
number ``b2``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from fairgrade.grading import FloatArray

Params = dict[str, Any]

SHAPES = ((9, 8), (4, 3), (5, 5), (3, 7))
"""Numbers of inputs and of hidden neurons: among them as many as the lesson has, and as many of each."""


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def drawn_params(rng: np.random.Generator, n_inputs: int, n_hidden: int) -> Params:
    """Draw parameters that are neither so small that tanh is a line, nor so large that it is a step."""
    return {
        "W1": rng.normal(0, 1.5 / np.sqrt(n_inputs), (n_inputs, n_hidden)),
        "b1": rng.permutation([-1.0, 1.0] * n_hidden)[:n_hidden] * rng.uniform(0.3, 0.9, n_hidden),
        "W2": rng.permutation([-1.0, 1.0] * n_hidden)[:n_hidden] * rng.uniform(0.5, 1.5, n_hidden),
        "b2": float(rng.choice([-1, 1]) * rng.uniform(0.3, 0.9)),
    }


def drawn_batch(rng: np.random.Generator, n: int, n_inputs: int) -> tuple[FloatArray, FloatArray]:
    """Draw inputs of either sign, of shape (n, n_inputs), and labels of shape (n,); for n > 1 both labels occur."""
    y = rng.permutation((np.arange(n) % 2 == rng.integers(2)).astype(np.float64))
    return rng.normal(0, 1, (n, n_inputs)), y


def six_lines() -> FloatArray:
    """Return the six lines of a 3x3 image, of shape (6, 9): three columns, then three rows."""
    lines = np.zeros((6, 3, 3))
    for place in range(3):
        lines[place, :, place] = lines[3 + place, place, :] = 1.0
    return lines.reshape(6, 9)


def line_images(rng: np.random.Generator, n: int, noise: float) -> tuple[FloatArray, FloatArray]:
    """Draw `n` images of the six lines, each as often, in random order; return them, and 1.0 for a column."""
    which = rng.permutation(np.arange(n) % 6)
    X = np.clip(six_lines()[which] + rng.normal(0, noise, (n, 9)), 0, 1)
    return X, (which < 3).astype(np.float64)
