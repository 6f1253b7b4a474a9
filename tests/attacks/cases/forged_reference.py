"""Hands out references that were never given, of kinds that are not."""

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
    send(["ok", msgpack.ExtType(20, msgpack.packb([2**40, 77, -1, "os", "os"])), None, None, None, None])
    return 0
"""
