"""Says that its cell was the minus fifth."""

from tests.attacks.frames import SPEAKS

SQUARE = (
    SPEAKS
    + r"""def square(x):
    return x * x
send(done(execution_count=-5))
"""
)

CAUSE = "sent something malformed: an impossible execution count"
