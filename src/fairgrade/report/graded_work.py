"""What grading has left in the files of one submission: scores, and whether it could be read at all."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat

from fairgrade.notebook.cell import RECORD
from fairgrade.results import scores_in


@dataclass(frozen=True)
class GradedWork:
    """What the graded notebooks of one submission say.

    Attributes
    ----------
    scores : dict of str to dict
        The scores as data, by the grade_id of their test; see :meth:`fairgrade.grading.Score.to_dict`.
    is_refused : bool
        Whether intake could not read what was handed in.
    is_damaged : bool
        Whether a graded notebook is missing, can't be read, or holds scores of another version.
    """

    scores: dict[str, dict[str, Any]] = field(default_factory=dict)
    is_refused: bool = False
    is_damaged: bool = False


def read_graded_work(folder: Path) -> GradedWork:
    """Read the graded notebooks of one submission; if one is damaged, that is noted, and the others are read.

    Parameters
    ----------
    folder : Path
        Of the student's graded submission.
    """
    scores: dict[str, dict[str, Any]] = {}
    paths = sorted(folder.glob("*.ipynb"))
    is_refused, is_damaged = False, not paths
    for path in paths:
        try:
            found, refused = _read(path)
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            is_damaged = True
            continue
        scores |= found
        is_refused = is_refused or refused
    return GradedWork(scores, is_refused, is_damaged)


def _read(path: Path) -> tuple[dict[str, dict[str, Any]], bool]:
    # Grading wrote and validated it. To validate it again, or to make nodes of all its cells, takes five times as long.
    notebook = json.loads(path.read_bytes())
    graded = [cell for cell in notebook["cells"] if "nbgrader" in cell["metadata"]]
    scores = scores_in(nbformat.from_dict({"cells": graded}))
    if not all(is_score(score) for score in scores.values()):
        raise ValueError("expected scores, got something else")
    record = notebook["metadata"].get(RECORD, {})
    return scores, bool(record.get("refused"))


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
