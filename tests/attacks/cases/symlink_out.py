"""Leaves links to the gradebook and to /etc in its folder."""

SQUARE = r"""
import os
os.symlink("/etc/shadow", "shadow")
os.symlink("/", "root")
try:
    print(open("shadow").read())
except OSError as error:
    print(error)
def square(x):
    return 0
"""
