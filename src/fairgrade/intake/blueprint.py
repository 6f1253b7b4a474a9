"""What the instructor's source notebook says of each of its cells: the truth that submissions are measured against."""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, ClearSolutions
from nbgrader.utils import compute_checksum

from fairgrade.notebook.cell import AssignmentCell, normalized
from fairgrade.notebook.titles import titles_by_heading

_DEFINITION = re.compile(r"^(?:(?:async )?def|class) (\w+)|^(\w+) *=(?!=)", re.MULTILINE)


@dataclass(frozen=True)
class BlueprintCell(AssignmentCell):
    """A cell of the source notebook and what students are given for it.

    Attributes
    ----------
    node : NotebookNode
        The cell as it stands in a graded notebook: tests complete, a solution as it is released, its
        checksum that of the released text, which tells nbgrader whether the student wrote anything.
    released : str
        The text that students are given.
    """

    released: str

    @cached_property
    def defines(self) -> set[str]:
        """The names that a solution defines in the released text."""
        return defined_names(self.released) if self.is_solution and self.is_code else set()


@dataclass(frozen=True)
class Blueprint:
    """A source notebook, cell by cell."""

    cells: tuple[BlueprintCell, ...]
    metadata: NotebookNode

    @cached_property
    def by_grade_id(self) -> dict[str, int]:
        """Where the cells with a grade_id are."""
        return {cell.grade_id: place for place, cell in enumerate(self.cells) if cell.grade_id is not None}

    @cached_property
    def by_text(self) -> dict[str, int]:
        """Where released texts are that only one cell has."""
        texts = [normalized(cell.released) for cell in self.cells]
        return {text: place for place, text in enumerate(texts) if text and texts.count(text) == 1}

    @cached_property
    def by_cell_id(self) -> dict[str, int]:
        """Where the cells with a certain id of the notebook format are."""
        return {cell.node.id: place for place, cell in enumerate(self.cells)}

    @cached_property
    def titles(self) -> dict[str, str]:
        """What to call cells whose name is made up."""
        return titles_by_heading(cell.node for cell in self.cells)


def read_source(source: NotebookNode, release: Sequence[Any] | None = None) -> Blueprint:
    """Read a source notebook.

    Parameters
    ----------
    source : NotebookNode
        Of format 4.
    release : sequence of preprocessors, optional
        Which turn it into what students get; nbgrader's own with their default settings if not given.
    """
    released = copy.deepcopy(source)
    resources: Any = {}
    for step in [ClearSolutions(), ClearHiddenTests(), ClearMarkScheme()] if release is None else release:
        released, resources = step.preprocess(released, resources)
    cells = tuple(_blueprint_cell(*pair) for pair in zip(source.cells, released.cells, strict=True))
    for number, cell in enumerate(cells):
        cell.node.setdefault("id", f"cell-{number}")
    metadata = copy.deepcopy(source.metadata)
    metadata.pop("celltoolbar", None)
    return Blueprint(cells, metadata)


def _blueprint_cell(cell: NotebookNode, released: NotebookNode) -> BlueprintCell:
    clean = copy.deepcopy(cell)
    if clean.cell_type == "code":
        clean.outputs, clean.execution_count = [], None
    made = BlueprintCell(clean, released.source)
    if made.is_solution:
        clean.source = released.source
    if made.grade_id is not None:
        clean.metadata.nbgrader.checksum = compute_checksum(clean)
        clean.metadata.nbgrader.cell_type = clean.cell_type
    return made


def defined_names(source: str) -> set[str]:
    """Names that code defines at its top level. A student's code is not parsed: that can exhaust the stack."""
    return {name for pair in _DEFINITION.findall(source) for name in pair if name}
