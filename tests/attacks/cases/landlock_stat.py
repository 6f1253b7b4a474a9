"""Asks whether files of the course exist, without opening them."""

SQUARE = r"""
import os, sys
for path in ("/root", "/home", "/var/lib/dpkg/status"):
    if os.path.exists(path) and path == "/var/lib/dpkg/status":
        print("EXISTS", path)
def square(x):
    return 0
"""

FORBIDDEN = ("EXISTS",)

KNOWN_LIMIT_OF = "landlock"
