"""Makes and opens device files."""

SQUARE = r"""
import os, stat
for name, number in (("mem", (1, 1)), ("disk", (8, 0)), ("kmsg", (1, 11))):
    try:
        os.mknod(name, 0o666 | stat.S_IFBLK if name == "disk" else 0o666 | stat.S_IFCHR, os.makedev(*number))
        open(name, "rb").read(10)
        print("OPENED", name)
    except OSError as error:
        print(error)
def square(x):
    return 0
"""

FORBIDDEN = ("OPENED",)
