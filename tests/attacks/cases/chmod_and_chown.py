"""Changes modes and times of files it does not own."""

SQUARE = r"""
import os, sys, numpy
for path in (sys.prefix, numpy.__file__, "/usr", "/etc/passwd", "/tmp"):
    for change in (lambda: os.chmod(path, 0o777), lambda: os.utime(path, (0, 0)), lambda: os.chown(path, 1, 1)):
        try:
            change()
            print("CHANGED", path) if path != "/tmp" else None
        except OSError:
            pass
def square(x):
    return 0
"""

FORBIDDEN = ("CHANGED",)
