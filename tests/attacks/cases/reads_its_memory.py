"""Looks through /proc/self/mem and the process's own strings for a test."""

SQUARE = r"""
def square(x):
    out = []
    for path in ("/proc/self/maps", "/proc/self/mem", "/proc/1/mem", "/proc/self/fd"):
        try:
            out.append(open(path, "rb").read(100))
        except OSError as error:
            out.append(error)
    print(out)
    return 0
"""
