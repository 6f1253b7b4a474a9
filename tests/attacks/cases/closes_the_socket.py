"""Closes every descriptor it has."""

SQUARE = r"""
import os
def square(x):
    os.closerange(0, 256)
    return 0
"""
