"""The few Linux calls that Python 3.11 has no function for."""

from __future__ import annotations

import ctypes
import os

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWUSER, CLONE_NEWPID = 0x10000000, 0x20000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_REC, MS_PRIVATE = 1, 2, 4, 0x4000, 1 << 18

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_CAPBSET_DROP = 1, 4, 24
_PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL = 38, 47, 4
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 22, 2
_CAPABILITY_VERSION_3 = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)


def call(name: str, *args: object) -> int:
    """Call a function of the C library.

    Raises
    ------
    OSError
        If it returns -1.
    """
    result = int(getattr(_libc, name)(*args))
    if result == -1:
        error = ctypes.get_errno()
        raise OSError(error, f"{name}: {os.strerror(error)}")
    return result


def unshare(flags: int) -> None:
    """Move into new namespaces."""
    call("unshare", flags)


def enter(namespace: int, flags: int) -> None:
    """Move into the namespace behind a descriptor."""
    call("setns", namespace, flags)


def mount_scratch(target: str, size_bytes: int, flags: int = 0) -> None:
    """Mount an empty file system that lives in memory."""
    options = f"mode=0755,size={size_bytes},nr_inodes={max(1024, size_bytes // 4096)}"
    call("mount", b"tmpfs", target.encode(), b"tmpfs", ctypes.c_ulong(MS_NOSUID | MS_NODEV | flags), options.encode())


def set_dumpable(yes: bool) -> None:
    """Whether others may read this process's memory and descriptors through /proc, and trace it."""
    call("prctl", _PR_SET_DUMPABLE, int(yes), 0, 0, 0)


def die_with_parent() -> None:
    """Be killed when the parent ends."""
    signal_at_end_of_parent(9)


def signal_at_end_of_parent(number: int) -> None:
    """Get a signal when the thread that started this process ends."""
    call("prctl", _PR_SET_PDEATHSIG, number, 0, 0, 0)


def adopt_orphans() -> None:
    """Become the parent of all descendants whose own parent ends."""
    call("prctl", _PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def no_new_privileges() -> None:
    """Make set-uid programs and file capabilities ineffective, for good."""
    call("prctl", _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


class _Program(ctypes.Structure):
    """A ``struct sock_fprog``: how many instructions of 8 bytes, and where."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def filter_system_calls(program: bytes) -> None:
    """Have the kernel run `program` (classic BPF) at each system call from now on, for good."""
    call("prctl", _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(_Program(len(program) // 8, program)), 0, 0)


def drop_capabilities() -> None:
    """Give up all capabilities, for good. Succeeds where there are none to give up."""
    for capability in range(64):
        if _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0) == -1:
            break  # beyond the kernel's last one, or no right to drop, when exec can't gain any either
    _libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    nothing = (ctypes.c_uint32 * 6)()
    call("capset", header, nothing)
