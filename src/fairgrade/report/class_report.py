"""The report on a class: from results to what a lecturer should know and do."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from fairgrade.grading import Exercise
from fairgrade.report.check_figures import CheckFigures, check_figures
from fairgrade.report.class_results import ClassMember, ClassResults, Stage, WorkLeft
from fairgrade.report.earlier_year import Comparison, EarlierYear, compare
from fairgrade.report.exercise_outcomes import ExerciseOutcome, count_outcomes
from fairgrade.report.groups_of_totals import GroupFigures, group_figures
from fairgrade.report.item_statistics import (
    AssignmentStatistics,
    ItemStatistics,
    assignment_statistics,
    item_statistics,
)
from fairgrade.report.lecture import LectureFinding, findings_of


@dataclass(frozen=True)
class MisconceptionFigures:
    """How often one misconception was recognised.

    Attributes
    ----------
    exercise, name, title, hint : str
    students : int
    lost : float
        Points of the class; where several are recognised in an answer, they share its loss equally.
    mean_total : float or None
        The mean total of the students who hold it.
    """

    exercise: str
    name: str
    title: str
    hint: str
    students: int
    lost: float
    mean_total: float | None


@dataclass(frozen=True)
class ClassReport:
    """What a report shows.

    Attributes
    ----------
    results : ClassResults
    totals : AssignmentStatistics
    items : list of ItemStatistics
    checks : list of CheckFigures
    misconceptions : list of MisconceptionFigures
        The most expensive first.
    findings : list of LectureFinding
        What to say in the next lecture.
    unseen : dict of str to list of str
        Misconceptions of the graders that nobody had, by exercise.
    outcomes : dict of str to Counter of ExerciseOutcome
        What became of the work on each exercise.
    groups : list of GroupFigures
        The totals of students who handed in in time, with an extension, and late.
    comparison : Comparison or None
        With an earlier class.
    """

    results: ClassResults
    totals: AssignmentStatistics
    items: list[ItemStatistics]
    checks: list[CheckFigures]
    misconceptions: list[MisconceptionFigures]
    findings: list[LectureFinding]
    unseen: dict[str, list[str]]
    outcomes: dict[str, Counter[ExerciseOutcome]]
    groups: list[GroupFigures]
    comparison: Comparison | None

    @property
    def stages(self) -> dict[Stage, int]:
        """Return how many students came how far."""
        counts = Counter(one.stage for one in self.results.members)
        return {stage: counts[stage] for stage in Stage}

    @property
    def left(self) -> dict[WorkLeft, tuple[int, int]]:
        """Return what is left to do: how many pieces of work, of how many students."""
        counts: Counter[WorkLeft] = Counter()
        students: Counter[WorkLeft] = Counter()
        for one in self.results.members:
            counts.update(one.left)
            students.update(one.left.keys())
        return {kind: (counts[kind], students[kind]) for kind in WorkLeft if counts[kind]}

    @property
    def for_a_person(self) -> int:
        """Return how many pieces of work a person has to grade."""
        return sum(count for kind, (count, _) in self.left.items() if not kind.is_for_autograde)

    @property
    def flagged_checks(self) -> list[CheckFigures]:
        """Return the checks that a lecturer should look at."""
        return [check for check in self.checks if check.flags]

    @property
    def overridden(self) -> Counter[str]:
        """Return how many students have points that were set by hand against the test, by its grade_id."""
        return Counter(name for one in self.results.members for name in one.overridden)

    @property
    def histogram(self) -> list[int]:
        """Return how many students have which tenth of the points."""
        return [sum(column) for column in zip(*(group.histogram for group in self.groups), strict=True)]

    def members(self, attribute: str) -> int:
        """Return for how many students an attribute of :class:`ClassMember` is true."""
        return sum(bool(getattr(one, attribute)) for one in self.results.members)

    @property
    def damaged(self) -> int:
        """Return how many students have a graded notebook that can't be read."""
        return self.members("is_damaged")

    @property
    def damage(self) -> str:
        """Say that results could not be read, and what to do; empty if all could."""
        if not self.damaged:
            return ""
        return (
            f"Graded notebooks that are missing, damaged or of another version: {self.damaged}. Their points count, "
            f"but what their checks say is not known. Make them again: fairgrade autograde {self.results.assignment}"
        )


def report_on(results: ClassResults, exercises: Sequence[Exercise], earlier: EarlierYear | None = None) -> ClassReport:
    """Work out the report on a class.

    Parameters
    ----------
    results : ClassResults
    exercises : sequence of Exercise
        The assignment's graders; their banks say what hints and names mean.
    earlier : EarlierYear, optional
        A class to compare with.
    """
    graded = results.graded
    marks = np.array([[one.points.get(name, 0.0) for name in results.maxima] for one in graded], dtype=np.float64)
    marks = marks.reshape(len(graded), len(results.maxima))
    banks = {exercise.name: exercise for exercise in exercises}
    found = _misconceptions(graded, banks)
    seen = {(one.exercise, one.name) for one in found}
    unseen = {
        name: missing
        for name, bank in banks.items()
        if (missing := [item for item in bank.misconceptions if (name, item) not in seen])
    }
    titles = {
        (name, item): known.diagnosis.title
        for name, bank in banks.items()
        for item, known in bank.misconceptions.items()
    }
    return ClassReport(
        results,
        assignment_statistics(marks),
        item_statistics(list(results.maxima), marks, np.array(list(results.maxima.values()), dtype=np.float64)),
        check_figures(graded),
        found,
        findings_of(graded, banks),
        unseen,
        count_outcomes(score for one in graded for score in one.scores.values()),
        group_figures(graded, results.of),
        compare(earlier, graded, titles) if earlier else None,
    )


def _misconceptions(graded: Sequence[ClassMember], banks: Mapping[str, Exercise]) -> list[MisconceptionFigures]:
    holders: dict[tuple[str, str], list[tuple[float, float | None]]] = defaultdict(list)
    for one in graded:
        for score in one.scores.values():
            for name in score["misconceptions"]:
                lost = (score["points"] - score["earned"]) / len(score["misconceptions"])
                holders[score["exercise"], name].append((lost, one.total))
    found = []
    for (exercise, name), of in holders.items():
        known = banks[exercise].misconceptions.get(name) if exercise in banks else None
        totals = [total for _, total in of if total is not None]
        found.append(
            MisconceptionFigures(
                exercise,
                name,
                known.diagnosis.title if known else name.replace("_", " ").capitalize(),
                known.hint if known else "",
                len(of),
                sum(lost for lost, _ in of),
                fmean(totals) if totals else None,
            )
        )
    return sorted(found, key=lambda one: (-one.lost, one.exercise, one.name))
