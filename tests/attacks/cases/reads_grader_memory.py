"""Reads the grading process through process_vm_readv and ptrace."""

SQUARE = r"""
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
def square(x):
    for pid in range(1, 400):
        libc.ptrace(16, pid, 0, 0)
        class V(ctypes.Structure):
            _fields_ = [("base", ctypes.c_void_p), ("len", ctypes.c_size_t)]
        buffer = ctypes.create_string_buffer(4096)
        mine, theirs = V(ctypes.addressof(buffer), 4096), V(0x400000, 4096)
        got = libc.process_vm_readv(pid, ctypes.byref(mine), 1, ctypes.byref(theirs), 1, 0)
        if got > 0 and pid != os.getpid():
            print("READ", pid, buffer.raw)
    return 0
"""

FORBIDDEN = ("READ ",)
