"""What verify finds: gradings of bank items, and the faults they show, each with its cure."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Section(StrEnum):
    """The sections of a verification's report, in order."""

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
        The section of the report that lists it.
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
    """The kinds of items in a bank."""

    REFERENCE = "reference"
    VARIANT = "variant"
    MISCONCEPTION = "misconception"


@dataclass(frozen=True)
class GradedItem:
    """The result of grading one item for one made-up student.

    Attributes
    ----------
    exercise, item : str
        Which exercise graded it, and its name in the bank.
    kind : ItemKind
        What it is in the bank.
    student : str
        Whose inputs were used.
    earned : float
        The points.
    failed : dict of str to str
        The checks that were not passed, and their reasons.
    named : tuple of str
        The misconceptions that were recognised.
    broken : str
        The error of a grader that broke; empty if none did.
    is_endless : bool
        Whether a call of the work did not end.
    seconds : dict of str to float
        How long each check took.
    """

    exercise: str
    item: str
    kind: ItemKind
    student: str
    earned: float = 0.0
    failed: dict[str, str] = field(default_factory=dict)
    named: tuple[str, ...] = ()
    broken: str = ""
    is_endless: bool = False
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def result(self) -> tuple[object, ...]:
        """All that must be the same whenever the same work is graded for the same student.

        Reasons may quote a number that the work itself drew at random, so they are left out.
        """
        return self.earned, tuple(self.failed), self.named, bool(self.broken), self.is_endless
