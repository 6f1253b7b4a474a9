"""Starts threads without end."""

SQUARE = r"""
import threading, time
threads = []
try:
    while len(threads) < 100_000:
        t = threading.Thread(target=time.sleep, args=(600,), daemon=True)
        t.start()
        threads.append(t)
except (RuntimeError, MemoryError) as error:
    print(error)
def square(x):
    return 0
"""
