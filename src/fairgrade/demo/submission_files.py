"""Submissions on disk: the released notebook with a student's work in its solution cells."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from fairgrade.bank_source import cell_source
from fairgrade.demo.class_plan import SubmissionKind, SubmissionPlan

DUE = datetime(2030, 1, 15, 12, 0, tzinfo=UTC)
"""When the demonstration assignment is due; any date will do."""


def solution_cells(notebook: NotebookNode) -> list[str]:
    """The grade_ids of the cells a student writes code into, in order."""
    metadata = [cell.metadata.get("nbgrader", {}) for cell in notebook.cells if cell.cell_type == "code"]
    return [data["grade_id"] for data in metadata if data.get("solution")]


def fill_in(release: NotebookNode, plan: SubmissionPlan) -> NotebookNode:
    """A copy of the released notebook with the planned work in it."""
    notebook: NotebookNode = nbformat.from_dict(json.loads(nbformat.writes(release)))
    sources = {work.cell: cell_source(work.code, work.name) for work in plan.works} | plan.written
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name in sources:
            cell.source = sources[name]
    return notebook


def write_submission(release: Path, plan: SubmissionPlan, submitted: Path, assignment: str) -> Path:
    """Write one submission the way nbgrader collects it: notebook and timestamp.

    Parameters
    ----------
    release : Path
        The released notebook.
    plan : SubmissionPlan
    submitted : Path
        The folder of all submissions.
    assignment : str

    Returns
    -------
    Path
        The submission's folder.
    """
    folder = submitted / plan.student / assignment
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(fill_in(nbformat.read(release, as_version=4), plan), folder / release.name)
    handed_in = DUE + timedelta(hours=9 if plan.kind is SubmissionKind.LATE else -1 - int(plan.student[1:]) % 72)
    (folder / "timestamp.txt").write_text(f"{handed_in:%Y-%m-%d %H:%M:%S} UTC\n")
    return folder
