"""Run the instructor's setup and test cells in the grading process."""

from __future__ import annotations

import ast
import asyncio
import contextlib
import functools
import io
import math
import numbers
import re
import signal
import sys
import threading
import traceback
import types
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from IPython.core.inputtransformer2 import TransformerManager
from IPython.display import display
from IPython.utils.capture import CapturedIO
from IPython.utils.text import SList

from fairgrade.grading.captured_output import Printed
from fairgrade.grading.outcomes import InfraError
from fairgrade.grading.score import Score
from fairgrade.isolation.errors import LimitMet, TimeLimit
from fairgrade.isolation.lost_tests import do_not_end, end_in
from fairgrade.isolation.remote import link
from fairgrade.isolation.remote.namespace import Namespace

GRACE_S = 5.0
"""Extra time for a test to compute its score after its calls of student code have run out of time."""

_SHOWN = 20_000
_HARMLESS_MAGICS = frozenset(("matplotlib", "config", "load_ext", "reload_ext", "autoreload", "precision", "xmode"))


_NAMES_OF_A_KERNEL = re.compile(r"In|Out|_+\d*|_i+\d*|_[iod]h|get_ipython|display|exit|quit")


class Unsupported(Exception):
    """A test cell asks for something that only the student's process could do."""


@dataclass(frozen=True)
class TrustedRun:
    """The result of running a setup or test cell.

    Attributes
    ----------
    value : object
        That of the last expression, or None.
    printed : str
        What it, or the student's code on its behalf, wrote.
    error : BaseException or None
    line : int
        Where in the cell the error happened, from 1; 0 if unknown.
    """

    value: Any
    printed: str
    error: BaseException | None = None
    line: int = 0


def run(source: str, namespace: Namespace, name: str, timeout_s: float) -> TrustedRun:
    """Run one of the instructor's cells in `namespace`.

    Parameters
    ----------
    source : str
    namespace : Namespace
    name : str
        The cell's grade_id, for messages.
    timeout_s : float
        Wall seconds after which it is interrupted, where this is the main thread.

    Raises
    ------
    InfraError
        If the cell raises it.
    """
    file = _file_of(name)
    printed = Printed(_SHOWN)
    namespace["get_ipython"] = functools.partial(_Shell, namespace, file)
    dict.setdefault(namespace, "display", display)
    value: Any = None
    try:
        body, last = _compile(source, file)
        namespace.keep_modules(source)
        with (
            contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed),
            warnings.catch_warnings(action="default"), _time_limit(timeout_s + GRACE_S),
        ):  # fmt: skip
            namespace.begin(source)
            _to_its_end(eval(body, namespace))
            if last is not None:
                value = _to_its_end(eval(last, namespace))
    except InfraError:
        raise
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a test that calls sys.exit is a test that failed
        return TrustedRun(None, printed.getvalue(), error, _line(error, file))
    return TrustedRun(value, printed.getvalue())


@functools.lru_cache(maxsize=256)  # a class has the same test cells again and again
def _compile(source: str, file: str) -> tuple[Any, Any]:
    """Compile the cell's statements, and separately its last expression if it ends with one that is shown."""
    shown = not source.rstrip().endswith(";")
    try:
        tree = ast.parse(source, file)
    except SyntaxError:
        tree = ast.parse(TransformerManager().transform_cell(source), file)
    last = None
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    if shown and tree.body and isinstance(tree.body[-1], ast.Expr):
        last = compile(ast.Expression(tree.body.pop().value), file, "eval", flags)  # type: ignore[attr-defined]
    return compile(tree, file, "exec", flags), last


def points(run: TrustedRun, most: float) -> float:
    """Return the points of a test that raised nothing: the number it ends with, or all.

    Raises
    ------
    ValueError
        If it ends with a number that is no number of points.
    """
    if not is_number(run.value):
        return most
    earned = float(run.value)
    if not math.isfinite(earned) or not 0 <= earned <= most:
        raise ValueError(f"score: expected a number from 0 to {most:g}, got {earned!r}")
    return earned


