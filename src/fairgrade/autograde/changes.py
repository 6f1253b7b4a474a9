"""What grading again changes: who gained or lost points in which cell, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from fairgrade.autograde.result import SubmissionResult
from fairgrade.results import read_scores, scores_in


@dataclass(frozen=True)
class Change:
    """A cell, or a late penalty, whose points differ from those recorded before.

    Attributes
    ----------
    student : str
    cell : str
        ``notebook/cell``; the penalty of a notebook is ``notebook/late penalty``, with points below 0.
    before, after : float or None
        Points; None where there were none.
    why : str
        Which checks came out differently, as far as the graded notebooks say.
    """

    student: str
    cell: str
    before: float | None
    after: float | None
    why: str


def compare(result: SubmissionResult, before: Mapping[str, float | None], folder: Path) -> tuple[Change, ...]:
    """The changes a new result makes.

    Parameters
    ----------
    result : SubmissionResult
        The new result.
    before : mapping of str to float or None
        The recorded points by ``notebook/cell``; empty if the submission is new.
    folder : Path
        Where the graded notebooks of before lie.
    """
    changes = []
    for notebook in result.notebooks:
        recorded = {cell: before.get(f"{notebook.name}/{cell}") for cell in notebook.autoscores.scores}
        changed = [cell for cell, after in notebook.autoscores.scores.items() if recorded[cell] != after]
        old_file = folder / f"{notebook.name}.ipynb"
        if not changed or not old_file.is_file():  # without an old notebook it is not a change but the first result
            continue
        old, new = read_scores(old_file), scores_in(nbformat.reads(notebook.text, as_version=4))
        for cell in changed:
            why = "; ".join(_differences(old.get(cell, {}), new.get(cell, {})))
            name = f"{notebook.name}/{cell}"
            changes.append(Change(result.student, name, recorded[cell], notebook.autoscores.scores[cell], why))
    return tuple(changes)


def has_results(result: SubmissionResult, folder: Path) -> bool:
    """Whether a notebook of the submission was graded before; else all there is to say is its first result."""
    return any((folder / f"{notebook.name}.ipynb").is_file() for notebook in result.notebooks)


def compare_penalties(student: str, before: Mapping[str, float], after: Mapping[str, float]) -> tuple[Change, ...]:
    """The changes of what being late costs, by notebook."""
    return tuple(
        Change(student, f"{name}/late penalty", -before.get(name, 0.0), -after.get(name, 0.0), "")
        for name in sorted(before.keys() | after.keys())
        if before.get(name, 0.0) != after.get(name, 0.0)
    )


def _differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    before = {check["name"]: check for check in old.get("checks", ())}
    after = {check["name"]: check for check in new.get("checks", ())}
    for name, check in after.items():
        was = before.get(name)
        if was is None:
            yield f"new check {name}: {_outcome(check)}"
        elif _outcome(was) != _outcome(check):
            yield f"{name}: {_outcome(was)} before, {_outcome(check)} now"
        elif was["points"] != check["points"]:
            yield f"{name}: worth {was['points']:g} before, {check['points']:g} now"
    for name in before.keys() - after.keys():
        yield f"no check {name} any more"
    for name in set(new.get("misconceptions", ())) - set(old.get("misconceptions", ())):
        yield f"recognised now: {name}"
    for name in set(old.get("misconceptions", ())) - set(new.get("misconceptions", ())):
        yield f"not recognised any more: {name}"


def _outcome(check: Mapping[str, Any]) -> str:
    return {"Passed": "passed", "Failed": "failed", "NotAttempted": "not attempted"}[check["outcome"]]
