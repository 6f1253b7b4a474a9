"""A process of the sandbox that runs a test; its verdict is checked before it is believed."""

from __future__ import annotations

import secrets
import socket
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from nbformat import NotebookNode

from fairgrade.grading.outcomes import InfraError
from fairgrade.isolation.engine import Session
from fairgrade.isolation.errors import Crashed, ProtocolViolation, Stopped, TimeLimit
from fairgrade.isolation.exchange import put_files, sent_bytes, wait_for
from fairgrade.isolation.outputs import CellOutputs, Room
from fairgrade.isolation.student_process import StudentProcess
from fairgrade.isolation.worker.channel import Channel, ChannelClosed, MessageTooLarge
from fairgrade.isolation.worker.messages import Done, Judged, Prepare, RunCell, RunTest, Started, Words, frame
from fairgrade.isolation.worker.wire import Codec
from fairgrade.notebook.cell import Part
from fairgrade.notebook.instructor import InstructorNames


@dataclass(frozen=True)
class Verdict:
    """The result of a test that ran in the sandbox.

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


class TesterProcess:
    """A process that cells and tests can be sent to.

    Parameters
    ----------
    session : Session
        The submission.
    modules : sequence of str
        What the instructor's cells import.
    waiting : socket, optional
        The line to a fork that waits at the test's place; without it a fresh process starts.

    Attributes
    ----------
    has_started : bool
        Whether it has taken up a test.
    """

    def __init__(self, session: Session, modules: Sequence[str], waiting: socket.socket | None = None) -> None:
        self._session = session
        self._settings = session.settings
        self._codec = Codec()
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
        self._channel.send(self._codec.pack(frame(Prepare(list(modules)))))
        session.times.fork_s += time.perf_counter() - started

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
        else:
            self._channel.close()

    def run(self, source: str) -> None:
        """Run a cell for its effects; its outputs are dropped.

        Raises
        ------
        Stopped
        """
        began = time.perf_counter()
        try:
            self._ask(RunCell(source, True), CellOutputs({}, sent_bytes(self._settings), Room(0)), Done)
        finally:
            self._session.times.student_s += time.perf_counter() - began

    def test(self, parts: Sequence[Part], names: InstructorNames | None) -> Verdict:
        """Run a test.

        Parameters
        ----------
        parts : sequence of Part
        names : InstructorNames or None
            What it finds of the instructor's; None for a test that finds what the cells before it have left.
        """
        began = time.perf_counter()
        order = {"parts": _sources(parts), "protect": names is not None}
        if names is not None:
            order |= {key: list(value) for key, value in asdict(names).items()}
        outputs = CellOutputs({}, sent_bytes(self._settings), Room(2 * self._settings.output_bytes))
        try:
            self._ask(RunTest(order), outputs, Started)
            self.has_started = True
            # It waits in the line while the test runs: code that does not read the line can't know it.
            words = secrets.token_hex(16)
            self._channel.send(self._codec.pack(frame(Words(words))))
            back, ok, value, error = self._wait(outputs, Judged)
            if back != words:
                raise ProtocolViolation("sent something malformed: the wrong words")
            return _verdict(ok, value, error, outputs.nodes)
        except Stopped as stopped:
            return stopped_verdict(stopped, outputs.nodes)
        finally:
            self._session.times.tests_s += time.perf_counter() - began

    def _ask(self, message: Any, outputs: CellOutputs, kind: type) -> None:
        self._deadline = min(time.monotonic() + self._settings.cell_timeout_s, self._session.ends)
        try:
            self._channel.send(self._codec.pack(frame(message)))
        except MessageTooLarge:
            raise ProtocolViolation("not run: the cell is too large") from None
        except ChannelClosed:
            raise self._cause() from None
        self._wait(outputs, kind)

    def _wait(self, outputs: CellOutputs, kind: type) -> Any:
        try:
            return wait_for(kind, self._channel, outputs)
        except ChannelClosed:
            raise self._cause() from None

    def _cause(self) -> Stopped:
        return self._process.cause() if self._process is not None else Crashed("ended the process of the test")

    def _tick(self) -> None:
        if time.monotonic() > self._deadline:
            raise TimeLimit(f"stopped after {self._settings.cell_timeout_s:g} s")
        if self._process is not None and self._process.ended():
            raise self._process.cause()


def _sources(parts: Sequence[Part]) -> list[list[Any]]:
    """Return the parts as they are sent. IPython drops leading empty lines, which would shift the line numbers."""
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


def stopped_verdict(stopped: Stopped, outputs: Sequence[NotebookNode] = ()) -> Verdict:
    """Return the verdict on a test whose process was stopped."""
    return Verdict(False, None, type(stopped).__name__, stopped.cause, 0, list(outputs), is_students=False)
