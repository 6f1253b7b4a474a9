"""Names another kernel, whose start would run a command."""

SQUARE = r"""
def square(x):
    return x * x
"""


def edit(notebook):
    notebook.metadata["kernelspec"] = {"name": "../../evil", "display_name": "x", "language": "bash"}


EARNS = {"test_square": 4.0, "test_triple": 2.0}
