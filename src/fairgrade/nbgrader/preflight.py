"""Preflight: the instructor's own source is graded the way submissions are, before the first of them.

Where it does not earn all points, right work can't either, for a reason that is the grader's, the notebook's or
this machine's. Then nothing is graded, and what is wrong is said cell by cell.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import sysconfig
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_solution

from fairgrade.grading.outcomes import InfraError
from fairgrade.grading.seeding import Submission
from fairgrade.intake import Blueprint, NotebookLimits, take_in_files
from fairgrade.intake.accepted import mark_ungraded
from fairgrade.intake.read import DEFAULT_LIMITS
from fairgrade.isolation.settings import Isolation
from fairgrade.isolation.worker.folders import temporary
from fairgrade.nbgrader.autoscores import autoscores_of
from fairgrade.nbgrader.isolated_execute import submitted_files
from fairgrade.notebook.cell import grade_id_of
from fairgrade.notebook.plan import TESTS_RUN, NotebookPlan
from fairgrade.results import scores_in

INSTRUCTOR = "the instructor"
"""Whose work the source counts as; random inputs follow from it. No folder's name is like it, as it has a blank."""

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
        How the test runs, in a word of :data:`~fairgrade.notebook.plan.TESTS_RUN`.
    why : str
        Why it does not run isolated, if that was found out.
    """

    notebook: str
    cell: str
    earned: float
    points: float
    error: str = ""
    fault: bool = False
    before: str = ""
    runs: str = TESTS_RUN[0]
    why: str = ""

    @property
    def holds(self) -> bool:
        """Whether the cell earns all it is worth, or does not claim to be graded."""
        return self.runs == TESTS_RUN[-1] or (not self.fault and abs(self.earned - self.points) < 1e-9)

    @property
    def sentence(self) -> str:
        """What is wrong, and what to do about it."""
        said = f"{self.notebook}/{self.cell} earns {self.earned:g} of {self.points:g} points"
        how = f": {self.error.rstrip('.')}" if self.error else ""
        earlier = f" Before that, {self.before.rstrip('.')}." if self.before else ""
        return f"{said}{how}.{earlier} {cure(f'{self.error} {self.before}')}"


def cure(error: str) -> str:
    """What to do about an error of the instructor's own work."""
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


def grade_source(
    name: str,
    source: NotebookNode,
    blueprint: Blueprint,
    course: NotebookPlan,
    settings: Isolation,
    submission: Submission,
    *,
    files: Mapping[str, bytes],
    hidden: Sequence[str] = (),
    limits: NotebookLimits = DEFAULT_LIMITS,
) -> tuple[CellResult, ...]:
    """Grade a source notebook as if it had been handed in: intake, the sandbox, the scores.

    Parameters
    ----------
    name : str
        The notebook's.
    source : NotebookNode
    blueprint : Blueprint
        What intake reads in it.
    course : NotebookPlan
        What is done with each cell; how it would go otherwise, another one tells.
    settings : Isolation
    submission : Submission
        Whose work it counts as.
    files : mapping of str to bytes
        What lies beside the notebook, by relative path.
    hidden : sequence of str
        Folders student code must not see.
    limits : NotebookLimits
        How much a notebook may hold.

    Returns
    -------
    tuple of CellResult
        One for each cell that tests grade, and one for each other cell that no submission would get past.

    Raises
    ------
    SandboxUnavailable
        If there is no sandbox here.
    """
    from fairgrade.isolation.submission import run_submission  # noqa: PLC0415 - it loads what tests use

    handed_in = {f"{name}.ipynb": nbformat.writes(source).encode()}
    taken = take_in_files({name: blueprint}, handed_in, limits)[name]
    faults: dict[str, str] = {}
    nb = taken.notebook
    with temporary() as made:
        folder = Path(made)
        for path, content in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        beside = submitted_files(folder, settings.submitted_bytes)
        if taken.refused:
            mark_ungraded(nb)
        else:
            run_submission(nb, course, submission, settings, files=beside, folder=folder, hidden=hidden, faults=faults)
    scores = autoscores_of(nb).scores
    found: list[CellResult] = []
    before = ""
    for cell in nb.cells:
        grade_id = grade_id_of(cell) or ""
        error = _error_of(cell)
        if cell.cell_type == "code" and is_grade(cell) and not is_solution(cell):
            points = float(cell.metadata.nbgrader["points"])
            fault = faults.pop(grade_id, "")
            earned = 0.0 if fault else float(scores.get(grade_id) or 0.0)
            found.append(CellResult(name, grade_id, earned, points, fault or error, bool(fault), before))
        elif error and not before:
            before = f"{grade_id or cell.get('id', 'a cell')} stopped with {error}"
    others = [CellResult(name, cell, 0.0, 0.0, fault, fault=True) for cell, fault in faults.items()]
    return (*others, *found)


def _error_of(cell: NotebookNode) -> str:
    """How a cell ended, if not well: its error, or the checks that failed."""
    for score in scores_in(NotebookNode(cells=[cell])).values():
        failed = [f"{check['name']}: {check['reason']}" for check in score["checks"] if check["outcome"] != "Passed"]
        return "; ".join(failed)[:1000]
    errors = [output for output in cell.get("outputs", ()) if output.output_type == "error"]
    return f"{errors[-1].ename}: {errors[-1].evalue}"[:1000] if errors else ""


def expect_all_points(results: Iterable[CellResult], assignment: str) -> None:
    """Let nobody be graded where the source does not earn all points.

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
    """Write down that it has, so that it costs nothing again."""
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
