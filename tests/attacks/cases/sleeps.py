"""Sleeps for ever in its cell."""

SQUARE = r"""
import time
time.sleep(10_000)
"""

CAUSE = "stopped after 2 s"
