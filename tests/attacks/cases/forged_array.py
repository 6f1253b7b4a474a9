"""Sends an array of items without a size, for which memory would be handed out that nobody wrote."""

from tests.attacks.frames import Forged

FORGED = Forged(lie='answer(value=array(b"<U0", (1000,), b""))', truth='answer(value=array(b"<U3", (0,), b""))')

SQUARE = FORGED.square()

CAUSE = "sent something malformed: an array of items without a size"
