"""Sends a dict of 100,000 keys that have one hash, which it could not make itself within its time."""

from tests.attacks.frames import SPEAKS

SQUARE = (
    SPEAKS
    + r"""
def square(x):
    keys = [msgpack.ExtType(4, (i * (2**61 - 1)).to_bytes(12, "big")) for i in range(100_000)]
    pairs = b"".join(msgpack.packb(key) + b"\0" for key in keys)
    send(None, b"\x97" + msgpack.packb("ok") + b"\xdf" + (100_000).to_bytes(4, "big") + pairs + b"\xc0" * 5)
"""
)
