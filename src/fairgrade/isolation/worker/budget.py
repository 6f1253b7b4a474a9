"""The memory a message will take once it is decoded, known before: one byte of it can become a hundred.

The grading process has to hold the values that a student's process sends. So it weighs each message first, in one pass
along its bytes, and takes no more than it has room for. Weights are bytes of memory, rather too many than too few;
values that take time but no memory weigh as if they took memory.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

MAX_EQUAL_HASHES = 64
"""Keys of one dict or set: each is compared with all others of its hash, and a sender can make all hashes equal."""

FREE_BYTES = 256
"""Messages shorter than this are not weighed: they can't become much, and there are many of them."""

# Runs of the same kind of number, which lists are full of, are taken at once.
_ONE_BYTE = re.compile(rb"(?:[\x00-\x7f\xe0-\xff\xc0\xc2\xc3]|\xcc.)++", re.DOTALL)
_SHORT = re.compile(rb"(?:[\xca\xce\xd2].{4}|[\xcd\xd1]..|\xd0.)++", re.DOTALL)
_LONG = re.compile(rb"(?:[\xcb\xcf\xd3].{8})++", re.DOTALL)

_LENGTHS = {
    0xC4: 1, 0xC5: 2, 0xC6: 4, 0xD9: 1, 0xDA: 2, 0xDB: 4, 0xDC: 2, 0xDD: 4, 0xDE: 2, 0xDF: 4, 0xC7: 1, 0xC8: 2, 0xC9: 4,
}  # fmt: skip
"""By first byte, in how many bytes the length follows."""


class TooMuch(ValueError):
    """More than there is room for."""


class Budget:
    """What may still be taken of a student's process; whoever decodes charges for it.

    Parameters
    ----------
    most_bytes : int
    """

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self.left = most_bytes

    def renew(self) -> None:
        """Start anew: what was taken so far is no longer held."""
        self.left = self.most_bytes

    def charge(self, weight: int) -> None:
        """Take `weight` off.

        Raises
        ------
        TooMuch
            If there is no room for it.
        """
        self.left -= weight
        if self.left < 0:
            raise TooMuch(f"it would take more than {self.most_bytes >> 20} MiB of memory")

    def charge_message(self, data: bytes | memoryview) -> None:
        """Take the weight of a message off, but for what is within its extensions, which are messages of their own.

        Raises
        ------
        TooMuch
        """
        data = bytes(data)
        self.charge(len(data))
        at = 0
        while at < len(data):
            first = data[at]
            if first < 0x80 or first >= 0xE0 or first in b"\xc0\xc2\xc3\xcc":
                end, weight = _run(_ONE_BYTE, data, at, 0)
            elif first in b"\xcb\xcf\xd3":
                end, weight = _run(_LONG, data, at, 4)
            elif 0xCA <= first <= 0xD3 and first not in b"\xc7\xc8\xc9":
                end, weight = _run(_SHORT, data, at, 16)
            else:
                end, weight = _item(data, at, first)
            self.charge(weight)
            at = end


def check_hashes(keys: Sequence[Any]) -> None:
    """Look at keys that the sender chose, before a dict or a set is made of them.

    Raises
    ------
    TooMuch
        If too many have one hash.
    """
    if len(keys) > MAX_EQUAL_HASHES and max(Counter(map(hash, keys)).values()) > MAX_EQUAL_HASHES:
        raise TooMuch("too many keys of one hash")


def _run(kind: re.Pattern[bytes], data: bytes, at: int, weight_per_byte: int) -> tuple[int, int]:
    """Return where a run of numbers ends, and its weight; one that is cut off ends the message."""
    found = kind.match(data, at)
    return (len(data), 0) if found is None else (found.end(), weight_per_byte * (found.end() - at))


def _item(data: bytes, at: int, first: int) -> tuple[int, int]:
    """Return where an item that is no number ends, or its header if it holds items, and its weight."""
    width = _LENGTHS.get(first, 0)
    start = at + 1 + width
    size = int.from_bytes(data[at + 1 : start], "big")
    if first < 0x90:
        return start, _dict(first & 15)
    if first < 0xA0:
        return start, _list(first & 15)
    if first < 0xC0:
        size = first & 31
        return start + size, 56 + 4 * size
    if first in b"\xd9\xda\xdb":
        text = data[start : start + size]
        return start + size, 56 + (1 if text.isascii() else 4) * len(text)
    if first in b"\xc4\xc5\xc6":
        return start + size, 40 + min(size, len(data))
    if first in b"\xdc\xdd\xde\xdf":
        # Room is made for as many as are promised, before there are any.
        return start, (_list if first < 0xDE else _dict)(size)
    size = 1 << (first - 0xD4) if first >= 0xD4 else size
    return start + 1 + size, 120 + 2 * min(size, len(data))


def _list(length: int) -> int:
    return 72 + 16 * length


def _dict(length: int) -> int:
    return 80 + 180 * length
