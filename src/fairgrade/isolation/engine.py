"""Runs a submission's cells: a fork for each submission, killed when it must be, replayed when it died."""

from __future__ import annotations

import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass

from nbformat import NotebookNode

from fairgrade.grading.outcomes import InfraError
from fairgrade.isolation.errors import ProtocolViolation, Stopped, TimeLimit
from fairgrade.isolation.exchange import put_files, sent_bytes, wait_for
from fairgrade.isolation.outputs import CellOutputs, Room
from fairgrade.isolation.remote.introspection import forget_sources
from fairgrade.isolation.remote.link import Link
from fairgrade.isolation.settings import Isolation
from fairgrade.isolation.student_process import StudentProcess, Zygote
from fairgrade.isolation.worker.channel import ChannelClosed, MessageTooLarge
from fairgrade.isolation.worker.messages import Done, Forked, Prepare, Ready, RunCell, Snapshot, frame
from fairgrade.isolation.worker.wire import Codec


@dataclass
class Times:
    """Where the seconds of one submission went.

    Attributes
    ----------
    fork_s : float
        Making processes.
    student_s : float
        The student's cells.
    tests_s : float
        The instructor's setup and test cells.
    waited_s : float
        What of that was waiting for the student's code that tests call.
    questions : int
        How often they asked it something.
    """

    fork_s: float = 0.0
    student_s: float = 0.0
    tests_s: float = 0.0
    waited_s: float = 0.0
    questions: int = 0


@dataclass(frozen=True)
class CellRun:
    """What came of running one cell.

    Attributes
    ----------
    outputs : list of NotebookNode
    count : int or None
        Its execution count.
    ok : bool
        Whether it ended without an exception.
    stopped : Stopped or None
        Why it was stopped, if it was.
    """

    outputs: list[NotebookNode]
    count: int | None
    ok: bool
    stopped: Stopped | None = None


