"""What a test will read next of a student's object: it comes along with the answer before, and costs no question.

A test does the same with each object of a class: it makes one, trains it, reads its weights. So what is read of one
object after it was made, or after one of its methods was called, is worth sending for the others.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Occasion = tuple[Any, str]
"""A class of the student's, and which of its methods was called; none when an object was made."""

MISSING = object()

_MOST_NAMES = 12
_UNREAD = 3
"""How often in a row an attribute comes along for nothing before it is left out."""


class Foresight:
    """Learns what to send along, and keeps it until the student's code runs again."""

    def __init__(self) -> None:
        self._worth: dict[Occasion, dict[str, int]] = {}
        self._last: dict[int, Occasion] = {}
        self._fresh: dict[tuple[int, str], tuple[Any, dict[str, int]]] = {}

    def names(self, occasion: Occasion, but: str | None = None) -> list[str]:
        """The attributes worth sending on an occasion, without the one that is asked for."""
        return [name for name in self._worth.get(occasion, ()) if name != but]

    def occasion(self, number: int) -> Occasion | None:
        """What was last called of the object with this number, so that what is read now is read after that."""
        return self._last.get(number)

    def forget(self) -> list[Any]:
        """The student's code is about to run: what was kept may hold no more, and is returned."""
        unread = [value for value, _ in self._fresh.values()]
        for (_, name), (_, worth) in self._fresh.items():
            worth[name] = worth.get(name, 0) + 1
            if worth[name] >= _UNREAD:
                del worth[name]
        self._fresh.clear()
        return unread

    def keep(self, number: int, occasion: Occasion, seen: Iterable[tuple[str, Any]] = ()) -> None:
        """After a call: which object it was about, and the attributes that came along."""
        self._last[number] = occasion
        for name, value in seen:
            self._fresh[number, name] = value, self._worth[occasion]

    def take(self, number: int, name: str) -> Any:
        """The attribute if it came along, for one reading; else ``MISSING``."""
        value, worth = self._fresh.pop((number, name), (MISSING, {}))
        worth[name] = 0
        return value

    def drop(self, number: int, name: str) -> None:
        """A test has set the attribute."""
        self._fresh.pop((number, name), None)

    def learn(self, number: int, name: str, *, stays: bool) -> None:
        """The attribute had to be asked for; one that stays, as methods do, is best told when an object is made."""
        occasion = self._last.get(number)
        if occasion is not None:
            worth = self._worth.setdefault((occasion[0], "") if stays else occasion, {})
            if len(worth) < _MOST_NAMES:
                worth[name] = 0
