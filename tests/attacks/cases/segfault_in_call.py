"""Crashes when a test calls."""

SQUARE = r"""
def square(x):
    import ctypes
    ctypes.string_at(0)
"""
