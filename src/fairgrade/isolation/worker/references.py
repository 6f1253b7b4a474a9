"""References: the numbers under which the other side may speak of a student's object, and what it is told of it."""

from __future__ import annotations

import importlib
import inspect
import types
from collections.abc import Mapping, Set
from typing import Any

import msgpack

from .format import BUILT, EXPOSED, NAMED, REFERENCE, SAME, TIED, CannotCross, WireError
from .messages import ClassDescription, SameArgument, frame
from .wire import Codec

INSTANCE, CLASS, FUNCTION, BUILTIN, METHOD, MODULE, GENERATOR, ITERATOR, COROUTINE = range(9)

MAX_REFERENCES = 200_000
MAX_CLASSES = 2_000
MAX_DOC = 10_000
"""Characters of a docstring."""
MOST_TIED_BYTES = 1 << 20
"""A larger container is a copy: looking whether it has changed would take longer than most calls."""

SPECIAL = frozenset(
    f"__{name}__"
    for name in """
    call len iter next getitem setitem delitem contains reversed enter exit bool float int complex index abs neg pos
    invert round eq ne lt le gt ge hash str format add radd sub rsub mul rmul truediv rtruediv floordiv rfloordiv
    mod rmod pow rpow matmul rmatmul and rand or ror xor rxor lshift rshift iadd isub imul itruediv set_name
    """.split()  # noqa: SIM905 - as a list it would be a page
)
"""What a proxy's class can have of its own, so that ``callable``, ``len`` and the like answer as in process."""


class FunctionStub:
    """A function on the trusted side that the student's code may call while it is lent and a test waits."""

    def __init__(self, number: int, name: str, call: Any) -> None:
        self._number = number
        self._call = call
        self.__name__ = self.__qualname__ = name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._call(self._number, args, kwargs)


def _iterate(step: FunctionStub) -> Any:
    """Iterate over the items of a test's iterator."""
    while True:
        try:
            item = step()
        except StopIteration:
            return
        yield item


