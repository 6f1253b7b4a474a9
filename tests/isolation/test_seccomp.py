"""The filter of system calls: what has no name, or is newer than the lists, is refused by its number."""

from __future__ import annotations

import ctypes
import errno
import os
from pathlib import Path

import pyseccomp
import pytest

from fairgrade.isolation.engine import Session
from fairgrade.isolation.worker import seccomp, syscalls

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long


def number_of(name: str) -> int:
    """The number of a call that libseccomp knows."""
    return int(pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name))


def result_of(number: int, *args: int) -> int:
    """0 or more if a system call succeeds, else its error as a negative number."""
    ctypes.set_errno(0)
    result = int(libc.syscall(*map(ctypes.c_long, (number, *args))))
    return -ctypes.get_errno() if result == -1 else result


def filtered(program: bytes, *calls: tuple[int, ...]) -> list[int]:
    """What calls give in a process under a filter."""
    readable, writable = os.pipe()
    child = os.fork()
    if child == 0:
        syscalls.no_new_privileges()
        syscalls.filter_system_calls(program)
        os.write(writable, " ".join(str(result_of(*call)) for call in calls).encode())
        os._exit(0)
    os.close(writable)
    os.waitpid(child, 0)
    with os.fdopen(readable) as answer:
        return [int(word) for word in answer.read().split()]


ALLOW = seccomp._step(seccomp._RETURN, 0x7FFF0000)


def test_calls_without_a_name_are_refused_by_number():
    """As if getppid and getpgrp had come after the library that is installed."""
    known = set(range(seccomp.NEWEST + 1)) - {number_of("getppid"), number_of("getuid")}
    calls = [(number_of(name),) for name in ("getppid", "getuid", "getpid", "getgid")]
    program = seccomp.only_numbers(known, seccomp.NEWEST) + ALLOW
    given = filtered(program, *calls)
    assert given[:2] == [-errno.ENOSYS, -errno.ENOSYS]
    assert all(result >= 0 for result in given[2:])


def test_calls_newer_than_the_lists_are_refused_by_number():
    """As if the lists had been made when getppid was not there yet, and the library knew it."""
    newest = number_of("getppid") - 1
    program = seccomp.only_numbers(range(1000), newest) + ALLOW
    given = filtered(program, (number_of("getpid"),), (number_of("getppid"),), (number_of("fchmodat2"), 0, 0, 0, 0))
    assert given[0] > 0
    assert given[1:] == [-errno.ENOSYS, -errno.ENOSYS]


@pytest.mark.parametrize("high", [0, 1 << 32, 0x7FFF << 48])
def test_only_the_half_of_an_argument_that_the_kernel_looks_at_counts(high: int):
    program = seccomp.only_values("socket", 0, [1, 2], errno.EPERM) + ALLOW
    socket = number_of("socket")
    given = filtered(program, *((socket, high | family, 1, 0) for family in (1, 2, 16, 10, 17)))
    assert all(result >= 0 for result in given[:2])
    assert given[2:] == [-errno.EPERM] * 3


def test_every_name_on_the_lists_is_one_the_library_or_a_newer_kernel_knows():
    """A name with a slip in it would refuse nothing, in silence."""
    newer = {
        "setxattrat", "getxattrat", "listxattrat", "removexattrat", "file_getattr", "file_setattr", "open_tree_attr",
        "statmount", "listmount", "listns", "lsm_set_self_attr", "uprobe",
    }  # fmt: skip
    names = seccomp._ALWAYS | seccomp._WITHOUT_NAMESPACES | seccomp._READ_ATTRIBUTES
    assert {name for name in names if number_of(name) == -1} <= newer
    assert seccomp.lacking() == []


def test_a_rule_the_library_does_not_take_is_told():
    """Such as one on an argument that no call has."""
    lacks: list[str] = []
    rules = pyseccomp.SyscallFilter(defaction=pyseccomp.ALLOW)
    seccomp._deny(rules, lacks, "kill", pyseccomp.Arg(9, pyseccomp.EQ, 0))
    seccomp._deny(rules, lacks, "ptrace")
    assert lacks == ["kill"]


ATTRIBUTES = """
import ctypes, errno, os, struct
libc = ctypes.CDLL(None, use_errno=True)
path = {path!r}.encode()
value = ctypes.create_string_buffer(b"mine")
described = ctypes.create_string_buffer(struct.pack("QII", ctypes.addressof(value), 4, 0))
flags = ctypes.create_string_buffer(struct.pack("QIIII", 0x80, 0, 0, 0, 0))
def tried(number, *args):
    ctypes.set_errno(0)
    result = libc.syscall(ctypes.c_long(number), *args)
    return errno.errorcode[ctypes.get_errno()] if result < 0 else "CHANGED"
print(
    tried(463, -100, path, 0, b"user.mine", described, ctypes.c_size_t(16)),
    tried(466, -100, path, 0, b"user.theirs"),
    tried(469, -100, path, flags, ctypes.c_size_t(24), 0),
    tried(468, -100, path, flags, ctypes.c_size_t(24), 0),
)
"""


def test_attributes_of_a_file_of_the_same_user_stay(session: Session, tmp_path: Path):
    """Such as a submission of another student: Landlock says nothing of attributes."""
    path = tmp_path / "theirs"
    path.touch(mode=0o666)
    os.setxattr(path, "user.theirs", b"theirs")
    ran = session.run_cell(ATTRIBUTES.format(path=str(path)))
    assert ran.outputs[0]["text"].split() == ["ENOSYS"] * 4
    assert {name: os.getxattr(path, name) for name in os.listxattr(path)} == {"user.theirs": b"theirs"}


HONEST = {
    "sizes and kinds of terminals": "import os, sys\n(os.isatty(0), os.isatty(1))",
    "sockets that do not wait": "import socket\na, b = socket.socketpair()\na.setblocking(0)\nb.send(b'x')\na.recv(1)",
    "copied files": "import shutil\nopen('a', 'w').write('x')\nshutil.copyfile('a', 'b')\nopen('b').read()",
    "locked files": "import fcntl\nf = open('c', 'w')\nfcntl.flock(f, fcntl.LOCK_EX)\nfcntl.lockf(f, fcntl.LOCK_UN)",
    "an event loop": "import asyncio\nawait asyncio.sleep(0)\n'done'",
    "threads": "import threading\nt = threading.Thread(target=print)\nt.start()\nt.join()",
    "a pool of threads": "from concurrent.futures import ThreadPoolExecutor as P\nlist(P(2).map(abs, [1, -2]))",
}


@pytest.mark.parametrize("what", HONEST)
def test_honest_code_still_works(session: Session, what: str):
    ran = session.run_cell(HONEST[what])
    assert ran.ok, ran.outputs
