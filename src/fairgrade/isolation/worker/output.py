"""The outputs of a cell: text, rich displays and tracebacks, in the order in which they happen, up to a limit."""

from __future__ import annotations

import base64
import io
import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

Emit = Callable[[dict[str, Any]], None]

FLUSH_BYTES = 8192
FLUSH_S = 0.1
"""Text waits this long for more. What a killed cell loses is at most this."""
FLOOD = 64
"""A cell that goes on to show this many times what it may is stopped; up to there it is only cut short."""


class Sink:
    """Collects outputs: for a cell, handed to `emit` as they come; for a tested call, kept as text.

    Parameters
    ----------
    emit : callable
        Takes one output as a JSON-ready dict in nbformat's terms.
    """

    def __init__(self, emit: Emit) -> None:
        self._emit = emit
        self._pending: list[str] = []
        self._pending_name = "stdout"
        self._size = 0
        self._flushed = 0.0
        self._left = self._limit = 0
        self._dropped = 0
        self._captured: dict[str, list[str]] | None = None
        self._deaf = True

    def begin_cell(self, limit_bytes: int, silent: bool) -> None:
        """Start a cell that may show `limit_bytes`, or nothing if it is `silent`."""
        self._left = self._limit = limit_bytes
        self._dropped, self._deaf, self._captured = 0, silent, None

    def end_cell(self) -> None:
        """Hand on what is left of the cell, and say so if something was left out."""
        self._take_files()
        self.flush()
        if self._dropped and not self._deaf:
            text = f"\n[{self._dropped} more characters were printed and are not shown]\n"
            self._emit({"output_type": "stream", "name": "stdout", "text": text})
        self._deaf = True

    def begin_call(self, limit_bytes: int) -> None:
        """Start a tested call: what it prints goes back with its result."""
        self._captured, self._left, self._deaf = {}, limit_bytes, False

    def end_call(self) -> list[str] | None:
        """Return what the call wrote to stdout and stderr; None if it wrote nothing."""
        captured, self._captured, self._deaf = self._captured, None, True
        if not captured:
            return None
        return ["".join(captured.get(name, [])) for name in ("stdout", "stderr")]

    @property
    def shows_only_text(self) -> bool:
        """Whether anything else that is shown goes nowhere, as in a tested call."""
        return self._deaf or self._captured is not None

    def text(self, name: str, text: str) -> None:
        """Take text written to the stream `name`."""
        if self._deaf:
            return
        if len(text) > self._left:
            self._drop(len(text) - self._left)
            text = text[: self._left]
        if not text:
            return
        self._left -= len(text)
        if self._captured is not None:
            self._captured.setdefault(name, []).append(text)
            return
        if name != self._pending_name:
            self.flush()
            self._pending_name = name
        self._pending.append(text)
        self._size += len(text)
        if self._size > FLUSH_BYTES or time.monotonic() - self._flushed > FLUSH_S:
            self.flush()

    def _drop(self, size: int) -> None:
        self._dropped += size
        if self._dropped > FLOOD * self._limit and self._captured is None:
            self._emit({"output_type": "flood"})
            self._dropped = 0

    def flush(self) -> None:
        """Hand on the text that waits."""
        self._flushed = time.monotonic()
        if self._pending:
            text, self._pending, self._size = "".join(self._pending), [], 0
            self._emit({"output_type": "stream", "name": self._pending_name, "text": text})

    def rich(self, output: dict[str, Any]) -> None:
        """Take an output that is not text."""
        if self.shows_only_text:
            return
        self.flush()
        output = json.loads(json.dumps(output, default=_json_ready, allow_nan=True, skipkeys=True))
        size = len(json.dumps(output))
        if size > self._left:
            self._drop(size)
            return
        self._left -= size
        self._emit(output)

    def _take_files(self) -> None:
        """Take what was written to descriptors 1 and 2, past Python's streams; its order is lost."""
        for descriptor, name in ((1, "stdout"), (2, "stderr")):
            try:
                size = os.fstat(descriptor).st_size
                if not size or not os.get_blocking(descriptor):
                    continue
                content = os.pread(descriptor, min(size, self._left + 4096), 0)
                os.ftruncate(descriptor, 0)
                os.lseek(descriptor, 0, os.SEEK_SET)
            except OSError:  # the cell may have closed or replaced it
                continue
            self.text(name, content.decode(errors="replace"))


class Stream(io.TextIOBase):
    """``sys.stdout`` or ``sys.stderr`` of the student's process."""

    def __init__(self, sink: Sink, name: str) -> None:
        self._sink = sink
        self._stream_name = name

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        self._sink.text(self._stream_name, text)
        return len(text)

    def flush(self) -> None:
        pass

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return False

    def fileno(self) -> int:
        return 1 if self._stream_name == "stdout" else 2

    @property
    def name(self) -> str:
        return f"<{self._stream_name}>"

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return "utf-8"

    @property
    def errors(self) -> str:  # type: ignore[override]
        return "replace"


def open_standard_files() -> None:
    """Make descriptors 1 and 2 files in memory, which take what C code and child processes print, and 0 empty."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    for descriptor in (1, 2):
        # Without O_APPEND a child process and this one still share the offset, as they share the description.
        file = os.memfd_create("output", os.MFD_CLOEXEC)
        os.dup2(file, descriptor)
        os.close(file)
    sys.__stdout__ = open(1, "w", buffering=1, closefd=False)  # type: ignore[misc]
    sys.__stderr__ = open(2, "w", buffering=1, closefd=False)  # type: ignore[misc]


def _json_ready(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")  # images; what notebooks hold
    if hasattr(value, "tolist"):
        return value.tolist()
    return str(value)
