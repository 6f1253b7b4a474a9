"""Imports fairgrade.grading and graders, to read what right is."""

SQUARE = r"""
out = []
for name in ("fairgrade.grading", "graders", "graders.part5_training", "fairgrade.isolation.engine"):
    try:
        out.append(__import__(name))
    except Exception as error:
        out.append(error)
assert all(isinstance(o, (ImportError, OSError)) for o in out), f"IMPORTED {out}"
def square(x):
    return 0
"""

FORBIDDEN = ("IMPORTED",)
