"""Returns a range of 300 million numbers, which a test would make an array of."""

SQUARE = r"""
def square(x):
    return range(3 * 10**8)
"""
