"""Raises KeyboardInterrupt in a call, to look like the instructor's Ctrl-C."""

SQUARE = r"""
def square(x):
    raise KeyboardInterrupt
"""
