"""The line to one student's process: what its references stand for, and what may be sent over it."""

from __future__ import annotations

import sys
import weakref
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import msgpack
import numpy as np

from fairgrade.isolation import instances, proxies
from fairgrade.isolation.errors import ObjectLost, Stopped
from fairgrade.isolation.foresight import Foresight
from fairgrade.isolation.worker.channel import Channel
from fairgrade.isolation.worker.wire import EXPOSED, NAMED, REFERENCE, CannotCross, Codec, WireError

if TYPE_CHECKING:
    from fairgrade.isolation.link import Link

_SHARED_MODULES = (
    "builtins",
    "math",
    "cmath",
    "operator",
    "statistics",
    "numpy",
    "_operator",
    "itertools",
    "fractions",
    "decimal",
)
"""Modules whose functions and types a test may pass by name."""


def expose(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let student code call `function`, which a test passes to it.

    The function runs in the grading process, with arguments the student chose. Expose only what may
    be called with anything, any number of times.

    Returns
    -------
    callable
        A wrapper to pass as an argument.
    """
    return Exposed(function)


class Exposed:
    """A function of a test's that student code may call."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.__name__ = str(getattr(function, "__name__", "function"))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.function(*args, **kwargs)


class Connection:
    """The line to one process, which ends with it."""

    def __init__(self, link: Link, channel: Channel) -> None:
        self.link = link
        self.channel = channel
        self.classes: dict[int, Any] = {}
        self.stand_ins: weakref.WeakValueDictionary[int, Any] = weakref.WeakValueDictionary()
        self.class_numbers: dict[Any, int] = {}
        self.exposed: list[Exposed] = []
        self.methods: dict[tuple[int, str], Any] = {}
        self.named: dict[str, Any] = {}
        self.foresight = Foresight()
        self.unsent: list[bytes] = []
        self.codec = Codec(self._refer, self._resolve)
        self.lost: Stopped | None = None

    def _refer(self, value: Any) -> tuple[int, bytes]:
        if isinstance(value, instances.RemoteClass):
            number = self.class_numbers.get(value)
            name = type.__getattribute__(value, "_fairgrade_name")
            if number is None and name is not None:
                number = self.class_numbers.get(self.link.get(name))
            if number is None:
                raise ObjectLost(f"the class {value.__name__} is gone with the process that held it")
            return REFERENCE, msgpack.packb(number)
        # Not isinstance: a stand-in's __class__ says what it stands for.
        if issubclass(type(value), proxies.Remote):
            return REFERENCE, msgpack.packb(self._number(value))
        if isinstance(value, BaseException) and "_fairgrade_number" in value.__dict__:
            return REFERENCE, msgpack.packb(value.__dict__["_fairgrade_number"])
        known = _name_of(value)
        if known is not None:
            return NAMED, msgpack.packb(known)
        if type(value) is Exposed:
            if value not in self.exposed:
                self.exposed.append(value)
            return EXPOSED, msgpack.packb([self.exposed.index(value), value.__name__])
        what = f"a {type(value).__module__}.{type(value).__qualname__}".replace("builtins.", "")
        if callable(value) and not isinstance(value, type):
            raise CannotCross(f"the function {getattr(value, '__name__', what)!r}: pass expose(f) instead of f")
        raise CannotCross(f"{what}: pass numbers, strings, arrays, lists, tuples, dicts or sets of them instead")

    def _number(self, value: Any) -> int:
        if object.__getattribute__(value, "_fairgrade_connection") is self:
            number: int = object.__getattribute__(value, "_fairgrade_number")
            return number
        origin = object.__getattribute__(value, "_fairgrade_origin")
        if not isinstance(origin, str):
            raise ObjectLost("an object of yours is gone with the process that held it")
        # The notebook was replayed in a fresh process, where the same name holds the same thing.
        again = self.link.get(origin)
        if not issubclass(type(again), proxies.Remote):
            raise ObjectLost(f"{origin} is no longer what it was")
        object.__setattr__(value, "_fairgrade_connection", self)
        object.__setattr__(value, "_fairgrade_number", object.__getattribute__(again, "_fairgrade_number"))
        return self._number(value)

    def _resolve(self, code: int, payload: bytes) -> Any:
        try:
            content = msgpack.unpackb(payload)
            if code == EXPOSED:
                return self.exposed[content] if type(content) is int and content >= 0 else 1 / 0
            if code == REFERENCE:
                number, kind, class_number, name, module = content
                if not all(type(n) is int and 0 <= n < 1 << 31 for n in (number, kind, class_number)):
                    raise WireError("a reference that is not numbers")
                return Reference(number, kind, class_number, str(name), str(module))
        except WireError:
            raise
        except Exception:
            raise WireError("a malformed reference") from None
        raise WireError("an unknown extension")


class Reference:
    """A reference just decoded. Turning it into a stand-in may take another question, so it has to wait its turn."""

    __slots__ = ("class_number", "kind", "module", "name", "number")

    def __init__(self, number: int, kind: int, class_number: int, name: str, module: str) -> None:
        self.number, self.kind, self.class_number, self.name, self.module = number, kind, class_number, name, module


def _name_of(value: Any) -> list[str] | None:
    """Under which name the student's process knows a function or type of Python's or NumPy's."""
    module = getattr(value, "__module__", None)
    name = getattr(value, "__qualname__", None) or getattr(value, "__name__", None)
    if module is None:
        # ufuncs, and methods of built-in types such as str.upper
        owner = getattr(value, "__objclass__", None)
        module = "numpy" if isinstance(value, np.ufunc) else getattr(owner, "__module__", None)
    if not isinstance(module, str) or not isinstance(name, str) or module.partition(".")[0] not in _SHARED_MODULES:
        return None
    found: Any = sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    return [module, name] if found is value else None


def whereabouts(connection: Connection, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str:
    """Which argument can't be packed, in words."""
    for name, arg in [*((f"argument {i + 1}", arg) for i, arg in enumerate(args)), *kwargs.items()]:
        try:
            connection.codec.pack(arg)
        except CannotCross:
            return f", {name}"
    return ""
