"""Processes for students' code: a zygote, warm and empty, and a fork of it for each submission."""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import msgpack

from fairgrade.grading.outcomes import InfraError
from fairgrade.isolation.errors import Crashed, MemoryLimit, Stopped
from fairgrade.isolation.sandbox.start import RunningZygote, start
from fairgrade.isolation.settings import Isolation
from fairgrade.isolation.worker.channel import Channel, ChannelClosed
from fairgrade.isolation.worker.folders import remove

_SIGNALS = {
    signal.SIGSEGV: "crashed (segmentation fault)",
    signal.SIGBUS: "crashed (bus error)",
    signal.SIGABRT: "crashed (abort)",
    signal.SIGILL: "crashed (illegal instruction)",
    signal.SIGFPE: "crashed (arithmetic fault)",
    signal.SIGXCPU: "used more processor time than it may",
    signal.SIGKILL: "was killed, most likely for lack of memory",
    signal.SIGSYS: "made a system call it may not make",
}


class Zygote:
    """The process submissions are forked from; one per grading process, started once.

    Parameters
    ----------
    settings : Isolation
    hidden : sequence of str
        Folders that must not be shown, such as the course.
    """

    def __init__(self, settings: Isolation, hidden: Sequence[str] = ()) -> None:
        self._started: RunningZygote = start(
            settings.backend, tuple(settings.readable), tuple(hidden), settings.preload
        )
        self._lock = threading.Lock()
        self._owner = os.getpid()
        self.limits = settings.limits()
        self.backend = self._started.backend.name
        atexit.register(self.close)

    def order(self, *words: Any, descriptor: int | None = None) -> list[Any]:
        """Give an order and wait for the answer.

        Raises
        ------
        InfraError
            If the zygote is gone.
        """
        with self._lock:
            try:
                packed = msgpack.packb(words)
                if descriptor is None:
                    self._started.control.send(packed)
                else:
                    socket.send_fds(self._started.control, [packed], [descriptor])
                answer = self._started.control.recv(1 << 16)
            except OSError as error:
                answer = b""
                reason = str(error)
            else:
                reason = "it has ended"
        if not answer:
            self.close()
            raise InfraError(f"The sandbox: expected an answer, got none ({reason}). Grade this submission again.")
        return list(msgpack.unpackb(answer))

    @property
    def alive(self) -> bool:
        """Whether it still runs, and belongs to this process rather than to one this was forked from."""
        ours = self._owner == os.getpid()
        return ours and self._started.process.poll() is None and self._started.control.fileno() >= 0

    def make_scratch(self) -> str:
        """Make a folder for a submission's files; empty if the sandbox has a file system of its own."""
        return self._started.backend.make_scratch()

    @property
    def can_snapshot(self) -> bool:
        """Whether a fork of a submission's process ends with it, as it does in a process namespace of its own."""
        return self._started.backend.has_processes_of_its_own

    def let_go(self) -> None:
        """Close its orders, from any thread: it then ends by itself, with all it has forked."""
        with contextlib.suppress(OSError):
            self._started.control.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """End it and all it has forked."""
        atexit.unregister(self.close)
        if self._owner != os.getpid():
            return
        self._started.control.close()
        if self._started.process.poll() is None:
            try:
                # Without its control socket it ends by itself; bubblewrap, which waits for it, then too.
                self._started.process.wait(0.5)
            except subprocess.TimeoutExpired:
                self._started.process.kill()
                self._started.process.wait()
        self._started.backend.close()


class StudentProcess:
    """One fork, in which one submission's code runs, and tests, if it `has_tests`."""

    def __init__(self, zygote: Zygote, seed: int, on_tick: Any, has_tests: bool = False) -> None:
        self._zygote = zygote
        self._scratch = zygote.make_scratch()
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                limits = asdict(zygote.limits)
                answer = zygote.order("fork", limits, seed, self._scratch, has_tests, descriptor=theirs.fileno())
            if answer[0] != "forked":
                raise InfraError(f"The sandbox: expected a process, got {answer[1]!r}. Is the machine out of memory?")
        except InfraError:
            ours.close()
            self._clear_up()
            raise
        self._pid = answer[1]
        self._ended: list[Any] | None = None
        self.channel = Channel(ours, zygote.limits.message_bytes + 4096, on_tick)
        try:
            greeting = msgpack.unpackb(self.channel.receive())
        except (ChannelClosed, ValueError, InfraError) as error:
            self.kill()
            raise InfraError(f"The sandbox: expected a greeting, got {error}.") from None
        if greeting[0] != "open":
            self.kill()
            raise InfraError(f"The sandbox could not lock a process in: {greeting[1:]!r}.")

    def ended(self) -> bool:
        """Whether it has ended by itself."""
        if self._ended is None:
            answer = self._zygote.order("poll", self._pid)
            if answer[0] != "alive":
                self._ended = answer
        return self._ended is not None

    def cause(self) -> Stopped:
        """Return why its line went dead."""
        for _ in range(50):
            if self.ended():
                break
            time.sleep(0.002)  # a process closes its files a moment before it can be waited for
        if self._ended is None or self._ended[0] != "ended":
            return Crashed("closed its connection to the grader")
        code = self._ended[1]
        if code >= 0:
            return Crashed(f"ended its own process (exit code {code})")
        for number, words in _SIGNALS.items():
            if number == -code:
                return MemoryLimit(words) if number == signal.SIGKILL else Crashed(words)
        return Crashed(f"was ended by signal {-code}")

    def kill(self) -> None:
        """Kill it and all it started, and remove what it wrote."""
        self.channel.close()
        try:
            if self._ended is None:
                self._ended = self._zygote.order("kill", self._pid)
        finally:
            self._clear_up()

    def _clear_up(self) -> None:
        if self._scratch:
            remove(self._scratch)


@dataclass
class _Zygotes:
    """The zygotes of this process, one per configuration."""

    running: dict[tuple[Any, ...], Zygote] = field(default_factory=dict)


_zygotes = _Zygotes()


def let_go() -> None:
    """Have all zygotes of this process end by themselves, with what they have forked; for one that is about to end."""
    for zygote in list(_zygotes.running.values()):
        zygote.let_go()


def zygote_for(settings: Isolation, hidden: Sequence[str] = ()) -> Zygote:
    """Return this process's zygote for these settings, started if there is none or it has ended."""
    key = (
        os.getpid(),
        settings.backend,
        tuple(settings.readable),
        tuple(hidden),
        tuple(settings.preload),
        *asdict(settings.limits()).values(),
    )
    zygote = _zygotes.running.get(key)
    if zygote is None or not zygote.alive:
        zygote = _zygotes.running[key] = Zygote(settings, hidden)
    return zygote
