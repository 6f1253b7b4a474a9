"""Functions of a test that student code may call: which ones, for how long and how often, and what they raise.

A function passed as an argument can be called during that call. The student's process gets a number for it; what
it sends reaches this one function and nothing else of the grading process. When the call has ended the number is
no longer valid, unless the call returned an object that may hold the function, such as a composed function or a
generator: while that object is called, the number is valid again.
"""

from __future__ import annotations

import contextlib
import itertools
import types
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from fairgrade.isolation.errors import Stopped
from fairgrade.isolation.worker.format import CannotCross, WireError
from fairgrade.isolation.worker.messages import Callback, Raised, Result, frame
from fairgrade.isolation.worker.wire import Codec

MOST_CALLS = 1_000_000
"""How often student code may call functions of a test within one question."""
MOST_NESTED = 32
"""How deeply such calls may be nested."""

_ITERATORS: tuple[type, ...] = (
    types.GeneratorType, map, filter, zip, enumerate, reversed,
    *(kind for kind in vars(itertools).values() if isinstance(kind, type) and hasattr(kind, "__next__")),
    *(type(iter(kind())) for kind in (list, tuple, dict, set, str, bytes)), type(iter(range(0))),
)  # fmt: skip


class Dead(RuntimeError):
    """Student code called a function after its time, or too often."""


class Exposed:
    """A function of a test that student code may call at any time; see :func:`~fairgrade.isolation.expose`."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.__name__ = str(getattr(function, "__name__", "function"))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.function(*args, **kwargs)


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


class Scope:
    """The functions that may be called within one question."""

    def __init__(self, inherited: Iterable[int]) -> None:
        self.numbers = set(inherited)
        self.calls = 0
        self.raised: list[BaseException] = []


class Callbacks:
    """The functions one student's process may call, by number."""

    def __init__(self) -> None:
        # By number. None is in the place of a function whose time is over, for a number is never given twice.
        self._functions: list[Any] = []
        self._exposed: dict[int, int] = {}
        self._scopes: list[Scope] = []
        self._running = 0
        self._standing = Scope(())
        self._stands: dict[int, int] = {}
        self._kept: dict[int, frozenset[int]] = {}

    def number(self, value: Any) -> tuple[int, str, bool]:
        """Return the number of a function or iterator, its name, and whether it is an iterator.

        Raises
        ------
        CannotCross
            If it is nothing to be called, or nothing is being asked.
        """
        if type(value) is Exposed:
            number = self._exposed.get(id(value))
            if number is None:
                number = self._exposed[id(value)] = self._add(value)
            return number, value.__name__, False
        if self._scopes and self._scopes[-1] is self._standing and id(value) in self._stands:
            return self._stands[id(value)], str(getattr(value, "__name__", "")), False
        iterates = isinstance(value, _ITERATORS)
        if isinstance(value, type) or not (iterates or callable(value)):
            raise CannotCross("no function")
        name = str(getattr(value, "__name__", type(value).__name__))
        if not self._scopes:
            raise CannotCross(f"the function {name!r}: pass expose(f) instead of f")
        number = self._add(value.__next__ if iterates else value)
        self._scopes[-1].numbers.add(number)
        if self._scopes[-1] is self._standing:
            self._stands[id(value)] = number
        return number, name, iterates

    def _add(self, function: Any) -> int:
        self._functions.append(function)
        return len(self._functions) - 1

    def begin(self, targets: Iterable[int]) -> Scope:
        """Begin a question about objects with these numbers: functions that they may hold are valid again."""
        scope = Scope(number for target in targets for number in self._kept.get(target, ()))
        self._scopes.append(scope)
        return scope

    @contextlib.contextmanager
    def standing(self) -> Iterator[None]:
        """Let functions numbered within the block be called by any question, as values of global names are."""
        self._scopes.append(self._standing)
        try:
            yield
        finally:
            self._scopes.pop()

    def end(self, scope: Scope, returned: Iterable[int]) -> None:
        """End a question; only functions that the returned objects may hold can be called again."""
        self._scopes.remove(scope)
        if not scope.numbers:
            return
        for target in returned:
            self._kept[target] = self._kept.get(target, frozenset()) | scope.numbers
        held = {number for numbers in self._kept.values() for number in numbers}
        held.update(number for other in (*self._scopes, self._standing) for number in other.numbers)
        for number in scope.numbers - held:
            self._functions[number] = None

    def find(self, number: Any) -> Any:
        """Return the function with this number.

        Raises
        ------
        WireError
            If there never was one.
        Dead
            If it may not be called now.
        """
        if type(number) is not int or not 0 <= number < len(self._functions):
            raise WireError("a call of something that was not exposed")
        function = self._functions[number]
        if type(function) is not Exposed and not any(
            number in scope.numbers for scope in (*self._scopes, self._standing)
        ):
            raise Dead("the call that this function was passed to has ended")
        if self._scopes:
            self._scopes[0].calls += 1
            if self._scopes[0].calls > MOST_CALLS:
                raise Dead(f"called more than {MOST_CALLS} times")
        return function.function if type(function) is Exposed else function

    def answer(self, call: Callback, codec: Codec) -> bytes:
        """Call the function that student code asks for, and return the message with what came of it.

        Raises
        ------
        WireError
            If the call is malformed, or there never was such a function.
        Stopped
            If the function asks a question that is not answered.
        """
        number, args, kwargs = call
        if self._running >= MOST_NESTED:
            raise WireError("calls of a test's functions within one another, too deep")
        if not all(type(key) is str for key in kwargs):
            raise WireError("a call with malformed arguments")
        self._running += 1
        try:
            return codec.pack(frame(Result(self.find(number)(*args, **kwargs))))
        except (Stopped, WireError):
            raise
        except Exception as error:
            lineage = [[base.__module__, base.__qualname__] for base in type(error).__mro__]
            plain = [arg for arg in error.args if type(arg) in (str, int, float, bool)]
            content = plain if len(plain) == len(error.args) else [str(error)[:1000]]
            return codec.pack(frame(Raised(lineage, content, self._note(error))))
        finally:
            self._running -= 1

    def same(self, number: Any) -> Any:
        """Return what a test passed, where student code hands it back.

        Raises
        ------
        WireError
            If there is no such function, or its time is over.
        """
        try:
            function = self.find(number)
        except Dead as error:
            raise WireError(str(error)) from None
        held = self._functions[number]
        return (
            held if type(held) is Exposed else getattr(function, "__self__", function) if _is_next(function) else held
        )

    def _note(self, error: BaseException) -> int:
        """Keep what a function of the test raised, in case student code lets it pass, and return its number."""
        raised = self._scopes[-1].raised if self._scopes else []
        raised.append(error)
        return len(raised) - 1

    def passed(self, number: Any) -> BaseException | None:
        """Return what a function of the test raised within this question; None if `number` is not that of one."""
        raised = self._scopes[-1].raised if self._scopes else []
        return raised[number] if type(number) is int and 0 <= number < len(raised) else None


def _is_next(function: Any) -> bool:
    return getattr(function, "__name__", "") == "__next__" and isinstance(
        getattr(function, "__self__", None), _ITERATORS
    )
