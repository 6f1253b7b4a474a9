"""Writes bytes that are no message."""

from tests.attacks.frames import SPEAKS

SQUARE = (
    SPEAKS
    + r"""def square(x):
    send(None, raw=os.urandom(64))
    return 0
"""
)
