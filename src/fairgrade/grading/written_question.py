"""Written answers: graded by hand, so all the kit keeps of them is the question's cell and samples."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class WrittenQuestion:
    """A question answered in prose and graded by hand.

    Attributes
    ----------
    name : str
        The grade_id of the answer's cell.
    points : float
        The most a grader may give.
    samples : tuple of str
        Answers of different worth, to try the course out with.
    """

    name: str
    points: float
    samples: tuple[str, ...]
