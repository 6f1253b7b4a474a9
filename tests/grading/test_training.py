"""Traces, histories and convergence."""

from __future__ import annotations

from copy import copy

import numpy as np
import pytest

from fairgrade.grading import (
    CheckFailed,
    Learned,
    State,
    expect_history,
    expect_learned,
    measure,
    reachable_states,
    read_state,
    sgd_states,
    write_state,
)


class Model:
    def __init__(self, weights, bias):
        self.weights, self.bias = weights, bias


def linear(state, x):
    return float(state.weights @ x) + state.bias


def gradients(x, y_true, y_pred):
    return (y_pred - y_true) * x, y_pred - y_true


@pytest.mark.parametrize(
    "weights", [np.array([1.0, 2.0]), np.array([[1.0], [2.0]]), np.array([[1.0, 2.0]]), [1.0, 2.0]]
)
@pytest.mark.parametrize("bias", [0.5, np.array([0.5]), np.array([[0.5]])])
def test_state_is_read_and_written_in_the_form_it_is_kept_in(weights, bias):
    """A list stays a list, a column a column, a bias in an array stays in one."""
    model = Model(copy(weights), copy(bias))
    state = read_state(model, 2)
    assert (state.weights.tolist(), state.bias) == ([1, 2], 0.5)
    write_state(model, State(np.array([3.0, 4.0]), -1.0))
    assert type(model.weights) is type(weights)
    assert np.shape(model.weights) == np.shape(weights)
    assert np.shape(model.bias) == np.shape(bias)
    assert read_state(model, 2).is_close(State(np.array([3.0, 4.0]), -1.0))


def test_a_wrong_number_of_weights_is_named():
    """The message says how many there are."""
    with pytest.raises(CheckFailed, match="A model for 4 inputs has 2 weights"):
        read_state(Model(np.zeros(2), 0.0), 4)


def test_a_step_is_one_of_gradient_descent():
    """One sample by hand: error 1 * 2 + 0 - 1 = 1, so w = 1 - 0.1 * 1 * 2 and b = 0 - 0.1."""
    start = State(np.array([1.0]), 0.0)
    (state,) = sgd_states(start, linear, gradients, np.array([[2.0]]), np.array([1.0]), [0], 0.1)
    assert state.is_close(State(np.array([0.8]), -0.1))


def test_the_order_given_comes_first_and_all_others_follow():
    """With three samples and two epochs there are 1 + 36 ends, of which the given order's is the first."""
    rng = np.random.default_rng(0)
    X, y, start = rng.normal(size=(3, 2)), np.array([0.0, 1.0, 1.0]), State(np.zeros(2), 0.0)
    ends = list(reachable_states(start, linear, gradients, X, y, 0.3, epochs=2))
    straight = start
    for _ in range(2):
        *_, straight = sgd_states(straight, linear, gradients, X, y, [0, 1, 2], 0.3)
    assert len(ends) == 37
    assert ends[0].is_close(straight)
    *_, turned = sgd_states(start, linear, gradients, X, y, [2, 0, 1], 0.3)
    *_, turned = sgd_states(turned, linear, gradients, X, y, [1, 2, 0], 0.3)
    assert sum(end.is_close(turned) for end in ends) == 1


def test_accuracy_and_recall_are_counted():
    """Of three ones two are found, of one zero none: half of all are right."""
    predicted, y = np.array([1.0, 1.0, 0.0, 1.0]), np.array([1.0, 1.0, 1.0, 0.0])
    assert measure(predicted, y) == Learned(0.5, (0.0, 2 / 3))


def test_neglecting_a_rare_label_fails_in_spite_of_the_accuracy():
    """96 % accuracy with no recall of label 1 is not learning."""
    with pytest.raises(CheckFailed, match="labelled 1: it neglects that label"):
        expect_learned(Learned(0.96, (1.0, 0.0)))
    with pytest.raises(CheckFailed, match="right for 94%"):
        expect_learned(Learned(0.94, (0.94, 0.94)))
    expect_learned(Learned(0.95, (0.9, 1.0)))


@pytest.mark.parametrize("history", [[1.0, 2.0], (1, 2), np.array([1.0, 2.0]), np.array([[1.0], [2.0]])])
def test_a_history_may_be_a_list_or_an_array(history):
    """Its values are what counts."""
    assert expect_history(history, 2, "loss_history").tolist() == [1, 2]


@pytest.mark.parametrize(
    ("history", "says"), [(None, "missing"), ([1.0], "has 1 entries"), (["a", "b"], "not numbers")]
)
def test_another_history_is_named(history, says):
    """Missing, too short or not numeric."""
    with pytest.raises(CheckFailed, match=says):
        expect_history(history, 2, "loss_history")
