"""Estimate how much memory a JSON text takes once it is parsed, before it is; and decode it without wasting any.

Python stores a string with as many bytes per character as its widest character needs: 1 up to Latin-1, 2 in the Basic
Multilingual Plane, 4 beyond. So one emoji makes a long text four times as large.
"""

from __future__ import annotations

import json
import re
import sys

_MIB = 1 << 20
_SMALL = 2 * _MIB
"""A text of this size can't take much, whatever it holds."""

_FEW = 256 << 10
"""So many bytes that are not ASCII are escaped within a second."""

_LIST, _DICT, _ITEM, _MEMBER, _STRING = 100, 240, 48, 64, 80
"""Bytes per list, dict, further item, member and string, without their content, in CPython on a 64-bit machine."""

# Possessive, and the last quote optional: no text can make it look at a character twice.
_STRINGS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_BEYOND_LATIN_1 = re.compile(rb"[\xc4-\xff]|\\u")
_BEYOND_BMP = re.compile(rb"[\xf0-\xff]|\\u[dD][89abAB]")
_NOT_ASCII = re.compile(rb"[\x80-\xff]+")
_NOT_ASCII_BYTES = bytes(range(0x80, 0x100))


def takes_more(content: bytes, most_bytes: int) -> bool:
    """Return whether a JSON text may take more memory than `most_bytes` while it is decoded and parsed.

    Parameters
    ----------
    content : bytes
        Anything; its own memory is not counted.
    most_bytes : int
    """
    if len(content) <= _SMALL:
        return False
    is_utf8 = json.detect_encoding(content).startswith("utf-8")
    # Two bytes or more per character in the other encodings.
    text_bytes = len(content) * (_text_width(content) if is_utf8 else 2)
    string_bytes = len(content) * (_per_character(content) if is_utf8 else 3.2)
    if text_bytes + string_bytes + _STRING * content.count(b'"') + _structure(content) <= most_bytes:
        return False
    return not is_utf8 or _counts_more(content, most_bytes - text_bytes)


def decode(content: bytes) -> tuple[str, str]:
    """Return a JSON text, and how it was encoded if not as it should be."""
    encoding = json.detect_encoding(content)
    if encoding.startswith("utf-8") and len(content) > _SMALL and _text_width(content) < _width(content):
        try:
            text = _NOT_ASCII.sub(_escape, content).decode("ascii")
        except UnicodeDecodeError:
            return content.decode("latin-1"), "not UTF-8"
    else:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            # Latin 1 takes any byte, and agrees with the Windows code page on all letters.
            return content.decode("latin-1"), "not UTF-8"
    return text, {"utf-8": "", "utf-8-sig": "UTF-8 with a byte order mark"}.get(encoding, encoding.upper())


def _escape(found: re.Match[bytes]) -> bytes:
    """Write characters as JSON escapes, so that the text stays one byte wide; a byte order mark is left out."""
    characters = found[0].decode("utf-8" if found.start() else "utf-8-sig")
    return json.dumps(characters)[1:-1].encode()


def _counts_more(content: bytes, most_bytes: int) -> bool:
    """Whether values take more than `most_bytes`, counted string by string; stops as soon as they do."""
    taken = float(len(content))  # digits, which are copied before they are read
    end = 0
    for string in _STRINGS.finditer(content):
        start, before = string.start(), end
        end = string.end()
        taken += (
            _STRING + (_per_character(content, start, end) - 1) * (end - start) + _structure(content, before, start)
        )
        if taken > most_bytes:
            return True
    return taken + _structure(content, end) > most_bytes


def _structure(content: bytes, start: int = 0, end: int = sys.maxsize) -> int:
    """What the lists, dicts and small numbers of a part of a text take at most."""
    return (
        _LIST * content.count(b"[", start, end)
        + _DICT * content.count(b"{", start, end)
        + _ITEM * content.count(b",", start, end)
        + _MEMBER * content.count(b":", start, end)
    )


def _text_width(content: bytes) -> int:
    """Bytes per character of the text that :func:`decode` makes of UTF-8."""
    width = _width(content)
    if width > 1 and len(content) - len(content.translate(None, _NOT_ASCII_BYTES)) <= _FEW:
        return 1
    return width


def _per_character(content: bytes, start: int = 0, end: int = sys.maxsize) -> float:
    """Bytes per character of a string while it is made, with a reserve; a wide one is begun as a narrow one."""
    width = _width(content, start, end)
    return 1.25 * (width + 1) if width > 1 else 1.25


def _width(content: bytes, start: int = 0, end: int = sys.maxsize) -> int:
    """Bytes per character of UTF-8, raw or with JSON's escapes."""
    if not _BEYOND_LATIN_1.search(content, start, end):
        return 1
    return 4 if _BEYOND_BMP.search(content, start, end) else 2
