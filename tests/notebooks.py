"""The workshop of the tests: cells and notebooks as nbgrader marks them, and what is made of them."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.utils import determine_grade
from traitlets.config import Config

from fairgrade.nbgrader.isolated_execute import IsolatedExecute

KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}


def cell(
    kind: str, text: str, points: float | None = None, *, grade_id: str = "", tags: Iterable[str] = (),
    markdown: bool = False,
) -> NotebookNode:  # fmt: skip
    """Make a cell of an instructor's notebook.

    Parameters
    ----------
    kind : str
        ``given`` (locked), ``solution``, ``test``, ``task``, or ``plain``: without marks of nbgrader's.
    points : float, optional
        What the cell is worth: a test, a task, or a solution that a person grades.
    grade_id : str
        Also the cell's id; made up if not given.
    """
    made = (new_markdown_cell if markdown else new_code_cell)(text)
    made.id = grade_id or made.id
    if kind != "plain":
        made.metadata["nbgrader"] = {
            "schema_version": 3, "grade_id": made.id, "grade": points is not None and kind != "task",
            "solution": kind == "solution", "locked": kind != "solution", "task": kind == "task",
        } | ({} if points is None else {"points": points})  # fmt: skip
    if tags:
        made.metadata["tags"] = list(tags)
    return made


def notebook_of(*cells: NotebookNode) -> NotebookNode:
    """Make a notebook for Python of these cells."""
    return new_notebook(cells=list(cells), metadata=KERNEL)


def submission(parts: Iterable[tuple[Any, ...]], *, right: bool) -> NotebookNode:
    """Make a notebook of (given, text), (solution, right text, wrong text) and (test, points, text), in one order."""
    made = []
    for number, (kind, *rest) in enumerate(parts):
        text = rest[0] if kind == "given" or (kind == "solution" and right) else rest[-1]
        made.append(cell(kind, text.strip(), rest[0] if kind == "test" else None, grade_id=f"cell-{number}"))
    return notebook_of(*made)


def solved(code: str) -> str:
    """Mark the body of a function as its solution, or all of other code."""
    head, body = code.split("\n", 1) if code.startswith("def ") else ("", code)
    margin = body[: len(body) - len(body.lstrip())]
    marked = f"{margin}### BEGIN SOLUTION\n{body}\n{margin}### END SOLUTION"
    return f"{head}\n{marked}" if head else marked


def hidden(code: str) -> str:
    """Mark code as a hidden region of a test."""
    return f"### BEGIN HIDDEN TESTS\n{code}\n### END HIDDEN TESTS"


def cell_of(notebook: Any, grade_id: str) -> Any:
    """Find the first cell with this grade_id; in JSON data, too."""
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def filled_in(notebook: NotebookNode, texts: dict[str, str]) -> NotebookNode:
    """Write these texts into the cells with these grade_ids; return the notebook."""
    for grade_id, text in texts.items():
        cell_of(notebook, grade_id).source = text
    return notebook


def execute(
    root: Path, source: NotebookNode, submitted: NotebookNode | None = None, **config: dict[str, Any]
) -> NotebookNode:
    """Run `submitted`, or the source itself, by IsolatedExecute; return it as it is then."""
    folder = root / "source" / "ps"
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(source, folder / "nb.ipynb")
    (root / "work").mkdir(exist_ok=True)
    engine = IsolatedExecute(config=Config({"CourseDirectory": {"root": str(root)}, **config}))
    resources = {
        "nbgrader": {"assignment": "ps", "student": "ada", "notebook": "nb"},
        "metadata": {"path": str(root / "work")},
    }
    executed, _ = engine.preprocess(copy.deepcopy(submitted or source), resources)
    nbformat.validate(executed)
    return executed


def grades(notebook: NotebookNode) -> list[float | None]:
    """Read what nbgrader reads from each test cell."""
    return [determine_grade(c)[0] for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade")]
