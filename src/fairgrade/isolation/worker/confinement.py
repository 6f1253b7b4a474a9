"""The steps by which a process locks itself in: once for the zygote, once more for each submission."""

from __future__ import annotations

import os
import signal
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

from . import landlock, limits, seccomp, syscalls

WORK = "/tmp/work"
"""The working directory where a submission has a file system of its own."""


@dataclass(frozen=True)
class Order:
    """The zygote's first message.

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


class Confinement(ABC):
    """How a zygote, and each submission forked from it, lock themselves in.

    The zygote calls :meth:`confine_zygote` before it imports anything, and for each submission :meth:`prepare`, and
    :meth:`before_fork` and :meth:`after_fork` around the fork. The fork calls :meth:`confine_submission` before it
    looks at anything a student wrote.
    """

    is_alone: ClassVar[bool] = False
    """Whether a submission has a process namespace of its own."""

    def __init__(self, order: Order) -> None:
        self.order = order

    def confine_zygote(self) -> None:  # noqa: B027 - only namespaces need a step here
        """Lock the zygote in."""

    def before_fork(self) -> None:  # noqa: B027
        """Have the zygote's next child find what it needs."""

    def after_fork(self) -> None:  # noqa: B027
        """Undo that for the zygote; not called in the child."""

    def prepare(self, what: limits.ResourceLimits) -> None:
        """Do what :meth:`confine_submission` can have done once for all, in the process that forks."""
        if self.order.filtered:
            seccomp.program_for(**self._filter(what))

    def confine_submission(self, what: limits.ResourceLimits, scratch: str) -> None:
        """Lock this process in, which is about to run a student's code.

        Parameters
        ----------
        what : ResourceLimits
        scratch : str
            The folder to work in, where there is no file system of our own.
        """
        os.setsid()  # a signal to the process group, zygote included, would reach across namespaces
        os.umask(0o022)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
        work, temporary = self._enter_folders(what, scratch)
        syscalls.die_with_parent()  # a change of user would undo it
        os.chdir(work)
        os.environ.update(HOME=work, TMPDIR=temporary)
        limits.apply(what, count_processes=self._is_user_its_own())
        self._give_up_rights(what, scratch)

    def _give_up_rights(self, what: limits.ResourceLimits, scratch: str) -> None:
        """Give up, for good, whatever the submission does not need."""
        syscalls.no_new_privileges()
        self._restrict_files(scratch)
        syscalls.drop_capabilities()
        syscalls.set_dumpable(False)
        if self.order.filtered:
            seccomp.install(**self._filter(what))

    @abstractmethod
    def _enter_folders(self, what: limits.ResourceLimits, scratch: str) -> tuple[str, str]:
        """Become the submission's user, and return its working folder and the one for temporary files."""

    @abstractmethod
    def _is_user_its_own(self) -> bool:
        """Whether no other processes of this user exist, by which the kernel counts them."""

    @abstractmethod
    def _restrict_files(self, scratch: str) -> None:
        """Limit which files can be reached, where the file system does not do so."""

    def _filter(self, what: limits.ResourceLimits) -> dict[str, bool]:
        """Return how the filter of system calls is to be."""
        return {"namespaces": self.is_alone, "processes": self.is_alone and what.processes > 0}


class NamespaceConfinement(Confinement):
    """What bubblewrap has begun: a file system, processes, users and a network of the submission's own."""

    is_alone = True

    def confine_zygote(self) -> None:
        """Move the zygote into namespaces it governs itself; the caller goes on as their first process.

        bubblewrap has already taken away the file system, the network and the rest. The zygote needs a user namespace
        in which it may make a process and a mount namespace for each submission.
        """
        if self.order.uid >= 0:
            _become(self.order.uid)
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
        self._namespace = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)

    def before_fork(self) -> None:
        """Have the child be the first process of a new namespace."""
        syscalls.unshare(syscalls.CLONE_NEWPID)  # holds for children

    def after_fork(self) -> None:
        """Have later children in our own namespace again."""
        syscalls.enter(self._namespace, syscalls.CLONE_NEWPID)

    def _enter_folders(self, what: limits.ResourceLimits, scratch: str) -> tuple[str, str]:
        os.close(self._namespace)
        syscalls.unshare(syscalls.CLONE_NEWNS | syscalls.CLONE_NEWIPC | syscalls.CLONE_NEWUTS)
        syscalls.mount_scratch("/tmp", what.scratch_bytes)
        syscalls.mount_scratch("/dev/shm", what.scratch_bytes // 4)
        syscalls.mount_scratch("/proc", 4096, syscalls.MS_RDONLY)
        os.makedirs(WORK)
        return WORK, "/tmp"

    def _is_user_its_own(self) -> bool:
        return True

    def _restrict_files(self, scratch: str) -> None:
        """Do nothing: what is not shown is not there."""


class LandlockConfinement(Confinement):
    """Rules for files, and a filter that refuses most of what reaches other processes."""

    def _enter_folders(self, what: limits.ResourceLimits, scratch: str) -> tuple[str, str]:
        if self.order.uid >= 0:
            _become(self.order.uid)
        return scratch, scratch

    def _is_user_its_own(self) -> bool:
        return self.order.uid >= 0

    def _restrict_files(self, scratch: str) -> None:
        landlock.restrict(landlock.make_ruleset(self.order.readable, [scratch, "/dev/null"]))


class NoConfinement(Confinement):
    """Nothing but limits: student code runs as the user who grades, who has said so."""

    def _enter_folders(self, what: limits.ResourceLimits, scratch: str) -> tuple[str, str]:
        return scratch, scratch

    def _is_user_its_own(self) -> bool:
        return False

    def _restrict_files(self, scratch: str) -> None:
        """Do nothing."""

    def _give_up_rights(self, what: limits.ResourceLimits, scratch: str) -> None:
        """Give up nothing."""


def _become(uid: int) -> None:
    """Become another user, for good."""
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def confinement_of(message: dict[str, Any]) -> Confinement:
    """Return the confinement that the first message the zygote gets asks for."""
    order = Order(**message)
    kinds: dict[str, type[Confinement]] = {
        "bubblewrap": NamespaceConfinement, "landlock": LandlockConfinement, "none": NoConfinement,
    }  # fmt: skip
    return kinds[order.backend](order)
