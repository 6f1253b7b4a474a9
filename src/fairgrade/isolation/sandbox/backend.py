"""A way to isolate student code, as the rest of the package sees it."""

from __future__ import annotations

import os
import secrets
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import IO, Any, ClassVar

from fairgrade.isolation.sandbox import view
from fairgrade.isolation.worker.folders import remove


class Backend(ABC):
    """One sandbox of a zygote: how it is started, what it is told, and where its files lie.

    :func:`~fairgrade.isolation.sandbox.start.start` makes one for each zygote and calls :meth:`lacks`, then
    :meth:`command` and :meth:`confinement`, and :meth:`remedy` if the zygote did not start. The zygote's owner
    calls :meth:`make_scratch` before each submission, and :meth:`close` last. The steps that are taken inside are
    those of the class of the same name in ``worker/confinement.py``.

    Parameters
    ----------
    readable : sequence of str
        Files and folders that student code may read besides the system's.
    hidden : sequence of str
        Folders it must not read where they lie within what is shown, such as the course.
    """

    name: ClassVar[str]
    """What ``c.Isolation.backend`` and the messages call it."""
    title: ClassVar[str]
    """What it is called in a sentence."""
    has_processes_of_its_own: ClassVar[bool] = False
    """Whether a submission is alone in a process namespace, so that whatever it forks ends with it."""

    def __init__(self, readable: Sequence[str] = (), hidden: Sequence[str] = ()) -> None:
        self.readable, self.hidden = readable, hidden
        self.uid = -1
        """The user submissions run as, or -1 for our own."""
        self.cache = ""
        """Where the zygote keeps caches, to be removed after it; empty if it has a file system of its own."""

    def lacks(self) -> str:
        """Return what it lacks on this machine, as far as that shows without trying; empty if nothing.

        Called before anything is started. A backend that lacks something is never started.
        """
        return ""

    def remedy(self) -> str:
        """Return the command that would most likely help where it lacks something, or the zygote did not start."""
        return ""

    def command(self, control: int) -> tuple[list[str], list[IO[bytes]]]:
        """Return the command that starts the zygote, and files that the command reads; called once.

        The zygote's orders come in over the descriptor `control`. What it inherits, submissions inherit: the command
        has to close the files before it starts the zygote.
        """
        return view.worker_command(control), []

    @abstractmethod
    def confinement(self) -> dict[str, Any]:
        """Return what the zygote's first message says of its confinement; called once, after :meth:`command`."""

    def make_cache(self) -> str:
        """Make the folder in which the zygote keeps caches, and return it; called before the zygote starts."""
        self.cache = tempfile.mkdtemp(prefix="fairgrade-")
        return self.cache

    def make_scratch(self) -> str:
        """Make a folder for one submission's files, and return it; called before each submission.

        Empty if the sandbox gives each a file system of its own.
        """
        return tempfile.mkdtemp(prefix="fairgrade-")

    def close(self) -> None:
        """Remove what the zygote leaves; called after it has ended."""
        if self.cache:
            remove(self.cache)


def unused_uid() -> int:
    """Return a user number that no account has: root's rights must not follow into the sandbox."""
    return 0x70000000 + secrets.randbelow(0x0F000000)


def is_open_to_all(path: str) -> bool:
    """Whether any user may reach `path`."""
    path = os.path.realpath(path)
    while path != "/":
        mode = os.stat(path).st_mode
        if not mode & (0o001 if os.path.isdir(path) else 0o004):
            return False
        path = os.path.dirname(path)
    return True
