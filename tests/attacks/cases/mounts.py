"""Mounts, pivots, unshares and enters namespaces."""

SQUARE = r"""
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
results = [libc.mount(b"none", b"/tmp", b"tmpfs", 0, None), libc.umount2(b"/proc", 2), libc.unshare(0x10000000), libc.unshare(0x00020000), libc.chroot(b"/tmp")]
assert all(r == -1 for r in results), f"MOUNTED {results}"
def square(x):
    return 0
"""

FORBIDDEN = ("MOUNTED",)
