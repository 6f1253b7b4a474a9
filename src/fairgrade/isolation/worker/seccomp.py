"""Refuse the system calls that a student's process has no use for, by a filter (libseccomp through pyseccomp).

A filter sees numbers, not what pointers point to: it can refuse ``mount`` as such, but not one path. Calls are refused
by name, and all that the installed libseccomp has no name for, or that are newer than this list, by number.
"""

from __future__ import annotations

import errno
import functools
import os
import socket
import struct
import sys
from collections.abc import Collection, Iterable
from typing import Any

from . import syscalls

NEWEST = 470
"""The newest call that was looked at for the lists below; newer ones are refused. Architectures share the numbers."""

_NAMESPACES = 0x7E020000 | 0x00000080  # CLONE_NEW*, the time namespace's bit included
_CLONE_THREAD = 0x00010000
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C
_F_SETOWN_EX, _TCGETS2 = 15, 0x802C542A

_ALWAYS = frozenset(
    """
    ptrace process_vm_readv process_vm_writev process_madvise kcmp pidfd_getfd pidfd_open perf_event_open bpf
    userfaultfd keyctl add_key request_key mount umount umount2 pivot_root move_mount open_tree fsopen fsconfig
    fsmount fspick mount_setattr unshare setns chroot io_uring_setup io_uring_enter io_uring_register kexec_load
    kexec_file_load init_module finit_module delete_module reboot swapon swapoff quotactl quotactl_fd acct
    settimeofday clock_settime clock_adjtime adjtimex stime iopl ioperm open_by_handle_at name_to_handle_at
    personality syslog vhangup nfsservctl lookup_dcookie sethostname setdomainname modify_ldt
    landlock_create_ruleset fanotify_init fanotify_mark shmget shmat shmctl semget semop semctl msgget msgsnd
    msgrcv msgctl mq_open mq_unlink process_mrelease memfd_secret setuid setgid setreuid setregid setresuid
    setresgid setgroups open_tree_attr statmount listmount listns lsm_set_self_attr uprobe
    """.split()  # noqa: SIM905 - as a list it would be a page
)

_WITHOUT_NAMESPACES = frozenset(
    """
    fork vfork rt_sigqueueinfo rt_tgsigqueueinfo pidfd_send_signal socket chmod fchmod fchmodat
    fchmodat2 chown fchown lchown fchownat utime utimes utimensat futimesat setxattr lsetxattr fsetxattr
    removexattr lremovexattr fremovexattr setxattrat removexattrat inotify_init inotify_init1 inotify_add_watch
    sched_setaffinity sched_setscheduler sched_setparam sched_setattr setpriority ioprio_set migrate_pages
    move_pages prlimit64 setpgid setsid mknod mknodat
    """.split()  # noqa: SIM905
)
"""Also refused where nothing but the filter stands between the process and the rest of the machine.

Files' modes, owners, times and attributes are not Landlock's business, nor are signals before ABI 6.
"""

_READ_ATTRIBUTES = frozenset(
    """
    getxattr lgetxattr fgetxattr getxattrat listxattr llistxattr flistxattr listxattrat file_getattr
    """.split()  # noqa: SIM905
)
"""Refused there, too, as by a file system without them, which programs expect."""


def _signalling() -> tuple[int, ...]:
    """List what of ``fcntl`` has the kernel send a signal to any process of the user, or holds up who opens a file."""
    import fcntl  # only Linux has these

    return (fcntl.F_SETOWN, fcntl.F_SETSIG, _F_SETOWN_EX, fcntl.F_SETLEASE, fcntl.F_NOTIFY)


def _ioctls() -> tuple[int, ...]:
    """List the requests left where nothing else stands between: others change flags of files, and owners of sockets."""
    import termios  # only Unix has it

    return (
        termios.TCGETS, _TCGETS2, termios.TIOCGWINSZ, termios.TIOCGPGRP, termios.TIOCOUTQ, termios.FIONREAD,
        termios.FIONBIO, termios.FIOCLEX, termios.FIONCLEX,
    )  # fmt: skip


def available() -> str:
    """Return why no filter can be built; empty if one can."""
    try:
        import pyseccomp  # noqa: F401
    except ImportError:
        return "the Python package pyseccomp is missing"
    except (OSError, RuntimeError) as error:  # it looks for libseccomp when it is imported
        return f"libseccomp is missing ({error})"
    return ""


def install(*, namespaces: bool, processes: bool) -> None:
    """Filter this process and all it starts, for good; it must have given up new privileges.

    Parameters
    ----------
    namespaces, processes : bool
        As for :func:`program_for`.
    """
    syscalls.filter_system_calls(program_for(namespaces=namespaces, processes=processes))
    if not namespaces:
        import pyseccomp

        others = pyseccomp.SyscallFilter(defaction=pyseccomp.ALLOW)
        for name in ("kill", "tkill", "tgkill"):
            others.add_rule(pyseccomp.ERRNO(errno.EPERM), name, pyseccomp.Arg(0, pyseccomp.NE, os.getpid()))
        others.load()  # of two filters the stricter one holds


def program_for(*, namespaces: bool, processes: bool) -> bytes:
    """Return the program that the kernel runs at each call: the rules that are the same for all submissions.

    Parameters
    ----------
    namespaces : bool
        Whether the process is alone in namespaces of its own.
    processes : bool
        Whether it may start processes. Threads it may start anyway.
    """
    return _made(namespaces, processes)[0]


