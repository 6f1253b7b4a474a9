"""Sends SIGKILL to its parent, its group and everyone."""

SQUARE = r"""
import os, signal
for pid in (os.getppid(), 0, -1, 1):
    try:
        os.kill(pid, signal.SIGKILL)
    except OSError as error:
        print(error)
def square(x):
    return 0
"""

EARNS = {"test_square": 0.0, "test_triple": 2.0}
