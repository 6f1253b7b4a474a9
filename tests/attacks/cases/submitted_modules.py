"""Submits numpy.py, sitecustomize.py and usercustomize.py beside the notebook."""

SQUARE = r"""
import numpy as np
assert np.ones(2).sum() == 2
def square(x):
    return x * x
"""

EARNS = {"test_square": 4.0, "test_triple": 2.0}

FILES = {
    "numpy.py": b'raise SystemExit("hijacked")',
    "sitecustomize.py": b'raise SystemExit("hijacked")',
    "usercustomize.py": b'raise SystemExit("hijacked")',
    "msgpack.py": b'raise SystemExit("hijacked")',
    "conftest.py": b'raise SystemExit("hijacked")',
}
