"""Becomes another user, or root."""

SQUARE = r"""
import os
for change in (lambda: os.setuid(0), lambda: os.setuid(1234), lambda: os.setgroups([0]), lambda: os.setresuid(0, 0, 0)):
    before = os.getresuid()
    try:
        change()
    except OSError:
        pass
    if os.getresuid() != before:
        print("BECAME", os.getresuid())
def square(x):
    return 0
"""

FORBIDDEN = ("BECAME",)
