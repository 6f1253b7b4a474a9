"""Running a notebook with other work in the place of a solution."""

from __future__ import annotations

import nbformat
from nbformat.v4 import new_notebook

from fairgrade.verify.in_process import RunnableNotebook
from tests.verify.tiny import cell


def test_functions_and_later_cells_find_the_work_that_replaces_a_solution(tmp_path):
    """A function that calls the replaced one calls the new one, and so does a later cell."""
    cells = [
        cell("double", "def double(x):\n    return 2 * x", grade=False, solution=True),
        cell("twice", "def twice(x):\n    return double(double(x))", grade=False, solution=True),
        cell("given", "four = double(2)", grade=False, solution=False),
    ]
    path = tmp_path / "lesson.ipynb"
    nbformat.write(new_notebook(cells=cells), path)
    names = RunnableNotebook(path).run({"double": ("double", lambda x: 3 * x)})
    assert (names["twice"](1), names["four"]) == (9, 6)
    assert RunnableNotebook(path).run()["twice"](1) == 4
