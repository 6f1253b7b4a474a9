"""Returns as many kinds of named tuples as a message holds."""

SQUARE = r"""
from collections import namedtuple
def square(x):
    return [namedtuple(f"A{i}", "x")(0) for i in range(1000)] * 100
"""
