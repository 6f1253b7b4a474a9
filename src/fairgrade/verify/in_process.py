"""Running a notebook of the assignment in this process: all of its code is the instructor's."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import nbformat

from fairgrade.grading import Exercise, quiet
from fairgrade.notebook.cell import HIDDEN_TESTS, SKIP_TAG, AssignmentCell, regions


class RunnableNotebook:
    """A notebook from a file, the source or the release.

    Parameters
    ----------
    path : Path
        The file.

    Attributes
    ----------
    node : NotebookNode
        The notebook as nbformat reads it.
    cells : list of AssignmentCell
        Its cells, in order.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.node = nbformat.read(path, as_version=4)
        self.cells = [AssignmentCell(node) for node in self.node.cells]

    def cell(self, name: str) -> AssignmentCell | None:
        """Return the cell of that name; None if there is none."""
        return next((cell for cell in self.cells if cell.name == name), None)

    @property
    def tests(self) -> list[AssignmentCell]:
        """The cells that are graded automatically."""
        return [cell for cell in self.cells if cell.is_test]

    def run(self, replaced: Mapping[str, tuple[str, Any]] | None = None) -> dict[str, Any]:
        """Run all cells but tests and demonstrations, as grading does; return the names they define.

        A solution cell may stop with NotImplementedError: in the release it is a stub.

        Parameters
        ----------
        replaced : mapping of str to (str, object), optional
            By the name of a cell, a name and what it means from the end of that cell on. Later cells run with it, and
            functions of the notebook that read the name find it.
        """
        replaced = replaced or {}
        names: dict[str, Any] = {"__name__": "__main__"}
        for cell in self.cells:
            if not cell.is_code or cell.is_graded or SKIP_TAG in cell.tags:
                continue
            try:
                execute(cell.source, names, cell.name)
            except NotImplementedError:
                if not cell.is_solution:
                    raise
            if cell.name in replaced:
                name, value = replaced[cell.name]
                names[name] = value
        return names


def execute(source: str, names: dict[str, Any], title: str) -> None:
    """Run a cell quietly; lines that only IPython understands are left out."""
    lines = ["pass" if line.startswith(("%", "!")) else line for line in source.splitlines()]
    with quiet():
        exec(compile("\n".join(lines), f"<{title}>", "exec"), names)  # noqa: S102 - the instructor's own cells


class GradedCall(NamedTuple):
    """The call of a grader in a test cell: the exercise, the expression it grades, and whether it passes on names."""

    exercise: Exercise
    work: str
    has_names: bool


def graded_call(cell: AssignmentCell, graders: Iterable[ModuleType]) -> GradedCall | None:
    """Return the call of a grader in a test cell's hidden part; None if there is none.

    It is looked for as ``from graders.X import y`` and ``y.grade(work)``.
    """
    modules = {module.__name__: vars(module) for module in graders}
    names: dict[str, object] = {}
    found = None
    for hidden in regions(cell.source, HIDDEN_TESTS):
        for node in ast.walk(ast.parse(hidden)):
            if isinstance(node, ast.ImportFrom) and node.module in modules:
                names |= {alias.asname or alias.name: modules[node.module].get(alias.name) for alias in node.names}
        for node in ast.walk(ast.parse(hidden)):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id=name), attr="grade"), args=[work, *_], keywords=given
                ):
                    exercise = names.get(name)
                    if isinstance(exercise, Exercise):
                        has_names = any(keyword.arg in ("notebook", None) for keyword in given)
                        found = GradedCall(exercise, ast.unparse(work), has_names)
    return found
