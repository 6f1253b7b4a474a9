"""The line to one student's process: what its references stand for, and what may be sent over it."""

from __future__ import annotations

import sys
import weakref
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import msgpack
import numpy as np

from fairgrade.isolation.errors import ObjectLost, Stopped
from fairgrade.isolation.remote import classes, objects
from fairgrade.isolation.remote.expose import Callbacks, Exposed
from fairgrade.isolation.remote.reduction import how_to_make
from fairgrade.isolation.remote.sharing import Sharing, Tied, module_name
from fairgrade.isolation.worker.channel import Channel
from fairgrade.isolation.worker.format import BUILT, EXPOSED, NAMED, REFERENCE, SAME, TIED, CannotCross, WireError
from fairgrade.isolation.worker.messages import SameArgument
from fairgrade.isolation.worker.wire import Codec

if TYPE_CHECKING:
    from fairgrade.isolation.remote.link import Link

LIBRARIES = frozenset(
    [
        "numpy", "scipy", "pandas", "matplotlib", "mpl_toolkits", "sympy", "sklearn", "networkx", "seaborn",
        "statsmodels", "nltk", "PIL", "skimage", "cv2", "numba", "torch", "xgboost", "plotly", "mpmath", "bs4",
    ]
)  # fmt: skip
"""Libraries of which both processes have the same copy, so that a name means the same in both."""


def expose(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let student code call `function`, which a test passes to it, after that call as well.

    What a test passes can be called during the call that it is passed to. Exposed, it can be called whenever the
    student's code runs for a test. It runs in the grading process, with arguments the student chose: expose only what
    may be called with anything, any number of times.

    Returns
    -------
    callable
        A wrapper to pass as an argument.
    """
    return Exposed(function)


class Connection:
    """The line to one process, which ends with it."""

    def __init__(self, link: Link, channel: Channel) -> None:
        self.link = link
        self.channel = channel
        self.classes: dict[int, Any] = {}
        self.stand_ins: weakref.WeakValueDictionary[int, Any] = weakref.WeakValueDictionary()
        self.class_numbers: dict[Any, int] = {}
        self.callbacks = Callbacks()
        self.sharing = Sharing(self)
        self.methods: dict[tuple[int, str], Any] = {}
        self.named: dict[str, Any] = {}
        self.unsent: list[bytes] = []
        self.lent: Mapping[str, Exposed] | None = None
        self.codec = Codec(self._refer, self._resolve, writable=True, budget=link.budget)
        self.lost: Stopped | None = None
        self.around: dict[str, Any] = {}

    def _refer(self, value: Any) -> tuple[int, bytes]:
        if isinstance(value, classes.RemoteClass):
            number = self.class_numbers.get(value)
            name = type.__getattribute__(value, "_fairgrade_name")
            if number is None and name is not None:
                number = self.class_numbers.get(self.link.get(name))
            if number is None:
                raise ObjectLost(f"the class {value.__name__} is gone with the process that held it")
            return REFERENCE, msgpack.packb(number)
        # Not isinstance: a stand-in's __class__ says what it stands for.
        if issubclass(type(value), objects.Remote):
            return REFERENCE, msgpack.packb(self._number(value))
        if isinstance(value, BaseException) and "_fairgrade_number" in value.__dict__:
            return REFERENCE, msgpack.packb(value.__dict__["_fairgrade_number"])
        known = _name_of(value)
        if known is not None:
            return NAMED, msgpack.packb(known)
        what = f"a {type(value).__module__}.{type(value).__qualname__}".replace("builtins.", "")
        how = None if isinstance(value, type) else how_to_make(value, LIBRARIES, self.link.namespace)
        if how is not None:
            try:
                return BUILT, self.codec.pack(how)
            except CannotCross:
                if not callable(value):
                    raise
        if not isinstance(value, type) and (callable(value) or hasattr(value, "__next__")):
            return EXPOSED, msgpack.packb(self.callbacks.number(value))
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
        if not issubclass(type(again), objects.Remote):
            raise ObjectLost(f"{origin} is no longer what it was")
        object.__setattr__(value, "_fairgrade_connection", self)
        object.__setattr__(value, "_fairgrade_number", object.__getattribute__(again, "_fairgrade_number"))
        return self._number(value)

    def as_sent(self, args: Any) -> Any:
        """Arguments of a question, in a list or by name, with those that are the student's own by their number."""
        if not self.sharing.tied:
            return args
        if isinstance(args, list):
            return [self._as_sent(arg) for arg in args]
        return {name: self._as_sent(arg) for name, arg in args.items()}

    def _as_sent(self, arg: Any) -> Any:
        number = self.sharing.number_of(arg)
        return arg if number is None else msgpack.ExtType(TIED, msgpack.packb(number))

    def numbers_of(self, *values: Any) -> list[int]:
        """The numbers of the student's objects among `values`, which are of this process."""
        return [
            object.__getattribute__(value, "_fairgrade_number")
            for value in values
            if issubclass(type(value), objects.Remote)
            and object.__getattribute__(value, "_fairgrade_connection") is self
        ]

    def _resolve(self, code: int, payload: bytes) -> Any:
        try:
            content = msgpack.unpackb(payload)
            if code == EXPOSED:
                return self.callbacks.same(content)
            if code == TIED:
                number, packed = content
                if type(number) is not int or not 0 <= number < 1 << 31 or type(packed) is not bytes:
                    raise WireError("a container without a number")
                self.sharing.incoming.add(number)
                return Tied(number, self.codec.unpack(packed), packed)
            if code == SAME and type(content) in (int, str):
                return SameArgument(content)
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
    """Under which name the student's process knows a function or type of Python's or a library's."""
    if type(value) is Exposed:
        return None
    module = module_name(value)
    if module is not None:
        top = module.partition(".")[0]
        return [module, ""] if top in LIBRARIES or top in sys.stdlib_module_names else None
    module = getattr(value, "__module__", None)
    name = getattr(value, "__qualname__", None) or getattr(value, "__name__", None)
    if module is None:
        # ufuncs, and methods of built-in types such as str.upper
        owner = getattr(value, "__objclass__", None)
        module = "numpy" if isinstance(value, np.ufunc) else getattr(owner, "__module__", None)
    if not isinstance(module, str) or not isinstance(name, str):
        return None
    top = module.partition(".")[0]
    if top not in LIBRARIES and top not in sys.stdlib_module_names:
        return None
    homes = ["scipy.special", module] if isinstance(value, np.ufunc) else [module]
    for home in homes:
        found: Any = sys.modules.get(home)
        for part in name.split("."):
            found = getattr(found, part, None)
        if found is value:
            return [home, name]
    return None


def whereabouts(connection: Connection, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str:
    """Which argument can't be packed, in words."""
    for name, arg in [*((f"argument {i + 1}", arg) for i, arg in enumerate(args)), *kwargs.items()]:
        try:
            connection.codec.pack(arg)
        except CannotCross:
            return f", {name}"
    return ""
