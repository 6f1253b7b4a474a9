"""Raises SystemExit in a test's call."""

SQUARE = r"""
import sys
def square(x):
    sys.exit(0)
"""
