"""The top of a feedback page: who and when, the points so far, and for each exercise what to look at next."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import SubmittedNotebook
from nbgrader.utils import is_grade, is_task

from fairgrade import __version__
from fairgrade.grading import SCORE_MIME

_MOST_CHARACTERS = 200
"""Of a test's message in the summary; the page shows all of it further down."""


@dataclass(frozen=True)
class SummaryRow:
    """A line of the summary.

    Attributes
    ----------
    grade_id, title : str
    score, points : float
    waits : bool
        Whether a person still has to grade it.
    look_at : str
        The sentence of the first check that failed, or a test's message; empty if nothing did.
    hint : str
        Of the mistake that was recognised.
    """

    grade_id: str
    title: str
    score: float
    points: float
    waits: bool
    look_at: str = ""
    hint: str = ""


def summary_of(nb: NotebookNode, submitted: SubmittedNotebook) -> dict[str, Any]:
    """Return what the top of the page shows, from a notebook that is prepared otherwise.

    Parameters
    ----------
    nb : NotebookNode
        Its cells hold ``fairgrade_title`` and ``fairgrade_waits`` in their metadata.
    submitted : SubmittedNotebook
        The gradebook's record of it.
    """
    rows = [_row(cell) for cell in nb.cells if is_grade(cell) or is_task(cell)]
    handed_in = submitted.assignment.timestamp
    return {
        "graded": rows,
        "points_graded": sum(row.points for row in rows if not row.waits),
        "points_waiting": sum(row.points for row in rows if row.waits),
        "handed_in": f"{handed_in:%-d %B %Y, %H:%M} UTC" if handed_in else "",
        "version": __version__,
    }


def _row(cell: NotebookNode) -> SummaryRow:
    marks, shown = cell.metadata.nbgrader, cell.metadata
    score, points = float(marks.score), float(marks.points)
    look_at, hint = _next_step(cell) if score < points and not shown.fairgrade_waits else ("", "")
    return SummaryRow(marks.grade_id, shown.fairgrade_title, score, points, shown.fairgrade_waits, look_at, hint)


def _next_step(cell: NotebookNode) -> tuple[str, str]:
    """Return the first check that failed, and the hint of the mistake that was recognised."""
    outputs = cell.get("outputs", [])
    for score in (output.data[SCORE_MIME] for output in outputs if SCORE_MIME in output.get("data", {})):
        if not score["attempted"]:
            return "Not attempted yet.", ""
        still_open = [check for check in score["checks"] if check["outcome"] != "Passed"]
        failed = [check for check in still_open if check["outcome"] == "Failed"]
        look_at = (failed or still_open or [{"sentence": ""}])[0]["sentence"]
        return look_at, next(iter(score.get("hints", [])), "")
    messages = [output.evalue.strip() for output in outputs if output.output_type == "error"]
    return textwrap.shorten(messages[0].partition("\n")[0], _MOST_CHARACTERS, placeholder=" …") if messages else "", ""
