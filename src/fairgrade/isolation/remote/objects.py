"""The student's objects as tests see them: stand-ins that ask the student's process, and get values back.

A stand-in answers what the object itself would: it can be called, indexed, iterated, compared with
another of the student's, asked for its type, name, signature and source. Nothing a student's process
sends can choose which code runs here. Stand-ins for instances and their classes are in
:mod:`fairgrade.isolation.remote.classes`.
"""

from __future__ import annotations

import inspect
import types
from collections.abc import Mapping
from typing import Any, Protocol

from fairgrade.isolation.remote.introspection import code_of, signature_of
from fairgrade.isolation.worker.format import WireError
from fairgrade.isolation.worker.references import SPECIAL

_READABLE = frozenset(
    [
        "__name__", "__qualname__", "__doc__", "__module__", "__dict__", "__annotations__", "__defaults__",
        "__kwdefaults__", "__wrapped__", "__self__", "__func__", "__version__", "__file__", "__all__", "__init__",
        "__post_init__", "__slots__", "__dataclass_fields__", "__match_args__", "__members__",
    ]
)  # fmt: skip
"""Special attributes that are only read. Others, such as NumPy's array interfaces, would be acted upon."""


class Home(Protocol):
    """What a stand-in asks: the one thing it knows of the process its object lives in."""

    def ask(self, operation: str, target: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        """Have something done with the object that `target` stands for."""

    def attribute(self, target: Any, name: str) -> Any:
        """Return an attribute of the object."""

    def forget_method(self, target: Any, name: str) -> None:
        """Note that an attribute is being set or deleted."""


def home_of(stand_in: Any) -> Any:
    """Return the home of a stand-in for an object, which is no class."""
    return object.__getattribute__(stand_in, "_fairgrade_home")


def number_of(stand_in: Any) -> int:
    """Return the number of its object in the messages to its process."""
    number: int = object.__getattribute__(stand_in, "_fairgrade_number")
    return number


def ask(stand_in: Any, operation: str, *args: Any, **kwargs: Any) -> Any:
    """Ask the student's process to do something with the object, or class, that `stand_in` stands for."""
    if issubclass(type(stand_in), type):
        home = type.__getattribute__(stand_in, "_fairgrade_home_of_class")
    else:
        home = home_of(stand_in)
    return home.ask(operation, stand_in, args, kwargs)


def may_read(name: str) -> None:
    """Raise AttributeError for names that would ask for more than an object's values and methods."""
    if name.startswith("__") and name.endswith("__") and name not in _READABLE and name not in SPECIAL:
        raise AttributeError(name)
    if name.startswith(("_repr_", "_ipython_", "_fairgrade_")):  # how notebooks ask an object to show itself
        raise AttributeError(name)


class Remote:
    """A stand-in for one object of the student's.

    Parameters
    ----------
    home : Home
    number : int
    """

    __slots__ = ("__weakref__", "_fairgrade_home", "_fairgrade_number", "_fairgrade_origin")

    __array_ufunc__ = None  # NumPy then leaves arithmetic to us, and we refuse it
    _fairgrade_is_stand_in = True

    def __init__(self, home: Home, number: int) -> None:
        object.__setattr__(self, "_fairgrade_home", home)
        object.__setattr__(self, "_fairgrade_number", number)
        object.__setattr__(self, "_fairgrade_origin", None)  # the notebook's name for it, if it was found by one

    def __getattr__(self, name: str) -> Any:
        may_read(name)
        return home_of(self).attribute(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        may_read(name)
        home_of(self).forget_method(self, name)
        ask(self, "setattr", name, value)

    def _fairgrade_attributes(self, *names: str) -> list[Any]:
        """Read several attributes in one question; see :func:`fairgrade.grading.attributes`."""
        for name in names:
            may_read(name)
        values = ask(self, "attributes", *names)
        if type(values) is not list or len(values) != len(names):
            raise WireError("expected a value for each attribute")
        return values

    def _fairgrade_at_once(
        self,
        assign: Mapping[str, Any],
        method: str,
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
        read: tuple[str, ...],
    ) -> list[Any]:
        """Set attributes, call a method, and read attributes; see :func:`fairgrade.grading.at_once`."""
        for name in (*assign, method, *read):
            may_read(name)
        for name in assign:
            home_of(self).forget_method(self, name)
        values = ask(self, "at_once", dict(assign), method, list(args), dict(kwargs), list(read))
        if type(values) is not list or len(values) != 1 + len(read):
            raise WireError("expected a result and a value for each attribute")
        return values

    def __delattr__(self, name: str) -> None:
        may_read(name)
        home_of(self).forget_method(self, name)
        ask(self, "delattr", name)

    def __repr__(self) -> str:
        return _text(ask(self, "repr"))

    def __str__(self) -> str:
        return _text(ask(self, "str"))

    def __format__(self, how: str) -> str:
        return _text(ask(self, "format", how))

    def __dir__(self) -> list[str]:
        return [name for name in ask(self, "dir") if isinstance(name, str)]

    def __eq__(self, other: object) -> Any:
        if self is other:
            return True
        is_remote = isinstance(other, Remote)
        return is_remote and number_of(self) == number_of(other) and home_of(self) is home_of(other)

    def __hash__(self) -> int:
        return hash(("fairgrade", number_of(self)))

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise TypeError("A student's object can't be pickled.")

    def __copy__(self) -> Any:
        return ask(self, "copy")

    def __deepcopy__(self, memo: Any) -> Any:
        return ask(self, "deepcopy")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise WireError("expected a string")
    return value


class RemoteFunction(Remote):
    """A function, method or other callable that is not of a class of the student's."""

    __slots__ = ()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return ask(self, "call", *args, **kwargs)

    def _fairgrade_call_each(self, *inputs: list[Any]) -> list[Any]:
        """Call it with each of `inputs`, in one question; see :func:`fairgrade.grading.each`."""
        values = ask(self, "each", *inputs)
        if type(values) is not list or len(values) != len(inputs[0]):
            raise WireError("expected a value for each input")
        return values

    @property  # type: ignore[misc]
    def __class__(self) -> Any:  # isinstance and inspect ask for it
        return types.FunctionType

    @property
    def __signature__(self) -> inspect.Signature:
        return signature_of(ask(self, "signature"))

    @property
    def __code__(self) -> types.CodeType:
        return code_of(ask(self, "code"))

    @property
    def __doc__(self) -> Any:  # type: ignore[override]
        return ask(self, "getattr", "__doc__")

    @property
    def __module__(self) -> Any:  # type: ignore[override]
        return ask(self, "getattr", "__module__")


class RemoteBuiltin(RemoteFunction):
    """A function that is not written in Python."""

    __slots__ = ()

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return types.BuiltinFunctionType


class RemoteMethod(RemoteFunction):
    """A bound method."""

    __slots__ = ()

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return RemoteMethod  # a true MethodType would be unwrapped, and lose `self`


class RemoteModule(Remote):
    """A module that only the student's notebook imports."""

    __slots__ = ()

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return types.ModuleType

    @property
    def __doc__(self) -> Any:  # type: ignore[override]
        return ask(self, "getattr", "__doc__")


class RemoteGenerator(Remote):
    """A generator or coroutine."""

    __slots__ = ()

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return types.GeneratorType

    def __iter__(self) -> RemoteGenerator:
        return self

    def __next__(self) -> Any:
        return ask(self, "next")


class RemoteCoroutine(Remote):
    """A coroutine; awaiting it runs it to its end in the student's process."""

    __slots__ = ()

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return types.CoroutineType

    def __await__(self) -> Any:
        return ask(self, "await")
        yield  # makes this a generator, as awaiting needs one

    def send(self, value: None) -> Any:
        """Run it, as an event loop would."""
        raise StopIteration(ask(self, "await"))

    def throw(self, *error: Any) -> Any:
        """End it."""
        raise error[0]

    def close(self) -> None:
        """Do nothing: it has run to its end, or never began."""
