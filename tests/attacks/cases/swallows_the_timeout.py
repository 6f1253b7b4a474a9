"""Loops, and catches whatever would stop it."""

SQUARE = r"""
import signal
signal.signal(signal.SIGALRM, signal.SIG_IGN)
while True:
    try:
        while True:
            pass
    except BaseException:
        continue
"""

CAUSE = "stopped after 2 s"