class Session:
    """One submission: its cells, in order, and the link tests ask through.

    Parameters
    ----------
    zygote : Zygote
    settings : Isolation
    seed : int
        What the student's random numbers start from, the same at each replay.
    files : mapping of str to bytes
        What lies in the working directory, by relative path.
    """

    def __init__(
        self, zygote: Zygote, settings: Isolation, seed: int, files: Mapping[str, bytes] | None = None
    ) -> None:
        self.zygote = zygote
        self.settings = settings
        self.seed = seed
        self.files = dict(files or {})
        self._process: StudentProcess | None = None
        self._journal: list[str] = []
        self.prepares: list[str] | None = None
        self._displays: dict[str, list[NotebookNode]] = {}
        self._deadline = float("inf")
        self._codec = Codec()
        self._room = Room(settings.notebook_output_bytes)
        self.times = Times()
        self.ends = time.monotonic() + settings.notebook_timeout_s
        self.link = Link(self._revive, settings.cell_timeout_s, settings.call_timeout_s, settings.answers_bytes)
        self.link.out_of_memory = f"used more than {_in_words(settings.memory_bytes)}"
        self.link.on_lost = self._on_lost

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
        forget_sources()

    def close(self) -> None:
        """End the student's process."""
        if self._process is not None:
            process, self._process = self._process, None
            process.kill()

    @property
    def out_of_time(self) -> bool:
        """Whether the notebook has used up its time."""
        return time.monotonic() > self.ends

    def run_cell(self, source: str) -> CellRun:
        """Run one cell of the student's; its names are then in the link's.

        Raises
        ------
        InfraError
            If the sandbox itself fails.
        """
        outputs = CellOutputs(self._displays, sent_bytes(self.settings), self._room)
        if self.out_of_time:
            limit = self.settings.notebook_timeout_s
            stopped: Stopped = TimeLimit(f"not run: the notebook has used up its {limit:g} s")
            outputs.error(type(stopped).__name__, stopped.cause, [stopped.cause])
            return CellRun(outputs.nodes, None, False, stopped)
        try:
            self._revive()
            ok, count = self._run(source, False, outputs)
        except Stopped as stopped:
            self.close()
            outputs.error(type(stopped).__name__, stopped.cause, [f"{type(stopped).__name__}: {stopped.cause}"])
            return CellRun(outputs.nodes, None, False, stopped)
        self._journal.append(source)
        for node in outputs.nodes:
            if node.output_type == "error" and node.ename == "MemoryError":
                node.evalue = node.evalue or self.link.out_of_memory
        return CellRun(outputs.nodes, count, ok)

    @property
    def cells(self) -> tuple[str, ...]:
        """The cells that have run, to be run again by whoever needs what they left."""
        return tuple(self._journal)

    def snapshot(self) -> socket.socket | None:
        """Fork the student's process; the fork waits for messages at the socket, and ends when that is closed.

        None where that can't be: only in namespaces of its own does a fork end with the process it came from, and
        student code may have used up what processes there may be, or pretend that it has.
        """
        if not self.zygote.can_snapshot:
            return None
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                self._revive()
                assert self._process is not None
                channel, connection = self._process.channel, self.link.connection
                self._deadline = min(time.monotonic() + self.settings.cell_timeout_s, self.ends)
                unsent = [] if connection is None else connection.unsent
                channel.send(self._codec.pack(frame(Snapshot())), *unsent)
                unsent.clear()
                if channel.receive() == self._codec.pack(frame(Ready())):
                    channel.send_descriptor(theirs.fileno())
                    if channel.receive() == self._codec.pack(frame(Forked())):
                        return ours
            except (ChannelClosed, MessageTooLarge, Stopped):
                self.close()
            finally:
                self._deadline = float("inf")
        ours.close()
        return None

    # -- one process after another --------------------------------------------------------------

    def _revive(self) -> None:
        """Have a process in which all cells so far have run."""
        if self._process is not None and self.link.connection is not None and self.link.connection.lost is None:
            return
        self.close()
        while True:
            started = time.perf_counter()
            outer, self._deadline = self._deadline, time.monotonic() + 30.0
            try:
                self._process = StudentProcess(self.zygote, self.seed, self._tick, self.prepares is not None)
            except Stopped as error:
                raise InfraError(f"The sandbox did not answer: {error.cause}.") from None
            finally:
                self._deadline = outer
            self.times.fork_s += time.perf_counter() - started
            self._codec = Codec()
            self.link.connect(self._process.channel)
            try:
                put_files(self._process.channel, self.files)
            except ChannelClosed:
                raise InfraError(
                    "The sandbox: expected room for the files beside the notebook, but it "
                    f"{self._process.cause().cause}. Allow more: c.Isolation.scratch_bytes, c.Isolation.file_bytes"
                ) from None
            if self.prepares is not None:
                self._process.channel.send(self._codec.pack(frame(Prepare(self.prepares))))
            for i, source in enumerate(self._journal):
                try:
                    self._run(
                        source, True, CellOutputs({}, sent_bytes(self.settings), Room(0))
                    )  # it was shown when it ran first
                except Stopped:
                    if self.out_of_time:
                        raise
                    # It ended well the first time; without it the rest can still be graded.
                    del self._journal[i]
                    self.close()
                    break
            else:
                return

    def _run(self, source: str, silent: bool, outputs: CellOutputs) -> tuple[bool, int]:
        assert self._process is not None
        began = time.perf_counter()
        channel = self._process.channel
        timeout = self.settings.cell_timeout_s
        self._deadline = min(time.monotonic() + timeout, self.ends)
        try:
            try:
                channel.send(self._codec.pack(frame(RunCell(source, silent))), *self.link.pending())
            except MessageTooLarge:
                raise ProtocolViolation("not run: the cell is too large") from None
            done: Done = wait_for(Done, channel, outputs)
            if not 0 <= done.execution_count < 1 << 31:
                raise ProtocolViolation("sent something malformed: an impossible execution count")
            if done.names is not None:
                self.link.take_names(done.names)
            return done.ok, done.execution_count
        except ChannelClosed:
            raise self._process.cause() from None
        finally:
            self._deadline = float("inf")
            self.times.student_s += time.perf_counter() - began

    def _tick(self) -> None:
        """Look whether to go on waiting."""
        now = time.monotonic()
        if now > self._deadline:
            left = self.ends <= now
            limit = self.settings.notebook_timeout_s if left else self.settings.cell_timeout_s
            raise TimeLimit(f"stopped after {limit:g} s" + (" for the whole notebook" if left else ""))
        if now > self.link.question_deadline:
            if now > self.link.deadline:  # earlier calls have taken the rest of the time
                raise self.link.out_of_time()
            limit = min(self.settings.call_timeout_s, self.settings.cell_timeout_s)
            raise TimeLimit(f"stopped after {limit:g} s")
        if self._process is not None and self._process.ended():
            raise self._process.cause()

    def _on_lost(self, cause: Stopped) -> Stopped:
        """Return why the line is dead or garbled, as well as it can be told, and end the process."""
        better = cause
        if self._process is not None:
            if self._process.ended() or "closed the channel" in cause.cause:
                better = self._process.cause()
            self.close()
        return better


def _in_words(size_bytes: int) -> str:
    return f"{size_bytes / (1 << 30):g} GiB" if size_bytes >= 1 << 30 else f"{size_bytes / (1 << 20):g} MiB"
