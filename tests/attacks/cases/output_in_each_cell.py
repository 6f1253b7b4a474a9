"""Has four hundred cells, each of which shows all that one may."""

from nbformat.v4 import new_code_cell

EARNS = {"test_square": 4.0, "test_triple": 2.0}


def edit(notebook):
    notebook.cells += [new_code_cell("print('\\n' * 99_000)", id=f"more-{i}") for i in range(400)]
