"""Prints without end."""

SQUARE = r"""
while True:
    print("x" * 10_000)
"""
