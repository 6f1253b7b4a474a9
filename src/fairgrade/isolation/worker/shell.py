"""IPython's own shell, with its displays and tracebacks turned into notebook outputs."""

from __future__ import annotations

import builtins
import re
import sys
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError
from IPython.core.formatters import DisplayFormatter
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from .output import Sink, Stream

_AWAITS = re.compile("async|await")

_sink: Sink | None = None


class _ResultHook(DisplayHook):
    """Turns the value of a cell's last expression into an ``execute_result``."""

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        if _sink is not None:
            _sink.rich(
                {
                    "output_type": "execute_result",
                    "execution_count": self.prompt_count,
                    "data": format_dict,
                    "metadata": md_dict or {},
                }
            )

    def finish_displayhook(self) -> None:
        self._is_active = False


class _Publisher(DisplayPublisher):
    """Turns ``display()`` into ``display_data``, and its updates into messages of our own."""

    def publish(
        self,
        data: Any,
        metadata: Any = None,
        source: Any = None,
        *,
        transient: Any = None,
        update: bool = False,
        **kwargs: Any,
    ) -> None:
        self._validate_data(data, metadata)
        if _sink is None:
            return
        output = {"output_type": "display_data", "data": data, "metadata": metadata or {}}
        display_id = (transient or {}).get("display_id")
        if display_id is not None:
            output["display_id"] = str(display_id)
        if update:
            output["output_type"] = "update_display_data"
        _sink.rich(output)

    def clear_output(self, wait: bool = False) -> None:
        if _sink is not None:
            _sink.rich({"output_type": "clear_output", "wait": bool(wait)})


class _Formatter(DisplayFormatter):
    """Makes nothing of what nobody will see: to draw the figures that a tested call shows can take all its time."""

    def format(self, obj: Any, include: Any = None, exclude: Any = None) -> tuple[Any, Any]:
        if _sink is not None and _sink.shows_only_text:
            return {}, {}
        formatted: tuple[Any, Any] = super().format(obj, include=include, exclude=exclude)
        return formatted


class CellShell(InteractiveShell):
    """An IPython shell for notebook cells, without a terminal and without a kernel."""

    displayhook_class = _ResultHook
    display_pub_class = _Publisher

    system = InteractiveShell.system_piped

    last_shown: Any = None
    """The last exception that was shown: a magic may run code whose errors end nothing but that code."""

    def should_run_async(self, raw_cell: str, *, transformed_cell: str | None = None, **about: Any) -> bool:
        """Whether the cell awaits something; without the words for it, it need not be compiled to find out."""
        if transformed_cell is not None and not _AWAITS.search(transformed_cell):
            return False
        return bool(super().should_run_async(raw_cell, transformed_cell=transformed_cell, **about))

    def init_display_formatter(self) -> None:
        self.display_formatter = _Formatter(parent=self)
        self.configurables.append(self.display_formatter)  # type: ignore[arg-type]

    def enable_gui(self, gui: str | None = None) -> None:
        """Do nothing: there is no event loop to integrate with."""

    def _showtraceback(self, etype: Any, evalue: Any, stb: Any) -> None:
        self.last_shown = evalue
        if _sink is not None:
            try:
                message = str(evalue)
            except Exception:
                message = ""
            _sink.rich(
                {
                    "output_type": "error",
                    "ename": str(etype.__name__),
                    "evalue": message,
                    "traceback": [str(line) for line in stb],
                }
            )

    def init_sys_modules(self) -> None:
        super().init_sys_modules()
        sys.modules["__main__"] = self.user_module


def make_shell() -> CellShell:
    """Make the one shell of this process."""
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.cache_size = 1000
    config.InteractiveShell.separate_in = ""
    return CellShell.instance(config=config)


def attach(shell: CellShell, sink: Sink) -> None:
    """Send what the shell shows to `sink`, and refuse to ask a question nobody can answer."""
    global _sink
    _sink = sink
    sys.stdout, sys.stderr = Stream(sink, "stdout"), Stream(sink, "stderr")
    builtins.input = _refuse_input
    import getpass

    getpass.getpass = _refuse_input


def run_cell(shell: CellShell, sink: Sink, source: str, limit_bytes: int, silent: bool) -> tuple[bool, int]:
    """Run one cell.

    Returns
    -------
    ok : bool
        Whether it ended without an exception.
    count : int
        Its execution count.
    """
    count = shell.execution_count
    result = result_of(shell, sink, source, limit_bytes, silent)
    return result is not None and bool(result.success), count


def result_of(shell: CellShell, sink: Sink, source: str, limit_bytes: int, silent: bool) -> Any:
    """Run one cell, and return IPython's result; None if the cell left in a way that IPython lets pass."""
    sink.begin_cell(limit_bytes, silent)
    try:
        return shell.run_cell(source, store_history=True)
    except (SystemExit, KeyboardInterrupt, GeneratorExit):
        return None
    finally:
        sys.stdout, sys.stderr = Stream(sink, "stdout"), Stream(sink, "stderr")
        sink.end_cell()


def _refuse_input(prompt: object = "", stream: object = None) -> str:
    raise StdinNotImplementedError("raw_input was called, but this frontend does not support input requests.")
