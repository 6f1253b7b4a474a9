"""Changes attributes of files of the course, of other submissions and of the interpreter, in every way."""

SQUARE = r"""
import ctypes, fcntl, os, struct, sys, numpy
libc = ctypes.CDLL(None, use_errno=True)
SETXATTRAT, REMOVEXATTRAT, OPEN_TREE_ATTR, FILE_SETATTR = 463, 466, 467, 469
value = ctypes.create_string_buffer(b"mine")
described = ctypes.create_string_buffer(struct.pack("QII", ctypes.addressof(value), 4, 0))
flags = ctypes.create_string_buffer(struct.pack("QIIII", 1 << 7, 0, 0, 0, 0))

def call(number, *args):
    return libc.syscall(ctypes.c_long(number), *args)

def tried(path):
    p = os.fsencode(path)
    yield "setxattrat", call(SETXATTRAT, -100, p, 0, b"user.mine", described, ctypes.c_size_t(16))
    yield "removexattrat", call(REMOVEXATTRAT, -100, p, 0, b"user.theirs")
    yield "open_tree_attr", call(OPEN_TREE_ATTR, -100, p, 0, None, ctypes.c_size_t(0))
    yield "file_setattr", call(FILE_SETATTR, -100, p, flags, ctypes.c_size_t(24), 0)
    yield "setxattr", libc.setxattr(p, b"user.mine", b"mine", 4, 0)
    try:
        with open(path, "rb") as file:
            yield "ioctl", libc.ioctl(file.fileno(), ctypes.c_ulong(0x40086602), ctypes.byref(ctypes.c_long(0x80)))
    except OSError:
        pass

here = os.path.realpath(".")
found = {sys.prefix, numpy.__file__, "/etc/hostname", os.path.dirname(here)} - {"/tmp"}  # which is its own
for name, result in ((name, result) for path in found for name, result in tried(path)):
    if result >= 0:
        print("CHANGED", name)
def square(x):
    return 0
"""

FORBIDDEN = ("CHANGED",)
