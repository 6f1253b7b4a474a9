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

EARNS = {"test_square": 0.0, "test_triple": 0.0}
"""The messages that were right come when the next cell runs, and end it."""

CAUSE = "'float' object is not callable"
