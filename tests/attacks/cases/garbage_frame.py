"""Writes bytes that are no message."""

from tests.attacks.frames import SPEAKS

SQUARE = (
    SPEAKS
    + r"""def square(x):
    send(None, raw=bytes(range(0x90, 0xD0)))
    return 0
"""
)

CAUSE = "sent something malformed: malformed: ExtraData"
