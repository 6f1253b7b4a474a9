"""Fills the disk with many files below the size limit each."""

SQUARE = r"""
import os
written = 0
try:
    for i in range(10_000):
        with open(f"f{i}", "wb") as file:
            file.write(b"0" * 10_000_000)
        written += 10_000_000
        if written > 64_000_000:
            print("FILLED", written)
            break
except OSError as error:
    print(error)
def square(x):
    return 0
"""

FORBIDDEN = ("FILLED",)

KNOWN_LIMIT_OF = "landlock"
