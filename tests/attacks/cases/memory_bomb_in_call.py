"""Fills memory when called."""

SQUARE = r"""
def square(x):
    return [bytearray(50_000_000) for _ in range(10_000)]
"""
