"""A network made by hand: what is right, what is also right, what is wrong.

The notebook asks for ``hand_made_network() -> (W1, b1, W2, b2)`` with ReLU in the hidden layer, which tells columns
(label 1) from rows (label 0) in any of the three places, in images with noise 0.1. Any such network will do, so probes
say in words what it does with the six lines.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from fairgrade.grading import Exercise, FloatArray, expect, expect_array, expect_finite, expect_number
from graders.part7_hidden_layers.drawn import line_images, six_lines


def two_colleagues():
    evidence = np.tile([1.0, 1.0, -2.0], 3)
    return np.stack([evidence, -evidence], axis=1), np.zeros(2), np.ones(2), -1.4


exercise = Exercise("hand_made_network", points=5, reference=two_colleagues, has_fact_probes=True)

Layers = tuple[FloatArray, FloatArray, FloatArray, float]

NOISE, ENOUGH = 0.1, 0.95
"""The noise that it has to stand, and the share of columns, and of rows, that it has to recognise."""

# -- what right work does -------------------------------------------------------------------------


def made(hand_made_network: Any) -> Layers:
    """Return the student's network as W1 (9, k), b1 (k,), W2 (k,) and the number b2, or fail if it is none."""
    found = hand_made_network()
    expect(found is not None, "`hand_made_network` gives None. Is there a `return`?")
    expect(isinstance(found, tuple | list) and len(found) == 4, "Expected four things, `return W1, b1, W2, b2`.")
    W1, b1, W2 = (expect_array(found[k], what=f"`{name}`") for k, name in enumerate(("W1", "b1", "W2")))
    expect(W1.ndim == 2 and len(W1) == 9, f"`W1`: expected shape (9, n_hidden), a row per pixel, got {W1.shape}.")
    n_hidden = W1.shape[1]
    expect(b1.shape == (n_hidden,), f"`b1`: expected shape ({n_hidden},), an entry per neuron, got {b1.shape}.")
    expect(W2.size == n_hidden, f"`W2`: expected shape ({n_hidden},), an entry per neuron, got {W2.shape}.")
    for name, values in (("W1", W1), ("b1", b1), ("W2", W2)):
        expect_finite(values, f"`{name}`")
    return W1, b1, W2.ravel(), expect_number(found[3], what="`b2`")


def hidden_evidence(network: Layers, X: FloatArray) -> FloatArray:
    W1, b1, _, _ = network
    return np.asarray(X @ W1 + b1)


def evidence_of(network: Layers, X: FloatArray) -> FloatArray:
    """Return the weighted sum of the output for images X of shape (n, 9)."""
    _, _, W2, b2 = network
    return np.asarray(np.maximum(hidden_evidence(network, X), 0) @ W2 + b2)


def expect_votes(network: Layers, places: tuple[int, ...]) -> None:
    votes = evidence_of(network, six_lines()) >= 0
    names = [f"{kind} {place}" for kind in ("column", "row") for place in ("0 (left or upper)", "1", "2")]
    wrong = [names[k] for k in places if votes[k] != (k < 3)]
    expect(not wrong, f"Without noise your network is wrong for: {', '.join(wrong)}.")


@exercise.check(points=1)
def is_a_network(hand_made_network):
    """It returns W1 of shape (9, n_hidden), b1 and W2 of shape (n_hidden,) and a number b2, and is not blind."""
    network = made(hand_made_network)
    seen = evidence_of(network, six_lines())
    expect(float(np.ptp(seen)) > 1e-9, "Your network gives the same evidence for all six lines.")


@exercise.check(points=1)
def tells_the_middle_lines_apart(hand_made_network):
    """It tells the middle column from the middle row."""
    expect_votes(made(hand_made_network), (1, 4))


@exercise.check(points=1)
def is_right_for_all_six(hand_made_network):
    """It is right for all six lines: columns and rows in each of the three places."""
    expect_votes(made(hand_made_network), (0, 1, 2, 3, 4, 5))


