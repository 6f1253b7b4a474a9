"""Names a module for the grader to import."""

from tests.attacks.frames import Forged

FORGED = Forged(
    lie='answer(value=extension(20, 0, 5, 0, "antigravity", "antigravity"))',
    truth="answer(value=4.0)",
)

SQUARE = FORGED.square()

CAUSE = "TypeError"

FORBIDDEN = ("Hello world",)

EARNS = {"test_square": 0.0, "test_triple": 0.0}
"""The answer that was right comes when the next cell runs, and ends it."""
