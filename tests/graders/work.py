"""Work graded for several students, as the tests of the banks need it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fairgrade.grading import Exercise, Score, Submission, grading_for
from tests.conftest import ASSIGNMENT

STUDENTS = [Submission(ASSIGNMENT, f"s{n:03d}") for n in range(20)]


Names = Mapping[str, Any] | None
"""What a notebook defines; earlier work is lent into this very mapping."""


def graded(exercise: Exercise, work: Any, student: Submission = STUDENTS[0], notebook: Names = None) -> Score:
    """Grade the work for one student."""
    with grading_for(student):
        return exercise.grade(work, notebook=notebook)


def earned(
    exercise: Exercise, work: Any, students: Iterable[Submission] = STUDENTS[:5], notebook: Names = None
) -> set[float]:
    """Return what the work earns, over several students."""
    return {graded(exercise, work, student, notebook).earned for student in students}


def lost(exercise: Exercise, work: Any) -> set[float]:
    """Return what the work loses, over all students."""
    return {exercise.points - points for points in earned(exercise, work, STUDENTS)}
