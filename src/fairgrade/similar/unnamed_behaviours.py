"""What wrong work does that no misconception explains, as grading has recorded it beside the scores."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from fairgrade.autograde.graded_work import read_graded_notebook
from fairgrade.results import graded_notebooks

Behaviours = Mapping[str, Mapping[str, str]]
"""By exercise and student: equal texts mean equal behaviour."""


def read_behaviours(
    autograded: Path,
    assignment: str,
    cells: Mapping[str, str],
    exercises: Collection[str],
    advance: Callable[[int], None],
) -> Behaviours:
    """Read the behaviours of a class from its graded notebooks, as far as there are any.

    Parameters
    ----------
    autograded : Path
    assignment : str
    cells : mapping of str to str
        The cell that students write, by the name of the grader that looks at it.
    exercises : collection of str
        What the cells are called in the results: by their own name, or ``notebook: cell``.
    advance : callable
        Called with the number of notebooks, once each is read.
    """
    notebooks = list(graded_notebooks(autograded, assignment))
    found: dict[str, dict[str, str]] = {}
    for student, path in notebooks:
        for grader, behaviour in _behaviours_in(path).items():
            cell = cells.get(grader, "")
            for name in (cell, f"{path.stem}: {cell}"):
                if name in exercises:
                    found.setdefault(name, {})[student] = behaviour
        advance(len(notebooks))
    return found


def _behaviours_in(path: Path) -> dict[str, str]:
    """Return the behaviours in a graded notebook by exercise; none if it is damaged: its code is compared still."""
    work = read_graded_notebook(path)
    scores = work.scores.values() if work else ()
    try:
        found = {str(score["exercise"]): _behaviour(score.get("signature")) for score in scores}
    except (TypeError, AttributeError):
        return {}
    return {exercise: behaviour for exercise, behaviour in found.items() if behaviour}


def _behaviour(signature: Mapping[str, Any] | None) -> str:
    """Return a signature as text; empty if no call returned anything, as many mistakes end in the same error."""
    probes = (signature or {}).get("probes", {})
    return json.dumps(signature, sort_keys=True) if any("value" in seen for seen in probes.values()) else ""
