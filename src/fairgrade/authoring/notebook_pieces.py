"""A plain notebook's code in pieces: definitions that may become exercises, the tests of them, and the rest.

Everything is found by reading the code; nothing of it runs.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from nbformat import NotebookNode

from fairgrade.notebook.code import GlobalNames, names_of, parse

Definition = ast.FunctionDef | ast.ClassDef

_PLACEHOLDERS = (ast.Pass, ast.Raise)


class PieceKind(StrEnum):
    """What becomes of a piece of a notebook."""

    TEXT = "text"
    GIVEN = "given"
    SOLUTION = "solution"
    TEST = "test"


@dataclass(frozen=True)
class Piece:
    """Some lines of a cell.

    Attributes
    ----------
    kind : PieceKind
    source : str
    exercise : str
        The exercise that a solution or a test belongs to.
    cell : NotebookNode or None
        The cell of a piece of text, with its attachments.
    """

    kind: PieceKind
    source: str
    exercise: str = ""
    cell: NotebookNode | None = None

    @cached_property
    def tree(self) -> ast.Module:
        """Its statements; text has none."""
        return ast.Module([], []) if self.kind is PieceKind.TEXT else parse(self.source)

    @cached_property
    def names(self) -> GlobalNames:
        """What it does with global names."""
        return names_of(self.tree)


def definitions_in(notebook: NotebookNode) -> dict[str, Definition]:
    """Return a notebook's functions and classes at the top level that have a body, by name; the last of each name."""
    trees = [parse(cell.source) for cell in notebook.cells if cell.cell_type == "code"]
    return {
        node.name: node
        for tree in trees
        for node in tree.body
        if isinstance(node, Definition) and any(True for _ in bodies_of(node))
    }


def bodies_of(definition: Definition) -> Iterator[list[ast.stmt]]:
    """Yield what a student writes: the statements of a function, or of each method, without docstrings."""
    functions = [definition] if isinstance(definition, ast.FunctionDef) else definition.body
    for function in functions:
        if isinstance(function, ast.FunctionDef):
            body = function.body[1:] if ast.get_docstring(function, clean=False) is not None else function.body
            if any(not isinstance(step, _PLACEHOLDERS) and not _is_constant(step) for step in body):
                yield body


def _is_constant(step: ast.stmt) -> bool:
    return isinstance(step, ast.Expr) and isinstance(step.value, ast.Constant)


def is_test(tree: ast.AST) -> bool:
    """Tell whether code asserts something, by itself or by a library's function such as ``assert_allclose``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Call):
            called = node.func
            name = getattr(called, "attr", getattr(called, "id", ""))
            if name.lower().startswith("assert"):
                return True
    return False


def tested_names(notebook: NotebookNode) -> frozenset[str]:
    """Return the names that cells with assertions read, and those that the values they look at are made with."""
    found: set[str] = set()
    for cell in reversed(notebook.cells):
        tree = parse(cell.source) if cell.cell_type == "code" else ast.Module([], [])
        steps = ast.Module([step for step in tree.body if not isinstance(step, Definition)], [])
        names = names_of(steps)
        if is_test(tree) or names.bound & found:
            found |= names.uses
    return frozenset(found)


def pieces_of(notebook: NotebookNode, exercises: Iterable[str]) -> list[Piece]:
    """Divide a notebook into pieces.

    A cell with several definitions is divided; a cell that calls an exercise to show something is joined to the test
    that needs what it defines.

    Parameters
    ----------
    notebook : NotebookNode
    exercises : iterable of str
        The definitions that students are to write.
    """
    wanted, pieces = frozenset(exercises), list[Piece]()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            pieces += _divided(cell.source, wanted)
        else:
            pieces.append(Piece(PieceKind.TEXT, cell.source, cell=cell))
    return _with_what_tests_need(_with_exercises(pieces))


def _divided(source: str, exercises: frozenset[str]) -> Iterator[Piece]:
    """Yield a cell's pieces: each exercise's definition, and what stands between."""
    lines, tree = source.splitlines(), parse(source)
    starts, end = [], 0
    for step in tree.body:
        if step.lineno > end:  # a comment belongs to the statement below it
            starts.append((end, step))
        end = step.end_lineno or step.lineno
    starts = [(0 if number == 0 else start, step) for number, (start, step) in enumerate(starts)]
    bounds = [*(start for start, _ in starts), len(lines)]
    parts = [
        (step.name if isinstance(step, Definition) and step.name in exercises else "", lines[start:stop])
        for (start, step), stop in zip(starts, bounds[1:], strict=True)
    ] or [("", lines)]
    for name, group in itertools.groupby(parts, key=lambda part: part[0]):
        text = "\n".join(line for _, part in group for line in part).strip("\n")
        kind = PieceKind.SOLUTION if name else PieceKind.TEST if is_test(parse(text)) else PieceKind.GIVEN
        if text.strip():
            yield Piece(kind, text, name)


def _with_exercises(pieces: Iterable[Piece]) -> list[Piece]:
    """Say of each test which exercise it belongs to: the last one defined of those it uses; without one it is given."""
    order: list[str] = []
    leads_to: dict[str, str] = {}
    found = []
    for piece in pieces:
        used = {leads_to[name] for name in piece.names.uses if name in leads_to}
        last = max(used, key=order.index, default="")
        if piece.kind is PieceKind.SOLUTION:
            if piece.exercise not in order:
                order.append(piece.exercise)
            leads_to[piece.exercise] = piece.exercise
        elif piece.kind is PieceKind.TEST:
            piece = replace(piece, kind=PieceKind.TEST if last else PieceKind.GIVEN, exercise=last)  # noqa: PLW2901
        elif last:
            piece = replace(piece, exercise=last)  # noqa: PLW2901 - it calls students' work
            leads_to |= dict.fromkeys(piece.names.bound, last)
        found.append(piece)
    return found


def _with_what_tests_need(pieces: list[Piece]) -> list[Piece]:
    """Make given pieces that run students' work part of the test that reads what they define."""
    found: list[Piece] = []
    needed: dict[str, str] = {}
    for piece in reversed(pieces):
        if runs_work(piece) and (for_test := next((needed[n] for n in piece.names.bound if n in needed), "")):
            piece = replace(piece, kind=PieceKind.TEST, exercise=for_test)  # noqa: PLW2901
        if piece.kind is PieceKind.TEST:
            needed |= dict.fromkeys(piece.names.uses, piece.exercise)
        found.append(piece)
    return found[::-1]


def runs_work(piece: Piece) -> bool:
    """Tell whether a given piece runs students' work where it stands, rather than define a function that would."""
    steps = (step for step in piece.tree.body if not isinstance(step, Definition | ast.Import | ast.ImportFrom))
    return piece.kind is PieceKind.GIVEN and bool(piece.exercise) and any(True for _ in steps)
