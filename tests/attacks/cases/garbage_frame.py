"""Writes bytes that are no message."""

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
    send(None, raw=os.urandom(64))
    return 0
"""
