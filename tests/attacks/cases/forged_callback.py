"""Calls functions the test never exposed."""

from tests.attacks.frames import SPEAKS

SQUARE = (
    SPEAKS
    + r"""def square(x):
    send(["callback", 0, [1], {}])
    return 0
"""
)
