"""Hands out references that were never given, of kinds that are not."""

from tests.attacks.frames import SPEAKS

SQUARE = (
    SPEAKS
    + r"""def square(x):
    send(["ok", msgpack.ExtType(20, msgpack.packb([2**40, 77, -1, "os", "os"])), None, None, None, None])
    return 0
"""
)
