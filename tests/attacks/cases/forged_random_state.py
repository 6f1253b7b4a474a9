"""Sends a random state that is none."""

SQUARE = r"""
import os, socket, stat, struct
import msgpack
def channel():
    for fd in range(3, 256):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                return fd
        except OSError:
            pass
def send(value, raw=None):
    data = raw if raw is not None else msgpack.packb(value)
    os.write(channel(), struct.pack(">I", len(data)) + data)
def square(x):
    send(["ok", 4, None, None, [3, [1], None, "x", b"", 0, 0, 0], None])
    return 0
"""
