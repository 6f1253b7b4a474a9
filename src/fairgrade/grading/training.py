"""Training loops: their state, their trace step by step, and whether what they train has learned.

The model is any object with ``weights``, ``bias``, ``forward(x)``, ``predict(x)`` and
``train(X, y, learning_rate=, epochs=, verbose=)``. Weights may be kept as an array of shape (n,),
(n, 1) or (1, n), or as a list: its values are what count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np

from fairgrade.grading.expect import FloatArray, expect, expect_array, expect_number
from fairgrade.grading.outcomes import CheckFailed
from fairgrade.grading.student import at_once, attributes, is_elsewhere

Gradients = Callable[[FloatArray, float, float], tuple[FloatArray, float]]
"""The gradients of one sample: (x of shape (n,), y_true, y_pred) -> (grad_weights of shape (n,), grad_bias)."""


@dataclass(frozen=True, eq=False)
class State:
    """The state of a linear unit: `weights` of shape (n,) and `bias`."""

    weights: FloatArray
    bias: float

    def step(self, gradient: tuple[FloatArray, float], learning_rate: float) -> State:
        """Take one step of gradient descent: ``w - learning_rate * dL/dw`` and the same for the bias."""
        return State(self.weights - learning_rate * gradient[0], self.bias - learning_rate * gradient[1])

    def is_close(self, other: State, rtol: float = 1e-6, atol: float = 1e-9) -> bool:
        """Whether both hold the same values within tolerances; nan is like nan, as in arrays that diverge alike."""
        return self.weights.shape == other.weights.shape and bool(
            np.allclose(self.weights, other.weights, rtol=rtol, atol=atol, equal_nan=True)
            and np.isclose(self.bias, other.bias, rtol=rtol, atol=atol, equal_nan=True)
        )


def read_state(model: Any, n_inputs: int) -> State:
    """Return the weights and bias of `model`, as float64 copies.

    Raises
    ------
    CheckFailed
        If they are missing, not numbers, or not one weight for each of `n_inputs` inputs.
    """
    weights, bias = attributes(model, "weights", "bias")
    return _as_state(weights, bias, n_inputs)


def _as_state(weights: Any, bias: Any, n_inputs: int) -> State:
    values = expect_array(weights, what="`weights`").reshape(-1).copy()
    expect(values.size == n_inputs, f"A model for {n_inputs} inputs has {values.size} weights.")
    return State(values, expect_number(bias, what="`bias`"))


def write_state(model: Any, state: State) -> None:
    """Set the weights and bias of `model`, in the container and shape it keeps them in."""
    kept, bias = attributes(model, "weights", "bias")
    form = StateForm.of(kept, bias)
    weights = form.weights_for(state)
    is_its_own = isinstance(kept, np.ndarray) and not is_elsewhere(model)
    if is_its_own and kept.flags.writeable and kept.dtype.kind == "f":
        kept[...] = weights  # in place, as the model may know the array under another name as well
    else:
        model.weights = weights
    model.bias = form.bias_for(state)


@dataclass(frozen=True)
class StateForm:
    """The containers and shapes in which a model keeps its weights and its bias."""

    is_list: bool
    shape: tuple[int, ...]
    bias_shape: tuple[int, ...]

    @classmethod
    def of(cls, weights: Any, bias: Any) -> StateForm:
        """Return the form of these values."""
        shape = np.shape(expect_array(weights, what="`weights`"))
        return cls(isinstance(weights, list), shape, np.shape(expect_array(bias, what="`bias`")))

    def weights_for(self, state: State) -> Any:
        """Return a state's weights in this form."""
        expect(
            int(np.prod(self.shape)) == state.weights.size,
            f"A model for {state.weights.size} inputs has weights of shape {self.shape}.",
        )
        weights = state.weights.reshape(self.shape).copy()
        return weights.tolist() if self.is_list else weights

    def bias_for(self, state: State) -> Any:
        """Return a state's bias in this form."""
        return np.full(self.bias_shape, state.bias) if self.bias_shape else state.bias


