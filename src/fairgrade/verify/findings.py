"""What verify finds: facts about gradings, and the faults they show, each with its cure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Section(StrEnum):
    """The parts of a verification, in the order of the report."""

    NOTEBOOK = "notebook and release"
    RIGHT = "right work"
    WRONG = "wrong work"
    KNOCK_ON = "knock-on"
    PAIRS = "pairs"
    HOLES = "undeserved points"
    MUTANTS = "mutants"
    SANDBOX = "in the sandbox"
    CHANCE = "chance"


@dataclass(frozen=True)
class Finding:
    """Something that keeps the assignment from meeting its bars.

    Attributes
    ----------
    part : Section
    where : str
        The exercise and the item, or the cell.
    what : str
        What was expected and what was found.
    cure : str
        What to do about it.
    """

    part: Section
    where: str
    what: str
    cure: str


class ItemKind(StrEnum):
    """What an item of a bank is."""

    REFERENCE = "reference"
    VARIANT = "variant"
    MISCONCEPTION = "misconception"


@dataclass(frozen=True)
class GradedItem:
    """What grading one piece of work for one made-up student came to.

    Attributes
    ----------
    exercise, item : str
    kind : ItemKind
    student : str
        Whose inputs were used.
    earned, by_checks : float
        The points, and what the checks alone gave.
    failed : dict of str to str
        The checks that were not passed, and what was said.
    named : tuple of str
        The misconceptions that were recognised.
    broken : str
        What broke in the grader; empty if nothing did.
    endless : bool
        Whether a call of the work did not end.
    seconds : dict of str to float
        How long each check took.
    """

    exercise: str
    item: str
    kind: ItemKind
    student: str
    earned: float
    by_checks: float
    failed: dict[str, str]
    named: tuple[str, ...]
    broken: str
    endless: bool
    seconds: dict[str, float]

    @property
    def result(self) -> tuple[object, ...]:
        """What has to be the same whenever the same work is graded for the same student.

        Reasons may quote a number that the work itself drew at random, so they are left out.
        """
        return self.earned, tuple(self.failed), self.named, bool(self.broken), self.endless
