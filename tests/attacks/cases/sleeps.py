"""Sleeps for ever in its cell."""

SQUARE = r"""
import time
time.sleep(10_000)
"""
