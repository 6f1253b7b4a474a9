"""The student's objects as a check sees them: their exceptions are the student's failures.

A check calls the student's function like any other. :class:`StudentObject` stands between the two,
so that an exception of the student's code ends the check as a failure with a reason, while an
exception of the check itself stays recognisable as a fault of the grader.

This is bookkeeping, not protection: student code that runs in this process can do what this process
can. Keeping it out of the process is the business of ``fairgrade.isolation``.
"""

from __future__ import annotations

import array
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from fairgrade.grading.lent_functions import Lent, lending
from fairgrade.grading.outcomes import CheckFailed, InfraError, NotWritten, StudentError

# What a check may work with directly; everything else stays behind a StudentObject.
_PLAIN = (type(None), bool, int, float, complex, str, bytes, list, tuple, dict, set, frozenset, np.generic, np.ndarray)
_AS_LIST = (deque, array.array, range)
_AS_FLOAT = (Decimal, Fraction)


RunCall = Callable[[Any, Callable[[], Any]], Any]
"""``run(target, call)`` makes a call that asks something of `target`."""

_run_calls: ContextVar[RunCall | None] = ContextVar("run_calls", default=None)


@contextmanager
def calls_run_by(run: RunCall) -> Iterator[None]:
    """Let `run` make the calls of student objects within the block, for example under a limit of time."""
    token = _run_calls.set(run)
    try:
        yield
    finally:
        _run_calls.reset(token)


def student_object(value: Any) -> Any:
    """Return `value` itself if it is plain data, else the same object behind a :class:`StudentObject`.

    Other sequences and numbers of the standard library come as a list and a float.
    """
    if isinstance(value, _AS_LIST):
        value = list(value)
    elif isinstance(value, _AS_FLOAT):
        value = float(value)
    # Asked of the type: what stands in for an object says that it is what it stands for.
    if issubclass(type(value), _PLAIN) or isinstance(value, StudentObject):
        return value
    return StudentObject(value)


class StudentObject:
    """A function, class or instance of the student's, whose exceptions count as the student's.

    Raises
    ------
    NotWritten
        If the student's code raises ``NotImplementedError``: the stub is untouched.
    StudentError
        If it raises anything else, ``SystemExit`` included.
    """

    __slots__ = ("_target",)

    _target: Any

    def __init__(self, target: Any) -> None:
        object.__setattr__(self, "_target", target)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the student's function, or make an instance of the student's class.

        Student objects among the arguments, such as a model that was made before, arrive as what they stand for.
        """
        given = [_unwrapped(value) for value in args]
        named = {name: _unwrapped(value) for name, value in kwargs.items()}
        return self._do(lambda: self._target(*given, **named))

    def __getattr__(self, name: str) -> Any:
        return self._do(lambda: getattr(self._target, name))

    def __setattr__(self, name: str, value: Any) -> None:
        self._do(lambda: setattr(self._target, name, value))

    def __getitem__(self, key: Any) -> Any:
        return self._do(lambda: self._target[key])

    def __len__(self) -> int:
        return int(self._do(lambda: len(self._target)))

    def __iter__(self) -> Iterator[Any]:
        iterator = self._do(lambda: iter(self._target))
        end = object()
        while True:
            item = iterator._do(lambda: next(iterator._target, end))
            if isinstance(item, StudentObject) and item._target is end:
                return
            yield item

    def __repr__(self) -> str:
        return str(self._do(lambda: repr(self._target)))

    def _do(self, action: Callable[[], Any]) -> Any:
        run = _run_calls.get()
        try:
            return student_object(action() if run is None else run(self._target, action))
        except (InfraError, CheckFailed):
            raise  # a reference or a misconception graded in here may hold a check of its own
        except NotImplementedError:
            raise NotWritten("Not written yet: it still raises NotImplementedError.") from None
        except KeyboardInterrupt:  # how nbclient stops a cell that takes too long
            raise
        except BaseException as error:
            raise StudentError(f"Your code stopped with {_in_brief(error)}.") from error


def plain(value: Any) -> Any:
    """Return a frame, a Series or an Index of pandas itself where it stands behind a student object."""
    if isinstance(value, StudentObject) and is_of_pandas(value._target):
        return value._target
    return value


def is_of_pandas(value: Any) -> bool:
    """Return whether a value is a frame, a Series or an Index; whoever has one has imported pandas."""
    pandas = sys.modules.get("pandas")
    # Asked of the type: what stands in for an object says that it is what it stands for.
    return pandas is not None and issubclass(type(value), pandas.DataFrame | pandas.Series | pandas.Index)


def _unwrapped(value: Any) -> Any:
    return value._target if issubclass(type(value), StudentObject) else value


def is_elsewhere(value: Any) -> bool:
    """Whether the student's object lives in another process, so that its values here are copies."""
    # Asked of the type: an object of the student's can't claim to be a stand-in.
    return isinstance(value, StudentObject) and hasattr(type(value._target), "_fairgrade_attributes")


