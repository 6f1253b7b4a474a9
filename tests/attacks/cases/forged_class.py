"""Describes a class that derives from one which was never described."""

from tests.attacks.frames import Forged

FORGED = Forged(lie="described_class(bases=[77])", truth="described_class(bases=[])")

SQUARE = FORGED.square()

CAUSE = "sent something malformed: a class that is not described"
