"""Names a module for the grader to import."""

from tests.attacks.frames import SPEAKS

SQUARE = (
    SPEAKS
    + r"""def square(x):
    send(["ok", msgpack.ExtType(20, msgpack.packb([0, 5, 0, "antigravity", ""])), None, None, None, None])
    return 0
"""
)

EARNS_AT_MOST = True
