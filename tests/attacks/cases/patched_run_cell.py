"""Replaces the shell's run_cell and showtraceback."""

SQUARE = r"""
ip = get_ipython()
type(ip).showtraceback = lambda *a, **k: None
ip.run_cell = lambda *a, **k: None
def square(x):
    return 0
"""

EARNS = {"test_square": 0.0, "test_triple": 0.0}
