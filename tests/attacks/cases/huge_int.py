"""Returns a number of ten million digits."""

SQUARE = r"""
def square(x):
    return 1 << 33_000_000
"""
