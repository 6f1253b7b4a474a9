"""What an answer of the student's process carries: values, the exception it raised, and changed arguments."""

from __future__ import annotations

import builtins
import sys
from collections import deque
from typing import Any

import numpy as np

from fairgrade.isolation.remote import classes
from fairgrade.isolation.remote.registry import LIBRARIES, Connection, Reference
from fairgrade.isolation.remote.sharing import Tied

_ERRORS_OF = (LIBRARIES | sys.stdlib_module_names) - {"unittest"}
"""Whose exceptions arrive as themselves. Those of unittest would end a test in other ways than by failing."""

_ATOMS = frozenset((type(None), bool, int, float, complex, str, bytes, range, np.float64, np.int64, np.bool_))


def settle(connection: Connection, value: Any) -> Any:
    """Turn the references within `value` into stand-ins."""
    kind = type(value)
    if kind in _ATOMS:
        return value
    if kind is Reference:
        return classes.make(connection, value.number, value.kind, value.class_number, value.name, value.module)
    if kind is Tied:
        value.value = settle(connection, value.value)
        return connection.sharing.tie(value)
    if kind is list:
        for i, item in enumerate(value):
            if type(item) not in _ATOMS:
                value[i] = settle(connection, item)
        return value
    if kind is dict:
        return {settle(connection, key): settle(connection, item) for key, item in value.items()}
    if kind is tuple:
        return tuple(settle(connection, item) for item in value)
    if kind is set or kind is frozenset:
        return kind(settle(connection, item) for item in value)
    if kind is np.ndarray and value.dtype.kind == "O":
        for index in np.ndindex(value.shape):
            value[index] = settle(connection, value[index])
    if kind.__module__ == "collections" and issubclass(kind, dict | deque):
        items = settle(connection, list(value.items() if issubclass(kind, dict) else value))
        value.clear()
        dict.update(value, items) if issubclass(kind, dict) else value.extend(items)
        return value
    if kind.__module__.startswith("pandas"):
        return _settled_frame(connection, value)
    if issubclass(kind, tuple) and hasattr(kind, "_make"):
        return kind._make(settle(connection, item) for item in value)
    return value


def _settled_frame(connection: Connection, value: Any) -> Any:
    """A frame or series whose columns of objects hold no references."""
    if type(value).__name__ == "Series":
        if value.dtype == object and any(type(item) not in _ATOMS for item in value):
            value[:] = settle(connection, value.to_numpy(copy=True))
    elif type(value).__name__ == "DataFrame":
        for i, dtype in enumerate(value.dtypes):
            if dtype.kind == "O" and any(type(item) not in _ATOMS for item in value.iloc[:, i]):
                value.isetitem(i, settle(connection, value.iloc[:, i].to_numpy(copy=True)))
    return value


def error_of(connection: Connection, content: Any, out_of_memory: str) -> BaseException:
    """The exception the student's code raised: by its own class, or the nearest one known here.

    Raises
    ------
    Stopped
        If describing its class takes a question that is not answered.
    Exception
        Any, if `content` is malformed.
    """
    lineage, message, args, reference, itself, passed = content
    original = connection.callbacks.passed(passed)
    if original is not None:
        return original  # the test's own, which the student's code let pass
    if type(reference) is Reference:
        cls = classes.make_class(connection, reference.number)
        if issubclass(cls, Exception) and type(itself) is Reference:
            error: BaseException = classes.make(connection, itself.number, itself.kind, itself.class_number)
            error.args = (str(message),) if message else ()
            return error
    for module, name in lineage:
        cls = _known_error(module, name)
        if cls is not None:
            given = tuple(settle(connection, args)) if args else (str(message),) if message else ()
            # Python's own come with what their arguments say, such as errno.
            error = _made(cls, given) if module == "builtins" else cls.__new__(cls)
            error.args = given[:2] if issubclass(cls, OSError) and len(given) > 2 else given
            if cls is MemoryError and not error.args:
                error.args = (out_of_memory,)
            return error
    return RuntimeError(f"{lineage[0][1]!s:.60}: {message!s:.1000}")


def _made(cls: Any, args: tuple[Any, ...]) -> BaseException:
    try:
        error: BaseException = cls(*args)
    except Exception:
        error = cls.__new__(cls)
    return error


def _known_error(module: Any, name: Any) -> Any:
    if module == "builtins":
        found = getattr(builtins, str(name), None)
    elif isinstance(module, str) and module.partition(".")[0] in _ERRORS_OF:
        # Of what is imported here: a name that the student's process sends imports nothing.
        found = getattr(sys.modules.get(module), str(name), None)
    else:
        return None
    if not isinstance(found, type) or not issubclass(found, BaseException):
        return None
    # A KeyboardInterrupt here would look like the instructor's Ctrl-C.
    return found if issubclass(found, Exception) or found in (SystemExit, GeneratorExit) else None
