"""Writes an answer of its own to the socket before the right one: any value may be sent, and has to be right."""

from tests.attacks.frames import Forged

FORGED = Forged(lie="answer(value=16.0)", truth="answer(value=4.0)")

SQUARE = FORGED.square()

CAUSE = "AssertionError"

EARNS = {"test_square": 0.0, "test_triple": 0.0}
"""The answer that was right comes when the next cell runs, and ends it."""
