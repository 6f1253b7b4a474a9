"""What comes of a submission, as values that can be sent anywhere."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fairgrade.grading import InfraError
from fairgrade.nbgrader.autoscores import AutoScores


@dataclass(frozen=True)
class NotebookResult:
    """One notebook of a submission, graded.

    Attributes
    ----------
    name : str
    text : str
        The notebook's file.
    autoscores : AutoScores
        What it earns.
    seconds : mapping of str to float
        What each cell took.
    sandbox : str
        Which one it ran in; empty if it did not run.
    refused : str
        Why it could not be graded and has 0 points, if so.
    notes : tuple of str
        What was unusual about it.
    lacks : frozenset of str
        The modules that its cells could not import, for they are not installed.
    """

    name: str
    text: str
    autoscores: AutoScores
    seconds: Mapping[str, float]
    sandbox: str
    refused: str
    notes: tuple[str, ...]
    lacks: frozenset[str] = frozenset()


@dataclass(frozen=True)
class SubmissionResult:
    """A submission, graded.

    Attributes
    ----------
    student, key : str
        As in what was handed in.
    notebooks : tuple of NotebookResult
    seconds : float
        All it took.
    peak_bytes : int
        The most memory the grading process has had so far, its sandbox apart.
    """

    student: str
    key: str
    notebooks: tuple[NotebookResult, ...]
    seconds: float
    peak_bytes: int


def most_memory_bytes() -> int:
    """Return the most memory that this process has had.

    ``getrusage`` may count its starter's, too: that outlives exec, and a vfork shares the memory.
    """
    with contextlib.suppress(OSError):  # only Linux has it
        if found := re.search(r"^VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text(), re.MULTILINE):
            return 1024 * int(found[1])
    import resource  # noqa: PLC0415 - only Unix has it, and results are read elsewhere, too

    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


class CantGrade(InfraError):
    """No submission can be graded with this bundle here; the message says why."""
