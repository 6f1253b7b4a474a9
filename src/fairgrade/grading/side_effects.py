"""What student code must leave as it was: arguments, the attributes of objects, the global random generators."""

from __future__ import annotations

import random
import types
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from fairgrade.grading.equality import is_same
from fairgrade.grading.expect import expect
from fairgrade.grading.outcomes import StudentError
from fairgrade.grading.student import StudentObject, is_elsewhere, student_object

MAX_DEPTH = 6
"""Objects within objects are followed so far: a model's layers and their arrays, and a cycle comes to an end."""

_PLAIN = (type(None), bool, int, float, complex, str, bytes, np.generic, np.ndarray)


@contextmanager
def unchanged(**values: Any) -> Iterator[None]:
    """Fail if a value is changed within the ``with`` block.

    Arrays, frames, lists, dicts and sets are compared by their content. Objects of the student's are compared by their
    attributes (those in ``__dict__``; not ``__slots__`` and computed properties), and so are the objects that these
    hold, up to six levels deep.

    Parameters
    ----------
    **values : object
        The values by the names that the student knows them under, such as ``model=model, X=X``.

    Raises
    ------
    CheckFailed
        With the name of the first value that is changed, and of the attribute if it is one of an object.
    """
    before = {name: _content(value) for name, value in values.items()}
    yield
    for name, value in values.items():
        changed = _difference(before[name], _content(value), name)
        if changed == name and not isinstance(before[name], _ObjectContent):
            expect(False, f"Your code changes `{name}`, which belongs to the caller: work on a copy.")
        expect(not changed, f"Your code changes `{changed}`, and it must leave `{name}` as it is.")


@contextmanager
def random_state_untouched() -> Iterator[None]:
    """Fail if the global state of ``random`` or of ``numpy.random`` changes within the block."""
    before = _random_state()
    yield
    expect(
        _random_state() == before,
        "Your code draws from or seeds the global random generator, which others rely on.",
    )


def _random_state() -> tuple[Any, ...]:
    name, keys, *rest = np.random.get_state()
    return random.getstate(), name, np.asarray(keys).tobytes(), *rest


class _ObjectContent(dict[str, Any]):
    """The content of an object's attributes by their names."""


def _content(value: Any, within: tuple[int, ...] = ()) -> Any:
    """Return a copy of a value that shows each later change of it; `within` are the objects that it is part of."""
    value = student_object(value)
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, dict):
        return {key: _content(item, within) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_content(item, within) for item in value]
    if isinstance(value, set | frozenset):
        return set(value)
    return _content_of_object(value, within)


def _content_of_object(value: Any, within: tuple[int, ...]) -> Any:
    target, own = value._target, _identity(value)
    if hasattr(type(target), "copy") and type(target).__module__.startswith("pandas"):
        return target.copy()
    if own in within or len(within) > MAX_DEPTH or isinstance(target, type | types.FunctionType | np.ufunc):
        return value
    try:
        attributes = value.__dict__
    except StudentError:  # it has none, such as a function of a library
        return value
    if not isinstance(attributes, dict):
        return value
    content = {str(name): _content(item, (*within, own)) for name, item in attributes.items()}
    return _ObjectContent(content) if content else value


def _identity(value: StudentObject) -> int:
    """Return a number for the object itself; one in another process has a stand-in, which hashes by its number."""
    target = value._target
    return hash(target) if is_elsewhere(value) else id(target)


def _difference(before: Any, after: Any, name: str) -> str:
    """Return the name of the first part that differs; an empty string if none does."""
    if isinstance(before, _ObjectContent) and isinstance(after, _ObjectContent):
        parts = [key for key in (*before, *after) if key not in before or key not in after]
        if parts:
            return f"{name}.{parts[0]}"
        return next(filter(None, (_difference(before[key], after[key], f"{name}.{key}") for key in before)), "")
    if isinstance(before, dict) and isinstance(after, dict) and type(before) is type(after):
        same = before.keys() == after.keys() and not any(_difference(before[key], after[key], name) for key in before)
        return "" if same else name
    if isinstance(before, list) and isinstance(after, list):
        same = len(before) == len(after) and not any(map(_difference, before, after, [name] * len(before)))
        return "" if same else name
    if isinstance(before, np.ndarray) and isinstance(after, np.ndarray):
        same = before.dtype == after.dtype and before.shape == after.shape and _equal(before, after)
        return "" if same else name
    if isinstance(before, StudentObject) or isinstance(after, StudentObject):
        both = isinstance(before, StudentObject) and isinstance(after, StudentObject)
        return "" if both and _identity(before) == _identity(after) else name
    return "" if type(before) is type(after) and is_same(after, before) else name


def _equal(before: np.ndarray[Any, Any], after: np.ndarray[Any, Any]) -> bool:
    return np.array_equal(before, after, equal_nan=before.dtype.kind in "fc")
