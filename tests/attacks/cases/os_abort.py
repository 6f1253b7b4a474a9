"""Aborts the process."""

SQUARE = r"""
import os
os.abort()
"""
