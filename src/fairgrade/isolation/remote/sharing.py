"""State that a test and the student's code share: global names a test assigns, and containers of the student's.

In a kernel both would use the same object. Here each side has a copy, and changes are sent to the other side with
the next question or answer. Two rules say what is shared. A name that a test assigns is sent to the student's process
only if the solution in the source notebook reads it, for what a test assigns may be the answer. A list, dict, set or
array is shared once a test has read it from the student's notebook, by its name or as an attribute, for as long as
the test holds it.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from fairgrade.isolation.remote.expose import Callbacks
from fairgrade.isolation.remote.libraries import loaded
from fairgrade.isolation.worker.format import CannotCross, WireError
from fairgrade.isolation.worker.messages import BindNames, frame
from fairgrade.isolation.worker.mutation import copy_back, is_mutable
from fairgrade.isolation.worker.wire import Codec

_MISSING = object()
_UNHELD = 3
"""The reference count of a container that only the table below holds, plus one."""


@dataclass
class _Tied:
    """A copy of a container of which the student's process has the original, and its content when they were equal."""

    value: Any
    frozen: bytes


class Sharing:
    """The state that one student's process shares with the tests."""

    def __init__(self, codec: Codec, callbacks: Callbacks) -> None:
        self._codec = codec
        self._callbacks = callbacks
        self.tied: dict[int, _Tied] = {}
        self._numbers: dict[int, int] = {}
        self._given: dict[str, tuple[Any, bytes | None]] = {}

    # -- containers of the student's --------------------------------------------------------------

    def tie(self, number: int, value: Any, frozen: bytes) -> Any:
        """Return the container to hand to the test: the one it holds already, with its new content, or a new one."""
        known = self.tied.get(number)
        if known is not None and type(known.value) is type(value):
            if known.frozen != frozen:
                copy_back(known.value, value)
                known.frozen = frozen
            return known.value
        self.tied[number] = _Tied(value, frozen)
        self._numbers[id(value)] = number
        return value

    def number_of(self, value: Any) -> int | None:
        """Return the number of a container that is shared."""
        return self._numbers.get(id(value))

    def held(self) -> list[list[Any]]:
        """List the shared containers that tests still hold: number, and content if a test changed it, else None."""
        found: list[list[Any]] = []
        for number, tied in list(self.tied.items()):
            try:
                frozen = self._codec.pack(tied.value)
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

    def names(self, names: dict[str, Any], assigned: Iterable[str]) -> bytes | None:
        """Return a message with what tests assigned to shared names since the last question; None if nothing."""
        changed, gone = {}, []
        for name in assigned:
            value = dict.get(names, name, _MISSING)
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
        with self._callbacks.standing():
            return self._codec.pack(frame(BindNames(changed, gone)))

    def _packed(self, value: Any) -> bytes:
        if isinstance(value, type) and value.__module__ == "__main__":
            raise CannotCross("a class of the test's own")
        with self._callbacks.standing():
            return self._codec.pack(value)

    # -- what the student's code changed ----------------------------------------------------------

    def take(self, changes: Iterable[Any], names: dict[str, Any]) -> None:
        """Make the changes that an answer tells of, to shared containers and to `names`.

        Raises
        ------
        WireError
            If it is about something that is not shared.
        """
        for kind, key, value in changes:
            if kind == "name" and key in self._given:
                before, after = self._given[key][0], value
                if is_mutable(type(before)) and type(before) is type(after):
                    copy_back(before, after)
                    after = before
                dict.__setitem__(names, key, after)
                self._given[key] = after, self._frozen(after) if is_mutable(type(after)) else None
            elif kind == "tied" and key in self.tied:
                tied = self.tied[key]
                copy_back(tied.value, value)
                tied.frozen = self._frozen(tied.value)
            elif kind == "warned":
                text, file, line = value
                warnings.warn_explicit(str(text)[:10_000], _category(key), str(file)[:1000], int(line))
            else:
                raise WireError("a change of something that is not shared")

    def _frozen(self, value: Any) -> bytes:
        try:
            return self._codec.pack(value)
        except CannotCross:
            return b""


def _category(lineage: Any) -> type[Warning]:
    """Return the class of a warning, or the nearest one that is known here."""
    for module, name in lineage:
        found = loaded(module, name)
        if isinstance(found, type) and issubclass(found, Warning) and module != "__main__":
            return found
    return UserWarning
