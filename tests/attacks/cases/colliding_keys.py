"""Returns a dict with keys of one hash."""

SQUARE = r"""
def square(x):
    return {i * (2**61 - 1): 0 for i in range(200_000)}
"""
