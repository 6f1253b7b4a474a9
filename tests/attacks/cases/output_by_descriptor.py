"""Writes to descriptors 1 and 2 without end."""

SQUARE = r"""
import os
while True:
    os.write(1, b"y" * 100_000)
"""
