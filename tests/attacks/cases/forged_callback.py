"""Calls functions the test never passed."""

from tests.attacks.frames import Forged

FORGED = Forged(lie="callback(number=7)", truth="callback(number=0)")

SQUARE = FORGED.square()

CAUSE = "sent something malformed: a call of something that was not"
