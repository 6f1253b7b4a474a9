"""Points are defined once, in the grader: releasing an assignment writes them into its source and its release."""

from __future__ import annotations

import ast
import importlib
import json
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution

from fairgrade.grading import Exercise
from fairgrade.notebook.cell import grade_id_of


class PointsOfGraders(NbGraderPreprocessor):
    """Give each test cell the points of the exercise it ends by grading; goes first in ``GenerateAssignment``.

    The source notebook gets them, too: it is what submissions are graded by. A cell that grades no exercise keeps
    its own.
    """

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Write the points into `nb`, and into the file it was read from.

        Raises
        ------
        ImportError
            If a test's grader can't be imported.
        """
        changed: dict[str, float] = {}
        for cell in nb.cells:
            if cell.cell_type != "code" or not is_grade(cell) or is_solution(cell):
                continue
            points = points_of(cell.source)
            if points is not None and points != cell.metadata.nbgrader.get("points"):
                was = cell.metadata.nbgrader.get("points")
                self.log.warning("%s: %s points, as its grader says; they were %s", grade_id_of(cell), points, was)
                changed[str(grade_id_of(cell))] = cell.metadata.nbgrader["points"] = points
        if changed:
            _rewrite(Path(resources["metadata"]["path"]) / f"{resources['metadata']['name']}.ipynb", changed)
        return nb, resources


def points_of(test: str) -> float | None:
    """The points of the exercise whose score a test ends with; None if it ends otherwise.

    It is looked for as ``from graders.X import y`` and, in the last line, ``y.grade(...)``.
    """
    try:
        body = ast.parse(test).body
    except SyntaxError:  # magics
        return None
    if not body:
        return None
    match body[-1]:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="grade"))):
            pass
        case _:
            return None
    for node in body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "graders":
            for alias in node.names:
                if (alias.asname or alias.name) == name:
                    exercise = getattr(importlib.import_module(str(node.module)), alias.name, None)
                    return _plain(exercise.points) if isinstance(exercise, Exercise) else None
    return None


def _plain(points: float) -> float:
    return int(points) if float(points).is_integer() else float(points)


def _rewrite(path: Path, points: dict[str, float]) -> None:
    """Change the points in a notebook's file, and nothing else."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        marks = cell["metadata"].get("nbgrader", {})
        if marks.get("grade_id") in points:
            marks["points"] = points[marks["grade_id"]]
    new = path.with_name(f".{path.name}.new")
    new.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    new.replace(path)
