"""Loops for ever when called."""

SQUARE = r"""
def square(x):
    while True:
        pass
"""

CAUSE = "stopped after 1 s"
