"""Returns NaN, which stock nbgrader reads as full points."""

SQUARE = r"""
def square(x):
    return float("nan")
"""
