"""Arguments that are objects of a library or of a class of the notebook, reduced to how to make a copy of them.

Only in this direction: the grading process says how, and the sandbox makes it. What comes back from there as an
object stays there and is stood in for.
"""

from __future__ import annotations

import contextlib
import types
from typing import Any

from fairgrade.isolation.worker.format import CannotCross

_OF_PYTHON = frozenset(["_io", "io", "random", "types", "string", "uuid", "ipaddress", "array", "collections", "heapq"])


def reduced(value: Any, libraries: frozenset[str], names: dict[str, Any], students: frozenset[str]) -> list[Any] | None:
    """Return a function, its arguments, a state, items and pairs, as ``pickle`` asks for; None if there is no way.

    Parameters
    ----------
    value : object
    libraries : frozenset of str
        Whose objects may cross.
    names : dict
        The names of the instructor's cells.
    students : frozenset of str
        The names of the student's notebook: a class that both have is given to the student.

    Raises
    ------
    CannotCross
        If `value` is of a class that only the test defines.
    """
    kind = type(value)
    if kind.__module__ == "__main__":
        if not _is_given(kind, names, students) or not hasattr(value, "__dict__"):
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


def _is_given(kind: type, names: dict[str, Any], students: frozenset[str]) -> bool:
    """Tell whether the notebook's own cells define the class, for both sides."""
    if dict.get(names, kind.__name__) is not kind:
        return False
    if kind.__name__ not in students:
        raise CannotCross(f"a {kind.__name__}, a class that only the test has")
    return True
