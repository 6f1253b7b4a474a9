"""Registers handlers that run when the process ends."""

SQUARE = r"""
import atexit, signal, time
atexit.register(time.sleep, 600)
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(number, lambda *a: time.sleep(600))
def square(x):
    return x * x
"""

EARNS = {"test_square": 4.0, "test_triple": 2.0}
