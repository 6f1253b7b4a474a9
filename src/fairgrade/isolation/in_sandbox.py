"""Tests that run among the student's objects: in throwaway processes, and after all student code has had its say.

At a test's place in the notebook the student's process is forked, and the fork waits (:meth:`InSandbox.at`). Only
when no output of the student's code is taken any more are tests handed to these processes (:meth:`InSandbox.judge`),
so nothing that is shown can hold what stands in a test. Where processes can't be forked, or one is gone, the cells
up to the test run again in a fresh one.
"""

from __future__ import annotations

import secrets
import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from nbformat import NotebookNode

from fairgrade.grading.outcomes import InfraError
from fairgrade.isolation.engine import MESSAGE_BYTES, OUT, Session, bare_codec, put_files, sent_bytes
from fairgrade.isolation.errors import Crashed, OutputLimit, ProtocolViolation, Stopped, TimeLimit
from fairgrade.isolation.outputs import CellOutputs, Room
from fairgrade.isolation.student_process import StudentProcess
from fairgrade.isolation.worker.budget import Budget
from fairgrade.isolation.worker.channel import Channel, ChannelClosed, MessageTooLarge
from fairgrade.isolation.worker.messages import Done
from fairgrade.isolation.worker.wire import TooHeavy, WireError, unpack_plain
from fairgrade.notebook.cell import Part
from fairgrade.notebook.instructor import InstructorNames


@dataclass(frozen=True)
class Verdict:
    """What came of a test that ran in the sandbox.

    Attributes
    ----------
    ok : bool
        Whether it ended well.
    value : float or None
        The number it ended with.
    error : str
        The kind of its error.
    message : str
        As student code may have worded it.
    line : int
        Where in the test, from 1; 0 if unknown.
    outputs : list of NotebookNode
        What it showed.
    is_students : bool
        Whether student code may have worded the error; else it is the engine's.
    """

    ok: bool
    value: float | None = None
    error: str = ""
    message: str = ""
    line: int = 0
    outputs: list[NotebookNode] = field(default_factory=list)
    is_students: bool = True


@dataclass(frozen=True)
class Place:
    """A test's place in a notebook: a process that waits there, if there is one, and the cells before it."""

    waiting: socket.socket | None
    cells: tuple[str, ...]


class InSandbox:
    """The tests of one submission that run in its sandbox.

    Parameters
    ----------
    session : Session
        The submission.
    modules : sequence of str
        What the instructor's cells import.
    """

    def __init__(self, session: Session, modules: Sequence[str]) -> None:
        self._session = session
        self._modules = list(modules)
        self._ordered: _Line | None = None
        session.prepares = self._modules

    def at(self) -> Place:
        """Mark the place that the notebook has come to."""
        return Place(self._session.snapshot(), self._session.cells)

    def judge(self, place: Place, parts: Sequence[Part], own: InstructorNames) -> Verdict:
        """Run a test at its place.

        Raises
        ------
        InfraError
            If the sandbox itself fails.
        """
        order = {"parts": _sources(parts), "protect": True, **{key: list(value) for key, value in asdict(own).items()}}
        if place.waiting is not None:
            line = _Line(self._session, self._modules, place.waiting)
            try:
                verdict = line.judge(order)
            finally:
                line.close()
            if line.has_started:
                return verdict
        line = _Line(self._session, self._modules)
        try:
            for cell in place.cells:
                line.run(cell)
            return line.judge(order)
        except Stopped as stopped:
            return _stopped(stopped)
        finally:
            line.close()

    def judge_in_order(self, cells: Sequence[str], parts: Sequence[Part]) -> Verdict:
        """Run a test as one kernel would, after all `cells` before it, earlier tests among them.

        Called for one test after the other, each time with the cells since the one before.
        """
        if self._ordered is None:
            self._ordered = _Line(self._session, self._modules)
        line = self._ordered
        try:
            for cell in cells:
                line.run(cell)
        except Stopped as stopped:
            return _stopped(stopped)
        return line.judge({"parts": _sources(parts), "protect": False})

    def close(self) -> None:
        """End what still runs."""
        if self._ordered is not None:
            self._ordered.close()


