"""Checks of what the other side says a value holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Kind = tuple[Any, str, Callable[[Any], list[Any] | None], Callable[..., Any]]
"""A class, its name on the wire, what describes an object of it, and what builds one again."""


def whole(value: Any) -> int:
    """Return an int.

    Raises
    ------
    TypeError
        If it is none.
    """
    return int(exactly(int, value))


def exactly(kind: type, value: Any) -> Any:
    """Return a value of exactly this class.

    Raises
    ------
    TypeError
        If it is of another.
    """
    if type(value) is not kind:
        raise TypeError(f"not a {kind.__name__}")
    return value
