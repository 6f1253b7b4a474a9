"""Grading processes: one per thread that grades, each a fork of one process that has loaded what all of them need.

Why not a library: multiprocessing refuses to start a process in Dask's workers, which are daemonic by default, and
concurrent.futures and pebble are built on it. A pool of theirs also restarts as a whole when a process dies, or takes
the task of a killed process for failed, where here a submission that nobody had taken up is simply sent again. And each
process has its own folder for temporary files and its own log, whose end tells the lecturer why it was lost.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from multiprocessing import Pipe
from pathlib import Path
from typing import Any

from fairgrade.autograde.pool_worker import ANSWER, log_file
from fairgrade.grading import InfraError
from fairgrade.isolation.lost_tests import PROCESS_GRACE_S, CellId, GradingProcessLost
from fairgrade.isolation.worker.folders import remove


class NeverBegun(GradingProcessLost):
    """A grading process was lost before it took up what it was sent, which therefore is not what ended it."""


class ForkServer:
    """The process that grading processes are forked from; it starts to load at once, and the caller need not wait.

    Attributes
    ----------
    folder : Path
        Holds its temporary files and its log, and those of its forks under their process ids; removed with it.
    """

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="fairgrade-"))
        self._lock = threading.Lock()
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.settimeout(PROCESS_GRACE_S)
        with theirs, log_file(self.folder / "server").open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - of this very package
                [sys.executable, "-P", "-m", "fairgrade.autograde.pool_worker", str(theirs.fileno()), str(self.folder)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, pass_fds=[theirs.fileno()],
                # Large blocks go back to the system when freed; else glibc keeps ever larger ones, in pieces.
                env={"MALLOC_MMAP_THRESHOLD_": str(4 << 20), **os.environ, "TMPDIR": str(self.folder)},
                start_new_session=True,  # Ctrl-C is for the coordinator to answer
            )  # fmt: skip

    def fork(self, channel: int) -> int | None:
        """Start a grading process at the other end of `channel`; return its id, or None if the server has ended."""
        return self._order("fork", [channel])

    def kill(self, pid: int) -> int | None:
        """End a grading process; return its exit code, or None if the server has ended, and its forks with it."""
        return self._order(f"kill {pid}")

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def close(self) -> None:
        """End it and all its forks, whatever they are busy with, from any thread."""
        self._process.kill()  # the kernel kills its forks with it
        self._process.wait()
        self._control.close()
        remove(str(self.folder))

    def _order(self, order: str, descriptors: Sequence[int] = ()) -> int | None:
        with self._lock:
            try:
                socket.send_fds(self._control, [order.encode()], descriptors)
                answer = self._control.recv(32)
            except OSError:
                answer = b""
        if not answer:
            self._process.kill()
            self._process.wait()
        return int(answer) if answer else None


class WorkerHandle:
    """A grading process, seen from the thread that it grades for.

    Parameters
    ----------
    server : ForkServer
        It is forked from this one.
    bundle : bytes
        A pickled :class:`~fairgrade.autograde.bundle.AssignmentBundle`, which it grades with; or another object whose
        ``open`` returns what answers in the place of a Grader, by ``grade``.
    key : str
        The bundle's.

    Raises
    ------
    NeverBegun
        If it can't be started.
    """

    def __init__(self, server: ForkServer, bundle: bytes, key: str) -> None:
        self.key = key
        self.exit_code: int | None = None
        self._server = server
        self._is_killed = False
        self._cell: CellId | None = None
        self._ending = threading.Lock()
        self._channel, theirs = Pipe()
        with theirs:
            self._pid = server.fork(theirs.fileno())
        self._folder = server.folder / str(self._pid or "server")
        if self._pid is None:
            raise self._lost("it could not be started", NeverBegun)
        self._send(bundle)

    def grade(self, submission: bytes, timeout_s: float) -> Any:
        """Have a pickled submission graded; return the answer of its :class:`~fairgrade.autograde.grader.Grader`.

        Raises
        ------
        InfraError
            If grading it failed.
        GradingProcessLost
            If the process ended or did not answer in time; it is of no use any more.
        """
        self._send(submission)
        self._receive(timeout_s, NeverBegun)  # an empty message: it has taken the submission up
        result = self._answer(timeout_s)
        self._cell = None
        if isinstance(result, InfraError):
            raise result
        return result

    def _answer(self, timeout_s: float) -> Any:
        """Wait for the answer; take note of the cells that are begun meanwhile."""
        ends = time.monotonic() + timeout_s
        while True:
            message = self._receive(max(0.0, ends - time.monotonic()), GradingProcessLost)
            kind, content = pickle.loads(message)  # noqa: S301 - no student code runs in our process
            if kind == ANSWER:
                return content
            self._cell = content

    def kill(self) -> None:
        """End it, from any thread; the thread that waits for its answer learns that it is lost."""
        self._is_killed = True
        self._end()

    def _end(self) -> None:
        with self._ending:
            if self._pid is not None:
                self.exit_code, self._pid = self._server.kill(self._pid), None
                remove(str(self._folder))

    def _send(self, message: bytes) -> None:
        try:
            self._channel.send_bytes(message)
        except OSError:
            raise self._lost("it ended", NeverBegun) from None

    def _receive(self, timeout_s: float, error: type[GradingProcessLost]) -> bytes:
        try:
            if self._channel.poll(timeout_s + PROCESS_GRACE_S):
                return self._channel.recv_bytes()
        except (EOFError, OSError):
            raise self._lost("it ended", error) from None
        raise self._lost(f"no answer within {timeout_s + PROCESS_GRACE_S:g} s", error)

    def _lost(self, how: str, error: type[GradingProcessLost]) -> GradingProcessLost:
        self._end()
        stderr_tail = ""
        with contextlib.suppress(OSError):  # the server has been closed, and its folder is gone
            stderr_tail = log_file(self._folder).read_bytes()[-1000:].decode(errors="replace").strip()
        error = GradingProcessLost if self._is_killed else error  # nobody wants it graded any more
        return error.at(self._cell, f"{how} (exit code {self.exit_code}). {stderr_tail}".strip())


class Pool:
    """Grading processes for the threads of this process.

    Parameters
    ----------
    server : ForkServer, optional
        One that has been started ahead; else one is started when it is needed.
    """

    def __init__(self, server: ForkServer | None = None) -> None:
        self._server = server
        self._lock = threading.Lock()
        self._is_closed = False
        self._own = threading.local()
        self._workers: set[WorkerHandle] = set()

    def grade(self, bundle: bytes, key: str, submission: bytes, timeout_s: float) -> Any:
        """Grade a submission in the process that belongs to this thread; one that failed is not used again.

        Parameters
        ----------
        bundle : bytes
            A pickled :class:`~fairgrade.autograde.bundle.AssignmentBundle`.
        key : str
            The bundle's.
        submission : bytes
            A pickled :class:`~fairgrade.autograde.bundle.SubmissionBundle`, or ``PREFLIGHT``.
        timeout_s : float
            What all its notebooks may take together.

        Raises
        ------
        InfraError
            As :meth:`WorkerHandle.grade`.
        """
        try:
            return self._grade(bundle, key, submission, timeout_s)
        except NeverBegun:  # it had ended while it had nothing to do
            return self._grade(bundle, key, submission, timeout_s)

    def kill(self, key: str) -> None:
        """End all processes that have the bundle with this key, whatever they are busy with."""
        for worker in list(self._workers):
            if worker.key == key:
                worker.kill()
                self._workers.discard(worker)
        with self._lock:
            if not self._workers and self._server is not None:
                self._server.close()
                self._server = None

    def close(self) -> None:
        """End all processes, whatever they are busy with, from any thread, and start no more."""
        with self._lock:
            self._is_closed = True
            if self._server is not None:
                self._server.close()

    def _grade(self, bundle: bytes, key: str, submission: bytes, timeout_s: float) -> Any:
        worker: WorkerHandle | None = getattr(self._own, "worker", None)
        if worker is not None and worker.key != key:
            self._discard(worker)
            worker = None
        if worker is None:
            worker = self._own.worker = WorkerHandle(self._running_server(), bundle, key)
            self._workers.add(worker)
        try:
            return worker.grade(submission, timeout_s)
        except BaseException:
            self._discard(worker)
            raise

    def _running_server(self) -> ForkServer:
        with self._lock:
            if self._is_closed:
                raise GradingProcessLost.at(None, "the run was stopped.")
            if self._server is not None and not self._server.alive:
                self._server.close()
                self._server = None
            if self._server is None:
                self._server = ForkServer()
            return self._server

    def _discard(self, worker: WorkerHandle) -> None:
        self._own.worker = None
        self._workers.discard(worker)
        worker.kill()


_pool_of_dask_worker = Pool()


def grade_in_dask_worker(bundle: bytes, key: str, submission: bytes, timeout_s: float) -> Any:
    """Grade a submission as :meth:`Pool.grade` does, in the process that belongs to this thread of a Dask worker."""
    return _pool_of_dask_worker.grade(bundle, key, submission, timeout_s)


def kill_in_dask_worker(key: str) -> None:
    """End the processes of this Dask worker that have the bundle with this key."""
    _pool_of_dask_worker.kill(key)
