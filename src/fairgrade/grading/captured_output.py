"""The output of student code: kept off the page, and read where code prints a result instead of returning it."""

from __future__ import annotations

import io
import re
import sys
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout

import numpy as np


@contextmanager
def quiet() -> Iterator[Printed]:
    """Keep the output, warnings and stderr of student code off the page: they earn and cost nothing.

    Stock nbgrader gives a cell 0 points for a single line on stderr.

    Yields
    ------
    Printed
        The beginning of its stdout.
    """
    printed = Printed()
    with ExitStack() as stack:
        stack.enter_context(redirect_stdout(printed))
        stack.enter_context(redirect_stderr(Printed(limit=0)))
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        # warnings.catch_warnings does not help where a student's np.seterr(all="raise") does harm.
        stack.enter_context(np.errstate(all="ignore"))
        yield printed


class Printed(io.TextIOBase):
    """A text stream that keeps the first `limit` characters, however much is written to it."""

    def __init__(self, limit: int = 10_000) -> None:
        self._left = limit
        self._parts: list[str] = []

    def write(self, text: str) -> int:
        """Keep the text as far as there is room."""
        if self._left > 0:
            self._parts.append(text[: self._left])
            self._left -= len(self._parts[-1])
        return len(text)

    def writable(self) -> bool:
        """Return True."""
        return True

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """The encoding, which progress bars ask for."""
        return sys.getdefaultencoding()

    def getvalue(self) -> str:
        """Return the text that was kept."""
        return "".join(self._parts)

    def numbers(self) -> list[float]:
        """Return all numbers in the text, in order."""
        return [float(number) for number in _NUMBER.findall(self.getvalue())]


_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
