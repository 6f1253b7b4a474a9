"""The report of a verification: figures for each exercise, and what keeps the assignment from meeting its bars."""

from __future__ import annotations

from dataclasses import dataclass

from fairgrade.grading import Equivalent
from fairgrade.verify.findings import Finding
from fairgrade.verify.verdicts import CheckRow, WrongRow


@dataclass(frozen=True)
class ExerciseReport:
    """How one exercise fared.

    Attributes
    ----------
    name : str
        The exercise's name.
    points : float
        What right work earns.
    checks : tuple of CheckRow
        How its checks fared on right work.
    variants, variants_right : int
        How many variants there are, and how many of them earned all points for every student.
    wrong : tuple of WrongRow
        How its misconceptions fared.
    mutants, killed : int
        How many mutants were tried, and how many lost points for every student.
    equivalents : tuple of Equivalent
        The declared ones among the survivors.
    pairs, pairs_within : int
        How many pairs of misconceptions were made at once, and how many cost no more than both prices.
    beside, holes : int
        How often wrong work was graded beside other wrong work, and how often that earned more than it deserves.
    milliseconds : float
        How long grading the reference takes, on average.
    """

    name: str
    points: float
    checks: tuple[CheckRow, ...]
    variants: int
    variants_right: int
    wrong: tuple[WrongRow, ...]
    mutants: int
    killed: int
    equivalents: tuple[Equivalent, ...]
    pairs: int
    pairs_within: int
    beside: int
    holes: int
    milliseconds: float

    @property
    def priced(self) -> int:
        """How many misconceptions lost exactly what they state."""
        return sum(row.losses == (row.price,) for row in self.wrong)

    @property
    def named(self) -> int:
        """How many misconceptions were recognised for every student, by no name but their own."""
        return sum(row.named == 1 and not row.confused_with for row in self.wrong)


@dataclass(frozen=True)
class Report:
    """The result of a verification.

    Attributes
    ----------
    assignment : str
        Its name.
    seeds : int
        For how many made-up students each piece of work was graded.
    with_mutants : bool
        Whether mutants were tried.
    exercises : tuple of ExerciseReport
        The figures, in the order of the graders.
    findings : tuple of Finding
        What keeps the assignment from meeting its bars; empty if it meets them.
    gradings : int
        How many pieces of work were graded.
    handed_in : int
        How many of them were handed in: written into the notebook and graded in the sandbox.
    not_handed_in : str
        Why none was; empty if some were.
    wall_s, cpu_s : float
        How long it took; the second is the sum over all processes.
    """

    assignment: str
    seeds: int
    with_mutants: bool
    exercises: tuple[ExerciseReport, ...]
    findings: tuple[Finding, ...]
    gradings: int
    handed_in: int
    not_handed_in: str
    wall_s: float
    cpu_s: float
