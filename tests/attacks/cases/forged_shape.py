"""Sends an array that is larger than its content."""

from tests.attacks.frames import Forged

FORGED = Forged(
    lie='answer(value=array(b"<f8", (2, 1 << 20), bytes(16)))', truth='answer(value=array(b"<f8", (2, 1), bytes(16)))'
)

SQUARE = FORGED.square()

CAUSE = "sent something malformed: an array whose shape does not fit its content"
