"""Recurses without end, with the limit lifted."""

SQUARE = r"""
import sys
sys.setrecursionlimit(10**8)
def square(x):
    return square(x)
"""