class _Line:
    """A process that cells and tests can be sent to, or the line to one that waits."""

    def __init__(self, session: Session, modules: list[str], waiting: socket.socket | None = None) -> None:
        self._session = session
        self._settings = session.settings
        self._codec = bare_codec()
        self._process: StudentProcess | None = None
        self._deadline = float("inf")
        self.has_started = False
        if waiting is not None:
            self._channel = Channel(waiting, session.zygote.limits.message_bytes + 4096, self._tick)
            return
        started = time.perf_counter()
        self._deadline = time.monotonic() + 30.0
        try:
            self._process = StudentProcess(session.zygote, session.seed, self._tick, has_tests=True)
        except Stopped as error:
            raise InfraError(f"The sandbox did not answer: {error.cause}.") from None
        self._channel = self._process.channel
        put_files(self._channel, session.files)
        self._channel.send(self._codec.pack(["prepare", modules]))
        session.times.fork_s += time.perf_counter() - started

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
        else:
            self._channel.close()

    def run(self, source: str) -> None:
        """Run a cell for what it does.

        Raises
        ------
        Stopped
        """
        began = time.perf_counter()
        try:
            self._ask(
                ["run", source, True], CellOutputs({}, sent_bytes(self._settings), Room(0)), "done", len(Done._fields)
            )
        finally:
            self._session.times.student_s += time.perf_counter() - began

    def judge(self, order: Mapping[str, Any]) -> Verdict:
        """Run a test."""
        began = time.perf_counter()
        outputs = CellOutputs({}, sent_bytes(self._settings), Room(2 * self._settings.output_bytes))
        try:
            self._ask(["test", dict(order)], outputs, "started", 1)
            self.has_started = True
            # It waits in the line while the test runs: code that does not read the line can't know it.
            words = secrets.token_hex(16)
            self._channel.send(self._codec.pack(["words", words]))
            _, back, ok, value, error = self._wait(outputs, "judged", 5)
            if back != words:
                raise ProtocolViolation("sent something malformed: the wrong words")
            return _verdict(ok, value, error, outputs.nodes)
        except Stopped as stopped:
            return _stopped(stopped, outputs.nodes)
        finally:
            self._session.times.tests_s += time.perf_counter() - began

    def _ask(self, message: list[Any], outputs: CellOutputs, kind: str, length: int) -> list[Any]:
        self._deadline = min(time.monotonic() + self._settings.cell_timeout_s, self._session.ends)
        try:
            self._channel.send(self._codec.pack(message))
        except MessageTooLarge:
            raise ProtocolViolation("not run: the cell is too large") from None
        except ChannelClosed:
            raise self._cause() from None
        return self._wait(outputs, kind, length)

    def _wait(self, outputs: CellOutputs, kind: str, length: int) -> list[Any]:
        try:
            while True:
                data = self._channel.receive()
                is_output = data.startswith(OUT)
                if is_output:
                    outputs.expect(len(data))
                match unpack_plain(data, Budget(MESSAGE_BYTES)):
                    case ["out", dict(output)] if is_output:
                        outputs.add(output)
                    case [str(name), *content] if name == kind and len(content) == length - 1 and not is_output:
                        return [name, *content]
                    case _:
                        raise WireError("an unknown message")
        except ChannelClosed:
            raise self._cause() from None
        except TooHeavy:
            raise OutputLimit("stopped because it showed far too much") from None
        except (WireError, MessageTooLarge) as error:
            raise ProtocolViolation(f"sent something malformed: {error}") from None

    def _cause(self) -> Stopped:
        return self._process.cause() if self._process is not None else Crashed("ended the process of the test")

    def _tick(self) -> None:
        if time.monotonic() > self._deadline:
            raise TimeLimit(f"stopped after {self._settings.cell_timeout_s:g} s")
        if self._process is not None and self._process.ended():
            raise self._process.cause()


def _sources(parts: Sequence[Part]) -> list[list[Any]]:
    """The parts as they are sent. IPython drops empty lines at the beginning, and then counts lines otherwise."""
    texts = [part.source.lstrip("\n") for part in parts]
    begins = ["#\n" * (len(part.source) - len(text)) for part, text in zip(parts, texts, strict=True)]
    return [[begin + text, part.hidden] for begin, text, part in zip(begins, texts, parts, strict=True)]


def _verdict(ok: Any, value: Any, error: Any, outputs: list[NotebookNode]) -> Verdict:
    if ok is True and error is None and (value is None or type(value) is float):
        return Verdict(True, value, outputs=outputs)
    match error:
        case [[str(kind), *_], str(message), int(line)] if ok is False:
            return Verdict(False, None, kind, message, line, outputs)
    raise ProtocolViolation("sent something malformed: no verdict")


def _stopped(stopped: Stopped, outputs: Sequence[NotebookNode] = ()) -> Verdict:
    return Verdict(False, None, type(stopped).__name__, stopped.cause, 0, list(outputs), is_students=False)
