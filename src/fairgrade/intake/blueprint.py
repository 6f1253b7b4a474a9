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
from nbgrader.utils import compute_checksum, is_grade, is_solution

from fairgrade.notebook.plan import grade_id_of, normal

_DEFINITION = re.compile(r"^(?:(?:async )?def|class) (\w+)|^(\w+) *=(?!=)", re.MULTILINE)


@dataclass(frozen=True)
class SourceCell:
    """A cell of the source notebook.

    Attributes
    ----------
    clean : NotebookNode
        The cell as it stands in a graded notebook: tests complete, a solution as it is released, its
        checksum that of the released text, which tells nbgrader whether the student wrote anything.
    released : str
        The text that students are given.
    grade_id : str or None
    """

    clean: NotebookNode
    released: str
    grade_id: str | None

    @cached_property
    def is_solution(self) -> bool:
        """Whether the student writes it."""
        return bool(is_solution(self.clean))

    @property
    def is_graded_by_hand(self) -> bool:
        """Whether its points are for what the student writes in it."""
        return self.is_solution and bool(is_grade(self.clean))

    @cached_property
    def defines(self) -> set[str]:
        """The names that a solution defines in the released text."""
        return defined_names(self.released) if self.is_solution and self.clean.cell_type == "code" else set()


@dataclass(frozen=True)
class Blueprint:
    """A source notebook, cell by cell."""

    cells: tuple[SourceCell, ...]
    metadata: NotebookNode

    @cached_property
    def by_grade_id(self) -> dict[str, int]:
        """Where the cells with a grade_id are."""
        return {cell.grade_id: place for place, cell in enumerate(self.cells) if cell.grade_id is not None}

    @cached_property
    def by_text(self) -> dict[str, int]:
        """Where released texts are that only one cell has."""
        texts = [normal(cell.released) for cell in self.cells]
        return {text: place for place, text in enumerate(texts) if text and texts.count(text) == 1}

    @cached_property
    def by_cell_id(self) -> dict[str, int]:
        """Where the cells with a certain id of the notebook format are."""
        return {cell.clean.id: place for place, cell in enumerate(self.cells)}


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
    cells = tuple(_source_cell(*pair) for pair in zip(source.cells, released.cells, strict=True))
    for number, cell in enumerate(cells):
        cell.clean.setdefault("id", f"cell-{number}")
    metadata = copy.deepcopy(source.metadata)
    metadata.pop("celltoolbar", None)
    return Blueprint(cells, metadata)


def _source_cell(cell: NotebookNode, released: NotebookNode) -> SourceCell:
    grade_id = grade_id_of(cell)
    clean = copy.deepcopy(cell)
    if clean.cell_type == "code":
        clean.outputs, clean.execution_count = [], None
    if is_solution(clean):
        clean.source = released.source
    if grade_id is not None:
        clean.metadata.nbgrader.checksum = compute_checksum(clean)
        clean.metadata.nbgrader.cell_type = clean.cell_type
    return SourceCell(clean, released.source, grade_id)


def defined_names(source: str) -> set[str]:
    """Names that code defines at its top level. A student's code is not parsed: that can exhaust the stack."""
    return {name for pair in _DEFINITION.findall(source) for name in pair if name}


def same_text(one: str, other: str) -> bool:
    """Whether two texts are the same but for blanks at the ends of lines and of the whole."""
    return one == other or normal(one) == normal(other)
