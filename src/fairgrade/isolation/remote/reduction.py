"""Objects of libraries and of given classes as arguments: how the student's process can make one like it.

Only in this direction: the grading process says how, and the sandbox makes it. What comes back from there as an
object stays there and is stood in for.
"""

from __future__ import annotations

import contextlib
import types
from collections.abc import Mapping
from typing import Any

from fairgrade.isolation.worker.format import CannotCross

_OF_PYTHON = frozenset(["_io", "io", "random", "types", "string", "uuid", "ipaddress", "array", "collections", "heapq"])


def how_to_make(value: Any, libraries: frozenset[str], namespace: Mapping[str, Any] | None) -> list[Any] | None:
    """A function and its arguments, a state, items and pairs, as ``pickle`` would ask for; None if there is no way.

    Raises
    ------
    CannotCross
        If `value` is of a class that only the test defines.
    """
    kind = type(value)
    if kind.__module__ == "__main__":
        if not _is_given(kind, namespace) or not hasattr(value, "__dict__"):
            return None
        return ["given", kind.__name__, dict(vars(value))]
    top = kind.__module__.partition(".")[0]
    if (top not in libraries and top not in _OF_PYTHON) or kind in (types.FunctionType, types.BuiltinFunctionType):
        return None
    with contextlib.suppress(Exception):  # it has its own ways to say that it can't be copied
        reduced = value.__reduce_ex__(4)
        if type(reduced) is tuple:
            make, args, state, items, pairs = (*reduced, None, None, None)[:5]
            items, pairs = (None if part is None else list(part) for part in (items, pairs))
            return ["made", make, list(args), state, items, pairs]
    return None


def _is_given(kind: type, namespace: Mapping[str, Any] | None) -> bool:
    """Whether the notebook's own cells define the class, for both sides."""
    if not isinstance(namespace, dict) or dict.get(namespace, kind.__name__) is not kind:
        return False
    if kind.__name__ not in getattr(namespace, "students", ()):
        raise CannotCross(f"a {kind.__name__}, a class that only the test has")
    return True
