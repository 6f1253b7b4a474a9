"""Tells the grader, from its cell, that the cell is done, and that a test got its answer."""

from tests.attacks.frames import SPEAKS

SQUARE = (
    SPEAKS
    + r"""
send(done(names=["square", "triple"]))
send(answer(value=4.0))
def square(x):
    return 0
"""
)

EARNS_AT_MOST = True

CAUSE = "'float' object is not callable"
