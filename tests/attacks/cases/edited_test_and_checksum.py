"""Replaces the test and forges its checksum and points."""

SQUARE = r"""
def square(x):
    return 0
"""


def edit(notebook):
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "test_square":
            cell.source = "1000"
            cell.metadata["nbgrader"].update(points=1000, checksum="0" * 32)
