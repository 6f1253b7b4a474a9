"""Notes about a submission: sentences that both student and instructor can read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

_MOST_NAMES = 8


class Kind(Enum):
    """Something unusual about a submission that was still graded; the value is the sentence about it."""

    MISSING = "Not in what was handed in, so counted as empty: {cells}."
    RESTORED = "Not in what was handed in (deleted, or newer than that), so graded as the assignment has it: {cells}."
    UNDEFINED = "Handed in without the names that the assignment asks for: {cells}."
    DUPLICATED = (
        "Handed in more than once: {cells}. The last copy that differs from the released text counts; "
        "other versions stand before it."
    )
    SPLIT = "Handed in in pieces, which were joined: {cells}."
    UNMARKED = "Recognised by id, text, name or place, since the grading marks were lost or another cell's: {cells}."
    DOUBTFUL = "Recognised by its grading marks, though its id or its text is another cell's: {cells}. The marks count."
    REORDERED = "The cells were handed in in another order. They were graded in the assignment's."
    RETYPED = "Handed in as another type of cell, and graded as the assignment's type: {cells}."
    RETAGGED = "Handed in with other tags; the assignment's count: {cells}."
    MARKS_CHANGED = "Handed in with other grading marks, such as points or locks; the assignment's count: {cells}."
    EDITED = (
        "Part of the assignment, but handed in changed: {cells}. The assignment's own was graded; "
        "the changed version stands before it, as the student's."
    )
    UPDATED = "Changed in the assignment since it was handed out, and graded as it is now: {cells}."
    REMOVED = "No longer part of the assignment, so left out: {cells}."
    UNKNOWN = "Marked as a graded cell that the assignment does not have, and kept as the student's own: {cells}."
    ADDED = "Cells that the student added or changed, kept where they stand: {detail}."
    RENAMED = "The notebook was handed in as {detail}. It was recognised by its cells."
    OTHER_NOTEBOOKS = "Further notebooks were not graded: {detail}."
    OTHER_FILES = "Files that are links, too large, too many or not plain files were left out: {detail}."
    OLD_FORMAT = "The notebook was saved in format {detail}. It was read as one of format 4.5."
    KERNEL = "The notebook names the kernel {detail}. It was graded with the assignment's."
    ATTACHMENTS = "Attached files that are no pictures, or too large, were left out of: {cells}."
    PICTURES = "Attached pictures were kept in: {cells}."
    LINE_ENDS = "The lines of its cells ended as on another system. They were read with Unix line ends."
    ENCODING = "The notebook's text was {detail}. It was read as such."
    LARGE_OUTPUTS = "The notebook holds {detail} MB, most of it outputs. They were dropped and made again."


class Cause(Enum):
    """Why a submission could not be graded; the value completes "This notebook could not be graded: ..."."""

    MISSING = "there was no notebook of this assignment in what was handed in"
    EMPTY = "the file is empty"
    NOT_JSON = "the file is not valid JSON, so it is damaged or no notebook"
    NOT_A_NOTEBOOK = "the file is not a notebook: it holds no list of cells"
    NO_KNOWN_CELL = "none of its cells belongs to this assignment"
    TOO_LARGE = "the file is too large; without its outputs it would be smaller"
    TOO_MUCH_MEMORY = "the file would take too much memory; without its outputs it would take less"
    TOO_MUCH_TEXT = "its cells hold too much text"
    TOO_MANY_CELLS = "it has too many cells"
    LINK = "it was handed in as a link, and links are not followed"
    NOT_A_FILE = "what was handed in under its name is not a plain file"
    UNREADABLE = "the file could not be opened"


@dataclass(frozen=True)
class Note:
    """One unusual thing about a submission.

    Attributes
    ----------
    kind : Kind
    cells : tuple of str
        The grade_ids it is about.
    detail : str
        The text that the sentence needs in addition.
    titles : mapping of str to str
        What to call cells whose grade_id says nothing.
    """

    kind: Kind
    cells: tuple[str, ...] = ()
    detail: str = ""
    titles: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    @property
    def sentence(self) -> str:
        """The note as Markdown; nothing in it is markup of the student's."""
        names = ", ".join(self._called(cell) for cell in self.cells[:_MOST_NAMES])
        if len(self.cells) > _MOST_NAMES:
            names += f" and {len(self.cells) - _MOST_NAMES} more"
        return self.kind.value.format(cells=names, detail=self.detail)

    def _called(self, cell: str) -> str:
        return f"`{self.titles[cell].replace('`', '')}`" if cell in self.titles else shown(cell)

    def to_dict(self) -> dict[str, Any]:
        """The note as JSON-ready data, for a notebook's metadata."""
        return {"kind": self.kind.name.lower(), "cells": list(self.cells), "sentence": self.sentence}


@dataclass(frozen=True)
class Refused:
    """A submission that can't be graded, and why."""

    cause: Cause
    notes: tuple[Note, ...] = ()

    @property
    def sentence(self) -> str:
        """The cause in a sentence."""
        return (
            f"This notebook could not be graded: {self.cause.value}. It has 0 points until somebody has looked at it."
        )


def shown(name: str) -> str:
    """Show a name the student chose as code in Markdown, without characters that could end the code."""
    plain = re.sub(r"[^\w .()+-]", "?", name[:60])
    return f"`{plain}`" if plain.strip() else "`?`"
