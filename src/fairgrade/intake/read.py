"""Read the cells of a file of unknown content: without following links, and without the outputs.

Nothing here trusts the file. The result is a notebook of format 4.5 without outputs, whose cells have a type, a text,
and of their metadata only tags and grading marks. All of these may still be false.
"""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from fairgrade.intake.json_memory import decode, takes_more
from fairgrade.intake.notes import Cause, Kind, Note, Refused, shown
from fairgrade.notebook.cell import text_of

PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
"""Types of pictures that hold nothing but a picture."""

_MIB = 1 << 20
_SMALL = 8 * _MIB
_CELL_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")


@dataclass(frozen=True)
class NotebookLimits:
    """Limits on the content of a notebook.

    Attributes
    ----------
    file_bytes : int
        The file, outputs and all.
    parsed_bytes : int
        An upper bound of the memory that its text and its values take while it is parsed.
    cells : int
    source_bytes : int
        The text of all cells.
    attachment_bytes : int
        All attached pictures, as they are in the file.
    """

    file_bytes: int = 48 * _MIB
    parsed_bytes: int = 112 * _MIB
    cells: int = 2000
    source_bytes: int = 4 * _MIB
    attachment_bytes: int = 8 * _MIB


DEFAULT_LIMITS = NotebookLimits()


@dataclass(frozen=True)
class ParsedNotebook:
    """The content of a submitted file.

    Attributes
    ----------
    notebook : NotebookNode
        Its cells; no outputs, and of their metadata only ``nbgrader`` and ``tags``.
    notes : tuple of Note
        Unusual things about the file.
    """

    notebook: NotebookNode
    notes: tuple[Note, ...] = ()


def read(path: Path, limits: NotebookLimits = DEFAULT_LIMITS) -> ParsedNotebook | Refused:
    """Read a notebook from a file that may be anything.

    Parameters
    ----------
    path : Path
    limits : NotebookLimits

    Returns
    -------
    ParsedNotebook or Refused
    """
    content = plain_bytes(path, limits.file_bytes)
    return content if isinstance(content, Refused) else parse(content, limits)


def plain_bytes(path: Path, most_bytes: int) -> bytes | Refused:
    """The content of a plain file of at most so many bytes; a link is not followed, a pipe not waited for."""
    try:
        about = path.lstat()
    except (OSError, ValueError):
        return Refused(Cause.MISSING)
    if stat.S_ISLNK(about.st_mode):
        return Refused(Cause.LINK)
    if not stat.S_ISREG(about.st_mode):
        return Refused(Cause.NOT_A_FILE)
    try:
        # It may have been exchanged since, so what was opened is looked at again.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return Refused(Cause.NOT_A_FILE)
            content = file.read(most_bytes + 1)
    except OSError:
        return Refused(Cause.UNREADABLE)
    return content if len(content) <= most_bytes else Refused(Cause.TOO_LARGE)


