"""Grading processes, seen from the process that started them: one for each thread that grades."""

from __future__ import annotations

import contextlib
import pickle
import queue
import threading
from collections.abc import Iterator
from typing import Any

from fairgrade.autograde.nursery import Child, start
from fairgrade.grading import InfraError

GRACE_S = 60.0
"""A process may take this much longer than a notebook may, before it is taken for hanging."""


class WorkerLost(InfraError):
    """A grading process ended, or hung, before it had answered."""


class NeverBegun(WorkerLost):
    """A grading process was lost before it took up what it was sent, which therefore is not what ended it."""


class GradingProcess:
    """A grading process, which loads what it needs while it waits for a bundle.

    Parameters
    ----------
    child : Child, optional
        The process; it is started if there is none.

    Attributes
    ----------
    key : str
        Of the bundle it has; empty if it has none.
    """

    def __init__(self, child: Child | None = None) -> None:
        self.key = ""
        self._is_killed = False
        self._child = child or start(1)[0]

    def equip(self, bundle: bytes, key: str) -> None:
        """Give it what it grades with, once.

        Parameters
        ----------
        bundle : bytes
            A pickled :class:`~fairgrade.autograde.bundle.AssignmentBundle`.
        key : str
            The bundle's.

        Raises
        ------
        WorkerLost
            If it has ended.
        """
        self.key = key
        self._send(bundle)

    def grade(self, submission: bytes, timeout_s: float) -> Any:
        """Have a pickled submission graded; gives what its :class:`~fairgrade.autograde.grader.Grader` does.

        Raises
        ------
        InfraError
            If grading it failed.
        WorkerLost
            If the process ended or did not answer in time; it is of no use any more.
        """
        self._send(submission)
        self._receive(timeout_s, NeverBegun)  # an empty message: it has taken the submission up
        result = pickle.loads(self._receive(timeout_s, WorkerLost))  # noqa: S301 - no student code runs in our process
        if isinstance(result, InfraError):
            raise result
        return result

    def kill(self) -> None:
        """End it, from any thread; whoever waits for its answer learns that it is lost."""
        self._is_killed = True
        self._child.kill()

    def close(self) -> None:
        """End it and let go of what belongs to it; for the thread that uses it."""
        self._child.close()

    def _send(self, message: bytes) -> None:
        try:
            self._child.send(message)
        except OSError:
            raise self._lost("it ended", NeverBegun) from None

    def _receive(self, timeout_s: float, error: type[WorkerLost]) -> bytes:
        try:
            message = self._child.receive(timeout_s + GRACE_S)
        except TimeoutError:
            raise self._lost(f"no answer within {timeout_s + GRACE_S:g} s", error) from None
        if message is None:
            raise self._lost("it ended", error)
        return message

    def _lost(self, how: str, error: type[WorkerLost]) -> WorkerLost:
        self._child.kill()
        words = f"{how} (exit code {self._child.exit_code}). {self._child.last_words()}"
        error = WorkerLost if self._is_killed else error  # nobody wants it graded any more
        return error(f"A grading process: expected an answer, got none: {words}".strip())


_own = threading.local()
_all: set[GradingProcess] = set()
_ahead: queue.SimpleQueue[GradingProcess] = queue.SimpleQueue()


@contextlib.contextmanager
def started_ahead(number: int) -> Iterator[None]:
    """Have so many processes load what they need before there is a bundle; those not used end with the block.

    Parameters
    ----------
    number : int
    """
    for child in start(number) if number else ():
        _ahead.put(GradingProcess(child))
    try:
        yield
    finally:
        while not _ahead.empty():
            _ahead.get().close()


def grade_in_process(bundle: bytes, key: str, submission: bytes, timeout_s: float) -> Any:
    """Grade a submission in the process that belongs to this thread; it is started if there is none for this bundle.

    Threads of this machine and tasks of a Dask worker use it alike. A process that failed is not used again.

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
        As :meth:`GradingProcess.grade`.
    """
    process: GradingProcess | None = getattr(_own, "process", None)
    if process is not None and process.key != key:
        _end(process)
        process = None
    try:
        return _grade_in(process or _new(), bundle, key, submission, timeout_s)
    except NeverBegun:  # it had ended while it had nothing to do
        return _grade_in(GradingProcess(), bundle, key, submission, timeout_s)


def _grade_in(process: GradingProcess, bundle: bytes, key: str, submission: bytes, timeout_s: float) -> Any:
    _own.process = process
    _all.add(process)
    try:
        if not process.key:
            process.equip(bundle, key)
        return process.grade(submission, timeout_s)
    except BaseException:
        _end(process)
        _own.process = None
        raise


def kill_all(key: str) -> None:
    """End the grading processes of all threads that have the bundle with this key, whatever they are busy with."""
    for process in list(_all):
        if process.key == key:
            process.kill()


def close_all() -> None:
    """Let go of the grading processes of threads that have ended."""
    for process in list(_all):
        _end(process)


def _new() -> GradingProcess:
    try:
        return _ahead.get_nowait()
    except queue.Empty:
        return GradingProcess()


def _end(process: GradingProcess) -> None:
    _all.discard(process)
    process.close()
