"""The system calls a student's process has no use for, refused by a filter (libseccomp through pyseccomp).

A filter sees numbers, not what pointers point to: it can refuse ``mount`` as such, but not one path.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import os
import socket
from typing import Any

from . import kernel

_NAMESPACES = 0x7E020000 | 0x00000080  # CLONE_NEW*, the time namespace's bit included
_CLONE_THREAD = 0x00010000
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C

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
    setresgid setgroups
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


def available() -> str:
    """Empty if a filter can be built, else why not."""
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
    kernel.filter_system_calls(program_for(namespaces=namespaces, processes=processes))
    if not namespaces:
        import pyseccomp

        others = pyseccomp.SyscallFilter(defaction=pyseccomp.ALLOW)
        for name in ("kill", "tkill", "tgkill"):
            _deny(others, name, pyseccomp.Arg(0, pyseccomp.NE, os.getpid()))
        others.load()  # of two filters the stricter one holds


@functools.cache  # a zygote makes it before it forks, which saves each of its children two milliseconds
def program_for(*, namespaces: bool, processes: bool) -> bytes:
    """What the kernel runs at each call: the rules that are the same for all submissions.

    Parameters
    ----------
    namespaces : bool
        Whether the process is alone in namespaces of its own.
    processes : bool
        Whether it may start processes. Threads it may start anyway.
    """
    import pyseccomp

    rules = pyseccomp.SyscallFilter(defaction=pyseccomp.ALLOW)
    deny = functools.partial(_deny, rules)
    for name in _ALWAYS:
        deny(name)
    # glibc falls back to clone, whose flags a filter can see.
    deny("clone3", action=pyseccomp.ERRNO(errno.ENOSYS))
    for bit in range(32):
        if _NAMESPACES & (1 << bit) and bit != 7:
            deny("clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, 1 << bit, 1 << bit))
    for request in (_TIOCSTI, _TIOCLINUX):
        deny("ioctl", pyseccomp.Arg(1, pyseccomp.MASKED_EQ, 0xFFFFFFFF, request))
    if namespaces:
        for family in (socket.AF_NETLINK, socket.AF_PACKET, 40, 38, 44):  # vsock, alg, xdp
            deny("socket", pyseccomp.Arg(0, pyseccomp.EQ, int(family)))
    else:
        for name in _WITHOUT_NAMESPACES:
            if name in ("prlimit64", "sched_setaffinity"):
                deny(name, pyseccomp.Arg(0, pyseccomp.NE, 0))
            else:
                deny(name)
    if not processes:
        deny("fork")
        deny("vfork")
        deny("clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, _CLONE_THREAD, 0))
    with open(os.memfd_create("rules"), "w+b") as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()


def _deny(rules: Any, name: str, *conditions: Any, action: int | None = None) -> None:
    import pyseccomp

    # This architecture, or this libseccomp, may not know the call.
    with contextlib.suppress(OSError, RuntimeError, ValueError):
        rules.add_rule(pyseccomp.ERRNO(errno.EPERM) if action is None else action, name, *conditions)
