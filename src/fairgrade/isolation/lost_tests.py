"""Which cell a grading process was busy with when it was lost, and whether to try that cell again.

Work that a test does on an answer may never return, or may end the process that does it: ``math.factorial(answer)``
can't be interrupted, and an operation of NumPy may take all memory. So a process that does nothing but grade tells its
parent which cell it begins, and has itself ended soon after the cell's limit of time. The cell is tried twice, as the
machine may have been at fault. Then it is skipped, and the rest of the submission is graded.
"""

from __future__ import annotations

import faulthandler
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple, Self

from fairgrade.grading.outcomes import InfraError

LOST = (
    "The test could not be finished: on the values that the tested code returned, its work did not end in time, or "
    "ended the grading process. It was tried again, and skipped the next time."
)
"""Why a test that was skipped earns nothing."""

CELL_LOST = "Not run: this cell has ended the grading process."
"""What stands in the place of a student's cell that was skipped."""


PROCESS_GRACE_S = 60.0
"""A grading process may take this much longer than a notebook may, before it is taken for hanging."""


class CellId(NamedTuple):
    """A cell of a submission: the notebook's name, and the cell's id in it."""

    notebook: str
    cell: str


class GradingProcessLost(InfraError):
    """A grading process ended, or hung, before it had answered.

    Attributes
    ----------
    cell : CellId or None
        The cell it was busy with, if it was busy with one of the submission's.
    """

    cell: CellId | None = None

    @classmethod
    def at(cls, cell: CellId | None, how: str) -> Self:
        """Return the error for a process that was lost at `cell`, in the way that `how` says."""
        where = f"{cell.notebook}/{cell.cell}: " if cell is not None else ""
        error = cls(f"A grading process: expected an answer, got none: {where}{how}")
        error.cell = cell
        return error


@dataclass(frozen=True)
class Attempt:
    """An attempt at grading a submission.

    Attributes
    ----------
    skipped : frozenset of CellId
        Cells that are not run.
    is_last : bool
        Whether there is no other after a failure that no cell explains.
    """

    skipped: frozenset[CellId] = frozenset()
    is_last: bool = False

    def after(self, error: BaseException) -> Attempt | None:
        """Return the attempt to make after this one failed with `error`; None if there is none.

        The first failure may be the machine's. Each further one costs the cell at which it happened.
        """
        cell = error.cell if isinstance(error, GradingProcessLost) else None
        if cell is not None and cell not in self.skipped and (self.is_last or self.skipped):
            return Attempt(self.skipped | {cell})
        return None if self.is_last else Attempt(self.skipped, is_last=True)


class _Watch:
    """What this process tells of the cells it runs; nothing unless it does nothing but grade."""

    tell: Callable[[CellId | None], None] | None = None


_watch = _Watch()


def tell_cells(tell: Callable[[CellId | None], None]) -> None:
    """Have this process tell which cell it runs, and end if one takes far longer than it may.

    Parameters
    ----------
    tell : callable
        Gets the cell that begins, or None when it has ended.
    """
    _watch.tell = tell


@contextmanager
def busy_with(notebook: str, cell: str) -> Iterator[None]:
    """Tell that this cell is run within the block."""
    if _watch.tell is None:
        yield
        return
    _watch.tell(CellId(notebook, cell))
    try:
        yield
    finally:
        _watch.tell(None)


def end_in(seconds: float) -> None:
    """Have this process end after so many seconds, if it does nothing but grade.

    A thread of the C library does it, which needs neither the interpreter's lock nor a signal handler in Python.
    """
    if _watch.tell is not None:
        faulthandler.dump_traceback_later(max(seconds, 0.1), exit=True, file=2)


def do_not_end() -> None:
    """Take back what :func:`end_in` has set."""
    if _watch.tell is not None:
        faulthandler.cancel_dump_traceback_later()
