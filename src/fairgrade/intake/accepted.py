"""A notebook that can be graded: clean, with notes on what was unusual, or refused and saying why."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass

from nbformat import NotebookNode
from nbgrader.utils import is_grade

from fairgrade.intake.blueprint import Blueprint, read_source
from fairgrade.intake.notes import Note, Refused
from fairgrade.notebook.cell import RECORD, output_of


@dataclass(frozen=True)
class Accepted:
    """A notebook that can be graded.

    Attributes
    ----------
    notebook : NotebookNode
        The instructor's notebook with the student's work in it. Its metadata lists the notes, and its
        first cell tells them if there are any.
    notes : tuple of Note
    refused : Refused or None
        Why it holds nothing of the student's; each of its cells is then worth 0.
    """

    notebook: NotebookNode
    notes: tuple[Note, ...] = ()
    refused: Refused | None = None

    @property
    def sentences(self) -> list[str]:
        """All sentences about the submission, the cause of a refusal first."""
        return [said.sentence for said in (self.refused, *self.notes) if said is not None]


def refuse(source: NotebookNode | Blueprint, refused: Refused) -> Accepted:
    """Return a clean copy of the source notebook, with the reason why the submission can't be graded.

    The mark in its metadata keeps its tests from being run and its cells at 0 points.
    """
    blueprint = source if isinstance(source, Blueprint) else read_source(source)
    cells = [copy.deepcopy(cell.node) for cell in blueprint.cells]
    return Accepted(assemble(blueprint, cells, refused.notes, refused), refused.notes, refused)


def refusal_of(notebook: NotebookNode) -> str:
    """Why intake refused this notebook, in a sentence; empty if it did not."""
    record = notebook.metadata.get(RECORD, {})
    return str(record.get("refused", "")) if isinstance(record, dict) else ""


def mark_ungraded(notebook: NotebookNode) -> None:
    """Give each test of a refused notebook an error as its output, so that it earns 0 points."""
    reason = refusal_of(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code" and is_grade(cell):
            error = output_of("error", ename="NotGraded", evalue=reason, traceback=[reason])
            cell.outputs, cell.execution_count = [error], None


def assemble(
    blueprint: Blueprint, cells: list[NotebookNode], notes: Sequence[Note], refused: Refused | None = None
) -> NotebookNode:
    """Put cells together to a notebook: with its record, a cell that lists the notes, and an id per cell."""
    sentences = ([f"**{refused.sentence}**"] if refused else []) + [note.sentence for note in notes]
    if sentences:
        told = NotebookNode(
            cell_type="markdown",
            id="fairgrade-notes",
            metadata=NotebookNode({RECORD: NotebookNode(notes=True)}),
            source="**About this submission**\n\n" + "\n".join(f"- {sentence}" for sentence in sentences),
        )
        cells = [told, *cells]
    taken = {cell.id for cell in cells if "id" in cell}
    number = 0
    for cell in cells:
        if "id" not in cell:
            while (cell_id := f"student-{(number := number + 1)}") in taken:
                pass
            cell.id = cell_id
    metadata = copy.deepcopy(blueprint.metadata)
    metadata[RECORD] = NotebookNode(notes=[NotebookNode(note.to_dict()) for note in notes])
    if refused:
        metadata[RECORD].refused = refused.sentence
        metadata[RECORD].cause = refused.cause.name.lower()
    return NotebookNode(cells=cells, metadata=metadata, nbformat=4, nbformat_minor=5)
