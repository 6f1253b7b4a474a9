"""Replaces displayhook and display so that each shows 4."""

SQUARE = r"""
import sys, builtins
sys.displayhook = lambda v: print(4)
builtins.repr = lambda v: "4"
def square(x):
    return 4
"""
