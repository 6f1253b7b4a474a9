"""What an attacker writes to speak to the grader directly: find the one socket, send a frame."""

SPEAKS = r"""
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
"""
