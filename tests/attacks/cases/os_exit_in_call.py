"""Ends the process when a test calls."""

SQUARE = r"""
def square(x):
    import os
    os._exit(0)
"""
