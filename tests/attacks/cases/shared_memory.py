"""Leaves shared memory and semaphores behind for the next submission."""

SQUARE = r"""
import ctypes
from multiprocessing import shared_memory
libc = ctypes.CDLL(None)
print("SHARED" if libc.shmget(4711, 4096, 0o1666 | 0o1000) >= 0 else "refused")
try:
    shared_memory.SharedMemory("legacy", create=True, size=1000)
except OSError as error:
    print(error)
def square(x):
    return 0
"""

FORBIDDEN = ("SHARED",)
