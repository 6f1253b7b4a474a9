"""Tells the grader, from its cell, that the cell is done, and that a test ran."""

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
send(["done", True, 1, []])
send(["ok", 4.0, None, None, None, None])
def square(x):
    return 0
"""

EARNS_AT_MOST = True
