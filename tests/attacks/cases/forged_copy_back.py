"""Claims to have changed arguments that were never passed."""

from tests.attacks.frames import Forged

FORGED = Forged(
    lie="answer(value=4.0, changed=[[17, 1.0]])",
    truth="answer(value=4.0, changed=[[0, 1.0]])",
)

SQUARE = FORGED.square()

CAUSE = "sent something malformed: list index out of range"
