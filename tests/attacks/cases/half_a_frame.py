"""Announces a message and never sends the rest."""

from tests.attacks.frames import SPEAKS

SQUARE = (
    SPEAKS
    + r"""import time
def square(x):
    os.write(channel(), struct.pack(">I", 1000) + b"x")
    time.sleep(600)
"""
)

CAUSE = "stopped after 1 s"
