"""Keeping the gradebook in step with the source notebook, also when students have handed in already."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import (
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    GradeCell,
    MissingEntry,
    Notebook,
    SolutionCell,
    SourceCell,
    TaskCell,
)
from nbgrader.preprocessors import SaveCells
from nbgrader.utils import is_grade, is_locked, is_solution, is_task
from sqlalchemy import make_url


def gradebook_at(db_url: str) -> Gradebook:
    """The gradebook, for a ``with`` block that closes its connection at the end.

    It is the same object each time, so that SQLAlchemy compiles its queries once per process. Compiling them takes
    longer than running them, and the gradebook is opened several times per submission.
    """
    file = Path(make_url(db_url).database or "")
    # A file that replaced another one may lack the tables, which only a new Gradebook creates.
    return _gradebook(db_url, file.stat().st_ino if file.is_file() else 0)


@functools.lru_cache(maxsize=4)
def _gradebook(db_url: str, inode: int) -> Gradebook:
    return Gradebook(db_url)


class UpdateCells(SaveCells):
    """Record a notebook's cells in the gradebook; takes the place of SaveCells in ``GenerateAssignment.preprocessors``.

    SaveCells refuses to add or remove cells once somebody has handed in. It is the base so that what is set for
    it, as ``nbgrader generate_assignment --no-db`` does, holds here too.
    """

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Record the cells of `nb`, which is left as it is."""
        ids = resources["nbgrader"]
        with gradebook_at(ids["db_url"]) as gradebook:
            for change in update_cells(gradebook, ids["assignment"], ids["notebook"], nb.cells, nb.metadata):
                self.log.warning(change)
        return nb, resources


def update_cells(
    gradebook: Gradebook, assignment: str, notebook: str, cells: Sequence[NotebookNode], metadata: NotebookNode
) -> list[str]:
    """Make the gradebook know exactly these cells of a notebook.

    Cells that are new get a grade and a comment in each submission there is; those that are gone lose them.

    Parameters
    ----------
    gradebook : Gradebook
    assignment, notebook : str
    cells : sequence of NotebookNode
        With their checksums.
    metadata : NotebookNode
        The notebook's.

    Returns
    -------
    list of str
        One sentence per change; empty for a notebook that is new.
    """
    kernel = json.dumps(metadata.get("kernelspec", {}))
    try:
        known = gradebook.find_notebook(notebook, assignment)
        is_new = False
    except MissingEntry:
        known = gradebook.add_notebook(notebook, assignment)
        is_new = True
    known.kernelspec = kernel
    changes: list[str] = []
    for kind, have in (
        (GradeCell, known.grade_cells),
        (SolutionCell, known.solution_cells),
        (TaskCell, known.task_cells),
        (SourceCell, known.source_cells),
    ):
        changes += _update(gradebook, known, kind, {cell.name: cell for cell in have}, dict(_wanted(kind, cells)))
    gradebook.db.commit()
    return [] if is_new else changes


def _wanted(kind: type[BaseCell], cells: Sequence[NotebookNode]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The cells of one kind as the gradebook has them: name, and everything else."""
    for cell in cells:
        marks = cell.metadata.get("nbgrader", {})
        graded = {"max_score": float(marks.get("points") or 0), "cell_type": cell.cell_type}
        if (kind is GradeCell and is_grade(cell)) or (kind is TaskCell and is_task(cell)):
            yield marks["grade_id"], graded
        elif kind is SolutionCell and is_solution(cell):
            yield marks["grade_id"], {}
        elif kind is SourceCell and (is_grade(cell) or is_solution(cell) or is_locked(cell) or is_task(cell)):
            source = {"source": cell.source, "checksum": marks.get("checksum"), "locked": is_locked(cell)}
            yield marks["grade_id"], {**source, "cell_type": cell.cell_type}


def _update(
    gradebook: Gradebook,
    notebook: Notebook,
    kind: type[BaseCell],
    have: dict[str, BaseCell],
    wanted: dict[str, dict[str, Any]],
) -> Iterator[str]:
    for name in have.keys() - wanted.keys():
        yield from _remove(gradebook, have[name])
    for name, values in wanted.items():
        if name not in have:
            cell = kind(name=name, notebook=notebook, **values)
            gradebook.db.add(cell)
            for submitted in notebook.submissions:
                if kind in (GradeCell, TaskCell):
                    gradebook.db.add(Grade(cell=cell, notebook=submitted))
                if kind in (SolutionCell, TaskCell):
                    gradebook.db.add(Comment(cell=cell, notebook=submitted))
            if kind is not SourceCell:
                yield f"{notebook.name}: {name} is new in the gradebook."
            continue
        for attribute, value in values.items():
            if getattr(have[name], attribute) != value:
                if attribute == "max_score":
                    yield f"{notebook.name}: {name} is now worth {value:g} points."
                setattr(have[name], attribute, value)


def _remove(gradebook: Gradebook, cell: BaseCell) -> Iterator[str]:
    """Remove a cell with its grades and comments; report those entered by hand, since they are lost."""
    if not isinstance(cell, SourceCell):
        yield f"{cell.notebook.name}: {cell.name} is removed from the gradebook."
        for grade in cell.grades:
            if grade.manual_score is not None:
                yield f"{cell.name}: {grade.student.id} had {grade.manual_score:g} points, given by hand."
            gradebook.db.delete(grade)
        for comment in cell.comments:
            if comment.manual_comment:
                yield f"{cell.name}: {comment.student.id} had the comment {comment.manual_comment!r}."
            gradebook.db.delete(comment)
    gradebook.db.delete(cell)


def missing_from_gradebook(assignment: str) -> str:
    """The message for an assignment that the gradebook does not know; it names the command to run first."""
    return (
        f"{assignment}: expected it in the gradebook, found it missing. Run: nbgrader generate_assignment {assignment}"
    )
