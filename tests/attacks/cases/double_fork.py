"""Forks twice and sets a new session, to be rid of its parent."""

SQUARE = r"""
import os, time
try:
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(600)
        os._exit(0)
except OSError as error:
    print(error)
def square(x):
    return x * x
"""

EARNS = {"test_square": 4.0, "test_triple": 2.0}
