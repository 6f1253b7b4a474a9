"""The student's objects in one process, by number: which stand-in is for which, and what classes they are of."""

from __future__ import annotations

import builtins
import importlib
import weakref
from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np

from fairgrade.isolation.errors import ObjectLost
from fairgrade.isolation.remote import objects
from fairgrade.isolation.remote.classes import RemoteClass, make_class
from fairgrade.isolation.worker import references
from fairgrade.isolation.worker.format import WireError
from fairgrade.isolation.worker.messages import ClassDescription

_STAND_INS: dict[int, type[objects.Remote]] = {
    references.FUNCTION: objects.RemoteFunction, references.BUILTIN: objects.RemoteBuiltin,
    references.METHOD: objects.RemoteMethod, references.MODULE: objects.RemoteModule,
    references.GENERATOR: objects.RemoteGenerator, references.COROUTINE: objects.RemoteCoroutine,
}  # fmt: skip


class Asker(Protocol):
    """Who asks the questions, whichever process answers them.

    Attributes
    ----------
    globals : dict
        The names of the instructor's cells.
    names : frozenset of str
        The names of the student's notebook.
    modules : frozenset of str
        Modules that the instructor's notebook imports.
    """

    globals: dict[str, Any]
    names: frozenset[str]
    modules: frozenset[str]

    def do(self, operation: str, target: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        """Ask one question."""

    def get(self, name: str) -> Any:
        """Return what the notebook calls `name`."""


class Registry:
    """What the numbers of one process stand for; the home of its stand-ins, which they ask.

    Attributes
    ----------
    named : dict
        Stand-ins for what the notebook calls by a name, until the name means something else.
    """

    def __init__(self, asker: Asker) -> None:
        self._asker = asker
        self.ask = asker.do
        self.named: dict[str, Any] = {}
        self._methods: dict[tuple[int, str], Any] = {}
        self._classes: dict[int, Any] = {}
        self._class_numbers: dict[Any, int] = {}
        self._stand_ins: weakref.WeakValueDictionary[int, Any] = weakref.WeakValueDictionary()

    # -- attributes -----------------------------------------------------------------------------

    def attribute(self, target: Any, name: str) -> Any:
        """Return an attribute of the student's object; a method is asked for once."""
        key = (objects.number_of(target), name)
        method = self._methods.get(key)
        if method is not None:
            return method
        value = self.ask("getattr", target, (name,), {})
        if type(value) is objects.RemoteMethod and objects.home_of(target) is self:
            self._methods[key] = value
        return value

    def forget_method(self, target: Any, name: str) -> None:
        """Note that a test has set or deleted an attribute."""
        self._methods.pop((objects.number_of(target), name), None)

    def keep_named(self, name: str, value: Any) -> None:
        """Keep a stand-in that was found under a name of the notebook, so that it need not be asked for again."""
        is_object = issubclass(type(value), objects.Remote)
        if is_object:
            object.__setattr__(value, "_fairgrade_origin", name)
        if is_object or type(value) is RemoteClass:
            self.named[name] = value

    def forget_names(self) -> None:
        """Forget what was found by a name, of the notebook or of an object; it may be another now."""
        self.named.clear()
        self._methods.clear()

    # -- what arrives ---------------------------------------------------------------------------

    def describe(self, description: ClassDescription) -> None:
        """Make the stand-in for a class that the messages to come refer to.

        Raises
        ------
        WireError
            If the description is malformed, or there are too many.
        """
        if description.number in self._classes:
            raise WireError("a class that is described twice")
        if len(self._classes) >= references.MAX_CLASSES:
            raise WireError("too many classes")
        made = make_class(self, description, tuple(self._class(base) for base in description.bases))
        self._classes[description.number] = made
        self._class_numbers[made] = description.number

    def _class(self, number: Any) -> Any:
        known = self._classes.get(number) if type(number) is int else None
        if known is None:
            raise WireError("a class that is not described")
        return known

    def stand_in(self, number: Any, kind: Any, class_number: Any, name: Any, module: Any) -> Any:
        """Return what stands for the object with this number.

        Python's and NumPy's own types, and modules the instructor's notebook imports, are the ones known here.

        Raises
        ------
        WireError
            If the reference is malformed.
        """
        if not all(type(n) is int and 0 <= n < 1 << 31 for n in (number, kind, class_number)):
            raise WireError("a reference that is not numbers")
        if kind == references.MODULE and name in self._asker.modules:
            return importlib.import_module(name)
        if kind == references.CLASS:
            home: Any = {"builtins": builtins, "numpy": np}.get(module)
            known = getattr(home, str(name), None)
            is_known = isinstance(known, type) and known is not type and known is not object
            return known if is_known else self._class(number)
        if kind in (references.INSTANCE, references.ITERATOR):
            return self._instance(number, self._class(class_number))
        if kind not in _STAND_INS:
            raise WireError("an unknown kind of object")
        return _STAND_INS[kind](self, number)

    def _instance(self, number: int, cls: Any) -> Any:
        if issubclass(cls, BaseException):
            error = cls.__new__(cls)
            error.__dict__.update(_fairgrade_home=self, _fairgrade_number=number)
            return error
        known = self._stand_ins.get(number)  # so that `is` holds
        if known is not None and type(known) is cls:
            return known
        made = self._stand_ins[number] = object.__new__(cls)
        objects.Remote.__init__(made, self, number)
        return made

    # -- what is sent ---------------------------------------------------------------------------

    def number(self, value: Any) -> int | None:
        """Return the number of the student's object that `value` stands for; None if it stands for none.

        Raises
        ------
        ObjectLost
            If the object is gone with the process that held it.
        """
        kind = type(value)
        if kind is RemoteClass:
            return self._class_number(value)
        # Not isinstance: a stand-in's __class__ says what it stands for.
        if issubclass(kind, objects.Remote):
            if objects.home_of(value) is not self:
                self._take_home(value)
            return objects.number_of(value)
        if issubclass(kind, BaseException) and "_fairgrade_home" in value.__dict__:
            if value.__dict__["_fairgrade_home"] is not self:
                raise ObjectLost("an object of yours is gone with the process that held it")
            number: int = value.__dict__["_fairgrade_number"]
            return number
        return None

    def _class_number(self, cls: Any) -> int:
        number = self._class_numbers.get(cls)
        name = type.__getattribute__(cls, "_fairgrade_name")
        if number is None and name is not None:
            number = self._class_numbers.get(self._asker.get(name))
        if number is None:
            raise ObjectLost(f"the class {cls.__name__} is gone with the process that held it")
        return number

    def _take_home(self, stand_in: Any) -> None:
        """Have a stand-in of a lost process stand for the same in this one, where the notebook was replayed."""
        origin = object.__getattribute__(stand_in, "_fairgrade_origin")
        if origin is None:
            raise ObjectLost("an object of yours is gone with the process that held it")
        again = self._asker.get(origin)
        if not issubclass(type(again), objects.Remote):
            raise ObjectLost(f"{origin} is no longer what it was")
        object.__setattr__(stand_in, "_fairgrade_home", self)
        object.__setattr__(stand_in, "_fairgrade_number", objects.number_of(again))

    def numbers_of(self, *values: Any) -> list[int]:
        """Return the numbers of the student's objects among `values`, which are of this process."""
        return [
            objects.number_of(value)
            for value in values
            if issubclass(type(value), objects.Remote) and objects.home_of(value) is self
        ]
