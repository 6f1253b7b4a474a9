"""The grading process's end of the line to a student's process: questions, answers, and what they carry along."""

from __future__ import annotations

import builtins
import contextlib
import ctypes
import os
import sys
import time
import weakref
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgpack
import numpy as np

from fairgrade.isolation import proxies
from fairgrade.isolation.errors import ObjectLost, ProtocolViolation, Stopped, TimeLimit
from fairgrade.isolation.worker import randomness
from fairgrade.isolation.worker.channel import Channel, ChannelClosed, MessageTooLarge
from fairgrade.isolation.worker.wire import EXPOSED, NAMED, REFERENCE, CannotCross, Codec, WireError

_libc = ctypes.CDLL(None)

_KNOWN_ERRORS = ("numpy", "json", "decimal", "fractions", "statistics", "zipfile", "csv")
"""Modules whose exceptions arrive as themselves; besides built-in ones."""

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

_NESTED_CALLBACKS = 32

_OWN_MUTABLE = (list, dict, set, bytearray, np.ndarray)


def expose(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let student code call `function`, which a test passes to it.

    The function runs in the grading process, with arguments the student chose. Expose only what may
    be called with anything, any number of times.

    Returns
    -------
    callable
        A wrapper to pass as an argument.
    """
    return _Exposed(function)


class _Exposed:
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
        self.exposed: list[_Exposed] = []
        self.methods: dict[tuple[int, str], Any] = {}
        self.read: dict[int, list[str]] = {}
        self.fresh: dict[tuple[int, str], Any] = {}
        self.unread = 0
        self.unsent: list[bytes] = []
        self.codec = Codec(self._refer, self._resolve)
        self.lost: Stopped | None = None

    def _refer(self, value: Any) -> tuple[int, bytes]:
        if isinstance(value, proxies.RemoteClass):
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
        if type(value) is _Exposed:
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
                return _Reference(number, kind, class_number, str(name), str(module))
        except WireError:
            raise
        except Exception:
            raise WireError("a malformed reference") from None
        raise WireError("an unknown extension")


class _Reference:
    """A reference just decoded. Turning it into a stand-in may take another question, so it has to wait its turn."""

    __slots__ = ("class_number", "kind", "module", "name", "number")

    def __init__(self, number: int, kind: int, class_number: int, name: str, module: str) -> None:
        self.number, self.kind, self.class_number, self.name, self.module = number, kind, class_number, name, module


class Link:
    """Asks a student's process, starting one again where the last has died.

    Parameters
    ----------
    revive : callable
        Makes a process in which the notebook was replayed, and calls :meth:`connect`.
    call_timeout_s : float
        Wall seconds a question may take.
    """

    def __init__(self, revive: Callable[[], None], call_timeout_s: float) -> None:
        self._revive = revive
        self._call_timeout_s = call_timeout_s
        self._watch = randomness.Watch()
        self._callbacks = 0
        self._watched = -1
        self.questions = 0
        self.waited_s = 0.0
        self._near: set[int] | None = None
        self._depth = 0
        self.connection: Connection | None = None
        self.names: frozenset[str] = frozenset()
        self.modules: frozenset[str] = frozenset()
        self.out_of_memory = "used more memory than it may"
        self.deadline = float("inf")
        self.question_deadline = float("inf")

    def connect(self, channel: Channel) -> Connection:
        """Take up the line to a fresh process."""
        self.connection = Connection(self, channel)
        if self._near is not None:
            self._pin(self._near)
        return self.connection

    @contextlib.contextmanager
    def near(self) -> Iterator[None]:
        """Run both processes on one processor within the block.

        They take turns, and a turn that stays on its processor takes a third of the time.
        """
        processors = os.sched_getaffinity(0)
        here = {_libc.sched_getcpu()} & processors
        try:
            self._near = here or processors
            self._pin(self._near)
            yield
        finally:
            self._near = None
            self._pin(processors)

    def _pin(self, processors: set[int]) -> None:
        os.sched_setaffinity(0, processors)
        if self.connection is not None and self.connection.lost is None:
            try:
                unsent, self.connection.unsent = self.connection.unsent, []
                self.connection.channel.send(self.connection.codec.pack(["pin", list(processors)]), *unsent)
            except (ChannelClosed, Stopped):
                pass  # the next question finds out why

    def store(self, target: Any, name: str, value: Any) -> None:
        """Set an attribute that is known to be no more than stored; it is sent along with the next question."""
        connection = self.connection
        if connection is None or connection.lost is not None or len(connection.unsent) > 64:
            self.do("setattr", target, (name, value), {})
            return
        connection.fresh.pop((object.__getattribute__(target, "_fairgrade_number"), name), None)
        try:
            connection.unsent.append(connection.codec.pack(["set", target, name, value]))
        except CannotCross as error:
            raise CannotCross(f"setting {name!r} of the student's object: can't pass {error}.") from None

    def attribute(self, target: Any, name: str) -> Any:
        """An attribute of the student's object, without asking where that can be told."""
        connection = object.__getattribute__(target, "_fairgrade_connection")
        number = object.__getattribute__(target, "_fairgrade_number")
        method = connection.methods.get((number, name))
        if method is not None and connection.lost is None:
            return method
        if (number, name) in connection.fresh and connection.lost is None and time.monotonic() <= self.deadline:
            connection.unread = 0
            return self._settle(connection, connection.fresh.pop((number, name)))
        value = self.do("getattr", target, (name,), {})
        if type(value) is proxies.RemoteMethod:
            object.__setattr__(value, "_fairgrade_origin", target)
            connection.methods[number, name] = value
        elif name not in connection.read.setdefault(number, []) and len(connection.read[number]) < 4:
            connection.read[number].append(name)
        return value

    def get(self, name: str) -> Any:
        """What the notebook calls `name`."""
        value = self.do("get", None, (name,), {})
        if issubclass(type(value), proxies.Remote):
            object.__setattr__(value, "_fairgrade_origin", name)
        return value

    def do(self, operation: str, target: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        """Ask one question.

        Raises
        ------
        Stopped
            If there is no answer, with the cause.
        CannotCross
            If an argument or the answer can't be sent.
        Exception
            What the student's code raised, as nearly as it can be told.
        """
        if time.monotonic() > self.deadline:
            raise TimeLimit("no time is left for this test")
        if self.connection is None or self.connection.lost is not None:
            self._revive()
        connection = self.connection
        assert connection is not None
        state = None
        if self._watch.changed():
            state = randomness.capture()
            self._watch.settle()
        watched = self._worth_watching(connection, operation, target)
        try:
            message = connection.codec.pack(["do", operation, target, list(args), kwargs, state, watched])
        except CannotCross as error:
            where = _whereabouts(connection, args, kwargs)
            raise CannotCross(f"{operation} of the student's object{where}: can't pass {error}.") from None
        self._depth += 1
        self.questions += 1
        asked = time.perf_counter()
        if self._depth == 1:
            calls = len(args[0]) if operation == "each" else 1
            self.question_deadline = min(self.deadline, time.monotonic() + calls * self._call_timeout_s)
        try:
            try:
                unsent, connection.unsent = connection.unsent, []
                connection.channel.send(message, *unsent)
            except MessageTooLarge as error:
                raise CannotCross(f"{operation} of the student's object: can't pass {error}.") from None
            answer = self._answer(connection)
        except MessageTooLarge as error:
            raise self._lose(connection, ProtocolViolation(f"a value too large to hand over: {error}")) from None
        except (ChannelClosed, WireError) as error:
            raise self._lose(connection, ProtocolViolation(f"sent something malformed: {error}")) from None
        except Stopped as stopped:
            connection.lost = connection.lost or stopped
            raise
        finally:
            self._depth -= 1
            if self._depth == 0:
                self.waited_s += time.perf_counter() - asked
                self.question_deadline = float("inf")
        return self._take(connection, answer, args, kwargs)

    def _worth_watching(self, connection: Connection, operation: str, target: Any) -> list[Any] | None:
        """Which attributes should come along with the answer."""
        watched = None
        if operation in ("call", "each") and type(target) is proxies.RemoteMethod:
            watched = proxies.watched_by(connection, target)
            self._watched = -1 if watched is None else object.__getattribute__(watched[0], "_fairgrade_number")
        if connection.fresh:
            # Nobody asked for what came along with the last answers: it is not worth sending any more.
            connection.unread += 1
            if connection.unread > 2:
                connection.read.clear()
            connection.fresh.clear()
        return watched

    def _lose(self, connection: Connection, cause: Stopped) -> Stopped:
        """Give the process up; the engine may know a better cause than ours."""
        connection.lost = self.on_lost(cause)
        return connection.lost

    on_lost: Callable[[Stopped], Stopped] = staticmethod(lambda cause: cause)

    def _answer(self, connection: Connection) -> list[Any]:
        """The answer to our question; the student's code may call what a test exposed meanwhile."""
        while True:
            answer = connection.codec.unpack(connection.channel.receive())
            if type(answer) is not list or not answer:
                raise WireError("an answer that is not a list")
            if answer[0] == "callback" and len(answer) == 4:
                self._call_back(connection, *answer[1:])
            elif answer[0] in ("ok", "error", "cannot") and len(answer) == 7:
                return answer
            else:
                raise WireError("an answer of an unknown kind")

    def _call_back(self, connection: Connection, number: Any, args: Any, kwargs: Any) -> None:
        if type(number) is not int or not 0 <= number < len(connection.exposed) or self._callbacks >= _NESTED_CALLBACKS:
            raise WireError("a call of something that was not exposed")
        if type(args) is not list or type(kwargs) is not dict or not all(type(key) is str for key in kwargs):
            raise WireError("a call with malformed arguments")
        self._callbacks += 1
        try:
            settled = self._settle(connection, args)
            result = connection.exposed[number].function(*settled, **self._settle(connection, kwargs))
            reply = connection.codec.pack(["result", result])
        except (Stopped, WireError):
            raise
        except Exception as error:
            reply = connection.codec.pack(["raise", type(error).__name__, str(error)[:1000]])
        finally:
            self._callbacks -= 1
        connection.channel.send(reply)

    # -- what an answer carries -----------------------------------------------------------------

    def _take(self, connection: Connection, answer: list[Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        status, value, changed, printed, state, names, seen = answer
        if seen:
            self._remember(connection, args, seen)
        if printed is not None or state is not None or changed is not None or names is not None:
            try:
                self._take_effects(connection, changed, printed, state, names, args, kwargs)
            except Stopped:
                raise
            except Exception as error:  # whatever is wrong with them, it was not our worker that sent them
                cause = ProtocolViolation(f"sent something malformed: {error}"[:200])
                raise self._lose(connection, cause) from None
        if status == "ok":
            return value if type(value) in _ATOMS else self._settle(connection, value)
        if status == "cannot":
            raise CannotCross(f"The student's code returned {value!s:.300}.")
        raise self._error(connection, value)

    def _remember(self, connection: Connection, args: tuple[Any, ...], seen: Any) -> None:
        """Keep the attributes that came along with an answer until the student's code runs again."""
        number = self._watched
        if type(seen) is list and all(type(item) is list and len(item) == 2 and type(item[0]) is str for item in seen):
            for name, value in seen:
                connection.fresh[number, name] = value

    def _take_effects(
        self, connection: Connection, changed: Any, printed: Any, state: Any, names: Any,
        args: tuple[Any, ...], kwargs: Mapping[str, Any],
    ) -> None:  # fmt: skip
        if state is not None:
            randomness.restore(state)
            self._watch.settle()
        if names is not None:
            self.names = frozenset(name for name in names if type(name) is str)
        for key, after in changed or []:
            before = args[key] if type(key) is int else kwargs[key]
            copy_back(before, self._settle(connection, after))
        if printed is not None:
            out, err = printed
            for stream, text in ((sys.stdout, out), (sys.stderr, err)):
                if text:
                    stream.write(str(text))

    def _settle(self, connection: Connection, value: Any) -> Any:
        """Turn the references within `value` into stand-ins."""
        kind = type(value)
        if kind is _Reference:
            return proxies.make(connection, value.number, value.kind, value.class_number, value.name, value.module)
        if kind is list:
            for i, item in enumerate(value):
                if type(item) not in _ATOMS:
                    value[i] = self._settle(connection, item)
            return value
        if kind is dict:
            return {self._settle(connection, key): self._settle(connection, item) for key, item in value.items()}
        if kind is tuple:
            return tuple(self._settle(connection, item) for item in value)
        if kind is set or kind is frozenset:
            return kind(self._settle(connection, item) for item in value)
        if kind is np.ndarray and value.dtype.kind == "O":
            for index in np.ndindex(value.shape):
                value[index] = self._settle(connection, value[index])
        if issubclass(kind, tuple) and hasattr(kind, "_make"):
            return kind._make(self._settle(connection, item) for item in value)
        return value

    def _error(self, connection: Connection, content: Any) -> BaseException:
        """The exception the student's code raised: by its own class, or the nearest one known here."""
        try:
            lineage, message, args, reference, itself = content
            if type(reference) is _Reference:
                cls = proxies.make_class(connection, reference.number)
                if issubclass(cls, Exception) and type(itself) is _Reference:
                    error: BaseException = proxies.make(connection, itself.number, itself.kind, itself.class_number)
                    error.args = (str(message),) if message else ()
                    return error
            for module, name in lineage:
                cls = _known_error(module, name)
                if cls is not None:
                    error = cls.__new__(cls)
                    plain = all(type(arg) in (str, int, float, bool) for arg in args)
                    error.args = tuple(args) if plain and args else (str(message),) if message else ()
                    if cls is MemoryError and not error.args:
                        error.args = (self.out_of_memory,)
                    return error
            return RuntimeError(f"{lineage[0][1]!s:.60}: {message!s:.1000}")
        except Stopped:
            raise
        except Exception as error:
            return self._lose(connection, ProtocolViolation(f"sent something malformed: {error}"[:200]))


_ATOMS = frozenset((type(None), bool, int, float, complex, str, bytes, range, np.float64, np.int64, np.bool_))


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


def _known_error(module: Any, name: Any) -> Any:
    if module == "builtins":
        found = getattr(builtins, str(name), None)
    elif isinstance(module, str) and module.partition(".")[0] in _KNOWN_ERRORS:
        found = getattr(sys.modules.get(module), str(name), None)
    else:
        return None
    if not isinstance(found, type) or not issubclass(found, BaseException):
        return None
    # A KeyboardInterrupt here would look like the instructor's Ctrl-C.
    return found if issubclass(found, Exception) or found in (SystemExit, GeneratorExit) else None


def copy_back(before: Any, after: Any) -> None:
    """Give `before`, which a test passed to student code, the content the code left in its copy."""
    if isinstance(before, np.ndarray) and isinstance(after, np.ndarray):
        if before.shape == after.shape and before.dtype == after.dtype and before.flags.writeable:
            np.copyto(before, after)
    elif isinstance(before, list) and isinstance(after, list):
        if len(before) == len(after):
            for i, item in enumerate(after):
                before[i] = _kept(before[i], item)
        else:
            before[:] = after
    elif isinstance(before, dict) and isinstance(after, dict):
        kept = {key: _kept(before.get(key), item) for key, item in after.items()}
        before.clear()
        before.update(kept)
    elif isinstance(before, set) and isinstance(after, set):
        before.clear()
        before.update(after)


def _kept(before: Any, after: Any) -> Any:
    """`before` with its content updated if both are the same kind of container, else `after`."""
    if type(before) is not type(after) or not isinstance(before, _OWN_MUTABLE):
        return after
    if isinstance(before, np.ndarray) and (before.shape != after.shape or before.dtype != after.dtype):
        return after
    copy_back(before, after)
    return before


def _whereabouts(connection: Connection, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str:
    """Which argument can't be packed, in words."""
    for name, arg in [*((f"argument {i + 1}", arg) for i, arg in enumerate(args)), *kwargs.items()]:
        try:
            connection.codec.pack(arg)
        except CannotCross:
            return f", {name}"
    return ""
