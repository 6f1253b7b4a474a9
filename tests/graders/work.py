"""Work graded for several students, as the tests of the banks need it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fairgrade.grading import Exercise, Score, Submission, grading_for
from tests.conftest import ASSIGNMENT

STUDENTS = [Submission(ASSIGNMENT, f"s{n:03d}") for n in range(20)]


def graded(exercise: Exercise, work: Any, student: Submission = STUDENTS[0], **names: Any) -> Score:
    """The score of the work in a notebook with these names."""
    with grading_for(student):
        return exercise.grade(work, notebook=names)


def earned(exercise: Exercise, work: Any, students: Iterable[Submission] = STUDENTS[:5], **names: Any) -> set[float]:
    """What the work earns, over several students."""
    return {graded(exercise, work, student, **names).earned for student in students}


def lost(exercise: Exercise, work: Any) -> set[float]:
    """What the work loses, over all students."""
    return {exercise.points - points for points in earned(exercise, work, STUDENTS)}
