"""A cell of a notebook: its marks, its tags, its hidden regions and its code; and how to make an output."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from nbformat import NotebookNode

from fairgrade.notebook.code import GlobalNames, is_complete, names_of, parse

RECORD = "fairgrade"
"""The key of a notebook's or a cell's metadata under which grading leaves its record."""

NOT_GRADABLE = "not_gradable"
"""What the record of a test cell says if the instructor's own work does not pass it."""

SETUP_TAG, SKIP_TAG, SANDBOX_TAG = "setup", "skip-execution", "in-sandbox"
HIDDEN_TESTS = "HIDDEN TESTS"


@dataclass(frozen=True)
class Part:
    """A part of a test cell that students see, or one that is hidden from them.

    Attributes
    ----------
    source : str
        With an empty line for each that belongs to another part, so that lines count as in the cell.
    hidden : bool
    """

    source: str
    hidden: bool


@dataclass(frozen=True)
class AssignmentCell:
    """A cell that an instructor wrote.

    Attributes
    ----------
    node : NotebookNode
        The cell as it stands in the notebook.
    """

    node: NotebookNode

    @property
    def source(self) -> str:
        """Its text."""
        return str(self.node.source)

    @property
    def is_code(self) -> bool:
        """Whether it has something to run."""
        return bool(self.node.cell_type == "code")

    @cached_property
    def grade_id(self) -> str | None:
        """Its grade_id; None if it has none that nbgrader could use."""
        return grade_id_of(self.node)

    @property
    def name(self) -> str:
        """Its grade_id, or else the id that the notebook format gives it."""
        return self.grade_id or str(self.node.get("id", ""))

    @cached_property
    def tags(self) -> frozenset[str]:
        """Its tags."""
        return tags_of(self.node)

    @cached_property
    def is_graded(self) -> bool:
        """Whether there are points for it."""
        return bool(_marks(self.node).get("grade"))

    @cached_property
    def is_solution(self) -> bool:
        """Whether the student writes it."""
        return bool(_marks(self.node).get("solution"))

    @cached_property
    def is_task(self) -> bool:
        """Whether it only says what to do, and a person gives points for what the student adds below it."""
        return bool(_marks(self.node).get("task"))

    @property
    def is_graded_by_hand(self) -> bool:
        """Whether its points are for what the student writes in it."""
        return self.is_solution and self.is_graded

    @property
    def is_test(self) -> bool:
        """Whether its code decides about points."""
        return self.is_code and self.is_graded and not self.is_solution

    @property
    def points(self) -> float:
        """The most it can earn."""
        return float(_marks(self.node).get("points") or 0)

    @cached_property
    def tree(self) -> ast.Module:
        """The statements of its code; none if it can't be read."""
        return parse(self.source)

    @cached_property
    def names(self) -> GlobalNames:
        """What its code does with global names."""
        return names_of(self.tree)

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """Its visible and hidden parts, in order.

        A cell is one part if a region begins or ends within a statement, or if the cell is a cell magic.
        """
        lines = self.source.splitlines()
        parts: list[Part] = []
        for region, group in itertools.groupby(
            range(1, len(lines) + 1), key=lambda number: self._hidden.get(number, 0)
        ):
            numbers = set(group)
            text = "\n".join(line if number in numbers else "" for number, line in enumerate(lines, 1))
            if not is_complete(text) or self.source.startswith("%%"):
                return (Part(self.source, hidden=False),)
            if any(line.strip() and not line.lstrip().startswith("#") for line in text.splitlines()):
                parts.append(Part(text, hidden=region > 0))
        return tuple(parts) or (Part(self.source, hidden=False),)

    @property
    def visible(self) -> str:
        """The lines that students have."""
        lines = enumerate(self.source.splitlines(), 1)
        return "\n".join(line for number, line in lines if number not in self._hidden)

    def visible_line(self, number: int) -> str | None:
        """A line of the source, counted from 1, if students have it."""
        lines = self.source.splitlines()
        return lines[number - 1] if 0 < number <= len(lines) and number not in self._hidden else None

    @cached_property
    def hidden_from(self) -> int:
        """The line, from 1, at which the first hidden part starts; a line beyond the last if there is none."""
        return min(self._hidden, default=len(self.source.splitlines()) + 1)

    @cached_property
    def _hidden(self) -> dict[int, int]:
        return _numbered_regions(self.source, HIDDEN_TESTS)


def regions(source: str, name: str) -> list[str]:
    """Return the text inside each region between ``BEGIN name`` and ``END name``, nbgrader's own delimiters."""
    inside: dict[int, list[str]] = {}
    lines = source.splitlines()
    for number, region in _numbered_regions(source, name).items():
        line = lines[number - 1]
        kept = inside.setdefault(region, [])
        if f"BEGIN {name}" not in line and f"END {name}" not in line:
            kept.append(line)
    return ["\n".join(kept) for kept in inside.values()]


def _numbered_regions(source: str, name: str) -> dict[int, int]:
    """Map each line in a region of that name to the number of its region; lines count from 1, delimiters included."""
    found: dict[int, int] = {}
    region, is_inside = 0, False
    for number, line in enumerate(source.splitlines(), 1):
        if f"BEGIN {name}" in line:
            region, is_inside = region + 1, True
        if is_inside:
            found[number] = region
        if f"END {name}" in line:
            is_inside = False
    return found


def _marks(cell: NotebookNode) -> Mapping[str, Any]:
    marks = cell.metadata.get("nbgrader")
    return marks if isinstance(marks, Mapping) else {}


def grade_id_of(cell: NotebookNode) -> str | None:
    """Return the cell's grade_id; None if it has none that nbgrader could use."""
    grade_id = _marks(cell).get("grade_id")
    return grade_id if isinstance(grade_id, str) and grade_id else None


def tags_of(cell: NotebookNode) -> frozenset[str]:
    """Return the cell's tags."""
    tags = cell.metadata.get("tags", [])
    return frozenset(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else frozenset()


def normalized(source: str) -> str:
    """Strip blanks from the end of each line and from both ends of the text."""
    return "\n".join(line.rstrip() for line in source.split("\n")).strip()


def is_same_text(one: str, other: str) -> bool:
    """Tell whether two texts differ in nothing but such blanks."""
    return one == other or normalized(one) == normalized(other)


def add_to_record(notebook: NotebookNode, **entries: Any) -> None:
    """Add to the record that grading leaves in a notebook's metadata."""
    record = notebook.metadata.get(RECORD)
    notebook.metadata[RECORD] = {**(record if isinstance(record, dict) else {}), **entries}


def output_of(kind: str, **fields: Any) -> NotebookNode:
    """Make an output of valid fields. It is not validated, unlike by nbformat's own function: that takes longest."""
    return NotebookNode(output_type=kind, **fields)


def text_of(value: Any) -> str:
    """Turn `value` into text that can be written as UTF-8; with a lone surrogate the notebook could not be saved."""
    try:
        text = str(value)
    except ValueError:  # Python writes no integer of more than 4,300 digits
        text = "a value that can't be shown"
    return text.encode("utf-8", "replace").decode("utf-8")
