"""Sends a pickle in place of a value."""

from tests.attacks.frames import SPEAKS

SQUARE = (
    SPEAKS
    + r"""import pickle
def square(x):
    send(None, raw=pickle.dumps({"a": print}))
    return 0
"""
)

CAUSE = "sent something malformed: malformed: ExtraData"
