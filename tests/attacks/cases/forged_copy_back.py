"""Claims to have changed arguments that were never passed."""

from tests.attacks.frames import SPEAKS

SQUARE = (
    SPEAKS
    + r"""def square(x):
    send(["ok", 4, [[17, 1], ["nope", 2]], None, None, None])
    return 0
"""
)
