"""Tells the grader, from its cell, that the cell is done, and that a test ran."""

from tests.attacks.frames import SPEAKS

SQUARE = (
    SPEAKS
    + r"""send(["done", True, 1, []])
send(["ok", 4.0, None, None, None, None])
def square(x):
    return 0
"""
)

EARNS_AT_MOST = True
