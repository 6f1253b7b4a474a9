"""Makes folders within folders, deeper than a recursive clean-up can go."""

SQUARE = r"""
import os
for i in range(1500):
    os.mkdir("d")
    os.chdir("d")
def square(x):
    return x * x
"""

EARNS = {"test_square": 4.0, "test_triple": 2.0}
