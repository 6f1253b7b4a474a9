"""Puts a passing cell of the same grade_id before the test."""

SQUARE = r"""
def square(x):
    return 0
"""

import copy


def edit(notebook):
    twin = next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == "test_square")
    forged = copy.deepcopy(twin)
    forged.source, forged.id = "pass", "forged"
    notebook.cells.insert(0, forged)
