"""Named tuples: their classes are made again from names that the sender chose."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

from ..format import WireError

MAX_RECORDS = 64
"""Kinds of named tuples, each of which is a class."""


class RecordClasses:
    """The classes of named tuples that have arrived, one per name and fields."""

    def __init__(self) -> None:
        self._classes: dict[tuple[str, ...], Any] = {}

    def build(self, name: Any, fields: Any, values: Any) -> Any:
        """Return a record.

        Raises
        ------
        WireError, ValueError
            If the parts make none.
        """
        if not isinstance(name, str) or not isinstance(fields, list) or not isinstance(values, list):
            raise WireError("a record that is not a name, fields and values")
        if len(fields) != len(values) or len(fields) > 64:
            raise WireError("a record whose fields do not fit its values")
        if not all(type(text) is str and len(text) <= 200 for text in (name, *fields)):
            raise WireError("a record whose fields have no names")
        kind = (name, *fields)
        if kind not in self._classes:
            if len(self._classes) >= MAX_RECORDS:
                raise WireError("too many kinds of records")
            # namedtuple itself refuses what is not an identifier, and a keyword, and a name twice.
            self._classes[kind] = namedtuple(name, fields)
        return self._classes[kind](*values)
