"""Sends a dict of 10,000 keys that have one hash, which it could not make itself within its time."""

from tests.attacks.frames import SPEAKS

SQUARE = (
    SPEAKS
    + r"""
def square(x):
    keys = [msgpack.ExtType(4, (i * (2**61 - 1)).to_bytes(12, "big")) for i in range(10_000)]
    pairs = b"".join(msgpack.packb(key) + b"\0" for key in keys)
    before, after = msgpack.packb(answer(value="here")).split(msgpack.packb("here"))
    send(None, before + b"\xdf" + len(keys).to_bytes(4, "big") + pairs + after)
"""
)

CAUSE = "values too large to hand over: too many keys of one hash"
