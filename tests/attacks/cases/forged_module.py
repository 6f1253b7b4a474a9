"""Names a module for the grader to import."""

from tests.attacks.frames import Forged

FORGED = Forged(
    lie='answer(value=extension(20, 0, 5, 0, "antigravity", "antigravity"))',
    truth="answer(value=4.0)",
)

SQUARE = FORGED.square()

CAUSE = "TypeError"

FORBIDDEN = ("Hello world",)

EARNS_AT_MOST = True
