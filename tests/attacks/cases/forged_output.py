"""Submits the test cell with an output that says 4 points."""

SQUARE = r"""
def square(x):
    return 0
"""

from nbformat.v4 import new_output


def edit(notebook):
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "test_square":
            cell.outputs = [new_output("execute_result", data={"text/plain": "4"}, execution_count=1)]
