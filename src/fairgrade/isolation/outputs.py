"""A cell's outputs as notebook nodes, built from what the student's process says it shows, all of it doubted."""

from __future__ import annotations

import math
from typing import Any

from nbformat import NotebookNode

from fairgrade.isolation.errors import OutputLimit, ProtocolViolation

_MOST_OUTPUTS = 10_000


class CellOutputs:
    """Collects one cell's outputs.

    Parameters
    ----------
    displays : dict
        All outputs of the notebook that have a display id, by it; updates reach into earlier cells.
    limit_bytes : int
        The most the outputs may hold together; ours keep to half of it by themselves.
    """

    def __init__(self, displays: dict[str, list[NotebookNode]], limit_bytes: int) -> None:
        self.nodes: list[NotebookNode] = []
        self._displays = displays
        self._left = limit_bytes
        self._limit = limit_bytes
        self._clear_next = False

    def add(self, output: Any, size: int) -> None:
        """Take one output of `size` bytes.

        Raises
        ------
        OutputLimit, ProtocolViolation
        """
        self._left -= size
        kind = output.get("output_type") if isinstance(output, dict) else None
        if self._left < 0 or kind == "flood" or len(self.nodes) > _MOST_OUTPUTS:
            raise OutputLimit("stopped because it showed far too much")
        if kind == "clear_output":
            self._clear_next = bool(output.get("wait"))
            if not self._clear_next:
                self.nodes.clear()
            return
        if kind == "update_display_data":
            self._update(output)
            return
        if self._clear_next:
            self._clear_next = False
            self.nodes.clear()
        if kind == "stream":
            self._stream(str(output.get("name")), str(output.get("text")))
        elif kind == "error":
            lines = output.get("traceback")
            lines = lines if isinstance(lines, list) else []
            self.error(str(output.get("ename")), str(output.get("evalue")), [str(line) for line in lines])
        elif kind in ("execute_result", "display_data"):
            self._rich(kind, output)
        else:
            raise ProtocolViolation("sent something malformed: an unknown output")

    def error(self, name: str, message: str, traceback: list[str]) -> None:
        """Add an error."""
        lines = [text_of(line) for line in traceback]
        self.nodes.append(output_of("error", ename=text_of(name), evalue=text_of(message), traceback=lines))

    def _stream(self, name: str, text: str) -> None:
        name, text = "stderr" if name == "stderr" else "stdout", text_of(text)
        last = self.nodes[-1] if self.nodes else None
        if last is not None and last.output_type == "stream" and last.name == name:
            last.text += text
        else:
            self.nodes.append(output_of("stream", name=name, text=text))

    def _rich(self, kind: str, output: dict[str, Any]) -> None:
        node = output_of(kind, data=_bundle(output.get("data")), metadata=_plain(output.get("metadata")))
        if kind == "execute_result":
            count = output.get("execution_count")
            node.execution_count = count if type(count) is int and 0 <= count < 1 << 31 else None
        self.nodes.append(node)
        display_id = output.get("display_id")
        if isinstance(display_id, str):
            self._displays.setdefault(display_id, []).append(node)

    def _update(self, output: dict[str, Any]) -> None:
        for node in self._displays.get(str(output.get("display_id")), []):
            node.data = _bundle(output.get("data"))
            node.metadata = _plain(output.get("metadata"))


def output_of(kind: str, **fields: Any) -> NotebookNode:
    """An output made of fields that fit the format; nbformat's own function would compare them, which takes longest."""
    return NotebookNode(output_type=kind, **fields)


def text_of(value: Any) -> str:
    """`value` as text that can be written as UTF-8: a lone surrogate would keep the whole notebook from being saved."""
    return str(value).encode("utf-8", "replace").decode("utf-8")


def _bundle(data: Any) -> NotebookNode:
    """A MIME bundle as nbformat wants it: text, except where the type is JSON."""
    bundle = NotebookNode()
    for key, content in (data if isinstance(data, dict) else {}).items():
        mime = text_of(key)
        is_json = mime == "application/json" or mime.endswith("+json")
        bundle[mime] = _plain(content, anything=True) if is_json else text_of(content)
    return bundle


def _plain(value: Any, depth: int = 0, anything: bool = False) -> Any:
    """`value` as JSON holds it; metadata that is no object is empty."""
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
    if value is None or isinstance(value, bool | int):
        return value
    return text_of(value)
