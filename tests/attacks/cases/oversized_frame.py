"""Announces a message of four gigabytes."""

from tests.attacks.frames import SPEAKS

SQUARE = (
    SPEAKS
    + r"""def square(x):
    os.write(channel(), struct.pack(">I", 2**32 - 1) + b"x" * 1000)
    return 0
"""
)

CAUSE = "a value too large to hand over: a message of 4294967295 bytes, where"
