"""The search for undeserved points: wrong work that earns more beside other wrong work than it does by itself.

An exercise that builds on earlier ones forgives what is wrong there. So each wrong work of it is graded in notebooks
where earlier work is wrong, too. More wrong may not earn more: both together earn no more than the better of the two
does beside right work. And what the later work earns there that it would not earn beside right earlier work has to
show in what it does: it does what right work does, or what right work does that calls the wrong earlier one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from fairgrade.grading import Exercise, InfraError, Notebook, Submission, grading_for, student_object
from fairgrade.grading.diagnosis import Observation, observe
from fairgrade.grading.invocation import invoke
from fairgrade.grading.lent_functions import names_replaced
from fairgrade.grading.merging import combine
from fairgrade.verify.adversaries import ZEROS, adversaries_of
from fairgrade.verify.findings import Finding, Section
from fairgrade.verify.jobs import load
from fairgrade.verify.wrong_work import WrongWork, wrong_work_of

Item = TypeVar("Item")

MIN_TELLING_PROBES = 3
"""So many probes show what work does; all of those that can show it, where there are fewer."""

MAX_TRIES = 3
"""Work that depends on chance may earn more by itself, too, if it is graded so often."""

POINTS_ATOL = 1e-9
"""Sums of points differ by rounding."""


@dataclass(frozen=True)
class BesideTrial:
    """Wrong work graded beside other wrong work.

    Attributes
    ----------
    exercise, work : str
        The first of the exercises that judge the later work, and the work's name.
    earlier, other : str
        The earlier exercise, and the wrong work there; the other exercise about the same work, and the mistake made
        at once, where both are one piece of work.
    earned : float
        The points of all exercises in question.
    better : float
        What they give to the better of the two beside right work.
    lifted : float
        What the later work alone earned more than beside right earlier work, and shows nothing for.
    """

    exercise: str
    work: str
    earlier: str
    other: str
    earned: float
    better: float
    lifted: float

    @property
    def earns_more(self) -> bool:
        """Whether both together earned more than the better of them."""
        return self.earned > self.better + POINTS_ATOL

    @property
    def is_hole(self) -> bool:
        """Whether points were given that nothing deserved."""
        return self.earns_more or self.lifted > POINTS_ATOL


# -- grading --------------------------------------------------------------------------------------


class Search:
    """Grades work beside other work for one made-up student, and keeps what each earns by itself."""

    def __init__(self, works: WrongWork, student: Submission) -> None:
        self._works = works
        self._student = student
        self._alone: dict[str, list[float]] = {}
        self._by_right_work = cache(self._earned_by_right_work)
        self._by_earlier_work = cache(self._earned_by_earlier_work)

    def beside(self, work: str, earlier: str, other: str) -> BesideTrial:
        """Grade wrong work beside wrong earlier work."""
        works, one = self._works, self._works.exercises[earlier]
        code, wrong = works.wrong[work], works.earlier[earlier][other]
        got = self._judged(code, {one.solution_name: wrong})
        of_earlier = self._by_earlier_work(earlier, other)
        for attempt in range(MAX_TRIES):
            alone = self._earned_alone(work, code, again=attempt > 0)
            with_right = of_earlier + self._by_right_work(earlier, other)
            lift = sum(max(0.0, mine - most) for mine, most in zip(got, alone, strict=True))
            if lift and self._shows(code, one, wrong):
                lift = 0.0
            earned, better = of_earlier + sum(got), max(one.points + sum(alone), with_right)
            found = BesideTrial(works.judges[0].name, work, earlier, other, earned, better, lift)
            if not found.is_hole:
                break
        return found

    def both(self, one: tuple[str, Any], other: tuple[str, Any], code: Any) -> BesideTrial:
        """Grade two mistakes in one piece of work that different exercises look at."""
        earned = sum(self._judged(code, {}))
        better = max(sum(self._earned_alone(*one)), sum(self._earned_alone(*other)))
        judges = self._works.judges
        return BesideTrial(judges[0].name, one[0], judges[-1].name, other[0], earned, better, 0.0)

    @contextmanager
    def _notebook_with(self, code: Any, wrong: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """Grade within the block for the student, in a notebook that holds this work and this wrong earlier work."""
        names = {exercise.solution_name: exercise.reference for exercise in self._works.exercises.values()}
        names |= {**wrong, self._works.name: code}
        with grading_for(self._student), names_replaced(names, names, code):
            yield names

    def _judged(self, code: Any, wrong: Mapping[str, Any]) -> list[float]:
        """Return what each judge gives to work beside this wrong earlier work."""
        with self._notebook_with(code, wrong) as names:
            return [_earned(judge, code, names) for judge in self._works.judges]

    def _earned_alone(self, work: str, code: Any, again: bool = False) -> list[float]:
        """Return the most that each judge gives to work beside right earlier work."""
        if work not in self._alone or again:
            now = self._judged(code, {})
            before = self._alone.get(work, now)
            self._alone[work] = [max(pair) for pair in zip(before, now, strict=True)]
        return self._alone[work]

    def _earned_by_right_work(self, earlier: str, other: str) -> float:
        """Return what right work that calls it earns beside wrong earlier work."""
        wrong = {self._works.exercises[earlier].solution_name: self._works.earlier[earlier][other]}
        return sum(self._judged(self._works.right, wrong))

    def _earned_by_earlier_work(self, earlier: str, other: str) -> float:
        exercise, code = self._works.exercises[earlier], self._works.earlier[earlier][other]
        with grading_for(self._student):
            return _earned(exercise, code, {exercise.solution_name: code})

    # -- what shows in what work does -----------------------------------------------------------

    def _shows(self, code: Any, one: Exercise, wrong: Any) -> bool:
        """Whether work beside wrong earlier work does what right work does, or right work that calls the wrong one.

        What it does beside earlier work that returns zeros shows nothing: so does work that does nothing.
        """
        told, zeros = {one.solution_name: wrong}, {one.solution_name: self._works.earlier[one.name][ZEROS]}
        mine, alone, right = self._seen(code, told), self._seen(code, {}), self._seen(self._works.right, {})
        follower, idle = self._seen(self._works.right, told), self._seen(self._works.right, zeros)
        return _agrees(mine, right, unlike=[alone]) or _agrees(mine, follower, unlike=[right, idle])

    def _seen(self, code: Any, wrong: Mapping[str, Any]) -> list[Observation]:
        """Return what all probes see of work beside this earlier work."""
        with self._notebook_with(code, wrong) as names:
            work, notebook = student_object(code), Notebook(names)
            return [
                observe(partial(invoke, probe, work, notebook, judge.name, "probe", name))
                for judge in self._works.judges
                for name, probe in judge.probes.items()
            ]


def _agrees(mine: list[Observation], other: list[Observation], unlike: list[list[Observation]]) -> bool:
    """Whether work does the same as other work on enough of the probes that tell it from what it must be unlike."""
    telling = [
        one.equals(two)
        for one, two, *others in zip(mine, other, *unlike, strict=True)
        if not any(two.equals(third) for third in others)
    ]
    return bool(telling) and sum(telling) >= min(MIN_TELLING_PROBES, len(telling))


def _earned(exercise: Exercise, code: Any, names: Mapping[str, Any]) -> float:
    try:
        return exercise.grade(code, notebook=names).earned
    except InfraError:
        return 0.0  # no score is recorded


# -- the job --------------------------------------------------------------------------------------


def search_holes(
    root: Path, assignment: str, exercise: str, most: int | None, part: int, parts: int
) -> list[BesideTrial]:
    """Grade wrong work of an exercise beside wrong work of those it builds on; see :func:`beside_one_another`."""
    here = load(root, assignment)
    works = wrong_work_of(here.exercises[exercise], here.exercises.values(), with_mutants=most is None)
    return beside_one_another(works, here.student(0), most, part, parts)


def beside_one_another(
    works: WrongWork, student: Submission, most: int | None = None, part: int = 0, parts: int = 1
) -> list[BesideTrial]:
    """Grade each wrong work beside each wrong earlier work: at most so many, or all.

    Half of a sample are adversaries beside adversaries, which leniency falls for first.
    """
    tried = [
        (work, earlier, other) for work in works.wrong for earlier, others in works.earlier.items() for other in others
    ]
    if most is not None:
        odd = {name for name, _ in adversaries_of(works.right)}
        odd_earlier = {name: {n for n, _ in adversaries_of(one.reference)} for name, one in works.exercises.items()}
        first = [one for one in tried if one[0] in odd and one[2] in odd_earlier[one[1]]]
        tried = [*_sample(first, most // 2), *_sample(tried, most // 2)]
    search = Search(works, student)
    found = [search.beside(*one) for one in tried[part::parts]]
    both = _sample(list(_made_at_once(works)), None if most is None else most // 4)
    return found + [search.both(*one) for one in both[part::parts]]


def _sample(items: list[Item], most: int | None) -> list[Item]:
    """Return at most so many of the items, the same each time."""
    if most is None or len(items) <= most:
        return items
    return [items[i] for i in sorted(np.random.default_rng(0).permutation(len(items))[:most])]


def _made_at_once(works: WrongWork) -> Iterator[tuple[tuple[str, Any], tuple[str, Any], Any]]:
    """Yield mistakes that different exercises look at, made at once in one piece of work."""
    first, *others = works.judges
    for judge in others:
        for one in first.misconceptions.values():
            for other in judge.misconceptions.values():
                for code in combine([first.reference], (one, other))[:1]:
                    yield (one.name, one.code), (other.name, other.code), code


def judge_holes(tried: Iterable[BesideTrial]) -> Iterator[Finding]:
    """Yield the holes, those of the same later work together."""
    holes: dict[tuple[str, str, str, bool], list[BesideTrial]] = defaultdict(list)
    for one in tried:
        if one.is_hole:
            holes[one.exercise, one.work, one.earlier, one.earns_more].append(one)
    for (exercise, work, earlier, earns_more), some in holes.items():
        worst = max(some, key=lambda one: max(one.earned - one.better, one.lifted))
        listed = ", ".join(one.other for one in some[:5]) + (f" and {len(some) - 5} more" if len(some) > 5 else "")
        what = f"expected no more than beside right work, got {worst.lifted:g} points more for nothing it does."
        if earns_more:
            what = f"expected {worst.better:g} points at most, as one of the two earns by itself, got {worst.earned:g}."
        yield Finding(
            Section.HOLES,
            f"{exercise}, {work}",
            f"beside {listed} of {earlier}: {what}",
            "Excuse only what right earlier work mends (builds_on=...), or what goes, step for step, where the "
            "student's own earlier work leads; and decide by no input that code can recognise.",
        )
