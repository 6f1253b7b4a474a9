"""The points of an assignment, as other systems take them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class AssignmentPoints:
    """The points of a class.

    Attributes
    ----------
    points : dict of str to float or None
        By student, late penalties taken off; None for who has not handed in.
    of : float
        The most there is.
    cells : dict of str to dict of str to float or None
        By student and grade_id; None where a person still has to grade.
    comments : dict of str to str
        What was written by hand, by student.
    waiting : list of str
        Students whose submission a person still has to grade.
    """

    points: dict[str, float | None]
    of: float
    cells: dict[str, dict[str, float | None]]
    comments: dict[str, str]
    waiting: list[str]
