"""Sends a random state that is none."""

from tests.attacks.frames import SPEAKS

SQUARE = (
    SPEAKS
    + r"""def square(x):
    send(["ok", 4, None, None, [3, [1], None, "x", b"", 0, 0, 0], None])
    return 0
"""
)
