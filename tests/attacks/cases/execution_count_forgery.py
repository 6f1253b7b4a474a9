"""Sets the shell's execution count to nonsense."""

SQUARE = r"""
get_ipython().execution_count = "<b>"
def square(x):
    return 0
"""

CAUSE = "The 'execution_count' trait of a CellShell instance expected an int"