def train_from(
    model: Any, state: State, arguments: tuple[Any, ...], options: Mapping[str, Any], form: StateForm | None = None
) -> tuple[State, StateForm | None]:
    """Set a model's state, train it, and return its state afterwards: one question to another process.

    Parameters
    ----------
    model : object
    state : State
        Where training starts.
    arguments : tuple
        The arguments of ``train``.
    options : mapping of str to object
        Its keyword arguments.
    form : StateForm, optional
        The form that the model kept its state in, if it is known from an earlier call.

    Returns
    -------
    state : State
    form : StateForm or None
        For the next call.
    """
    if not is_elsewhere(model):
        write_state(model, state)
        model.train(*arguments, **options)
        return read_state(model, state.weights.size), None
    form = form or StateForm.of(*attributes(model, "weights", "bias"))
    assign = {"weights": form.weights_for(state), "bias": form.bias_for(state)}
    _, (weights, bias) = at_once(model, assign=assign, call=("train", arguments, options), read=("weights", "bias"))
    return _as_state(weights, bias, state.weights.size), StateForm.of(weights, bias)


def sgd_states(
    start: State,
    forward: Callable[[State, FloatArray], float],
    gradients: Gradients,
    X: FloatArray,
    y: FloatArray,
    order: Sequence[int],
    learning_rate: float,
) -> Iterator[State]:
    """Yield the states of one epoch of stochastic gradient descent, one per sample.

    Robbins and Monro, "A stochastic approximation method" (1951), with one sample a step.

    Parameters
    ----------
    start : State
        The state before the first sample.
    forward : callable
        ``forward(state, x)`` is the prediction; a student's own, to grade the loop and not the model.
    gradients : callable
        See :data:`Gradients`; a student's own for the same reason.
    X, y : ndarray of shape (n_samples, n) and (n_samples,)
        The samples and their labels.
    order : sequence of int
        The indices of the samples in the order of their visits.
    learning_rate : float
        The factor of each gradient.
    """
    state = start
    for i in order:
        state = state.step(gradients(X[i], float(y[i]), forward(state, X[i])), learning_rate)
        yield state


def reachable_states(
    start: State,
    forward: Callable[[State, FloatArray], float],
    gradients: Gradients,
    X: FloatArray,
    y: FloatArray,
    learning_rate: float,
    epochs: int,
) -> Iterator[State]:
    """Yield the states in which per-sample training may end: first for the order given, then for any other.

    A loop that shuffles is a right loop. With three samples there are six orders per epoch, so keep
    the samples few; the order given comes first, so a loop that does not shuffle costs one path.
    """
    orders = list(permutations(range(len(X))))

    def last(state: State, order: Sequence[int]) -> State:
        *_, state = sgd_states(state, forward, gradients, X, y, order, learning_rate)
        return state

    straight = start
    for _ in range(epochs):
        straight = last(straight, orders[0])
    yield straight

    ends = [start]
    for _ in range(epochs):
        ends = [last(state, order) for state in ends for order in orders]
    yield from ends


@dataclass(frozen=True)
class Learned:
    """How well a model does on data it has not seen.

    Attributes
    ----------
    accuracy : float
        The fraction of right predictions.
    recalls : tuple of float
        For labels 0 and 1, the fraction of its samples that were recognised.
    """

    accuracy: float
    recalls: tuple[float, float]


def measure(predicted: FloatArray, y: FloatArray) -> Learned:
    """Return accuracy and recalls of the labels `predicted`, of shape (n_samples,); the true ones are `y` in {0, 1}."""
    right = predicted == y
    return Learned(float(right.mean()), (float(right[y == 0].mean()), float(right[y == 1].mean())))


def expect_learned(learned: Learned, *, accuracy: float = 0.95, recall: float = 0.8, given: str = "fresh data") -> None:
    """Fail unless both the accuracy and each label's recall reach their bars.

    The recall keeps a model from passing on imbalanced data by never predicting the rare label.
    """
    expect(
        learned.accuracy >= accuracy,
        f"On {given} your trained model is right for {learned.accuracy:.0%} of the samples; "
        f"{accuracy:.0%} is asked for.",
    )
    for label, got in enumerate(learned.recalls):
        expect(
            got >= recall,
            f"On {given} your trained model recognises {got:.0%} of the samples labelled {label}: "
            "it neglects that label.",
        )


def expect_history(history: Any, epochs: int, name: str) -> FloatArray:
    """Return `history`, an array or a list of one number per epoch, as an array of shape (epochs,)."""
    if history is None:
        raise CheckFailed(f"`{name}` is missing.")
    values = expect_array(history, what=f"`{name}`")
    expect(
        values.size == epochs,
        f"After {epochs} epochs `{name}` has {values.size} entries; one an epoch is asked for.",
    )
    return values.reshape(-1)
