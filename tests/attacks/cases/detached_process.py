"""Starts a daemon that outlives the cell and the submission."""

SQUARE = r"""
import subprocess, sys
try:
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
except OSError as error:
    print(error)
def square(x):
    return x * x
"""

EARNS = {"test_square": 4.0, "test_triple": 2.0}