@exercise.check(points=2, false_rejection=1e-9)
def stands_a_little_noise(hand_made_network, rng):
    """It recognises at least 95 % of the columns, and of the rows, in images with noise 0.1."""
    X, y = line_images(rng, 600, NOISE)
    votes = evidence_of(made(hand_made_network), X) >= 0
    for label, name in ((1, "columns"), (0, "rows")):
        share = float(np.mean(votes[y == label] == label))
        expect(
            share >= ENOUGH,
            f"With noise {NOISE:g} your network recognises {share:.0%} of the {name}; 95 % is asked for.",
        )


# -- what tells mistakes apart --------------------------------------------------------------------


def _network(hand_made_network: Any) -> tuple[Layers, str]:
    """Return the network with a row per pixel, and which way round its W1 was."""
    W1, b1, W2, b2 = hand_made_network()
    W1 = np.asarray(W1, dtype=float)
    way, W1 = ("a column per pixel", W1.T) if W1.shape[1] == 9 and W1.shape[0] != 9 else ("a row per pixel", W1)
    return (W1, np.ravel(b1), np.ravel(W2), float(np.squeeze(b2))), way


@exercise.probe
def its_form(hand_made_network):
    network, way = _network(hand_made_network)
    on = hidden_evidence(network, six_lines()) > 0
    return {
        "W1 has": way,
        "for some of the lines": "no neuron is off" if on.all() else "neurons are off",
    }


@exercise.probe
def the_six_lines(hand_made_network):
    network, _ = _network(hand_made_network)
    evidence = evidence_of(network, six_lines())
    votes = (evidence >= 0).astype(int)
    margin = np.round(evidence[:3] - evidence[3:].mean(), 6)
    certain = np.any(np.abs(evidence[3:]) > 1e-9)
    return {
        "its votes for columns": " ".join(map(str, votes[:3])),
        "its votes for rows": " ".join(map(str, votes[3:])),
        "columns beside rows": " ".join("less" if m < 0 else "more" if m > 0 else "the same" for m in margin),
        "for rows it is": "on one side" if certain else "exactly at one half",
    }


@exercise.probe
def lines_with_noise(hand_made_network, rng):
    network, _ = _network(hand_made_network)
    X, y = line_images(rng, 600, NOISE)
    votes = evidence_of(network, X) >= 0
    return {
        f"with noise {name}": "are recognised" if np.mean(votes[y == label] == label) >= ENOUGH else "are missed"
        for label, name in ((1, "columns"), (0, "rows"))
    }


# -- changes of the reference that make no difference ---------------------------------------------

for weights in ("1.0, 1.0, -2.2", "1.1, 1.0, -2.0", "1.0, 1.1, -2.0"):
    exercise.equivalent(
        "evidence = np.tile([1.0, 1.0, -2.0], 3)",
        f"evidence = np.tile([{weights}], 3)",
        why="It is another right network: rows stay far below the threshold, and columns far above.",
    )
exercise.equivalent(
    "return np.stack([evidence, -evidence], axis=1), np.zeros(2), np.ones(2), -1.4",
    "return np.stack([evidence, -evidence], axis=1), np.zeros(2), np.ones(2), -1.54",
    why="It is another right network: rows stay far below the threshold, and columns far above.",
)

# -- what is also right ---------------------------------------------------------------------------


@exercise.variant
def a_neuron_per_column():
    columns = np.zeros((3, 3, 3))
    for place in range(3):
        columns[:, place, place] = 1.0
    return columns.reshape(9, 3), np.full(3, -2.0), np.ones(3), -0.5


@exercise.variant
def a_neuron_per_line():
    lines = six_lines()
    return lines.T, np.full(6, -2.0), np.array([1.0, 1, 1, -1, -1, -1]), 0.0


@exercise.variant
def from_the_rows():
    evidence = np.repeat([1.0, 1.0, -2.0], 3)
    return np.stack([evidence, -evidence], axis=1), np.zeros(2), -np.ones(2), 1.4


@exercise.variant
def other_numbers_and_more_neurons():
    evidence = np.tile([2.0, -1.0, -1.0], 3)
    W1 = np.stack([evidence, -evidence, np.zeros(9)], axis=1)
    return W1, np.array([0.0, 0.0, 1.0]), np.array([10.0, 10.0, -15.0]), 0.0


