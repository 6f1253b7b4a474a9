"""Writes to system folders, the interpreter and its own packages."""

SQUARE = r"""
import os, sys, numpy
for path in ("/usr/x", "/etc/x", sys.executable, numpy.__file__, "/proc/sys/kernel/core_pattern", "/root/x", "/var/tmp/x", "/dev/x", "/x", sys.prefix + "/x"):
    try:
        open(path, "a").write("defaced")
        print("WROTE", path)
    except OSError as error:
        print(error)
def square(x):
    return 0
"""

FORBIDDEN = ("WROTE",)
