"""Signatures and source code of the student's functions for ``inspect``, rebuilt from plain values."""

from __future__ import annotations

import builtins
import inspect
import linecache
import types
from typing import Any

_STUDENTS = "<student "


def signature_of(content: Any) -> inspect.Signature:
    """Return the signature that the student's process describes.

    Raises
    ------
    ValueError
        If it describes none.
    """
    missing = inspect.Parameter.empty
    kinds = list(inspect._ParameterKind)
    try:
        parameters = [
            inspect.Parameter(
                name,
                kinds[kind],
                default=default if has_default else missing,
                annotation=missing if annotation is None else _annotation(annotation),
            )
            for name, kind, has_default, default, annotation in content[0]
        ]
        returns = inspect.Signature.empty if content[1] is None else _annotation(content[1])
        return inspect.Signature(parameters, return_annotation=returns)
    except (TypeError, ValueError, LookupError) as error:
        raise ValueError(f"no signature: {error}") from None


def _annotation(text: Any) -> Any:
    """Return a built-in type by its name, or the text of any other annotation."""
    found = getattr(builtins, text, text) if isinstance(text, str) else str(text)
    return found if isinstance(found, type | str) else text


def code_of(content: Any) -> types.CodeType:
    """Return an empty code object with the place of the student's function, for ``inspect.getsource``."""
    filename, line, name, argcount, positional, keyword, flags, variables, names, source = content
    file = f"{_STUDENTS}{filename}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    return compile("", file, "exec").replace(
        co_firstlineno=line,
        co_name=name,
        co_argcount=argcount,
        co_posonlyargcount=positional,
        co_kwonlyargcount=keyword,
        co_varnames=tuple(variables),
        co_nlocals=len(variables),
        co_names=tuple(names),
        co_flags=flags & ~(inspect.CO_GENERATOR | inspect.CO_COROUTINE),
    )


def forget_sources() -> None:
    """Drop the source code kept for ``inspect.getsource``, which belongs to one submission."""
    for file in [file for file in linecache.cache if file.startswith(_STUDENTS)]:
        del linecache.cache[file]