@exercise.variant
def thresholds_in_the_hidden_layer():
    evidence = np.tile([1.0, 1.0, -2.0], 3)
    return np.stack([evidence, -evidence], axis=1), np.array([-1.2, -1.2]), np.array([1.0, 1.0]), -0.3


@exercise.variant
def lists_of_numbers():
    W1 = [[1, -1], [1, -1], [-2, 2]] * 3
    return W1, [0, 0], [1, 1], -1.4


# -- what is wrong --------------------------------------------------------------------------------


@exercise.misconception(
    "Both biases are so high that ReLU never cuts anything off: the network is one neuron in disguise.", loses=3
)
def linear_in_disguise():
    evidence = np.tile([1.0, 1.0, -2.0], 3)
    return np.stack([evidence, -evidence], axis=1), np.full(2, 10.0), np.array([1.0, -1.0]), -3.0


@exercise.misconception(
    "A single hidden neuron cuts off one side, so one column looks like a row. Give it a colleague for the other side.",
    loses=3,
)
def one_neuron_alone():
    return np.tile([1.0, 1.0, -2.0], 3)[:, np.newaxis], np.zeros(1), np.ones(1), -1.4


@exercise.misconception(
    "relu(t) - relu(-t) is t itself, a straight line. Both neurons have to speak for the same label.", loses=3
)
def subtracts_the_second_neuron():
    evidence = np.tile([1.0, 1.0, -2.0], 3)
    return np.stack([evidence, -evidence], axis=1), np.zeros(2), np.array([1.0, -1.0]), -1.4


@exercise.misconception("Columns are label 1. Yours votes 1 for the rows.", loses=4)
def votes_for_rows():
    evidence = np.tile([1.0, 1.0, -2.0], 3)
    return np.stack([evidence, -evidence], axis=1), np.zeros(2), -np.ones(2), 1.4


@exercise.misconception(
    "For rows the evidence is exactly 0, which is a vote of 1. The output needs a negative bias as threshold.", loses=4
)
def has_no_threshold():
    evidence = np.tile([1.0, 1.0, -2.0], 3)
    return np.stack([evidence, -evidence], axis=1), np.zeros(2), np.ones(2), 0.0


@exercise.misconception(
    "The threshold is above the evidence of some columns. Compute it for each of the six lines.", loses=4
)
def has_too_high_a_threshold():
    evidence = np.tile([1.0, 1.0, -2.0], 3)
    return np.stack([evidence, -evidence], axis=1), np.zeros(2), np.ones(2), -4.5


@exercise.misconception(
    "It compares the middle column with the middle row, and lines elsewhere touch these in one pixel.", loses=3
)
def knows_one_place_only():
    evidence = np.array([0.0, 1.0, 0.0, -1.0, 0.0, -1.0, 0.0, 1.0, 0.0])
    return np.stack([evidence, -evidence], axis=1), np.zeros(2), np.array([1.0, -1.0]), -0.5


@exercise.misconception(
    "The threshold lies close to the evidence of clean columns: with noise half of them fall below. Take the middle.",
    loses=2,
)
def has_a_threshold_close_to_columns():
    evidence = np.tile([1.0, 1.0, -2.0], 3)
    return np.stack([evidence, -evidence], axis=1), np.zeros(2), np.ones(2), -2.9


@exercise.misconception(
    "The threshold lies close to the evidence of clean rows: with noise many of them rise above. Take the middle.",
    loses=2,
)
def has_a_threshold_close_to_rows():
    evidence = np.tile([1.0, 1.0, -2.0], 3)
    return np.stack([evidence, -evidence], axis=1), np.zeros(2), np.ones(2), -0.05


@exercise.misconception("W1 has a row per pixel and a column per hidden neuron. Yours is the transpose.", loses=5)
def transposes_the_first_weights():
    evidence = np.tile([1.0, 1.0, -2.0], 3)
    return np.stack([evidence, -evidence]), np.zeros(2), np.ones(2), -1.4
