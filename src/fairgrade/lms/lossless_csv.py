"""Separated values, edited in place: what is not set stays byte for byte as it was.

The standard library's csv module reads values and forgets encoding, quoting, line ends and trailing blanks; learning
management systems refuse files that lost them.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from pathlib import Path

DELIMITERS = ",;\t"

_FIRST_ROW = re.compile(r'(?:[^"\r\n]|"[^"]*")*')
"""The text up to the first line end that is not within quotes."""

BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


class NotATable(ValueError):
    """The file can't be read as separated values; the message says why."""


class Table:
    """Rows of fields, each kept as it stands in the file.

    Parameters
    ----------
    content : bytes
        The file.

    Attributes
    ----------
    delimiter : str
        Comma, semicolon or tab.

    Raises
    ------
    NotATable
        If the file is empty, or ends within quotes.
    """

    def __init__(self, content: bytes) -> None:
        self._bom, self._encoding = next(
            ((bom, encoding) for bom, encoding in BOMS if content.startswith(bom)), (b"", "utf-8")
        )
        try:
            text = content[len(self._bom) :].decode(self._encoding)
        except UnicodeDecodeError:
            self._encoding = "latin-1"  # which every byte is a character of, so that none is lost
            text = content.decode(self._encoding)
        first = next(_FIRST_ROW.finditer(text)).group()
        if not first.strip():
            raise NotATable("expected a row of column names, got an empty file or line.")
        self.delimiter = max(DELIMITERS, key=_outside_quotes(first).__getitem__)
        self._rows = _split(text, self.delimiter)

    @classmethod
    def read(cls, path: Path) -> Table:
        """Read a file."""
        return cls(path.read_bytes())

    def __len__(self) -> int:
        return len(self._rows)

    def row(self, number: int) -> list[str]:
        """Return the values of a row, without quotes; the first row has the column names."""
        return [_value(field) for field in self._rows[number][:-1]]

    def set(self, row: int, column: int, value: str) -> None:
        """Set a value; it is quoted as the value before it was, or where it has to be."""
        before = self._rows[row][column]
        needs = any(character in value for character in (self.delimiter, '"', "\n", "\r"))
        if needs or before.strip().startswith('"'):
            value = '"' + value.replace('"', '""') + '"'
        self._rows[row][column] = value

    def to_bytes(self) -> bytes:
        """Return the file."""
        text = "".join(self.delimiter.join(fields) + end for *fields, end in self._rows)
        return self._bom + text.encode(self._encoding)


def _outside_quotes(line: str) -> Counter[str]:
    """Count the characters of a line that are not within quotes."""
    return Counter("".join(line.split('"')[::2]))


def _split(text: str, delimiter: str) -> list[list[str]]:
    """Split a text into rows of fields as they stand, each followed by its line end."""
    rows, fields, start, quoted, at = [], [], 0, False, 0
    while at < len(text):
        character = text[at]
        if character == '"':
            quoted = not quoted
        elif not quoted and character == delimiter:
            fields.append(text[start:at])
            start = at + 1
        elif not quoted and character in "\r\n":
            end = "\r\n" if text.startswith("\r\n", at) else character
            rows.append([*fields, text[start:at], end])
            at += len(end) - 1
            fields, start = [], at + 1
        at += 1
    if quoted:
        raise NotATable("expected every quote to be closed, got a file that ends within one.")
    if start < len(text) or fields:
        rows.append([*fields, text[start:], ""])
    return rows


def _value(field: str) -> str:
    text = field.strip()
    if len(text) >= 2 and text[0] == text[-1] == '"':
        return text[1:-1].replace('""', '"')
    return text
