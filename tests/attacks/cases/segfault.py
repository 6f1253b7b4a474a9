"""Reads address zero through ctypes."""

SQUARE = r"""
import ctypes
ctypes.string_at(0)
"""
