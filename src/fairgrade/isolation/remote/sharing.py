"""What a test and the student's code both hold: globals a test assigns, and containers of the student's.

In one kernel both would be one object. Here each side has its copy, and what either changes is sent to the other
with the next question or answer. Two rules say what is shared. A name that a test assigns goes to the student's
process only if functions of the *source's* own solution read it: what a test assigns may be the answer. A container
is shared once the test has got it from the student's side, by its name or as an attribute, for as long as it holds it.
"""

from __future__ import annotations

import sys
import types
import warnings
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from fairgrade.isolation.worker.changes import copy_back, is_mutable
from fairgrade.isolation.worker.format import CannotCross, WireError

if TYPE_CHECKING:
    from fairgrade.isolation.remote.namespace import Namespace
    from fairgrade.isolation.remote.registry import Connection

_MISSING = object()
_UNHELD = 3
"""References to a container that nothing but the table below holds, while it is being counted."""


class Tied:
    """A container just decoded, of which the student's process has the original."""

    __slots__ = ("frozen", "number", "value")

    def __init__(self, number: int, value: Any, frozen: bytes) -> None:
        self.number, self.value, self.frozen = number, value, frozen


class Sharing:
    """What one student's process shares with the tests."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.tied: dict[int, Tied] = {}
        self.incoming: set[int] = set()
        self._numbers: dict[int, int] = {}
        self._given: dict[str, tuple[Any, bytes | None]] = {}

    # -- containers of the student's --------------------------------------------------------------

    def tie(self, tied: Tied) -> Any:
        """The container to hand to the test: the one it holds already, with the content that came, or a new one."""
        self.incoming.discard(tied.number)
        known = self.tied.get(tied.number)
        if known is not None and type(known.value) is type(tied.value):
            if known.frozen != tied.frozen:
                copy_back(known.value, tied.value)
                known.frozen = tied.frozen
            return known.value
        self.tied[tied.number] = tied
        self._numbers[id(tied.value)] = tied.number
        return tied.value

    def number_of(self, value: Any) -> int | None:
        """The number of a container that is shared."""
        return self._numbers.get(id(value))

    def held(self) -> list[list[Any]]:
        """The shared containers that tests still hold: their numbers, each with its content if a test changed it."""
        found: list[list[Any]] = [[number, None] for number in self.incoming]
        for number, tied in list(self.tied.items()):
            try:
                frozen = self._connection.codec.pack(tied.value)
            except CannotCross:  # the test put something of its own into it, which stays here
                continue
            if frozen != tied.frozen:
                found.append([number, tied.value])
                tied.frozen = frozen
            elif sys.getrefcount(tied.value) < _UNHELD:
                del self.tied[number], self._numbers[id(tied.value)]
            else:
                found.append([number, None])
        return found

    # -- globals of a test's ----------------------------------------------------------------------

    def names(self, namespace: Namespace) -> bytes | None:
        """What a test has assigned to shared names since the last question, as a message; None if nothing."""
        changed, gone = {}, []
        for name in namespace.assigned:
            value = dict.get(namespace, name, _MISSING)
            known = self._given.get(name)
            if value is _MISSING:
                if known is not None:
                    del self._given[name]
                    gone.append(name)
                continue
            try:
                packed = self._packed(value) if known is None or known[0] is not value or known[1] is not None else None
            except CannotCross:  # only in the grading process can it be
                continue
            if known is not None and known[0] is value and known[1] == packed:
                continue
            self._given[name] = value, packed if is_mutable(type(value)) else None
            changed[name] = value
        if not changed and not gone:
            return None
        with self._connection.callbacks.standing():
            return self._connection.codec.pack(["names", changed, gone])

    def _packed(self, value: Any) -> bytes:
        if isinstance(value, type) and value.__module__ == "__main__":
            raise CannotCross("a class of the test's own")
        with self._connection.callbacks.standing():
            return self._connection.codec.pack(value)

    # -- what the student's code changed ----------------------------------------------------------

    def take(self, changes: Iterable[Any], namespace: Namespace | None, settle: Any) -> None:
        """Take what an answer says has changed.

        Raises
        ------
        WireError
            If it is about something that is not shared.
        """
        for kind, key, value in changes:
            if kind == "name" and namespace is not None and key in self._given:
                before = self._given[key][0]
                after = settle(self._connection, value)
                if is_mutable(type(before)) and type(before) is type(after):
                    copy_back(before, after)
                    after = before
                dict.__setitem__(namespace, key, after)
                self._given[key] = after, self._frozen(after) if is_mutable(type(after)) else None
            elif kind == "tied" and key in self.tied:
                tied = self.tied[key]
                copy_back(tied.value, settle(self._connection, value))
                tied.frozen = self._frozen(tied.value)
            elif kind == "warned":
                text, file, line = value
                warnings.warn_explicit(str(text)[:10_000], _category(key), str(file)[:1000], int(line))
            else:
                raise WireError("a change of something that is not shared")

    def _frozen(self, value: Any) -> bytes:
        try:
            return self._connection.codec.pack(value)
        except CannotCross:
            return b""


def _category(lineage: Any) -> type[Warning]:
    """The class of a warning, or the nearest one that is known here."""
    for module, name in lineage:
        found = getattr(sys.modules.get(module), str(name), None) if isinstance(module, str) else None
        if isinstance(found, type) and issubclass(found, Warning) and module != "__main__":
            return found
    return UserWarning


def module_name(value: Any) -> str | None:
    """The name under which the student's process can import a module, too."""
    name = getattr(value, "__name__", None)
    if type(value) is types.ModuleType and isinstance(name, str) and sys.modules.get(name) is value:
        return name
    return None
