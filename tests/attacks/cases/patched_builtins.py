"""Replaces abs, bool, isinstance and AssertionError in builtins."""

SQUARE = r"""
import builtins
builtins.abs = lambda x: 0
builtins.bool = lambda x: True
builtins.AssertionError = ZeroDivisionError
def square(x):
    return 0
"""
