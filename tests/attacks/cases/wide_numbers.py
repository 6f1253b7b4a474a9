"""Asks for other families of sockets with numbers wider than the kernel looks at."""

SQUARE = r"""
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.argtypes = [ctypes.c_long] * 4
SOCKET = {"x86_64": 41, "aarch64": 198}[__import__("os").uname().machine]
for family in (3, 9, 16, 17, 29, 38, 40, 44):
    for wide in (0, 1 << 32, 0xFFFFFFFF << 32):
        for kind in (1, 2, 3, 5):
            descriptor = libc.syscall(SOCKET, ctypes.c_long(wide | family).value, kind, 0)
            if descriptor >= 0:
                print("OPENED", family)
def square(x):
    return 0
"""

FORBIDDEN = ("OPENED",)