def is_same_object(one: Any, other: Any) -> bool:
    """Whether two values are one and the same object of the student's."""
    return isinstance(one, StudentObject) and isinstance(other, StudentObject) and one._target is other._target


def each(function: Callable[..., Any], *inputs: Iterable[Any]) -> list[Any]:
    """Return ``list(map(function, *inputs))``, with a single question where the function runs in another process.

    Parameters
    ----------
    function : callable
        The student's function.
    *inputs : iterable
        Its first arguments, its second ones, and so on, one of each per call; all of the same length.

    Raises
    ------
    NotWritten, StudentError
        As the first call that fails raises them.
    ValueError
        If the inputs differ in length.
    """
    # An array is sent as it is, which takes a fraction of sending its rows.
    columns = [column if isinstance(column, np.ndarray) else list(column) for column in inputs]
    lengths = {len(column) for column in columns}
    if len(lengths) != 1:
        raise ValueError(f"each: expected inputs of the same length, got lengths {sorted(lengths)}.")
    if lengths == {0}:
        return []  # the time that calls may take is theirs together, and for none there is none
    if isinstance(function, StudentObject):
        target = function._target
        # Asked of the type: an object of the student's can't claim to be a stand-in.
        at_once = getattr(type(target), "_fairgrade_call_each", None)
        if at_once is not None:
            return [student_object(value) for value in function._do(lambda: at_once(target, *columns))]
    return list(map(function, *columns))


def attributes(model: Any, *names: str) -> list[Any]:
    """Read several attributes of the student's object, with a single question where it lives in another process.

    There, lists and arrays are copies: what the student's code does to them later does not show.

    Parameters
    ----------
    model : object
    *names : str

    Returns
    -------
    list
        The value of each attribute, in the order of `names`.

    Raises
    ------
    StudentError
        If the object lacks one of them.
    """
    if isinstance(model, StudentObject):
        target = model._target
        # Asked of the type: an object of the student's can't claim to be a stand-in.
        at_once = getattr(type(target), "_fairgrade_attributes", None)
        if at_once is not None:
            return [student_object(value) for value in model._do(lambda: at_once(target, *names))]
    return [getattr(model, name) for name in names]


def at_once(
    model: Any,
    *,
    assign: Mapping[str, Any],
    call: tuple[str, tuple[Any, ...], Mapping[str, Any]],
    read: tuple[str, ...],
) -> tuple[Any, list[Any]]:
    """Set attributes of the student's object, call a method and read attributes: one question to another process.

    Parameters
    ----------
    model : object
    assign : mapping of str to object
        Attributes and their values.
    call : tuple
        The method's name, its arguments and its keyword arguments. What the call does to these does not show.
    read : tuple of str
        Attributes that are read afterwards, as :func:`attributes` reads them.

    Returns
    -------
    result : object
        What the method returns.
    values : list
        The value of each attribute that was read.

    Raises
    ------
    StudentError
        If any of it stops with an error.
    """
    method, args, kwargs = call
    if isinstance(model, StudentObject):
        target = model._target
        # Asked of the type: an object of the student's can't claim to be a stand-in.
        exchange = getattr(type(target), "_fairgrade_at_once", None)
        if exchange is not None:
            result, *values = model._do(lambda: exchange(target, assign, method, args, kwargs, read))
            return student_object(result), [student_object(value) for value in values]
    for name, value in assign.items():
        setattr(model, name, value)
    return getattr(model, method)(*args, **kwargs), attributes(model, *read)


class Notebook:
    """The other names of the student's notebook, for exercises that build on one another."""

    def __init__(self, names: Mapping[str, Any] | None = None) -> None:
        self._names = {} if names is None else names

    def get(self, name: str) -> Any:
        """Return the notebook's value of `name`, as :func:`student_object` returns it; None if it has none."""
        try:
            return student_object(self._names[name])
        except KeyError:
            return None

    def lending(
        self, right: Mapping[str, Callable[..., Any]], to: Any = None
    ) -> AbstractContextManager[Mapping[str, Lent]]:
        """Lend right functions to the student's work; see :func:`fairgrade.grading.lent_functions.lending`.

        Within the block the student's code finds them under these names, and may call them any number of times.
        """
        return lending(self._names, right, to._target if isinstance(to, StudentObject) else to)

    def is_same_as(self, other: Notebook) -> bool:
        """Whether both are of one and the same notebook."""
        return self._names is other._names


def _in_brief(error: BaseException, limit: int = 200) -> str:
    """Return the type and message of `error`, on one line and no longer than `limit` characters."""
    try:
        message = " ".join(str(error).split())
    except Exception:  # an exception's own __str__ is student code, too
        message = ""
    message = message if len(message) <= limit else message[: limit - 1] + "…"
    name = type(error).__name__[:60]
    return f"{name}: {message}" if message else name
