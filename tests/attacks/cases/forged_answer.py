"""Writes an answer of its own to the socket before the right one."""

from tests.attacks.frames import SPEAKS

SQUARE = (
    SPEAKS
    + r"""def square(x):
    send(["ok", 16.0, None, None, None, None])
    return 0
"""
)

EARNS_AT_MOST = True
