"""Claims to have changed an argument by a name it was not passed under."""

from tests.attacks.frames import Forged

FORGED = Forged(
    lie='answer(value=4.0, changed=[["nope", 1.0]])',
    truth="answer(value=4.0, changed=[[0, 1.0]])",
)

SQUARE = FORGED.square()

CAUSE = "sent something malformed: 'nope'"
