"""What can be asked of an object, by name; what Python tells of functions and classes is told in plain values."""

from __future__ import annotations

import asyncio
import copy
import inspect
import operator
from collections.abc import Callable, Mapping, Set
from typing import Any


def content_of(value: Any) -> Any:
    """Return what a container holds, as a container of Python's own."""
    if isinstance(value, dict):
        return {key: content_of(item) for key, item in dict.items(value)}
    if isinstance(value, list | tuple):
        kind = list if isinstance(value, list) else tuple
        return kind(kind.__iter__(value))  # type: ignore[arg-type]
    if isinstance(value, set):
        return set(set.__iter__(value))
    if isinstance(value, Mapping):
        return {key: content_of(value[key]) for key in value}
    return set(value) if isinstance(value, Set) else value


def signature_of(target: Any) -> list[Any]:
    """Return the signature of `target`: name, kind, default, annotation of each parameter."""
    signature = inspect.signature(target)
    missing = inspect.Parameter.empty
    return [
        [
            [
                parameter.name,
                int(parameter.kind),
                parameter.default is not missing,
                None if parameter.default is missing else parameter.default,
                _annotation(parameter.annotation),
            ]
            for parameter in signature.parameters.values()
        ],
        _annotation(signature.return_annotation),
    ]


def _annotation(annotation: Any) -> str | None:
    if annotation is inspect.Parameter.empty:
        return None
    return annotation.__name__ if isinstance(annotation, type) else str(annotation)


def code_of(function: Any) -> list[Any]:
    """Return where a function is defined, and its source."""
    code = inspect.unwrap(function).__code__
    lines, _ = inspect.findsource(code)
    return [
        code.co_filename,
        code.co_firstlineno,
        code.co_name,
        code.co_argcount,
        code.co_posonlyargcount,
        code.co_kwonlyargcount,
        code.co_flags,
        list(code.co_varnames),
        list(code.co_names),
        "".join(lines),
    ]


def code_of_class(cls: type) -> list[Any]:
    """Return the source of a class and the line it starts at."""
    lines, start = inspect.getsourcelines(cls)
    return ["".join(lines), start]


def at_once(
    target: Any, assign: dict[str, Any], method: str, args: list[Any], kwargs: dict[str, Any], read: list[str]
) -> list[Any]:
    """Set attributes, call a method, and return its result and the values of attributes."""
    for name, value in assign.items():
        setattr(target, name, value)
    result = getattr(target, method)(*args, **kwargs)
    return [result, *(getattr(target, name) for name in read)]


OPERATIONS: dict[str, Callable[..., Any]] = {
    "call": operator.call,
    "each": lambda target, *inputs: list(map(target, *inputs)),
    "at_once": at_once,
    "attributes": lambda target, *names: [getattr(target, name) for name in names],
    "isinstance": lambda target, value: isinstance(value, target),
    "issubclass": lambda target, value: issubclass(value, target),
    "content": content_of,
    "class_dict": lambda target: {str(name): value for name, value in vars(target).items()},
    "await": asyncio.run,
    "signature": signature_of,
    "code": code_of,
    "class_source": code_of_class,
    "special": lambda target, name, *args: getattr(type(target), name)(target, *args),
    "getattr": getattr, "setattr": setattr, "delattr": delattr, "getitem": operator.getitem,
    "setitem": operator.setitem, "delitem": operator.delitem, "contains": operator.contains, "len": len,
    "iter": iter, "next": next, "reversed": reversed, "repr": repr, "str": str, "format": format, "dir": dir,
    "hash": hash, "bool": bool, "float": float, "int": int, "complex": complex, "index": operator.index,
    "round": round, "copy": copy.copy, "deepcopy": copy.deepcopy,
}  # fmt: skip
