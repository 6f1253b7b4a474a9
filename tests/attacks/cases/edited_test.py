"""Replaces the text of the test by one that passes."""

SQUARE = r"""
def square(x):
    return 0
"""


def edit(notebook):
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "test_square":
            cell.source = "pass"
