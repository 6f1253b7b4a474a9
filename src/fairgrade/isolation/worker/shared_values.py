"""Names and containers that a test shares with the student's code, and what the code made of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from .format import CannotCross
from .mutation import copy_back, is_mutable
from .references import References
from .shell import CellShell

_MISSING = object()


class SharedValues:
    """What tests hold as well.

    Parameters
    ----------
    shell : CellShell
        Its namespace holds the notebook's names.
    references : References
    """

    def __init__(self, shell: CellShell, references: References) -> None:
        self._shell = shell
        self._references = references
        self._shared: dict[str, tuple[Any, bytes]] = {}

    def take_held(self, held: list[list[Any]]) -> list[tuple[int, Any, bytes]]:
        """Take what tests made of the containers they hold, and return these as they are now."""
        found = []
        for number, value, content in self._references.still_tied(held):
            if content is not None:
                copy_back(value, content)
            found.append((number, value, self.frozen(value)))
        return found

    def take_names(self, given: dict[str, Any], gone: list[str]) -> None:
        """Bind and unbind the names a test shares."""
        for name in gone:
            self._shared.pop(name, None)
            self._shell.user_ns.pop(name, None)
        for name, value in given.items():
            self._shell.user_ns[name] = value
            self._shared[name] = value, self._frozen_container(value)

    def changes(self, tied: list[tuple[int, Any, bytes]]) -> list[list[Any]]:
        """Return what the code has changed since :meth:`take_held` returned `tied`."""
        found: list[list[Any]] = [["tied", n, value] for n, value, before in tied if self.frozen(value) != before]
        for name, (value, before) in list(self._shared.items()):
            now = self._shell.user_ns.get(name, _MISSING)
            if now is _MISSING:
                continue
            frozen = self._frozen_container(now)
            if now is not value or frozen != before:
                self._shared[name] = now, frozen
                found.append(["name", name, now])
        return found

    def mutable(self, args: list[Any], kwargs: dict[str, Any]) -> list[tuple[Any, Any, bytes]]:
        """Return the arguments that the other side wants to know about if they change, each with how it is now."""
        return [
            (key, arg, self.frozen(arg))
            for key, arg in (*enumerate(args), *kwargs.items())
            if is_mutable(type(arg)) or id(arg) in self._references.given
        ]

    def plain(self, arg: Any) -> Any:
        """Return an argument as it is sent back: an object of a given class as its attributes."""
        return vars(arg) if id(arg) in self._references.given else arg

    def frozen(self, value: Any) -> bytes:
        """Return something that differs once the content of `value` does."""
        value = self.plain(value)
        if type(value) is np.ndarray and value.dtype.kind != "O":
            return value.tobytes()
        try:
            return self._references.codec.pack(value)
        except CannotCross:
            return b""

    def _frozen_container(self, value: Any) -> bytes:
        return self.frozen(value) if is_mutable(type(value)) else b""
