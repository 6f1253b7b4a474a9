"""The student's objects as tests see them: stand-ins that ask the student's process, and get values back.

A stand-in answers what the object itself would: it can be called, indexed, iterated, compared with
another of the student's, asked for its type, name, signature and source. It does not take part in
arithmetic or comparison with a test's own values unless the test has named its class: an object that
claims to equal 0.25 must not pass for 0.25. Nothing a student's process sends can choose which code
runs here: special methods come from a fixed list, and modules and exceptions from what is known here.
"""

from __future__ import annotations

import builtins
import importlib
import inspect
import linecache
import types
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from fairgrade.isolation.worker.objects import (
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
from fairgrade.isolation.worker.wire import WireError

if TYPE_CHECKING:
    from fairgrade.isolation.link import Connection

_READABLE = frozenset(
    [
        "__name__",
        "__qualname__",
        "__doc__",
        "__module__",
        "__dict__",
        "__annotations__",
        "__defaults__",
        "__kwdefaults__",
        "__wrapped__",
        "__self__",
        "__func__",
        "__version__",
        "__file__",
        "__all__",
        "__init__",
        "__post_init__",
        "__slots__",
        "__dataclass_fields__",
        "__match_args__",
        "__members__",
    ]
)
"""Special attributes that are only read. Others, such as NumPy's array interfaces, would be acted upon."""

_OWN = ("_fairgrade_connection", "_fairgrade_number", "_fairgrade_origin")

LONGEST = 100_000_000


def _ask(proxy: Any, operation: str, *args: Any, **kwargs: Any) -> Any:
    if issubclass(type(proxy), type):
        link = type.__getattribute__(proxy, "_fairgrade_link")
    else:
        link = object.__getattribute__(proxy, "_fairgrade_connection").link
    return link.do(operation, proxy, args, kwargs)


def _may_read(name: str) -> None:
    if name.startswith("__") and name.endswith("__") and name not in _READABLE and name not in SPECIAL:
        raise AttributeError(name)
    if name.startswith(("_repr_", "_ipython_", "_fairgrade_")):  # how notebooks ask an object to show itself
        raise AttributeError(name)


class Remote:
    """A stand-in for one object of the student's."""

    __slots__ = (*_OWN, "__weakref__")

    _fairgrade_descriptors: frozenset[str] | None = None

    __array_ufunc__ = None  # NumPy then leaves arithmetic to us, and we refuse it

    def __init__(self, connection: Connection, number: int, origin: str | None = None) -> None:
        object.__setattr__(self, "_fairgrade_connection", connection)
        object.__setattr__(self, "_fairgrade_number", number)
        object.__setattr__(self, "_fairgrade_origin", origin)

    def __getattr__(self, name: str) -> Any:
        _may_read(name)
        return object.__getattribute__(self, "_fairgrade_connection").link.attribute(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        _may_read(name)
        connection = object.__getattribute__(self, "_fairgrade_connection")
        connection.methods.pop((object.__getattribute__(self, "_fairgrade_number"), name), None)
        descriptors = type.__getattribute__(type(self), "_fairgrade_descriptors")
        if descriptors is None or name in descriptors or connection.lost is not None:
            _ask(self, "setattr", name, value)
        else:
            connection.link.store(self, name, value)

    def __delattr__(self, name: str) -> None:
        _may_read(name)
        connection = object.__getattribute__(self, "_fairgrade_connection")
        connection.methods.pop((object.__getattribute__(self, "_fairgrade_number"), name), None)
        _ask(self, "delattr", name)

    def __repr__(self) -> str:
        return _text(_ask(self, "repr"))

    def __str__(self) -> str:
        return _text(_ask(self, "str"))

    def __format__(self, how: str) -> str:
        return _text(_ask(self, "format", how))

    def __dir__(self) -> list[str]:
        return [name for name in _ask(self, "dir") if isinstance(name, str)]

    def __eq__(self, other: object) -> Any:
        return self is other or (isinstance(other, Remote) and _same(self, other))

    def __hash__(self) -> int:
        return hash(("fairgrade", object.__getattribute__(self, "_fairgrade_number")))

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise TypeError("A student's object can't be pickled.")

    def __copy__(self) -> Any:
        raise TypeError("A student's object can't be copied here; build another one with the student's own code.")

    def __deepcopy__(self, memo: Any) -> Any:
        return self.__copy__()


def watched_by(connection: Connection, method: Any) -> list[Any] | None:
    """The instance a method is bound to, and its attributes read so far: they are worth sending with the answer."""
    owner = object.__getattribute__(method, "_fairgrade_origin")
    if owner is None or object.__getattribute__(owner, "_fairgrade_connection") is not connection:
        return None
    names = connection.read.get(object.__getattribute__(owner, "_fairgrade_number"))
    return [owner, names] if names else None


def _same(one: Any, other: Any) -> bool:
    numbers = [object.__getattribute__(proxy, "_fairgrade_number") for proxy in (one, other)]
    connections = [object.__getattribute__(proxy, "_fairgrade_connection") for proxy in (one, other)]
    return numbers[0] == numbers[1] and connections[0] is connections[1]


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise WireError("expected a string")
    return value


class RemoteFunction(Remote):
    """A function, method or other callable without a class of the student's own."""

    __slots__ = ()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return _ask(self, "call", *args, **kwargs)

    def _fairgrade_call_each(self, inputs: list[Any]) -> list[Any]:
        """Call it with each of `inputs`, in one question; see :func:`fairgrade.grading.each`."""
        values = _ask(self, "each", inputs)
        if type(values) is not list or len(values) != len(inputs):
            raise WireError("expected a value for each input")
        return values

    @property  # type: ignore[misc]
    def __class__(self) -> Any:  # isinstance and inspect ask for it
        return types.FunctionType

    @property
    def __signature__(self) -> inspect.Signature:
        return _signature(_ask(self, "signature"))

    @property
    def __code__(self) -> types.CodeType:
        return _code(_ask(self, "code"))

    @property
    def __doc__(self) -> Any:  # type: ignore[override]
        return _ask(self, "getattr", "__doc__")

    @property
    def __module__(self) -> Any:  # type: ignore[override]
        return _ask(self, "getattr", "__module__")


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
        return _ask(self, "getattr", "__doc__")


class RemoteGenerator(Remote):
    """A generator or coroutine."""

    __slots__ = ()

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return types.GeneratorType

    def __iter__(self) -> RemoteGenerator:
        return self

    def __next__(self) -> Any:
        return _ask(self, "next")


# -- instances, whose classes are made to measure ---------------------------------------------------


class RemoteClass(type):
    """The type of the stand-ins for the student's classes, which are classes here, too."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        return _ask(cls, "call", *args, **kwargs)

    def __getattr__(cls, name: str) -> Any:
        _may_read(name)
        return _ask(cls, "getattr", name)

    def __setattr__(cls, name: str, value: Any) -> None:
        _may_read(name)
        _ask(cls, "setattr", name, value)

    def __repr__(cls) -> str:
        return f"<class '__main__.{cls.__name__}'>"

    def __instancecheck__(cls, value: Any) -> bool:
        return type.__instancecheck__(cls, value)

    @property
    def __signature__(cls) -> inspect.Signature:
        return _signature(_ask(cls, "signature"))


def _operator(name: str) -> Any:
    def method(self: Any, *operands: Any) -> Any:
        cls = type(self)
        known = type.__getattribute__(cls, "_fairgrade_named") or all(issubclass(type(x), Remote) for x in operands)
        if not known:
            if name in ("__eq__", "__ne__"):
                return name == "__ne__"
            raise TypeError(
                f"{name.strip('_')}: expected values, got an object of the student's class {cls.__name__!r}. "
                "A test that means to work with this class has to name it."
            )
        value = _ask(self, "special", name, *operands)
        return bool(value) if name in ("__eq__", "__ne__") and isinstance(value, bool) else value

    method.__name__ = name
    return method


def _len(self: Any) -> int:
    length = _ask(self, "len")
    if type(length) is not int or not 0 <= length <= LONGEST:
        raise ValueError(f"len: expected an int from 0 to {LONGEST}, got {length!r:.60}.")
    return length


def _iter(self: Any) -> Iterator[Any]:
    connection = object.__getattribute__(self, "_fairgrade_connection")
    iterator = _ask(self, "iter")
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
        value = _ask(self, operation, *args)
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
    "__next__": lambda self: _ask(self, "next"),
    "__getitem__": lambda self, key: _ask(self, "getitem", key),
    "__setitem__": lambda self, key, value: _ask(self, "setitem", key, value),
    "__delitem__": lambda self, key: _ask(self, "delitem", key),
    "__contains__": lambda self, value: bool(_ask(self, "contains", value)),
    "__reversed__": lambda self: iter(_ask(self, "reversed")),
    "__enter__": lambda self: _ask(self, "special", "__enter__"),
    "__exit__": lambda self, *error: bool(_ask(self, "special", "__exit__", None, None, None)),
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
            error.__dict__.update(zip(_OWN, (connection, number, None), strict=True))
            return error
        known = connection.stand_ins.get(number)  # so that `is` holds
        if known is not None and type(known) is cls:
            return known
        instance = connection.stand_ins[number] = object.__new__(cls)
        Remote.__init__(instance, connection, number)
        return instance
    makers = {
        FUNCTION: RemoteFunction, BUILTIN: RemoteBuiltin, METHOD: RemoteMethod, MODULE: RemoteModule,
        GENERATOR: RemoteGenerator, COROUTINE: RemoteGenerator,
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
    if not isinstance(content, list) or len(content) != 8:
        raise WireError("a class that is not described")
    name, qualname, module, doc, special, own_bases, builtin_base, descriptors = content
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
        "_fairgrade_descriptors": frozenset(map(str, descriptors)) if isinstance(descriptors, list) else None,
        "__qualname__": qualname, "__module__": module, "__doc__": doc if isinstance(doc, str) else None,
    }  # fmt: skip
    if not issubclass(bases[0], BaseException):
        own["__slots__"] = ()
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


def name_class(cls: Any, name: str) -> None:
    """Note that a test has named `cls`: its instances then take part in arithmetic with the test's own values."""
    type.__setattr__(cls, "_fairgrade_named", True)
    type.__setattr__(cls, "_fairgrade_name", name)


def _error_attribute(self: Any, name: str) -> Any:
    _may_read(name)
    if "_fairgrade_connection" not in self.__dict__:
        raise AttributeError(name)
    return self.__dict__["_fairgrade_connection"].link.do("getattr", self, (name,), {})


def _signature(content: Any) -> inspect.Signature:
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
    """A built-in type by its name, else the text."""
    found = getattr(builtins, text, text) if isinstance(text, str) else str(text)
    return found if isinstance(found, type | str) else text


def _code(content: Any) -> types.CodeType:
    """An empty code object that says where the student's function stands, for ``inspect.getsource``."""
    filename, line, name, argcount, positional, keyword, flags, variables, names, source = content
    file = f"<student {filename}>"
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
