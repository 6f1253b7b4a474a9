"""The steps by which a process locks itself in: once for the zygote, once more for each submission."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from typing import Any

from . import landlock, limits, seccomp, syscalls

WORK = "/tmp/work"
"""The working directory where a submission has a file system of its own."""


@dataclass(frozen=True)
class Confinement:
    """How submissions are confined.

    Attributes
    ----------
    backend : str
        ``bubblewrap``, ``landlock`` or ``none``.
    uid : int
        The user to become, or -1 to stay who we are.
    filtered : bool
        Whether a seccomp filter can be had.
    readable : list of str
        What Landlock lets a submission read.
    preload : list of str
        Modules to import once.
    cache : str
        The folder in which the zygote keeps caches; it removes it at its end. Empty if it has none.
    parent : int
        The process that started the zygote, where that can be seen from inside.
    """

    backend: str
    uid: int
    filtered: bool
    readable: list[str]
    preload: list[str]
    cache: str
    parent: int


def enter_namespaces(uid: int) -> int:
    """Move the zygote into namespaces it governs itself; the caller goes on as their first process.

    bubblewrap has already taken away the file system, the network and the rest. The zygote needs a
    user namespace in which it may make a process and a mount namespace for each submission.

    Returns
    -------
    int
        A descriptor of the new process namespace.
    """
    if uid >= 0:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
        syscalls.set_dumpable(True)  # changing the user made our own /proc files unwritable
    me, my_group = os.geteuid(), os.getegid()
    syscalls.unshare(syscalls.CLONE_NEWUSER | syscalls.CLONE_NEWPID | syscalls.CLONE_NEWNS | syscalls.CLONE_NEWIPC)
    for name, text in (("setgroups", "deny"), ("uid_map", f"1000 {me} 1"), ("gid_map", f"1000 {my_group} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)
    child = os.fork()
    if child:
        os.closerange(0, 1024)
        _, status = os.waitpid(child, 0)
        os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
    return os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)


def confine(how: Confinement, what: limits.ResourceLimits, scratch: str) -> None:
    """Lock this process, which is about to run a student's code, in.

    Parameters
    ----------
    how : Confinement
    what : ResourceLimits
    scratch : str
        The folder to work in, where there is no file system of our own.
    """
    os.setsid()  # a signal to the process group, zygote included, would reach across namespaces
    os.umask(0o022)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGPIPE):
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    work = scratch
    if how.backend == "bubblewrap":
        syscalls.unshare(syscalls.CLONE_NEWNS | syscalls.CLONE_NEWIPC | syscalls.CLONE_NEWUTS)
        syscalls.mount_scratch("/tmp", what.scratch_bytes)
        syscalls.mount_scratch("/dev/shm", what.scratch_bytes // 4)
        syscalls.mount_scratch("/proc", 4096, syscalls.MS_RDONLY)
        work = WORK
        os.makedirs(work)
    elif how.uid >= 0:
        os.setgroups([])
        os.setresgid(how.uid, how.uid, how.uid)
        os.setresuid(how.uid, how.uid, how.uid)
    syscalls.die_with_parent()  # a change of user would undo it
    os.chdir(work)
    os.environ.update(HOME=work, TMPDIR="/tmp" if how.backend == "bubblewrap" else work)
    limits.apply(what, count_processes=how.backend == "bubblewrap" or (how.backend == "landlock" and how.uid >= 0))
    if how.backend == "none":
        return
    syscalls.no_new_privileges()
    if how.backend == "landlock":
        landlock.restrict(landlock.make_ruleset(how.readable, [scratch, "/dev/null"]))
    syscalls.drop_capabilities()
    syscalls.set_dumpable(False)
    if how.filtered:
        seccomp.install(**_filter(how, what))


def prepare(how: Confinement, what: limits.ResourceLimits) -> None:
    """Do what :func:`confine` can have done once for all, in the process that forks."""
    if how.filtered:
        seccomp.program_for(**_filter(how, what))


def _filter(how: Confinement, what: limits.ResourceLimits) -> dict[str, bool]:
    alone = how.backend == "bubblewrap"
    return {"namespaces": alone, "processes": alone and what.processes > 0}


def from_message(message: dict[str, Any]) -> Confinement:
    """The confinement in the first message the zygote gets."""
    return Confinement(**message)
