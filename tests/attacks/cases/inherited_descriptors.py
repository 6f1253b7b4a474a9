"""Reads from and lists every open descriptor."""

SQUARE = r"""
import os, stat
for fd in range(3, 256):
    try:
        about = os.fstat(fd)
    except OSError:
        continue
    kind = "socket" if stat.S_ISSOCK(about.st_mode) else "file" if stat.S_ISREG(about.st_mode) else "other"
    print(fd, kind)
    if kind == "file":
        print(os.pread(fd, 10_000, 0))
def square(x):
    return 0
"""
