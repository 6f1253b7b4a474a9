"""Tags its own cell as setup, to have it run in the grading process."""

SQUARE = r"""
import os
print(sorted(os.environ.items()))
SECRET = os.environ.get("A_SECRET")
def square(x):
    return SECRET
"""


def edit(notebook):
    for cell in notebook.cells:
        cell.metadata["tags"] = ["setup"]
