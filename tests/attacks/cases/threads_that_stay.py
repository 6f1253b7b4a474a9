"""Starts threads that go on printing and changing names."""

SQUARE = r"""
import threading, time
def noise():
    while True:
        time.sleep(0.001)
        globals()["square"] = lambda x: 0 if x == 3 else x * x
for _ in range(3):
    threading.Thread(target=noise, daemon=True).start()
time.sleep(0.05)
"""
