"""Hands out a reference that was never given, with a number that none has."""

from tests.attacks.frames import Forged

FORGED = Forged(
    lie='answer(value=extension(20, 2**40, 0, 0, "os", "os"))',
    truth='answer(value=extension(20, 0, 2, 0, "os", "os"))',
)

SQUARE = FORGED.square()

CAUSE = "sent something malformed: a reference that is not numbers"
