"""Functions that are lent to student code: during a check it finds right work under the name of an earlier exercise.

Work that builds on earlier work is graded for what it does with right earlier work. So a wrong, missing or
unusable function costs points where it was asked for, and wrong work gains nothing by it: what passes while
right work is lent would have passed in a notebook that is right up to there.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

import numpy as np

MAX_COMBINED_SIZE = 4_000_000
"""The largest product of the sizes of all arguments of one call, and of items of dictionaries: so large is a result."""


class Lent:
    """A right function that the student's code may call for a while, with numbers, arrays and dictionaries of these.

    The function runs in the grading process with arguments of the student's choice, so these are checked first.

    Parameters
    ----------
    name : str
        The notebook's name for it.
    function : callable
        The right function.

    Attributes
    ----------
    calls : int
        How often it was called.
    """

    def __init__(self, name: str, function: Callable[..., Any]) -> None:
        self.__name__ = name
        self._function: Callable[..., Any] | None = function
        self.calls = 0

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function.

        Raises
        ------
        RuntimeError
            If it has been taken back.
        TypeError, ValueError
            If an argument is no number, no array of numbers and no dictionary of these, or if they are too many.
        """
        if self._function is None:
            raise RuntimeError(f"{self.__name__}: it was lent for one check, and that is over.")
        self.calls += 1
        given = [_as_numbers(value) for value in args]
        named = {key: _as_numbers(value) for key, value in kwargs.items()}
        size = 1
        for value in (*given, *named.values()):
            size *= _size(value)
        if size > MAX_COMBINED_SIZE:
            raise ValueError(f"{self.__name__}: expected fewer numbers, got {size}.")
        return self._function(*given, **named)

    def take_back(self) -> None:
        """Refuse all further calls, also of student code that has kept the function."""
        self._function = None


def _as_numbers(value: Any) -> Any:
    """Return an argument as numbers; a dictionary, such as the parameters of a model, as a new one of numbers."""
    if type(value) is dict and all(type(key) is str for key in value):
        return {key: _numbers_alone(item) for key, item in value.items()}
    return _numbers_alone(value)


def _size(value: Any) -> int:
    """Return how large a result may get by this argument; items of a dictionary can be multiplied with each other."""
    sizes = map(np.size, value.values()) if type(value) is dict else [np.size(value)]
    return math.prod(max(size, 1) for size in sizes)


def _numbers_alone(value: Any) -> Any:
    if isinstance(value, bool | int | float | np.number | np.bool_):
        return value
    if type(value) is list or type(value) is tuple:
        value = np.asarray(value)
    if type(value) is not np.ndarray or value.dtype.kind not in "biuf":
        raise TypeError(f"expected numbers, got a {type(value).__name__}")
    return value


@contextmanager
def lending(names: Any, right: Mapping[str, Callable[..., Any]], work: Any) -> Iterator[Mapping[str, Lent]]:
    """Let student code find right functions in the place of those of a notebook, until the block ends.

    Parameters
    ----------
    names : mapping
        The notebook's names. Other names of a replaced function are replaced as well.
    right : mapping of str to callable
        Right functions by the names of what they replace.
    work : object
        The student's function or class: in this process, its own code may look names up elsewhere than in the notebook.

    Yields
    ------
    mapping of str to Lent
        The lent functions, which count their calls.
    """
    lent = {name: Lent(name, function) for name, function in right.items()}
    # Asked of the type: nothing of the student's can claim to be the names of another process.
    elsewhere = getattr(type(names), "_fairgrade_lending", None)
    try:
        with elsewhere(names, lent) if elsewhere is not None else names_replaced(names, lent, work):
            yield lent
    finally:
        for one in lent.values():
            one.take_back()


@contextmanager
def names_replaced(names: Any, values: Mapping[str, Any], work: Any) -> Iterator[None]:
    """Put values under their names into a notebook, and into the globals of the code of `work`."""
    with ExitStack() as stack:
        for place in _places(names, work):
            stack.enter_context(_replaced(place, values, place is names))
        yield


@contextmanager
def _replaced(place: MutableMapping[str, Any], values: Mapping[str, Any], is_notebook: bool) -> Iterator[None]:
    """Put values into `place` under each name of what they replace; into a notebook also under names that it lacks."""
    before: dict[str, Any] = {}
    for name, one in values.items():
        if name in place:
            own = place[name]
            for key in [key for key, value in place.items() if value is own and key not in before]:
                before[key], place[key] = own, one
        elif is_notebook:
            before[name], place[name] = _MISSING, one
    try:
        yield
    finally:
        for key, value in before.items():
            if value is _MISSING:
                place.pop(key, None)
            else:
                place[key] = value


_MISSING = object()


def _places(names: Any, work: Any) -> list[MutableMapping[str, Any]]:
    """Return the notebook's names, if they can be changed, and the globals of all functions in `work`."""
    places = [names] if isinstance(names, MutableMapping) else []
    for function in _functions(work):
        place = function.__globals__
        if not any(place is other for other in places):
            places.append(place)
    return places


def _functions(work: Any) -> Iterator[Any]:
    if isinstance(work, partial):
        for part in (work.func, *work.args, *work.keywords.values()):
            yield from _functions(part)
    bases = work.__mro__ if inspect.isclass(work) else ()
    for held in (work, *(value for base in bases for value in vars(base).values())):
        function = getattr(held, "fget", None) or getattr(held, "__func__", held)
        while inspect.isfunction(function):
            yield function
            function = getattr(function, "__wrapped__", None)
