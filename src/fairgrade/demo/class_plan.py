"""Plan the submissions of a class from the banks of an assignment; the same seed gives the same class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np

from fairgrade.grading import Exercise, Misconception, WrittenQuestion


class SubmissionKind(StrEnum):
    """The kinds of submissions in a class."""

    ORDINARY = "ordinary"
    BLANK = "blank"
    HALF_DONE = "half done"
    LATE = "late"


@dataclass(frozen=True)
class Work:
    """The code that a student writes into one solution cell.

    Attributes
    ----------
    cell, name : str
        The cell's grade_id, and the name it defines.
    item : str
        The name of the reference, variant or misconception.
    code : object
        Its code.
    misconception : Misconception or None
        Set if the work is wrong.
    """

    cell: str
    name: str
    item: str
    code: Any
    misconception: Misconception | None = None


@dataclass(frozen=True)
class SubmissionPlan:
    """One student's submission."""

    student: str
    kind: SubmissionKind
    works: tuple[Work, ...]
    written: dict[str, str] = field(default_factory=dict)


def plan_class(
    exercises: Sequence[Exercise], questions: Sequence[WrittenQuestion], cells: Sequence[str], students: int, seed: int
) -> list[SubmissionPlan]:
    """Plan a class.

    Parameters
    ----------
    exercises : sequence of Exercise
    questions : sequence of WrittenQuestion
    cells : sequence of str
        The grade_ids of the solution cells, in the order of the notebook.
    students : int
        Its size. In a class of four or more the last three are a late, a half-done and a blank submission.
    seed : int
        The same seed gives the same class.

    Returns
    -------
    list of SubmissionPlan
        One per student, called s001, s002, ...
    """
    rng = np.random.default_rng(seed)
    special = [SubmissionKind.LATE, SubmissionKind.HALF_DONE, SubmissionKind.BLANK] if students >= 4 else []
    kinds = [SubmissionKind.ORDINARY] * (students - len(special)) + special
    banks = {cell: [e for e in exercises if e.solution_cell == cell] for cell in cells}
    plans = []
    for number, kind in enumerate(kinds, start=1):
        # From students who make hardly a mistake to students who make one in most exercises.
        slips = float(rng.beta(1.2, 2.0))
        works = tuple(_work(rng, cell, bank, slips) for cell, bank in banks.items() if bank)
        done = {SubmissionKind.BLANK: 0, SubmissionKind.HALF_DONE: (len(works) + 1) // 2}.get(kind, len(works))
        written = {question.name: str(rng.choice(question.samples)) for question in questions}
        plans.append(SubmissionPlan(f"s{number:03d}", kind, works[:done], written if done == len(works) else {}))
    return plans


def _work(rng: np.random.Generator, cell: str, exercises: list[Exercise], slips: float) -> Work:
    """Wrong work with probability `slips`, else right work, from any of the exercises on this cell."""
    exercise = exercises[int(rng.integers(len(exercises)))]
    if rng.random() < slips:
        misconception = list(exercise.misconceptions.values())[int(rng.integers(len(exercise.misconceptions)))]
        return Work(cell, exercise.solution_name, misconception.name, misconception.code, misconception)
    right = {"reference": exercise.reference, **{v.name: v.code for v in exercise.variants.values()}}
    name = list(right)[int(rng.integers(len(right)))]
    return Work(cell, exercise.solution_name, name, right[name])