class References:
    """The table of objects the other side holds references to."""

    def __init__(self, call_exposed: Any) -> None:
        self._objects: list[Any] = []
        self._numbers: dict[int, int] = {}
        self._call_exposed = call_exposed
        self._lent: dict[int, Any] = {}
        self._iterators: dict[int, int] = {}
        self._described: set[int] = set()
        self.descriptions: list[bytes] = []
        self._tied: dict[int, Any] = {}
        self._ties = 0
        self.names: Any = dict
        self.given: dict[int, Any] = {}
        self.codec = Codec(self.refer, self.resolve, writable=True)

    def number(self, value: Any) -> int:
        """Return the reference of `value`, the same each time."""
        number = self._numbers.get(id(value))
        if number is None:
            if len(self._objects) >= MAX_REFERENCES:
                raise CannotCross("an object beyond the number of references one submission may give out")
            number = len(self._objects)
            self._objects.append(value)  # kept alive, so that its id stays its own
            self._numbers[id(value)] = number
        return number

    def _built(self, how: str, *parts: Any) -> Any:
        """Make an object that a test passes: of a class the notebook defines, or as its library says to make it."""
        if how == "given":
            name, state = parts
            cls = self.names()[name]
            made = cls.__new__(cls)
            vars(made).update(state)
            self.given[id(made)] = made
            return made
        make, args, state, items, pairs = parts
        made = make(*args)
        if state is not None and hasattr(made, "__setstate__"):
            made.__setstate__(state)
        elif state is not None:
            plain, slots = state if type(state) is tuple and len(state) == 2 else (state, None)
            vars(made).update(plain or {})
            for name, value in (slots or {}).items():
                setattr(made, name, value)
        for item in items or ():
            made.append(item)
        for key, value in pairs or ():
            made[key] = value
        return made

    def tie(self, value: Any) -> Any:
        """Return a container as its content and a number, so that the other side can tell of changes."""
        packed = self.codec.pack(value)
        if len(packed) > MOST_TIED_BYTES:
            return value
        number = next((n for n, known in self._tied.items() if known is value), None)
        if number is None:
            number = self._ties = self._ties + 1
            self._tied[number] = value
        return msgpack.ExtType(TIED, msgpack.packb([number, packed]))

    def still_tied(self, held: list[list[Any]]) -> list[tuple[int, Any, Any]]:
        """Return the containers that the other side still holds, each with its new content; forget the others."""
        self._tied = {number: self._tied[number] for number, _ in held}
        return [(number, self._tied[number], content) for number, content in held]

    def find(self, number: int) -> Any:
        """Return the object with this number."""
        return self._objects[number]

    def refer(self, value: Any) -> tuple[int, bytes]:
        """`value` as an extension: its number, kind, class and name."""
        kind = type(value)
        if kind is SameArgument:
            return SAME, msgpack.packb(value.key)
        if kind is FunctionStub:
            return EXPOSED, msgpack.packb(value._number)
        if id(value) in self._iterators:
            return EXPOSED, msgpack.packb(self._iterators[id(value)])
        what = _kind(value, kind)
        named = value if what in (CLASS, FUNCTION, BUILTIN, MODULE) else kind
        name = named.__name__ if isinstance(named, type) else getattr(named, "__name__", "")
        name = str(name)
        of_class = self._class_number(kind) if what in (INSTANCE, ITERATOR) else 0
        module = str(getattr(value, "__module__", "")) if what == CLASS else ""
        number = self._class_number(value) if what == CLASS else self.number(value)
        content = [number, what, of_class, name[:200], module[:200]]
        return REFERENCE, msgpack.packb(content, unicode_errors="replace")

    def resolve(self, code: int, payload: bytes) -> Any:
        """Return the object behind a reference that comes back."""
        if code == BUILT:
            return self._built(*self.codec.unpack(payload))
        content = msgpack.unpackb(payload)
        if code == REFERENCE:
            return self._objects[content]
        if code == TIED:
            return self._tied[content]
        if code == EXPOSED:
            number, name, iterates = content
            lent = self._lent.get(number)
            if lent is None:
                lent = FunctionStub(number, name, self._call_exposed)
                if iterates:
                    lent = _iterate(lent)
                    self._iterators[id(lent)] = number
                self._lent[number] = lent  # the same each time, and an iterator's id stays its own
            return lent
        if code == NAMED:
            found = importlib.import_module(content[0])
            for part in filter(None, content[1].split(".")):
                found = getattr(found, part)
            return found
        raise WireError("an unknown extension")

    def _class_number(self, cls: type) -> int:
        """Return the reference of a class, and describe it to the other side the first time."""
        number = self.number(cls)
        if number not in self._described:
            if len(self._described) >= MAX_CLASSES:
                raise CannotCross("an object of a class beyond the number of classes one submission may give out")
            try:
                description = self._describe(cls, number)
            except Exception as error:  # a metaclass has ways to refuse
                raise CannotCross(f"an object of a class that can't be described ({type(error).__name__})") from None
            self._described.add(number)
            self.descriptions.append(self.codec.pack(frame(description)))
        return number

    def _describe(self, cls: type, number: int) -> ClassDescription:
        special: set[str] = set()
        builtin_base = ""
        for base in type.__getattribute__(cls, "__mro__"):
            module = getattr(base, "__module__", "")
            if base is object:
                continue
            special.update(name for name in base.__dict__ if name in SPECIAL and base.__dict__[name] is not None)
            if module == "builtins" and not builtin_base:
                builtin_base = base.__name__
        own = [base for base in cls.__bases__ if getattr(base, "__module__", "") == "__main__"]
        doc = inspect.getdoc(cls) if "__doc__" in cls.__dict__ else None
        return ClassDescription(
            number,
            str(cls.__name__),
            str(cls.__qualname__),
            str(cls.__module__),
            None if doc is None else str(doc)[:MAX_DOC].encode(errors="replace").decode(),
            sorted(special),
            [self._class_number(base) for base in own],  # described before it
            builtin_base,
            [[str(base.__module__), str(base.__qualname__)] for base in cls.__mro__ if base.__module__ != "__main__"],
            _is_content(cls),
        )


_CONTENT = (list, dict, set, tuple, Mapping, Set)


def _is_content(cls: type) -> bool:
    """Whether objects of a class are containers of Python's own kinds, or a library's that are like them."""
    try:
        return issubclass(cls, _CONTENT) and (cls.__module__ != "__main__" or issubclass(cls, _CONTENT[:4]))
    except TypeError:  # abstract classes look it up, and a metaclass can make that impossible
        return False


def _kind(value: Any, kind: type) -> int:
    if issubclass(kind, type):
        return CLASS
    if kind is types.FunctionType:
        return FUNCTION
    if kind is types.BuiltinFunctionType or kind.__module__ == "functools" or kind.__name__ == "ufunc":
        return BUILTIN
    if kind is types.MethodType:
        return METHOD
    if kind is types.ModuleType:
        return MODULE
    if kind is types.GeneratorType:
        return GENERATOR
    if kind is types.CoroutineType:
        return COROUTINE
    return INSTANCE
