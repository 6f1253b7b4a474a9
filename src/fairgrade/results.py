"""The results of an assignment: the gradebook's points and the scores kept in autograded notebooks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook

from fairgrade.grading import SCORE_MIME
from fairgrade.notebook.cell import AssignmentCell
from fairgrade.notebook.titles import titles_by_heading


@dataclass(frozen=True)
class StudentResult:
    """One student's points.

    Attributes
    ----------
    student : str
    points : dict of str to float or None
        By the grade_id of the cell; None where a person still has to grade.
    total, of : float
        The sum so far, without late penalties, and the most there is.
    late : bool
        Handed in after the due date.
    """

    student: str
    points: dict[str, float | None]
    total: float
    of: float
    late: bool


def read_gradebook(db_url: str, assignment: str) -> list[StudentResult]:
    """The results of all submissions of an assignment, by student.

    Raises
    ------
    MissingEntry
        If the gradebook does not know the assignment.
    """
    with Gradebook(db_url) as gradebook:
        gradebook.find_assignment(assignment)
        results = []
        for submission in sorted(gradebook.assignment_submissions(assignment), key=lambda s: str(s.student.id)):
            points: dict[str, float | None] = {}
            for notebook in submission.notebooks:
                for grade in notebook.grades:
                    waiting = grade.needs_manual_grade and grade.manual_score is None and grade.auto_score is None
                    points[grade.name] = None if waiting else float(grade.score)
            results.append(
                StudentResult(
                    student=submission.student.id,
                    points=points,
                    total=float(submission.score),
                    of=float(submission.max_score),
                    late=submission.total_seconds_late > 0,
                )
            )
        return results


def read_scores(notebook: Path) -> dict[str, dict[str, Any]]:
    """The scores kept in a graded notebook's file, as data, by the grade_id of their test cell."""
    return scores_in(nbformat.read(notebook, as_version=4))


def scores_in(notebook: NotebookNode) -> dict[str, dict[str, Any]]:
    """The scores kept in a graded notebook, as data, by the grade_id of their test cell."""
    return {
        str(cell.name): output["data"][SCORE_MIME]
        for cell in map(AssignmentCell, notebook.cells)
        if cell.is_test  # a student's cell could show what looks like a score
        for output in cell.node.get("outputs", ())
        if SCORE_MIME in output.get("data", {})
    }


def titles_in(sources: Sequence[Path]) -> dict[str, str]:
    """What to call the cells of an assignment whose name says nothing, by grade_id.

    Parameters
    ----------
    sources : sequence of Path
        The assignment's source notebooks. If there are several, a title names its notebook.
    """
    titles: dict[str, str] = {}
    for path in sources:
        prefix = f"{path.stem}: " if len(sources) > 1 else ""
        found = titles_by_heading(nbformat.read(path, as_version=4).cells)
        titles |= {cell: f"{prefix}{title}" for cell, title in found.items()}
    return titles


def graded_notebooks(autograded: Path, assignment: str) -> Iterator[tuple[str, Path]]:
    """Each student with a graded notebook of the assignment, and the notebook."""
    for notebook in sorted(autograded.glob(f"*/{assignment}/*.ipynb")):
        yield notebook.parent.parent.name, notebook


def count_misconceptions(autograded: Path, assignment: str) -> Counter[tuple[str, str]]:
    """How many submissions each (exercise, misconception) was recognised in."""
    counts: Counter[tuple[str, str]] = Counter()
    for _, notebook in graded_notebooks(autograded, assignment):
        for score in read_scores(notebook).values():
            counts.update((score["exercise"], name) for name in score["misconceptions"])
    return counts
