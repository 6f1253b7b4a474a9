"""Running a notebook with other work in the place of a solution."""

from __future__ import annotations

import nbformat

from fairgrade.verify.in_process import RunnableNotebook
from tests.notebooks import cell, notebook_of


def test_functions_and_later_cells_find_the_work_that_replaces_a_solution(tmp_path):
    """A function that calls the replaced one calls the new one, and so does a later cell."""
    cells = [
        cell("solution", "def double(x):\n    return 2 * x", grade_id="double"),
        cell("solution", "def twice(x):\n    return double(double(x))", grade_id="twice"),
        cell("given", "four = double(2)", grade_id="given"),
    ]
    path = tmp_path / "lesson.ipynb"
    nbformat.write(notebook_of(*cells), path)
    names = RunnableNotebook(path).run({"double": ("double", lambda x: 3 * x)})
    assert (names["twice"](1), names["four"]) == (9, 6)
    assert RunnableNotebook(path).run()["twice"](1) == 4
