"""Tags the test cell so that it would run where the student's code does."""

SQUARE = r"""
def square(x):
    return 0
"""


def edit(notebook):
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "test_square":
            cell.metadata["tags"] = ["in-sandbox"]
