"""Processes of ours, started together: one loads what all need, the others are forked from it and share its memory.

Each has a socket to whoever started it, and a file for what it complains of. A fork's parent ends at once, and
whoever started them all adopts it, so that all can be waited for alike.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from typing import BinaryIO

from fairgrade.autograde.pool_worker import receive, send
from fairgrade.isolation.worker import syscalls
from fairgrade.isolation.worker.folders import remove


def start(number: int) -> list[Child]:
    """Start so many grading processes.

    Parameters
    ----------
    number : int
    """
    if number > 1:
        syscalls.adopt_orphans()
    pairs = [socket.socketpair() for _ in range(number)]
    folders = [tempfile.mkdtemp(prefix="fairgrade-") for _ in range(number)]
    complaints: list[BinaryIO] = [tempfile.TemporaryFile() for _ in range(number)]  # noqa: SIM115 - a child's own
    posts = [(theirs.fileno(), file.fileno()) for (_, theirs), file in zip(pairs, complaints, strict=True)]
    words = [f"{channel}:{file}:{folder}" for (channel, file), folder in zip(posts, folders, strict=True)]
    first = subprocess.Popen(  # noqa: S603 - of this very package
        [sys.executable, "-P", "-m", "fairgrade.autograde.pool_worker", *words],
        stdin=subprocess.DEVNULL, stdout=complaints[0], stderr=complaints[0],
        pass_fds=[descriptor for post in posts for descriptor in post],
        env={**os.environ, "TMPDIR": folders[0]},
        start_new_session=True,  # Ctrl-C is for the coordinator to answer
    )  # fmt: skip
    for _, theirs in pairs:
        theirs.close()
    ends = [ours for ours, _ in pairs]
    starts = [first, *[None] * (number - 1)]
    return [Child(*belongings) for belongings in zip(ends, complaints, folders, starts, strict=True)]


class Child:
    """A process, which tells its number first, and then answers what it is sent.

    Parameters
    ----------
    channel : socket.socket
    complaints : file
        Takes what it writes to standard output and standard error.
    folder : str
        Where it has its temporary files, which may be killed with it; removed at its end.
    popen : subprocess.Popen, optional
        Of the process itself; one that will be forked has none.
    """

    def __init__(
        self, channel: socket.socket, complaints: BinaryIO, folder: str, popen: subprocess.Popen[bytes] | None
    ) -> None:
        self._channel = channel
        self._complaints = complaints
        self._folder = folder
        self._popen = popen
        self._pid = popen.pid if popen is not None else None
        self._has_greeted = False
        self._meeting, self._ending = threading.Lock(), threading.Lock()
        self.exit_code: int | None = None

    def send(self, message: bytes) -> None:
        """Send it a message; it need not be ready for it.

        Raises
        ------
        OSError
            If it has ended.
        """
        send(self._channel, message)

    def receive(self, timeout_s: float) -> bytes | None:
        """Its answer; None if it has ended.

        Raises
        ------
        TimeoutError
            If there is none in time.
        """
        with self._meeting:
            self._meet(timeout_s)
        return self._next(timeout_s)

    @property
    def alive(self) -> bool:
        """Whether it still runs, or is about to be forked."""
        return not self._has_ended(os.WNOHANG)

    def kill(self) -> None:
        """End it, from any thread; whoever waits for its answer learns that it has ended."""
        if self._meeting.acquire(blocking=False):  # else somebody waits for it
            with contextlib.suppress(TimeoutError, OSError, ValueError):  # or it is closed already
                self._meet(0)
            self._meeting.release()
        with self._ending:
            if self._pid is not None and self.exit_code is None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(self._pid, signal.SIGKILL)
        with contextlib.suppress(OSError):
            self._channel.shutdown(socket.SHUT_RDWR)  # one that is still to be forked ends by itself then
        self._has_ended(0)
        remove(self._folder)

    def close(self) -> None:
        """End it and let go of what belongs to it; for the thread that uses it."""
        self.kill()
        self._channel.close()
        self._complaints.close()

    def last_words(self) -> str:
        """The end of what it complained of."""
        self._complaints.seek(0)
        return self._complaints.read()[-1000:].decode(errors="replace").strip()

    def _meet(self, timeout_s: float) -> None:
        """Learn its number, if that has not been done."""
        if not self._has_greeted and (greeting := self._next(timeout_s)) is not None:
            self._pid, self._has_greeted = int(greeting), True

    def _next(self, timeout_s: float) -> bytes | None:
        ready, _, _ = select.select([self._channel], [], [], timeout_s)
        if not ready:
            raise TimeoutError
        return receive(self._channel)

    def _has_ended(self, flags: int) -> bool:
        with self._ending:
            if self.exit_code is None and self._pid is not None:
                try:
                    pid, status = os.waitpid(self._pid, flags)
                except ChildProcessError:
                    pid, status = self._pid, 0
                if pid == self._pid:
                    self.exit_code = os.waitstatus_to_exitcode(status)
                    if self._popen is not None:
                        self._popen.poll()  # which learns that there is nothing to wait for any more
            return self.exit_code is not None
