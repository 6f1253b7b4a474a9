"""Honest notebooks score as under stock nbgrader, however their tests are written."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.preprocessors import Execute
from nbgrader.utils import determine_grade
from traitlets.config import Config

from fairgrade.nbgrader.isolated_execute import IsolatedExecute
from tests.isolation import styles

STYLES = [info.name for info in pkgutil.iter_modules(styles.__path__)]


def notebook(cells: list[Any], right: bool) -> NotebookNode:
    """A submission with the right or the wrong solution."""
    made = new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}})
    for i, (kind, *rest) in enumerate(cells):
        source = rest[0] if kind == "given" or (kind == "solution" and right) else rest[-1]
        cell = new_code_cell(source.strip(), id=f"cell-{i}")
        marks = {
            "schema_version": 3, "grade_id": f"cell-{i}", "grade": kind == "test", "solution": kind == "solution",
            "locked": kind != "solution", "task": False,
        }  # fmt: skip
        cell.metadata["nbgrader"] = marks | ({"points": rest[0]} if kind == "test" else {})
        made.cells.append(cell)
    return made


def scores(executed: NotebookNode) -> list[float | None]:
    """What nbgrader reads from each test cell."""
    return [determine_grade(cell)[0] for cell in executed.cells if cell.metadata["nbgrader"]["grade"]]


def isolated(cells: list[Any], submitted: NotebookNode, root: Path, **traits: Any) -> NotebookNode:
    """`submitted` run by IsolatedExecute."""
    (root / "source" / "ps").mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook(cells, right=True), root / "source" / "ps" / "nb.ipynb")
    config = Config({"CourseDirectory": {"root": str(root)}, "IsolatedExecute": traits})
    resources = {
        "nbgrader": {"assignment": "ps", "student": "ada", "notebook": "nb"},
        "metadata": {"path": str(root / "work")},
    }
    executed, _ = IsolatedExecute(config=config).preprocess(submitted, resources)
    nbformat.validate(executed)
    return executed


@pytest.mark.parametrize("right", [True, False], ids=["right", "wrong"])
@pytest.mark.parametrize("style", STYLES)
def test_scores_are_those_of_stock_nbgrader(style: str, right: bool, tmp_path: Path, own_sockets: Config) -> None:
    cells = importlib.import_module(f"tests.isolation.styles.{style}").CELLS
    (tmp_path / "work").mkdir()
    stock = Execute(timeout=60, config=own_sockets)
    by_stock, _ = stock.preprocess(notebook(cells, right), {"metadata": {"path": str(tmp_path / "work")}})
    by_us = isolated(cells, notebook(cells, right), tmp_path)
    assert scores(by_us) == scores(by_stock)
    if right:
        assert scores(by_us) == [rest[0] for kind, *rest in cells if kind == "test"]
