"""What grading has left in the files of one submission: scores, and whether it could be read at all."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from fairgrade.notebook.cell import RECORD
from fairgrade.results import scores_in


@dataclass(frozen=True)
class GradedWork:
    """What the graded notebooks of one submission say.

    Attributes
    ----------
    scores : dict of str to dict
        The scores as data, by the grade_id of their test; see :meth:`fairgrade.grading.Score.to_dict`.
    answers : dict of str to str
        The student's code, by the grade_id of its cell.
    stopped_by : frozenset of str
        The classes of errors that stopped a cell of the student's, or the student's code in a check.
    is_refused : bool
        Whether intake could not read what was handed in.
    is_damaged : bool
        Whether a graded notebook is missing, can't be read, or holds scores of another version.
    """

    scores: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    stopped_by: frozenset[str] = frozenset()
    is_refused: bool = False
    is_damaged: bool = False


def read_graded_work(folder: Path) -> GradedWork:
    """Read the graded notebooks of one submission; if one is damaged, that is noted, and the others are read.

    Parameters
    ----------
    folder : Path
        Of the student's graded submission.
    """
    paths = sorted(folder.glob("*.ipynb"))
    read = [found for path in paths if (found := read_graded_notebook(path)) is not None]
    return GradedWork(
        scores={name: score for one in read for name, score in one.scores.items()},
        answers={name: text for one in read for name, text in one.answers.items()},
        stopped_by=frozenset().union(*(one.stopped_by for one in read)),
        is_refused=any(one.is_refused for one in read),
        is_damaged=not paths or len(read) < len(paths),
    )


def read_graded_notebook(path: Path) -> GradedWork | None:
    """Read a graded notebook; return None if it is damaged, or of another version."""
    # Grading wrote and validated it; validating it again, or making nodes of all it holds, takes six times as long.
    try:
        notebook = json.loads(path.read_bytes())
        marked = [cell for cell in notebook["cells"] if "nbgrader" in cell["metadata"]]
        scores = scores_in(NotebookNode(cells=[NotebookNode(cell) for cell in marked if _is_test(cell)]))
        if not all(map(is_score, scores.values())):
            return None
        answers = {
            str(cell["metadata"]["nbgrader"]["grade_id"]): "".join(cell["source"])
            for cell in marked
            if cell["cell_type"] == "code" and cell["metadata"]["nbgrader"].get("solution")
        }
        stopped_by = _errors(cell for cell in notebook["cells"] if not _is_test(cell)) | _errors_in(scores.values())
        is_refused = bool(notebook["metadata"].get(RECORD, {}).get("refused"))
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
    return GradedWork(scores, answers, stopped_by, is_refused)


def _is_test(cell: Mapping[str, Any]) -> bool:
    marks = cell["metadata"].get("nbgrader", {})
    return bool(marks.get("grade")) and not marks.get("solution")


def _errors(cells: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Return what the errors are called that cells show."""
    shown = [output for cell in cells for output in cell.get("outputs", ())]
    return frozenset(str(output.get("ename")) for output in shown if output.get("output_type") == "error")


def _errors_in(scores: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Return what the errors are called that stopped the student's code in a check."""
    named = (check.get("stopped_by") for score in scores for check in score["checks"])
    return frozenset(str(name) for name in named if name)


def is_score(data: Any) -> bool:
    """Tell whether data have what a report needs of a score."""
    match data:
        case {
            "exercise": str(),
            "points": int() | float(),
            "earned": int() | float(),
            "checks": [*checks],
            "misconceptions": [*names],
        }:
            return all(map(_is_check, checks)) and all(isinstance(name, str) for name in names)
    return False


def _is_check(data: Any) -> bool:
    match data:
        case {"name": str(), "sentence": str(), "outcome": "Passed" | "Failed" | "NotAttempted"}:
            return True
    return False
