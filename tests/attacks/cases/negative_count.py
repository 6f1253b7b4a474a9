"""Says that its cell was the minus fifth."""

from tests.attacks.frames import SPEAKS

SQUARE = (
    SPEAKS
    + r"""def square(x):
    return x * x
send(["done", True, -5, []])
"""
)
