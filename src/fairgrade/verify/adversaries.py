"""Adversaries: work that nobody makes by mistake, but that may earn undeserved points from a lenient grader.

They are made from right work, for any exercise: functions that are right but for one thing, and classes that undo
the effect of a method.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import numpy as np


def adversaries_of(reference: Any) -> Iterator[tuple[str, Any]]:
    """Yield names and code of adversaries for an exercise with this reference."""
    if inspect.isclass(reference):
        yield from _forgetful(reference)
    elif callable(reference):
        yield from _odd(reference)


# -- functions ------------------------------------------------------------------------------------

ZEROS = "returns_zeros"
"""The adversary whose results have the right form and no content."""


def _odd(right: Callable[..., Any]) -> Iterator[tuple[str, Any]]:
    def returns_zeros(*args: Any, **kwargs: Any) -> Any:
        return _scaled(right(*args, **kwargs), 0.0)

    def not_written(*_: Any, **__: Any) -> Any:
        raise NotImplementedError

    def draws_a_random_number(*args: Any, **kwargs: Any) -> Any:
        np.random.random()  # noqa: NPY002 - the generator that checks seed
        return right(*args, **kwargs)

    def returns_noise(*args: Any, **kwargs: Any) -> Any:
        return _scaled(right(*args, **kwargs), np.random.default_rng().normal())

    def changes_its_inputs(*args: Any, **kwargs: Any) -> Any:
        value = right(*args, **kwargs)
        for given in args:
            if isinstance(given, np.ndarray) and given.dtype.kind == "f":
                np.negative(given, out=given)
        return value

    for work in (returns_zeros, not_written, draws_a_random_number, returns_noise, changes_its_inputs):
        yield work.__name__, work
    for name, is_special in RECOGNISABLE_INPUTS.items():
        yield f"fails_for_{name}", _unless(is_special, right, returns_zeros)


def _unless(is_special: Callable[[Any], bool], right: Callable[..., Any], wrong: Callable[..., Any]) -> Any:
    """Return work that is right but for inputs that can be recognised."""

    def work(*args: Any, **kwargs: Any) -> Any:
        known = any(is_special(np.asarray(value)) for value in args if isinstance(value, np.ndarray | list | tuple))
        return (wrong if known else right)(*args, **kwargs)

    return work


def _equally_spaced(array: Any) -> bool:
    return array.size > 2 and bool(np.ptp(np.diff(array.ravel())) < 1e-9)


RECOGNISABLE_INPUTS: dict[str, Callable[[Any], bool]] = {
    "equally_spaced_inputs": _equally_spaced,
    "one_value_inputs": lambda array: array.size > 1 and bool(np.ptp(array) == 0),
    "negative_inputs": lambda array: array.size > 1 and bool(np.min(array) < 0),
    "inputs_between_0_and_1": lambda array: array.size > 1 and bool(np.min(array) >= 0 and np.max(array) <= 1),
}


def _scaled(value: Any, factor: float) -> Any:
    """Multiply the numbers in a value."""
    if isinstance(value, tuple | list):
        return type(value)(_scaled(item, factor) for item in value)
    if isinstance(value, dict):
        return {key: _scaled(item, factor) for key, item in value.items()}
    try:
        return value * factor
    except TypeError:
        return value


# -- classes --------------------------------------------------------------------------------------


def _forgetful(right: type) -> Iterator[tuple[str, Any]]:
    """Yield classes one of whose methods leaves all attributes, or some, as they were before it was called."""
    for name, _ in inspect.getmembers(right, inspect.isfunction):
        if name.startswith("_"):
            continue
        yield f"{name}_forgets_all", _forgets(right, name, lambda attribute, value: True)
        yield f"{name}_forgets_numbers", _forgets(right, name, _is_numbers)
        yield f"{name}_forgets_the_rest", _forgets(right, name, lambda a, value: not _is_numbers(a, value))


def _is_numbers(attribute: str, value: Any) -> bool:
    """Whether an attribute is learned, such as weights, rather than recorded in a list."""
    return isinstance(value, np.ndarray | float | int)


def _forgets(right: type, name: str, forgotten: Callable[[str, Any], bool]) -> type:
    inherited = getattr(right, name)

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        before = deepcopy(vars(self))
        value = inherited(self, *args, **kwargs)
        for attribute, was in before.items():
            if forgotten(attribute, was):
                setattr(self, attribute, was)
        return value

    return type(f"Forgets{right.__name__}", (right,), {name: method})
