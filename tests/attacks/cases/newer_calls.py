"""Makes system calls that are newer than the libraries here, have no number, or the numbers of another architecture."""

SQUARE = r"""
import ctypes, errno
libc = ctypes.CDLL(None, use_errno=True)
for number in (335, 336, 423, *range(457, 600), 0x40000000 + 39, 0x40000000 + 521, -1, 1 << 31):
    ctypes.set_errno(0)
    result = libc.syscall(ctypes.c_long(number), 0, 0, 0, 0, 0, 0)
    if result != -1 or ctypes.get_errno() not in (errno.ENOSYS, errno.EPERM):
        print("HANDLED", number)
def square(x):
    return 0
"""

FORBIDDEN = ("HANDLED",)
