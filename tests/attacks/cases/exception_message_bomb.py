"""Raises an exception with a message of 100 MB."""

SQUARE = r"""
def square(x):
    raise ValueError("x" * 100_000_000)
"""