def is_number(value: Any) -> bool:
    """Tell whether a test that ends with this value says how many points it gives."""
    if isinstance(value, Score):
        return True
    return isinstance(value, numbers.Real) and not isinstance(value, np.ndarray | bool | np.bool_)


def limit_of(error: BaseException) -> str:
    """Return why a test could not be run outside the student's process, if that made it fail; else an empty string."""
    if isinstance(error, LimitMet):
        return error.reason
    is_kernels = isinstance(error, NameError) and _NAMES_OF_A_KERNEL.fullmatch(error.name or "")
    if is_kernels or isinstance(error, Unsupported):
        return f"A test asked for what only the student's own process has: {type(error).__name__}: {error}"
    return ""


def _to_its_end(value: Any) -> Any:
    """`value`, or what a cell that awaits something ends with."""
    if type(value) is types.CoroutineType and value.cr_code.co_name == "<module>":
        return asyncio.run(value)
    return value


class _Shell:
    """The result of ``get_ipython()`` in a test: no IPython runs here, but the parts that tests use are provided."""

    def __init__(self, namespace: Namespace, file: str) -> None:
        self.user_ns = namespace
        self._file = file

    def run_line_magic(self, name: str, line: str, *args: Any) -> Any:
        if name in ("time", "timeit"):
            return self._run(re.sub(r"^(\s*-\w+\s*\d*)+\s", "", line))
        if name not in _HARMLESS_MAGICS:
            raise Unsupported(f"%{name} in a test cell: tag the cell `in-sandbox`, or say it in Python.")
        return None

    def run_cell_magic(self, name: str, line: str, cell: str) -> Any:
        if name in ("time", "timeit", "prun"):
            return self._run(cell)
        if name == "capture":
            out, err = Printed(_SHOWN), Printed(_SHOWN)
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                self._run(cell)
            for kept in [word for word in line.split() if not word.startswith("-")][:1]:
                self.user_ns[kept] = CapturedIO(io.StringIO(out.getvalue()), io.StringIO(err.getvalue()))
            return None
        raise Unsupported(f"%%{name} in a test cell: tag the cell `in-sandbox`, or say it in Python.")

    def _run(self, source: str) -> Any:
        body, last = _compile(source, self._file)
        _to_its_end(eval(body, self.user_ns))
        return None if last is None else _to_its_end(eval(last, self.user_ns))

    def getoutput(self, command: str, split: bool = True) -> Any:
        lines = self.user_ns.shell(command)
        return SList(lines) if split else "\n".join(lines)

    def system(self, command: str) -> None:
        sys.stdout.write("".join(f"{line}\n" for line in self.user_ns.shell(command)))


@contextlib.contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """Interrupt the block after `seconds`. Outside the main thread only calls of student code are limited."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: Any) -> None:
        raise TimeLimit(f"stopped after {seconds - GRACE_S:g} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)  # again each second, in case a test catches the first
    end_in(seconds + GRACE_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        do_not_end()
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def time_stands_still() -> Iterator[None]:
    """Stop the clock of the running cell's time limit within the block."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    left, again = signal.setitimer(signal.ITIMER_REAL, 0)
    do_not_end()
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, left, again)
        if left:
            end_in(left + GRACE_S)


def broke_on_import(error: BaseException, name: str) -> bool:
    """Tell whether an import in the cell itself failed, which is not the student's fault."""
    frames = [frame.f_code for frame, _ in traceback.walk_tb(error.__traceback__)]
    if any(code.co_filename == link.__file__ for code in frames):
        return False  # the student's code raised it
    if isinstance(error, SyntaxError):
        return error.filename != _file_of(name)
    at_import = any(code.co_name == "<module>" and code.co_filename != _file_of(name) for code in frames)
    return isinstance(error, ImportError) or at_import


def _file_of(name: str) -> str:
    return f"<test cell {name}>"


def _line(error: BaseException, file: str) -> int:
    if isinstance(error, SyntaxError):
        return error.lineno or 0
    line, step = 0, error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == file:
            line = step.tb_lineno
        step = step.tb_next
    return line