def parse(content: bytes, limits: NotebookLimits = DEFAULT_LIMITS) -> ParsedNotebook | Refused:
    """Read a notebook from bytes that may be anything.

    Parameters
    ----------
    content : bytes
    limits : NotebookLimits

    Returns
    -------
    ParsedNotebook or Refused
    """
    if not content.strip(b" \t\r\n\0\xef\xbb\xbf\xff\xfe"):
        return Refused(Cause.EMPTY)
    if takes_more(content, limits.parsed_bytes):
        return Refused(Cause.TOO_MUCH_MEMORY)
    text, encoding = decode(content)
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return Refused(Cause.NOT_JSON)
    del text
    raw = _raw_cells(data)
    if raw is None:
        return Refused(Cause.NOT_A_NOTEBOOK)
    if len(raw) > limits.cells:
        return Refused(Cause.TOO_MANY_CELLS)
    if sum(_length(_source(entry)) for entry in raw if isinstance(entry, dict)) > limits.source_bytes:
        return Refused(Cause.TOO_MUCH_TEXT)
    cells = [_cell(entry, number) for number, entry in enumerate(raw) if isinstance(entry, dict)]
    _make_ids_unique(cells)
    too_much = list(_without_excess_attachments(cells, limits.attachment_bytes))
    notes = []
    if encoding:
        notes.append(Note(Kind.ENCODING, detail=encoding))
    if any("\r" in _joined(_source(entry)) for entry in raw if isinstance(entry, dict)):
        notes.append(Note(Kind.LINE_ENDS))
    version = _version(data)
    if version != "4.5":
        notes.append(Note(Kind.OLD_FORMAT, detail=shown(version)))
    if len(content) > _SMALL:
        notes.append(Note(Kind.LARGE_OUTPUTS, detail=str(len(content) // 10**6)))
    if too_much:
        notes.append(Note(Kind.ATTACHMENTS, tuple(too_much)))
    if pictures := [_name(cell) for cell in cells if "attachments" in cell]:
        notes.append(Note(Kind.PICTURES, tuple(pictures)))
    notebook = NotebookNode(cells=cells, metadata=NotebookNode(kernelspec=_kernel(data)), nbformat=4, nbformat_minor=5)
    return ParsedNotebook(notebook, tuple(notes))


def _raw_cells(data: Any) -> list[Any] | None:
    """The list of cells; format 3 and older has them in worksheets."""
    if not isinstance(data, dict):
        return None
    if isinstance(data.get("cells"), list):
        cells: list[Any] = data["cells"]
        return cells
    sheets = data.get("worksheets")
    if not isinstance(sheets, list):
        return None
    lists = [sheet["cells"] for sheet in sheets if isinstance(sheet, dict) and isinstance(sheet.get("cells"), list)]
    return [cell for cells in lists for cell in cells] if lists else None


def _cell(raw: dict[str, Any], number: int) -> NotebookNode:
    kind = raw.get("cell_type")
    source = _text(_source(raw))
    level = raw.get("level")
    if kind == "heading" and isinstance(level, int):  # format 3
        source, kind = f"{'#' * min(max(level, 1), 6)} {source}", "markdown"
    cell = NotebookNode(
        cell_type=kind if kind in ("code", "markdown") else "raw",
        id=_cell_id(raw.get("id")) or f"handed-in-{number}",
        metadata=_metadata(raw.get("metadata")),
        source=source,
    )
    if cell.cell_type == "code":
        cell.outputs, cell.execution_count = [], None
    elif isinstance(raw.get("attachments"), dict):
        cell.attachments = raw["attachments"]
    return cell


def _source(raw: dict[str, Any]) -> Any:
    """What a cell holds; format 3 has another name for it."""
    return raw.get("source", raw.get("input", ""))


def _length(value: Any) -> int:
    """The number of characters of a string or a list of lines, without making a copy."""
    lines = value if isinstance(value, list) else [value]
    return sum(len(line) for line in lines if isinstance(line, str))


def _text(value: Any) -> str:
    """The text of a cell: a string or a list of lines, with Unix line ends, and nothing that can't be written."""
    return text_of(_joined(value).replace("\r\n", "\n").replace("\r", "\n"))


def _joined(value: Any) -> str:
    """A string, or a list of lines, as one string."""
    if isinstance(value, list):
        value = "".join(line for line in value if isinstance(line, str))
    return value if isinstance(value, str) else ""


def _metadata(raw: Any) -> NotebookNode:
    """Tags and grading marks, each of a type that can be compared."""
    metadata = NotebookNode()
    if not isinstance(raw, dict):
        return metadata
    if isinstance(raw.get("tags"), list):
        metadata.tags = [text_of(tag) for tag in raw["tags"] if isinstance(tag, str)]
    marks = raw.get("nbgrader")
    if isinstance(marks, dict):
        metadata.nbgrader = NotebookNode(
            {
                key: text_of(value) if isinstance(value, str) else value
                for key, value in marks.items()
                if isinstance(value, str | bool | int | float)
            }
        )
    return metadata


def _cell_id(value: Any) -> str:
    return value if isinstance(value, str) and _CELL_ID.fullmatch(value) else ""


def _make_ids_unique(cells: list[NotebookNode]) -> None:
    seen: set[str] = set()
    for number, cell in enumerate(cells):
        if cell.id in seen:
            cell.id = f"handed-in-again-{number}"
        seen.add(cell.id)


def _without_excess_attachments(cells: list[NotebookNode], left: int) -> Iterator[str]:
    """Keep attached pictures as far as there is room; yields the cells that lost any."""
    for cell in cells:
        bundles = cell.pop("attachments", {})
        kept, lost = NotebookNode(), False
        for name, bundle in bundles.items():
            for kind, content in bundle.items() if isinstance(bundle, dict) else [("", bundle)]:
                left -= _length(content)
                if kind in PICTURES and left >= 0 and is_base64(picture := _text(content)):
                    kept.setdefault(text_of(name), NotebookNode())[kind] = picture
                else:
                    lost = True
        if kept:
            cell.attachments = kept
        if lost:
            yield _name(cell)


def _name(cell: NotebookNode) -> str:
    """The name of a cell in a note."""
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", cell.id))


def is_base64(value: Any) -> bool:
    """Whether a value is base64 and nothing else, so that it can stand in a data URL."""
    return isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9+/\s]*+={0,2}\s*+", value) is not None


def _version(data: dict[str, Any]) -> str:
    """The format, such as 4.5; what is newer within format 4 is read as that."""
    major, minor = data.get("nbformat"), data.get("nbformat_minor")
    if major != 4:
        return str(major) if isinstance(major, int) else "unknown"
    return f"4.{minor}" if isinstance(minor, int) and 0 <= minor < 5 else "4.5"


def _kernel(data: dict[str, Any]) -> NotebookNode:
    metadata = data.get("metadata")
    spec = metadata.get("kernelspec") if isinstance(metadata, dict) else None
    name = spec.get("name") if isinstance(spec, dict) else None
    return NotebookNode(name=name) if isinstance(name, str) else NotebookNode()
