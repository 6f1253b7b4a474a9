"""A graded class in a folder, as grading leaves it: a gradebook, and notebooks with scores."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook

from fairgrade.grading import SCORE_MIME

CHECKS = ("counts", "ends")


def score(
    passed: Sequence[bool] = (True, True), misconceptions: Sequence[str] = (), *, attempted: bool = True
) -> dict[str, Any]:
    """The score of an exercise with two checks of one point each, as data."""
    bad = "Failed" if attempted else "NotAttempted"
    checks = [
        {"name": name, "sentence": f"It {name}.", "points": 1.0, "earned": float(ok), "reason": "",
         "outcome": "Passed" if ok else bad}
        for name, ok in zip(CHECKS, passed, strict=True)
    ]  # fmt: skip
    return {"version": 1, "exercise": "e", "points": 2.0, "earned": float(sum(passed)), "attempted": attempted,
            "checks": checks, "misconceptions": list(misconceptions), "relations": []}  # fmt: skip


def graded_notebook(scored: Any, answer: str = "def e(): ...\n", **record: Any) -> dict[str, Any]:
    """A graded notebook with the student's answer and its test; without a score, the test is an error's."""
    output: dict[str, Any] = {"output_type": "error", "ename": "NotRun", "evalue": "", "traceback": []}
    if scored is not None:
        output = {
            "output_type": "execute_result",
            "metadata": {},
            "execution_count": None,
            "data": {SCORE_MIME: scored},
        }
    cells = [
        {"cell_type": "markdown", "id": "text", "metadata": {}, "source": "# Text"},
        code_cell("e", answer, solution=True, grade=False),
        code_cell("test_e", "exercise.grade(e)", output, solution=False, grade=True, points=2),
    ]
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {"fairgrade": record}, "cells": cells}


def code_cell(name: str, source: str, *outputs: dict[str, Any], **marks: Any) -> dict[str, Any]:
    """A cell with nbgrader's marks, as it is in a file."""
    marks |= {"grade_id": name, "schema_version": 3, "locked": False, "task": False}
    cell = {"cell_type": "code", "id": name, "metadata": {"nbgrader": marks}, "execution_count": None}
    return cell | {"outputs": list(outputs), "source": source.splitlines(keepends=True)}


def write_graded(folder: Path, content: Any) -> None:
    """Write a graded notebook, or any text, into the folder of a submission."""
    folder.mkdir(parents=True)
    text = content if isinstance(content, str) else json.dumps(content)
    (folder / "nb.ipynb").write_text(text)


def write_course(folder: Path, settings: str = "") -> Path:
    """Make a course with a released assignment ps1 and no graders."""
    (folder / "source" / "ps1").mkdir(parents=True)
    (folder / "source" / "ps1" / "nb.ipynb").write_text(json.dumps(graded_notebook(None)))
    (folder / "graders").mkdir()
    (folder / "nbgrader_config.py").write_text(f"c = get_config()\n{settings}\n")
    return folder


def write_gradebook(folder: Path, points: Mapping[str, float | None], by_hand: str = "") -> None:
    """Make a gradebook with what a test gave each student; None is for who has not handed in.

    Parameters
    ----------
    folder : Path
    points : mapping of str to float or None
    by_hand : str, optional
        The name of a written answer worth 3 points.
    """
    with Gradebook(f"sqlite:///{folder}/gradebook.db") as gradebook:
        gradebook.add_assignment("ps1")
        gradebook.add_notebook("nb", "ps1")
        gradebook.add_grade_cell("test_e", "nb", "ps1", max_score=2, cell_type="code")
        if by_hand:
            gradebook.add_grade_cell(by_hand, "nb", "ps1", max_score=3, cell_type="code")
            gradebook.add_solution_cell(by_hand, "nb", "ps1")
        for student, earned in points.items():
            gradebook.add_student(student)
            if earned is not None:
                gradebook.add_submission("ps1", student)
                gradebook.find_grade("test_e", "nb", "ps1", student).auto_score = earned
        gradebook.db.commit()
