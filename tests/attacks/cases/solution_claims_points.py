"""Gives its own cell grade metadata and 100 points."""

SQUARE = r"""
4
"""


def edit(notebook):
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "square":
            cell.metadata["nbgrader"].update(grade=True, points=100)
