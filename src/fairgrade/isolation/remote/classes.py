"""Stand-ins for instances of the student's classes, each of a class made to measure.

They do not take part in arithmetic or comparison with a test's own values unless the test has named
their class: an object that claims to equal 0.25 must not pass for 0.25. Special methods come from a
fixed list, and modules and exceptions from what is known here.
"""

from __future__ import annotations

import builtins
import importlib
import inspect
import sys
import types
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from fairgrade.isolation.remote.introspection import signature_of
from fairgrade.isolation.remote.objects import (
    OWN,
    Remote,
    RemoteBuiltin,
    RemoteCoroutine,
    RemoteFunction,
    RemoteGenerator,
    RemoteMethod,
    RemoteModule,
    ask,
    may_read,
)
from fairgrade.isolation.worker.format import WireError
from fairgrade.isolation.worker.references import (
    BUILTIN,
    CLASS,
    COROUTINE,
    FUNCTION,
    GENERATOR,
    INSTANCE,
    ITERATOR,
    METHOD,
    MODULE,
    SPECIAL,
)

if TYPE_CHECKING:
    from fairgrade.isolation.remote.registry import Connection

LONGEST = 100_000_000
"""More than this no object may claim to hold."""


class RemoteClass(type):
    """The type of the stand-ins for the student's classes, which are classes here, too."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        return ask(cls, "call", *args, **kwargs)

    def __getattr__(cls, name: str) -> Any:
        may_read(name)
        return ask(cls, "getattr", name)

    def __setattr__(cls, name: str, value: Any) -> None:
        may_read(name)
        ask(cls, "setattr", name, value)

    def __repr__(cls) -> str:
        return f"<class '__main__.{cls.__name__}'>"

    def __instancecheck__(cls, value: Any) -> bool:
        return type.__instancecheck__(cls, value)

    @property  # type: ignore[misc]
    def __dict__(cls) -> Any:  # type: ignore[override]
        """What ``vars`` asks for."""
        return types.MappingProxyType(dict(ask(cls, "class_dict")))

    @property
    def __signature__(cls) -> inspect.Signature:
        return signature_of(ask(cls, "signature"))


def _operator(name: str) -> Any:
    def method(self: Any, *operands: Any) -> Any:
        cls = type(self)
        known = type.__getattribute__(cls, "_fairgrade_named") or all(issubclass(type(x), Remote) for x in operands)
        if not known:
            if name in ("__eq__", "__ne__"):
                if type.__getattribute__(cls, "_fairgrade_holds"):  # what it holds is compared here
                    return (ask(self, "content") == operands[0]) is (name == "__eq__")
                return name == "__ne__"
            raise TypeError(
                f"{name.strip('_')}: expected values, got an object of the student's class {cls.__name__!r}. "
                "A test that means to work with this class has to name it."
            )
        value = ask(self, "special", name, *operands)
        return bool(value) if name in ("__eq__", "__ne__") and isinstance(value, bool) else value

    method.__name__ = name
    return method


def _len(self: Any) -> int:
    length = ask(self, "len")
    if type(length) is not int or not 0 <= length <= LONGEST:
        raise ValueError(f"len: expected an int from 0 to {LONGEST}, got {length!r:.60}.")
    return length


def _iter(self: Any) -> Iterator[Any]:
    connection = object.__getattribute__(self, "_fairgrade_connection")
    iterator = ask(self, "iter")
    if isinstance(iterator, (list, tuple, dict, str, range)):
        yield from iterator
        return
    while True:
        try:
            item = connection.link.do("next", iterator, (), {})
        except StopIteration:
            return
        yield item


def _typed(operation: str, kind: type) -> Any:
    def method(self: Any, *args: Any) -> Any:
        value = ask(self, operation, *args)
        if type(value) is not kind:
            raise TypeError(f"__{operation}__ returned non-{kind.__name__}")
        return value

    return method


_SPECIAL_METHODS: dict[str, Any] = {
    name: _operator(name) for name in SPECIAL - {"__hash__", "__str__", "__format__", "__set_name__", "__exit__"}
} | {
    "__call__": RemoteFunction.__call__,
    "__len__": _len,
    "__iter__": _iter,
    "__next__": lambda self: ask(self, "next"),
    "__getitem__": lambda self, key: ask(self, "getitem", key),
    "__setitem__": lambda self, key, value: ask(self, "setitem", key, value),
    "__delitem__": lambda self, key: ask(self, "delitem", key),
    "__contains__": lambda self, value: bool(ask(self, "contains", value)),
    "__reversed__": lambda self: iter(ask(self, "reversed")),
    "__enter__": lambda self: ask(self, "special", "__enter__"),
    "__exit__": lambda self, *error: bool(ask(self, "special", "__exit__", None, None, None)),
    "__bool__": _typed("bool", bool),
    "__float__": _typed("float", float),
    "__int__": _typed("int", int),
    "__complex__": _typed("complex", complex),
    "__index__": _typed("index", int),
}


def make(connection: Connection, number: int, kind: int, class_number: int, name: str = "", module: str = "") -> Any:
    """The stand-in for an object the student's process refers to.

    Python's and NumPy's own types, and modules the instructor's notebook imports, are the ones known here.
    """
    if kind == MODULE and name in connection.link.modules:
        return importlib.import_module(name)
    if kind == CLASS:
        home: Any = {"builtins": builtins, "numpy": np}.get(module)
        known = getattr(home, name, None)
        if isinstance(known, type) and known is not type and known is not object:
            return known
        return make_class(connection, number)
    if kind in (INSTANCE, ITERATOR):
        cls = make_class(connection, class_number)
        if issubclass(cls, BaseException):
            error = cls.__new__(cls)
            error.__dict__.update(zip(OWN, (connection, number, None), strict=True))
            return error
        known = connection.stand_ins.get(number)  # so that `is` holds
        if known is not None and type(known) is cls:
            return known
        instance = connection.stand_ins[number] = object.__new__(cls)
        Remote.__init__(instance, connection, number)
        return instance
    makers = {
        FUNCTION: RemoteFunction, BUILTIN: RemoteBuiltin, METHOD: RemoteMethod, MODULE: RemoteModule,
        GENERATOR: RemoteGenerator, COROUTINE: RemoteCoroutine,
    }  # fmt: skip
    if kind not in makers:
        raise WireError("an unknown kind of object")
    return makers[kind](connection, number)


def make_class(connection: Connection, number: int) -> Any:
    """The stand-in for one of the student's classes; the same one each time."""
    known = connection.classes.get(number)
    if known is not None:
        return known
    content = connection.link.do("describe", None, (number,), {})
    if not isinstance(content, list) or len(content) != 9:
        raise WireError("a class that is not described")
    name, qualname, module, doc, special, own_bases, builtin_base, lineage, holds = content
    if not all(isinstance(text, str) and len(text) < 500 for text in (name, qualname, module)):
        raise WireError("a class without a name")
    base = getattr(builtins, builtin_base, None) if isinstance(builtin_base, str) else None
    bases: tuple[Any, ...] = tuple(make_class(connection, n) for n in own_bases if type(n) is int and n != number)
    if isinstance(base, type) and issubclass(base, Exception):
        bases = bases or (base,)
    else:
        bases = bases or (Remote,)
    own: dict[str, Any] = {
        "_fairgrade_link": connection.link, "_fairgrade_named": False, "_fairgrade_name": None,
        "__qualname__": qualname, "__module__": module, "__doc__": doc if isinstance(doc, str) else None,
    }  # fmt: skip
    if not issubclass(bases[0], BaseException):
        own["__slots__"] = ()
        known_base = _known_class(lineage)
        if known_base is not None:  # isinstance asks for it
            own["__class__"] = property(lambda self: known_base)
        own["_fairgrade_holds"] = holds is True
    methods = {name: _SPECIAL_METHODS[name] for name in special if isinstance(name, str) and name in _SPECIAL_METHODS}
    if issubclass(bases[0], BaseException):
        methods = {"__getattr__": _error_attribute}
    elif "__eq__" in methods:
        methods["__hash__"] = Remote.__hash__
    try:
        made = type.__new__(RemoteClass, name, bases, {**own, **methods})
    except TypeError as error:
        raise WireError(f"a class that can't be: {error}") from None
    connection.classes[number] = made
    connection.class_numbers[made] = number
    return made


def _known_class(lineage: Any) -> type | None:
    """The first class of a library's, or of Python's containers, that a class derives from, if it is loaded here."""
    from fairgrade.isolation.remote.registry import LIBRARIES

    for module, name in lineage if isinstance(lineage, list) else ():
        if module == "builtins":
            return {"list": list, "dict": dict, "set": set, "tuple": tuple}.get(name)
        if isinstance(module, str) and module.partition(".")[0] in LIBRARIES:
            found = getattr(sys.modules.get(module), str(name), None)
            if isinstance(found, type):
                return found
    return None


def name_class(cls: Any, name: str) -> None:
    """Note that a test has named `cls`: its instances then take part in arithmetic with the test's own values."""
    type.__setattr__(cls, "_fairgrade_named", True)
    type.__setattr__(cls, "_fairgrade_name", name)


def _error_attribute(self: Any, name: str) -> Any:
    may_read(name)
    if "_fairgrade_connection" not in self.__dict__:
        raise AttributeError(name)
    return self.__dict__["_fairgrade_connection"].link.do("getattr", self, (name,), {})
