"""Prints without end when called."""

SQUARE = r"""
def square(x):
    while True:
        print("x" * 10_000)
"""
