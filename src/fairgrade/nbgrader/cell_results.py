"""What the instructor's own work earns, cell by cell, and what to do where that is less than all points."""

from __future__ import annotations

import hashlib
import json
import re
import sys
import sysconfig
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from fairgrade.grading.outcomes import InfraError
from fairgrade.notebook.plan import TEST_MODES

Runs = Mapping[str, Mapping[str, str]]
"""The modes of tests that don't run isolated, by notebook and grade_id."""

_NEEDS_LIVE_OBJECTS = re.compile(r"^NeedsReview: (?!The test ends)")


class PreflightFailed(InfraError):
    """The source does not earn its own points; the message says where, why, and what to do."""


@dataclass(frozen=True)
class CellResult:
    """What the instructor's own work earns in one cell.

    Attributes
    ----------
    notebook, cell : str
        The cell by its grade_id.
    earned, points : float
    error : str
        How the cell ended, if with an error: its kind and message.
    fault : bool
        Whether the error is one for which no submission would be graded at all.
    before : str
        Which cell stopped with an error earlier in the notebook, and how; empty if none did.
    runs : str
        The mode of the test, one of :data:`~fairgrade.notebook.plan.TEST_MODES`.
    why : str
        Why it does not run isolated, if that was found out.
    title : str
        What to call the cell, if its grade_id says nothing.
    """

    notebook: str
    cell: str
    earned: float
    points: float
    error: str = ""
    fault: bool = False
    before: str = ""
    runs: str = TEST_MODES[0]
    why: str = ""
    title: str = ""

    @property
    def holds(self) -> bool:
        """Whether the cell earns all it is worth, or does not claim to be graded."""
        return self.runs == TEST_MODES[-1] or (not self.fault and abs(self.earned - self.points) < 1e-9)

    @property
    def called(self) -> str:
        """What a person calls the cell, with its notebook."""
        return f"{self.notebook}/{self.title or self.cell}"

    @property
    def sentence(self) -> str:
        """What is wrong, and what to do about it."""
        said = f"{self.called} earns {self.earned:g} of {self.points:g} points"
        how = f": {self.error.rstrip('.')}" if self.error else ""
        earlier = f" Before that, {self.before.rstrip('.')}." if self.before else ""
        return f"{said}{how}.{earlier} {cure(f'{self.error} {self.before}')}"


def cure(error: str) -> str:
    """Say what to do about an error of the instructor's own work."""
    missing = re.search(r"No module named '([\w.]+)'", error)
    if missing:
        package = missing[1].partition(".")[0]
        if package == "graders":
            return "Is it in the course's folder graders/, with an __init__.py?"
        return f"Install it where grading runs: {sys.executable} -m pip install {package}"
    if _NEEDS_LIVE_OBJECTS.search(error):
        return "A test that needs live objects can run beside them: tag its cell `in-sandbox`."
    if "Type: " in error:
        return "Then run the same command again."
    if re.search(r"TimeLimit|stopped after [\d.]+ s", error):
        return "Make it faster, or allow more time in nbgrader_config.py: c.Isolation.cell_timeout_s = 60"
    return "Mend the test, its grader or the solution, and run the same command again."


def runs_of(results: Iterable[CellResult]) -> dict[str, dict[str, str]]:
    """Return the modes of tests that don't run isolated, by notebook and cell."""
    found: dict[str, dict[str, str]] = {}
    for result in results:
        if result.runs != TEST_MODES[0]:
            found.setdefault(result.notebook, {})[result.cell] = result.runs
    return found


def expect_all_points(results: Iterable[CellResult], assignment: str) -> None:
    """Stop the grading if the source does not earn all points.

    Raises
    ------
    PreflightFailed
        If it does not.
    """
    failed = [result for result in results if not result.holds]
    if failed:
        lines = "\n".join(f"  {result.sentence}" for result in failed)
        raise PreflightFailed(
            f"Preflight: expected the source of {assignment} to earn all points, as right work must, but\n{lines}\n"
            "No submission is graded. To grade all the same: --no-preflight, or c.IsolatedExecute.preflight = False"
        )


# -- once for each content -------------------------------------------------------------------------


def passed(reports: Path, key: str) -> tuple[CellResult, ...] | None:
    """Return the results of the bundle with this key; None if it never passed."""
    try:
        kept = json.loads((reports / "preflight.json").read_text())
        return tuple(CellResult(**cell) for cell in kept["cells"]) if kept["key"] == _here(key) else None
    except (OSError, ValueError, TypeError, KeyError):
        return None


def keep_passed(reports: Path, key: str, results: Iterable[CellResult]) -> None:
    """Save the results of a preflight that passed, so that it need not run again."""
    content = {"key": _here(key), "cells": [asdict(result) for result in results]}
    reports.mkdir(parents=True, exist_ok=True)
    new = reports / ".preflight.json.new"
    new.write_text(json.dumps(content, indent=1) + "\n")
    new.replace(reports / "preflight.json")


def _here(key: str) -> str:
    """The key with what is installed here: a package that is gone may be one that the solution needs."""
    try:
        installed = Path(sysconfig.get_paths()["purelib"]).stat().st_mtime_ns
    except OSError:
        installed = 0
    return hashlib.sha256(f"{key} {sys.version} {sys.prefix} {installed}".encode()).hexdigest()
