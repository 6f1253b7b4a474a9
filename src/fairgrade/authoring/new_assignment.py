"""A new assignment: its source notebook and the drafts of its graders, from nothing or from a plain notebook."""

from __future__ import annotations

import keyword
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from fairgrade.authoring.grader_draft import GraderDraft, draft_grader
from fairgrade.authoring.notebook_pieces import (
    Definition,
    Piece,
    PieceKind,
    bodies_of,
    definitions_in,
    pieces_of,
    runs_work,
    tested_names,
)
from fairgrade.course import Course, CourseError
from fairgrade.notebook.cell import SKIP_TAG

_SKELETON = (
    ("markdown", "# {title}\n\nTODO: Say what this assignment is about."),
    ("code", "import numpy as np"),
    ("markdown", "## Mean square\n\nWrite `mean_square(x)`, which returns the mean of the squares of the array `x`."),
    ("code", "def mean_square(x):\n    return np.mean(x**2)"),
    ("code", 'assert np.isclose(mean_square(np.array([1.0, 3.0])), 5.0), "The mean of 1 and 9 is 5."'),
)
"""The notebook of an assignment from nothing: one exercise, to be replaced."""


@dataclass(frozen=True)
class NewAssignment:
    """What was written.

    Attributes
    ----------
    drafts : tuple of GraderDraft
        One per exercise.
    given : tuple of str
        The functions and classes that students get.
    skipped : int
        Cells that show students' work, which are not run while grading.
    """

    drafts: tuple[GraderDraft, ...]
    given: tuple[str, ...]
    skipped: int


def create_assignment(
    course: Course, name: str, origin: Path | None = None, exercises: Sequence[str] = ()
) -> NewAssignment:
    """Write ``source/NAME/NAME.ipynb`` and ``graders/NAME/``.

    Parameters
    ----------
    course : Course
    name : str
    origin : Path, optional
        A plain notebook or a percent script; without it, the assignment has one exercise to be replaced.
    exercises : sequence of str
        The functions that students write; without it those that assertions use, or else all.

    Raises
    ------
    CourseError
        If the name can't be used or is taken, or if the notebook can't be read or holds no function to be written.
    """
    _expect_free(course, name)
    notebook = _read(origin) if origin else _skeleton(name)
    definitions = definitions_in(notebook)
    chosen = _chosen(definitions, exercises, tested_names(notebook), origin)
    pieces = pieces_of(notebook, chosen)
    drafts = tuple(draft_grader(one, definitions[one], pieces) for one in chosen)
    made = _source(pieces, definitions, {draft.name: draft for draft in drafts}, name)
    _write(course, name, made, drafts)
    skipped = sum(SKIP_TAG in cell.metadata.get("tags", ()) for cell in made.cells)
    return NewAssignment(drafts, tuple(one for one in definitions if one not in chosen), skipped)


def _expect_free(course: Course, name: str) -> None:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name) or keyword.iskeyword(name):
        raise CourseError(
            f"{name}: expected a name of letters, digits and _, since graders are imported by it. Such as: ps1"
        )
    for path in (course.root / "source" / name, course.root / "graders" / name):
        if path.exists():
            raise CourseError(f"{path}: expected nothing there, found something, which stays. Choose another name.")


def _read(path: Path) -> NotebookNode:
    """Read a notebook or a percent script."""
    if path.suffix not in (".ipynb", ".py"):
        raise CourseError(f"--from: expected a notebook (.ipynb) or a percent script (.py), got {path}.")
    try:
        if path.suffix == ".ipynb":
            notebook: NotebookNode = nbformat.read(path, as_version=4)
        else:
            import jupytext  # noqa: PLC0415 - an extra

            notebook = jupytext.read(path, fmt="py:percent")
    except ImportError as error:
        raise CourseError("--from: percent scripts need jupytext. Type: pip install 'fairgrade[percent]'") from error
    except Exception as error:  # whatever nbformat and jupytext raise for a file that is none of theirs
        raise CourseError(f"{path}: expected a notebook, got {type(error).__name__}: {error}.") from error
    if any("nbgrader" in cell.metadata for cell in notebook.cells):
        raise CourseError(
            f"{path}: expected a plain notebook, got one with nbgrader's marks. Copy it to source/ as it is, "
            "and fairgrade adopt says how it is graded."
        )
    return notebook


def _skeleton(name: str) -> NotebookNode:
    title = name.replace("_", " ").capitalize()
    cells = []
    for kind, text in _SKELETON:
        made = nbformat.v4.new_markdown_cell() if kind == "markdown" else nbformat.v4.new_code_cell()
        made.source = text.replace("{title}", title)
        cells.append(made)
    notebook: NotebookNode = nbformat.v4.new_notebook(cells=cells)
    return notebook


def _chosen(
    definitions: Mapping[str, Definition], wanted: Sequence[str], tested: frozenset[str], origin: Path | None
) -> list[str]:
    """Return the definitions that become exercises, in the notebook's order."""
    if unknown := [name for name in wanted if name not in definitions]:
        have = ", ".join(definitions) or "none"
        raise CourseError(f"--exercise: expected functions of {origin}, got {', '.join(unknown)}. There are: {have}.")
    if not definitions:
        raise CourseError(
            f"{origin}: expected functions or classes with a body, found none at the top level of its cells. "
            "Let students write functions: their results can be checked."
        )
    return [name for name in definitions if name in (wanted or tested)] or list(definitions)


