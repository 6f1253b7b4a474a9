"""Classes of stand-ins for the student's objects, each made after a description of the student's class.

They do not take part in arithmetic or comparison with a test's own values unless the test has named
their class: an object that claims to equal 0.25 must not pass for 0.25. Special methods come from a
fixed list, and modules and exceptions from what is known here.
"""

from __future__ import annotations

import builtins
import inspect
import types
from collections.abc import Iterator
from typing import Any

from fairgrade.isolation.remote.introspection import signature_of
from fairgrade.isolation.remote.libraries import known_class
from fairgrade.isolation.remote.objects import Home, Remote, RemoteFunction, ask, home_of, may_read
from fairgrade.isolation.worker.format import WireError
from fairgrade.isolation.worker.messages import ClassDescription
from fairgrade.isolation.worker.references import SPECIAL

LONGEST = 100_000_000
"""The most items that an object may claim to hold."""


class RemoteClass(type):
    """The metaclass of stand-ins for the student's classes."""

    _fairgrade_is_stand_in = True

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
        """The class's attributes, for ``vars``."""
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
                if type.__getattribute__(cls, "_fairgrade_is_container"):  # what it holds is compared here
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
    iterator = ask(self, "iter")
    if isinstance(iterator, (list, tuple, dict, str, range)):
        yield from iterator
        return
    while True:
        try:
            item = home_of(self).ask("next", iterator, (), {})
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


def make_class(home: Home, description: ClassDescription, bases: tuple[Any, ...]) -> Any:
    """Return the stand-in for one of the student's classes, with stand-ins for its own `bases`.

    Raises
    ------
    WireError
        If there can be no such class.
    """
    _, name, qualname, module, doc, special, _, builtin_base, lineage, is_container = description
    if max(len(name), len(qualname), len(module)) >= 500:
        raise WireError("a class whose name is too long")
    base = getattr(builtins, builtin_base, None)
    is_exception = isinstance(base, type) and issubclass(base, Exception)
    bases = bases or ((base,) if is_exception else (Remote,))
    own: dict[str, Any] = {
        "_fairgrade_home_of_class": home, "_fairgrade_named": False, "_fairgrade_name": None, "__qualname__": qualname,
        "__module__": module, "__doc__": doc,
    }  # fmt: skip
    try:
        if issubclass(bases[0], BaseException):
            own["__getattr__"] = _error_attribute
        else:
            own |= {method: _SPECIAL_METHODS[method] for method in special if method in _SPECIAL_METHODS}
            if "__eq__" in own:
                own["__hash__"] = Remote.__hash__
            own |= {"__slots__": (), "_fairgrade_is_container": is_container}
            known = known_class(lineage)
            if known is not None:  # isinstance asks for it
                own["__class__"] = property(lambda self: known)
        return _new_class(name, bases, own)
    except (TypeError, ValueError) as error:
        raise WireError(f"a class that can't be: {error}") from None


def _new_class(name: str, bases: tuple[Any, ...], own: dict[str, Any]) -> Any:
    try:
        return type.__new__(RemoteClass, name, bases, own)
    except TypeError:  # an exception that derives from another class as well, which has another layout here
        return type.__new__(RemoteClass, name, bases[:1], own)


def name_class(cls: Any, name: str) -> None:
    """Note that a test has named `cls`: its instances then take part in arithmetic with the test's own values."""
    type.__setattr__(cls, "_fairgrade_named", True)
    type.__setattr__(cls, "_fairgrade_name", name)


def _error_attribute(self: Any, name: str) -> Any:
    may_read(name)
    if "_fairgrade_home" not in self.__dict__:
        raise AttributeError(name)
    return self.__dict__["_fairgrade_home"].ask("getattr", self, (name,), {})
