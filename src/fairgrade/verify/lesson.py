"""A notebook of the course as verify needs it: its cells by kind, and the names they define when they run."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

from fairgrade.grading import Exercise, quiet

REGION = r"^[^\n]*\bBEGIN {0}\b[^\n]*\n(.*?)^[^\n]*\bEND {0}\b[^\n]*$"
"""What nbgrader strips from the release, with its own delimiters."""


def regions(source: str, name: str) -> list[str]:
    """The insides of all regions between ``BEGIN name`` and ``END name``."""
    return re.findall(REGION.format(name), source, re.DOTALL | re.MULTILINE)


def without_regions(source: str, name: str) -> str:
    """`source` without the regions of that name."""
    return re.sub(REGION.format(name), "", source, flags=re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Cell:
    """A code cell, or a cell somebody is graded on.

    Attributes
    ----------
    name : str
        Its grade_id, or its id.
    source : str
    is_code, is_graded, is_solution : bool
        As nbgrader's metadata has it; a cell both graded and for a solution is graded by hand.
    is_demonstration : bool
        Not run while grading.
    points : float
    """

    name: str
    source: str
    is_code: bool
    is_graded: bool
    is_solution: bool
    is_demonstration: bool
    points: float

    @property
    def is_test(self) -> bool:
        """Whether it is graded automatically."""
        return self.is_code and self.is_graded and not self.is_solution

    @property
    def visible(self) -> str:
        """The source without hidden tests."""
        return without_regions(self.source, "HIDDEN TESTS")

    @cached_property
    def reads(self) -> frozenset[str]:
        """The names that its code reads."""
        try:
            tree = ast.parse(self.source)
        except SyntaxError:
            return frozenset()
        return frozenset(n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load))


class Lesson:
    """A notebook, from a file.

    It is read as the JSON it is: nbformat takes a second and a half to import, in every worker.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.text = path.read_text(encoding="utf-8")
        self.cells = [_cell(cell) for cell in json.loads(self.text)["cells"]]

    def cell(self, name: str) -> Cell | None:
        """The cell of that name."""
        return next((cell for cell in self.cells if cell.name == name), None)

    @property
    def tests(self) -> list[Cell]:
        """The cells that are graded automatically."""
        return [cell for cell in self.cells if cell.is_test]

    def run(self, replaced: Mapping[str, tuple[str, Any]] | None = None) -> dict[str, Any]:
        """Run all cells but tests and demonstrations, as grading does; the names they define.

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
            if not cell.is_code or cell.is_graded or cell.is_demonstration:
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


def graded_call(cell: Cell, graders: Iterable[ModuleType]) -> tuple[Exercise, str] | None:
    """The exercise that a test cell's hidden part grades, and the expression it grades; None if there is none.

    It is looked for as ``from graders.X import y`` and ``y.grade(work)``.
    """
    modules = {module.__name__: vars(module) for module in graders}
    names: dict[str, object] = {}
    found = None
    for hidden in regions(cell.source, "HIDDEN TESTS"):
        for node in ast.walk(ast.parse(hidden)):
            if isinstance(node, ast.ImportFrom) and node.module in modules:
                names |= {alias.asname or alias.name: modules[node.module].get(alias.name) for alias in node.names}
        for node in ast.walk(ast.parse(hidden)):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="grade"), args=[work, *_]):
                    exercise = names.get(name)
                    if isinstance(exercise, Exercise):
                        found = exercise, ast.unparse(work)
    return found


def _cell(cell: dict[str, Any]) -> Cell:
    data = cell["metadata"].get("nbgrader", {})
    return Cell(
        name=str(data.get("grade_id") or cell.get("id", "")),
        source="".join(cell["source"]),  # a string, or a list of lines
        is_code=cell["cell_type"] == "code",
        is_graded=bool(data.get("grade")),
        is_solution=bool(data.get("solution")),
        is_demonstration="skip-execution" in cell["metadata"].get("tags", ()),
        points=float(data.get("points", 0) or 0),
    )