# -- the source notebook ---------------------------------------------------------------------------


def _source(
    pieces: Sequence[Piece], definitions: Mapping[str, Definition], drafts: Mapping[str, GraderDraft], name: str
) -> NotebookNode:
    """Return the source notebook: cells with nbgrader's marks, and an exercise's tests in one cell."""
    ids = _Ids(drafts)
    last_piece = {p.exercise: i for i, p in enumerate(pieces) if p.kind in (PieceKind.SOLUTION, PieceKind.TEST)}
    last_solution = {p.exercise: i for i, p in enumerate(pieces) if p.kind is PieceKind.SOLUTION}
    tests: dict[str, list[str]] = {one: [] for one in drafts}
    cells = []
    for number, piece in enumerate(pieces):
        if piece.kind is PieceKind.TEXT:
            cells.append(nbformat.from_dict({**(piece.cell or {}), "id": ids.new("text")}))
        elif piece.kind is PieceKind.TEST:
            tests[piece.exercise].append(piece.source)
        elif piece.kind is PieceKind.SOLUTION:
            if number == last_solution[piece.exercise]:  # an earlier version would show students how it is done
                text = _with_marks(piece, definitions[piece.exercise])
                cells.append(_code_cell(text, piece.exercise, solution=True, locked=False))
        else:
            cell = _code_cell(piece.source, ids.new(_title_of(piece)))
            if runs_work(piece):
                cell.metadata["tags"] = [SKIP_TAG]
            cells.append(cell)
        if number == last_piece.get(piece.exercise):
            draft = drafts[piece.exercise]
            cells.append(_test_cell(draft, tests[piece.exercise], name))
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    made: NotebookNode = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    return made


class _Ids:
    """Hands out cell ids that are used once."""

    def __init__(self, exercises: Mapping[str, object]) -> None:
        self._used = {*exercises, *(f"test_{name}" for name in exercises)}

    def new(self, title: str) -> str:
        title = title[:50]
        names = (title if number == 1 else f"{title}_{number}" for number in count(1))
        name = next(name for name in names if name not in self._used)
        self._used.add(name)
        return name


def _title_of(piece: Piece) -> str:
    names = [step.name for step in piece.tree.body if isinstance(step, Definition)]
    return names[0] if names and names[0].isascii() else "given"


def _code_cell(source: str, grade_id: str, **marks: Any) -> NotebookNode:
    usual = {"grade": False, "solution": False, "locked": True, "task": False, "schema_version": 3}
    cell: NotebookNode = nbformat.v4.new_code_cell(
        source, metadata={"nbgrader": {**usual, "grade_id": grade_id, **marks}}
    )
    cell["id"] = grade_id
    return cell


def _test_cell(draft: GraderDraft, tests: Sequence[str], assignment: str) -> NotebookNode:
    visible = "\n".join(tests) or "# Your work is checked with numbers that are not shown here."
    source = (
        f"{visible}\n### BEGIN HIDDEN TESTS\nfrom graders.{assignment}.{draft.name} import exercise\n\n"
        f"exercise.grade({draft.name})\n### END HIDDEN TESTS"
    )
    return _code_cell(source, f"test_{draft.name}", grade=True, points=draft.points)


def _with_marks(piece: Piece, definition: Definition) -> str:
    """Put what a student writes between the marks of a solution."""
    if "BEGIN SOLUTION" in piece.source:
        return piece.source
    lines = piece.source.splitlines()
    here = next(step for step in piece.tree.body if isinstance(step, Definition) and step.name == definition.name)
    for body in reversed(list(bodies_of(here))):
        first, last = body[0], body[-1].end_lineno or body[-1].lineno
        head = lines[first.lineno - 1][: first.col_offset]
        if head.strip():  # `def f(x): return x`, or a docstring and code in one line
            indent = " " * (len(head) - len(head.lstrip()) + 4)
            lines[first.lineno - 1 : first.lineno] = [head.rstrip(), indent + lines[first.lineno - 1][len(head) :]]
            begin, last = first.lineno, last + 1
        else:
            indent, begin = head, first.lineno - 1
            while lines[begin - 1].lstrip().startswith("#"):  # a comment above the first statement tells the solution
                begin -= 1
        lines[last:last] = [f"{indent}### END SOLUTION"]
        lines[begin:begin] = [f"{indent}### BEGIN SOLUTION"]
    return "\n".join(lines)


def _write(course: Course, name: str, notebook: NotebookNode, drafts: Sequence[GraderDraft]) -> None:
    """Write all files; if that fails or is interrupted, none stays."""
    source, graders = course.root / "source" / name, course.root / "graders" / name
    try:
        graders.mkdir(parents=True)
        (course.root / "graders" / "__init__.py").touch()
        (graders / "__init__.py").write_text(f'"""{name}: an exercise per module."""\n', encoding="utf-8")
        for draft in drafts:
            (graders / f"{draft.name}.py").write_text(draft.text, encoding="utf-8")
        source.mkdir(parents=True)
        nbformat.write(notebook, source / f"{name}.ipynb")
    except BaseException:
        shutil.rmtree(source, ignore_errors=True)
        shutil.rmtree(graders, ignore_errors=True)
        raise
