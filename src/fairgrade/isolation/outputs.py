"""A cell's outputs as notebook nodes, built from untrusted messages of the student's process."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode

from fairgrade.isolation.errors import OutputLimit, ProtocolViolation
from fairgrade.notebook.cell import output_of, text_of

MIB = 1 << 20
_MOST_OUTPUTS = 10_000
_LARGEST_INT_BITS = 1024
_NODE, _OBJECT, _LIST, _ITEM, _LINE = 1000, 500, 100, 40, 12
"""Bytes that parts of an output take besides their text: in memory, and in the file, where each has its line."""


@dataclass
class Room:
    """How much the outputs of some cells may hold together, in bytes.

    Attributes
    ----------
    left : int
    """

    left: int

    def __post_init__(self) -> None:
        self.all = self.left

    def take(self, weight: int) -> bool:
        """Reserve what an output weighs; return whether there was room for it."""
        if weight > self.left:
            return False
        self.left -= weight
        return True


class CellOutputs:
    """Collects one cell's outputs.

    Parameters
    ----------
    displays : dict
        All outputs of the notebook that have a display id, by it; updates reach into earlier cells.
    limit_bytes : int
        The most that may be sent for them together; ours keep to half of it by themselves.
    room : Room
        How much they may hold. What does not fit is left out, and a message says so.

    Attributes
    ----------
    is_cut : bool
        Whether there was no room for something; then nothing that came after it is there either.
    """

    def __init__(self, displays: dict[str, list[NotebookNode]], limit_bytes: int, room: Room) -> None:
        self._nodes: list[NotebookNode] = []
        self._displays = displays
        self._left = limit_bytes
        self._room = room
        self._text: list[str] = []
        self._clear_next = False
        self.is_cut = False

    @property
    def nodes(self) -> list[NotebookNode]:
        """What was collected."""
        self._end_text()
        return self._nodes

    def expect(self, size: int) -> None:
        """Count `size` bytes that are about to be decoded.

        Raises
        ------
        OutputLimit
            If it is too much.
        """
        self._left -= size
        if self._left < 0:
            raise OutputLimit("stopped because it showed far too much")

    def add(self, output: dict[str, Any]) -> None:
        """Add one output, which holds nothing but JSON's types.

        Raises
        ------
        OutputLimit, ProtocolViolation
        """
        kind = output.get("output_type")
        if kind == "flood" or len(self._nodes) > _MOST_OUTPUTS:
            raise OutputLimit("stopped because it showed far too much")
        if self.is_cut:
            return
        if kind == "clear_output":
            self._clear_next = bool(output.get("wait"))
            if not self._clear_next:
                self._clear()
            return
        if kind == "update_display_data":
            updated = self._displays.get(text_of(output.get("display_id")), [])
            if self._has_room(_weight(output) * len(updated)):
                for node in updated:
                    node.data, node.metadata = _bundle(output.get("data")), _plain(output.get("metadata"))
            return
        if self._clear_next:
            self._clear_next = False
            self._clear()
        if kind == "stream":
            self._stream(text_of(output.get("name")), text_of(output.get("text")))
        elif self._has_room(_weight(output)):
            self._show(kind, output)

    def _has_room(self, weight: int) -> bool:
        if self._room.take(weight):
            return True
        self._cut()
        return False

    def _cut(self) -> None:
        self._end_text()
        self.is_cut = True
        text = f"\n[What follows is not shown: all cells together show more than {self._room.all / MIB:.3g} MiB.]\n"
        self._nodes.append(output_of("stream", name="stderr", text=text))

    def _clear(self) -> None:
        self._nodes.clear()
        self._text.clear()

    def _show(self, kind: Any, output: dict[str, Any]) -> None:
        if kind == "error":
            lines = output.get("traceback")
            lines = lines if isinstance(lines, list) else []
            self.error(text_of(output.get("ename")), text_of(output.get("evalue")), [text_of(line) for line in lines])
        elif kind in ("execute_result", "display_data"):
            self._rich(kind, output)
        else:
            raise ProtocolViolation("sent something malformed: an unknown output")

    def error(self, name: str, message: str, traceback: list[str]) -> None:
        """Add an error."""
        self._end_text()
        lines = [text_of(line) for line in traceback]
        self._nodes.append(output_of("error", ename=text_of(name), evalue=text_of(message), traceback=lines))

    def _stream(self, name: str, text: str) -> None:
        name = "stderr" if name == "stderr" else "stdout"
        last = self._nodes[-1] if self._nodes else None
        if last is None or last.output_type != "stream" or last.name != name:
            if not self._has_room(_NODE):
                return
            self._end_text()
            self._nodes.append(output_of("stream", name=name, text=""))
        # Where it is cut must not depend on the pieces it came in, which are a matter of time.
        if self._room.take(_weight_of_text(text)):
            self._text.append(text)  # joined once: text that grows piece by piece would be copied each time
        else:
            self._text += self._as_far_as_there_is_room(text)
            self._cut()

    def _as_far_as_there_is_room(self, text: str) -> Iterator[str]:
        for line in text.splitlines(keepends=True):
            if not self._room.take(_weight_of_text(line)):
                left, self._room.left = self._room.left, 0
                yield line.encode("utf-8", "replace")[:left].decode("utf-8", "ignore")
                return
            yield line

    def _end_text(self) -> None:
        """Write the collected text into the last output, a stream."""
        if self._text:
            self._nodes[-1].text += "".join(self._text)
            self._text.clear()

    def _rich(self, kind: str, output: dict[str, Any]) -> None:
        self._end_text()
        node = output_of(kind, data=_bundle(output.get("data")), metadata=_plain(output.get("metadata")))
        if kind == "execute_result":
            count = output.get("execution_count")
            node.execution_count = count if type(count) is int and 0 <= count < 1 << 31 else None
        self._nodes.append(node)
        display_id = output.get("display_id")
        if isinstance(display_id, str):
            self._displays.setdefault(display_id, []).append(node)


def _weight(value: Any) -> int:
    """Estimate the bytes that an output takes in memory and in a notebook's file."""
    total, parts = _NODE, [value]
    while parts:
        part = parts.pop()
        if isinstance(part, dict):
            total += _OBJECT
            parts += part.keys()
            parts += part.values()
        elif isinstance(part, list):
            total += _LIST
            parts += part
        elif isinstance(part, str):
            total += _ITEM + _weight_of_text(part)
        else:
            total += _ITEM
    return total


def _weight_of_text(text: str) -> int:
    return (len(text) if text.isascii() else len(text.encode("utf-8", "replace"))) + _LINE * text.count("\n")


def _bundle(data: Any) -> NotebookNode:
    """Make a MIME bundle as nbformat wants it: text, except where the type is JSON."""
    bundle = NotebookNode()
    for key, content in (data if isinstance(data, dict) else {}).items():
        mime = text_of(key)
        is_json = mime == "application/json" or mime.endswith("+json")
        bundle[mime] = _plain(content, anything=True) if is_json else text_of(content)
    return bundle


def _plain(value: Any, depth: int = 0, anything: bool = False) -> Any:
    """Reduce `value` to JSON's types; metadata that is no object becomes empty."""
    if depth == 0 and not anything and not isinstance(value, dict):
        return NotebookNode()
    if depth > 30:
        return None
    if isinstance(value, dict):
        return NotebookNode({text_of(key): _plain(item, depth + 1, True) for key, item in value.items()})
    if isinstance(value, list | tuple):
        return [_plain(item, depth + 1, True) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, int):  # and bool; more digits than anybody reads may be more than JSON can be written with
        return value if value.bit_length() <= _LARGEST_INT_BITS else None
    if value is None:
        return None
    return text_of(value)