def lacking() -> list[str]:
    """Return the calls that some sandbox should refuse, but for which the installed libseccomp takes no rule."""
    return sorted({name for alone in (True, False) for name in _made(alone, False)[1]})


@functools.cache  # a zygote makes it before it forks, which saves each of its children two milliseconds
def _made(namespaces: bool, processes: bool) -> tuple[bytes, tuple[str, ...]]:
    """Return the program, and the calls it should refuse and does not."""
    import pyseccomp

    rules = pyseccomp.SyscallFilter(defaction=pyseccomp.ALLOW)
    lacks: list[str] = []
    deny = functools.partial(_deny, rules, lacks)
    for name in _ALWAYS:
        deny(name)
    # glibc falls back to clone, whose flags a filter can see.
    deny("clone3", error=errno.ENOSYS)
    for bit in range(32):
        if _NAMESPACES & (1 << bit) and bit != 7:
            deny("clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, 1 << bit, 1 << bit))
    if namespaces:
        for request in (_TIOCSTI, _TIOCLINUX):
            deny("ioctl", _equals(1, request))
        only = only_values("socket", 0, (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6), errno.EPERM)
    else:
        for name in _WITHOUT_NAMESPACES:
            if name in ("prlimit64", "sched_setaffinity"):
                deny(name, pyseccomp.Arg(0, pyseccomp.NE, 0))
            else:
                deny(name)
        for name in _READ_ATTRIBUTES:
            deny(name, error=errno.ENOTSUP)
        for command in _signalling():
            deny("fcntl", _equals(1, command))
        only = only_values("ioctl", 1, _ioctls(), errno.ENOTTY)
    if not processes:
        deny("fork")
        deny("vfork")
        deny("clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, _CLONE_THREAD, 0))
    with open(os.memfd_create("rules"), "w+b") as file:
        rules.export_bpf(file)
        file.seek(0)
        return only_numbers(*_known()) + only + file.read(), tuple(lacks)


def _deny(rules: Any, lacks: list[str], name: str, *conditions: Any, error: int = errno.EPERM) -> None:
    import pyseccomp

    # -1: libseccomp does not know the name, and so not the number, for which all such are refused.
    if pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name) == -1:
        return
    try:
        rules.add_rule(pyseccomp.ERRNO(error), name, *conditions)
    except (OSError, RuntimeError, ValueError):
        lacks.append(name)


def _equals(argument: int, value: int) -> Any:
    """Return a condition on an argument's lower 32 bits; the kernel ignores the upper ones."""
    import pyseccomp

    return pyseccomp.Arg(argument, pyseccomp.MASKED_EQ, 0xFFFFFFFF, value)


def _known() -> tuple[set[int], int]:
    """Return the numbers libseccomp has names for, and the newest that was looked at, on this architecture."""
    import pyseccomp

    first = pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, "getpid") // 1000 * 1000  # 0, but on MIPS
    newest = first + NEWEST
    name_of = pyseccomp._libseccomp.seccomp_syscall_resolve_num_arch
    native = pyseccomp._libseccomp.seccomp_arch_native()
    return {number for number in range(first, newest + 1) if name_of(native, number)}, newest


# -- what libseccomp has no rules for, as instructions that come before its own ----------------------------

_LOAD, _RETURN, _EQUAL, _GREATER, _AT_LEAST = 0x20, 0x06, 0x15, 0x25, 0x35
_ERRNO = 0x00050000


def only_numbers(known: Collection[int], newest: int) -> bytes:
    """Refuse all calls but those known, as if there were none of that number; x32's have numbers of their own.

    Parameters
    ----------
    known : collection of int
    newest : int
        The largest that may be among them.
    """
    program = [_step(_LOAD, 0)]
    for low, high in _gaps(known, newest):
        program += [_step(_AT_LEAST, low, 0, 2), _step(_GREATER, high, 1, 0), _step(_RETURN, _ERRNO | errno.ENOSYS)]
    program += [_step(_GREATER, newest, 0, 1), _step(_RETURN, _ERRNO | errno.ENOSYS)]
    return b"".join(program)


def only_values(name: str, argument: int, values: Iterable[int], error: int) -> bytes:
    """Refuse a call unless an argument of it, of 32 bits, has one of a few values."""
    import pyseccomp

    number = pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name)
    if number < 0:  # there is no such call on this architecture
        return b""
    wanted = sorted({value & 0xFFFFFFFF for value in values})
    low_half = 16 + 8 * argument + (4 if sys.byteorder == "big" else 0)
    program = [_step(_LOAD, 0), _step(_EQUAL, number, 0, len(wanted) + 2), _step(_LOAD, low_half)]
    program += [_step(_EQUAL, value, len(wanted) - i, 0) for i, value in enumerate(wanted)]
    return b"".join([*program, _step(_RETURN, _ERRNO | error)])


def _gaps(known: Collection[int], newest: int) -> list[tuple[int, int]]:
    """Return the ranges of unknown numbers up to the newest."""
    gaps: list[tuple[int, int]] = []
    for number in range(newest + 1):
        if number not in known:
            if gaps and gaps[-1][1] == number - 1:
                gaps[-1] = gaps[-1][0], number
            else:
                gaps.append((number, number))
    return gaps


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)
