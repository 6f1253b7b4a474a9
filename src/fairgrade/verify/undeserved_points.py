"""The search for undeserved points: wrong work that earns more beside other wrong work than it does by itself.

An exercise that builds on earlier ones forgives what is wrong there. So each wrong work of it is graded in notebooks
where earlier work is wrong, too. More wrong may not earn more: both together earn no more than the better of the two
does beside right work. And what the later work earns there that it would not earn beside right earlier work has to
show in what it does: it does what right work does, or what right work does that calls the wrong earlier one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from fairgrade.bank_source import cell_source
from fairgrade.grading import Exercise, InfraError, Misconception, Notebook, Submission, grading_for, student_object
from fairgrade.grading.diagnosis import Observation, observe
from fairgrade.grading.invocation import invoke
from fairgrade.grading.lent_functions import found_by
from fairgrade.grading.merging import at_once
from fairgrade.verify.adversaries import ZEROS, adversaries_of
from fairgrade.verify.findings import Finding, Section
from fairgrade.verify.jobs import loaded
from fairgrade.verify.mutants import mutants_of

Item = TypeVar("Item")

MIN_TELLING_PROBES = 3
"""So many probes show what work does; all of those that can show it, where there are fewer."""

MAX_TRIES = 3
"""What chance decides may come out better by itself, too."""

MUTANT_STRIDE = 7
"""One in so many mutants is graded beside others; all of them are tried by themselves."""


@dataclass(frozen=True)
class BesideTrial:
    """Wrong work graded beside other wrong work.

    Attributes
    ----------
    exercise, work : str
        The first of the exercises that judge the later work, and what work it was.
    earlier, other : str
        The earlier exercise, and the wrong work there; the other exercise about the same work, and the mistake made
        at once, where both are one piece of work.
    earned : float
        What all exercises in question gave.
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
    def is_hole(self) -> bool:
        """Whether points were given that nothing deserved."""
        return self.earned > self.better + 1e-9 or self.lifted > 1e-9


@dataclass
class Works:
    """What is graded: the judges of one piece of work, wrong work for them, and what earlier exercises hold.

    Attributes
    ----------
    judges : list of Exercise
        The exercises about the same work, the one in question first.
    right : object
        Right work that calls earlier work, if the bank has such a variant; else the reference.
    wrong : dict of str to object
        Wrong work: the banks', that which calls earlier work and makes the same mistake, and adversaries.
    earlier : dict of str to dict
        For each earlier exercise its wrong work by name: the bank's, and adversaries.
    """

    judges: list[Exercise]
    right: Any
    wrong: dict[str, Any]
    earlier: dict[str, dict[str, Any]]
    exercises: dict[str, Exercise] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What the notebook calls the later work."""
        return self.judges[0].solution_name


def works_of(exercise: Exercise, exercises: Iterable[Exercise], with_mutants: bool) -> Works:
    """All that is to be graded beside one another where this exercise is in question."""
    judges = sorted(
        (e for e in exercises if e.solution_name == exercise.solution_name), key=lambda e: e is not exercise
    )
    earlier = {one.name: one for judge in judges for one in judge.builds_on}
    names = {one.solution_name for one in earlier.values()}
    variants = [variant.code for judge in judges for variant in judge.variants.values()]
    callers = [code for code in variants if names and names <= _names_read_by(code)]
    right = callers[0] if callers else exercise.reference
    calls = Misconception("calls earlier work", right, "", 0)
    wrong: dict[str, Any] = dict(adversaries_of(right))
    for judge in judges:
        for mistake in judge.misconceptions.values():
            wrong[mistake.name] = mistake.code
            if right is not exercise.reference and (codes := at_once([judge.reference], (mistake, calls))):
                wrong[f"{mistake.name}, calling earlier work"] = codes[0]
    if with_mutants:
        wrong |= _some_mutants(right, exercise)
    beside = {}
    for name, one in earlier.items():
        beside[name] = {**dict(adversaries_of(one.reference)), **{m.name: m.code for m in one.misconceptions.values()}}
        if with_mutants:
            beside[name] |= _some_mutants(one.reference, one)
    return Works(judges, right, wrong, beside, earlier)


def _names_read_by(code: Any) -> set[str]:
    functions = vars(code).values() if isinstance(code, type) else [code]
    return {name for function in functions for name in getattr(getattr(function, "__code__", None), "co_names", ())}


def _some_mutants(code: Any, exercise: Exercise) -> dict[str, Any]:
    found = {}
    for number, mutant in enumerate(mutants_of(cell_source(code, exercise.solution_name))):
        names: dict[str, Any] = {}
        if number % MUTANT_STRIDE == 0:
            try:
                exec(mutant.source, names)  # noqa: S102 - our own reference, changed by us
            except Exception:  # noqa: S112 - nobody hands in what can't be defined
                continue
            found[f"mutant {mutant.was} -> {mutant.becomes or 'nothing'}"] = names[exercise.solution_name]
    return found


# -- grading --------------------------------------------------------------------------------------


class Search:
    """Grades work beside other work for one made-up student, and keeps what each earns by itself."""

    def __init__(self, works: Works, student: Submission) -> None:
        self._works = works
        self._student = student
        self._alone: dict[str, list[float]] = {}
        self._beside_right: dict[tuple[str, str], float] = {}
        self._of_earlier: dict[tuple[str, str], float] = {}

    def beside(self, work: str, earlier: str, other: str) -> BesideTrial:
        """Grade wrong work beside wrong earlier work."""
        works, one = self._works, self._works.exercises[earlier]
        code, wrong = works.wrong[work], works.earlier[earlier][other]
        got = self._judged(code, {one.solution_name: wrong})
        of_earlier = self._earned_by_earlier(earlier, other)
        found = BesideTrial(works.judges[0].name, work, earlier, other, 0.0, 0.0, 0.0)
        for _ in range(MAX_TRIES):
            alone = self._earned_alone(work, code, again=found.is_hole)
            with_right = of_earlier + self._right_beside(earlier, other)
            lift = sum(max(0.0, mine - most) for mine, most in zip(got, alone, strict=True))
            found = BesideTrial(
                works.judges[0].name,
                work,
                earlier,
                other,
                of_earlier + sum(got),
                max(one.points + sum(alone), with_right),
                lift if lift and not self._shows(code, one, wrong) else 0.0,
            )
            if not found.is_hole:
                break
        return found

    def both(self, one: tuple[str, Any], other: tuple[str, Any], code: Any) -> BesideTrial:
        """Grade two mistakes in one piece of work that different exercises look at."""
        got = sum(self._judged(code, {}))
        better = max(sum(self._earned_alone(*one)), sum(self._earned_alone(*other)))
        judges = self._works.judges
        return BesideTrial(judges[0].name, one[0], judges[-1].name, other[0], got, better, 0.0)

    def _judged(self, code: Any, wrong: Mapping[str, Any]) -> list[float]:
        """What each judge gives to work in a notebook that holds this wrong earlier work."""
        names = {exercise.solution_name: exercise.reference for exercise in self._works.exercises.values()}
        names |= {**wrong, self._works.name: code}
        with grading_for(self._student), found_by(names, names, code):
            return [_earned(judge, code, names) for judge in self._works.judges]

    def _earned_alone(self, work: str, code: Any, again: bool = False) -> list[float]:
        """The most that each judge gives to work beside right earlier work."""
        if work not in self._alone or again:
            now = self._judged(code, {})
            before = self._alone.get(work, now)
            self._alone[work] = [max(pair) for pair in zip(before, now, strict=True)]
        return self._alone[work]

    def _right_beside(self, earlier: str, other: str) -> float:
        """What right work that calls it earns beside wrong earlier work."""
        if (earlier, other) not in self._beside_right:
            wrong = {self._works.exercises[earlier].solution_name: self._works.earlier[earlier][other]}
            self._beside_right[earlier, other] = sum(self._judged(self._works.right, wrong))
        return self._beside_right[earlier, other]

    def _earned_by_earlier(self, earlier: str, other: str) -> float:
        if (earlier, other) not in self._of_earlier:
            exercise, code = self._works.exercises[earlier], self._works.earlier[earlier][other]
            with grading_for(self._student):
                self._of_earlier[earlier, other] = _earned(exercise, code, {exercise.solution_name: code})
        return self._of_earlier[earlier, other]

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
        """What all probes see of work in a notebook that holds this earlier work."""
        names = {exercise.solution_name: exercise.reference for exercise in self._works.exercises.values()}
        names |= {**wrong, self._works.name: code}
        work, notebook = student_object(code), Notebook(names)
        with grading_for(self._student), found_by(names, names, code):
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
    here = loaded(root, assignment)
    works = works_of(here.exercises[exercise], here.exercises.values(), with_mutants=most is None)
    return beside_one_another(works, here.student(0), most, part, parts)


def beside_one_another(
    works: Works, student: Submission, most: int | None = None, part: int = 0, parts: int = 1
) -> list[BesideTrial]:
    """Grade each wrong work beside each wrong earlier work: at most so many, or all.

    Half of a sample are adversaries beside adversaries, which leniency falls for first.
    """
    tried = [
        (work, earlier, other) for work in works.wrong for earlier, others in works.earlier.items() for other in others
    ]
    if most is not None:
        tried = _sample(tried, works, most)
    search = Search(works, student)
    found = [search.beside(*one) for one in tried[part::parts]]
    return found + [search.both(*both) for both in list(_both(works, most))[part::parts]]


def _sample(tried: list[tuple[str, str, str]], works: Works, most: int) -> list[tuple[str, str, str]]:
    """Some of what may be tried, the same each time."""
    odd = {name for name, _ in adversaries_of(works.right)}
    odd_earlier = {name: {n for n, _ in adversaries_of(one.reference)} for name, one in works.exercises.items()}
    first = [one for one in tried if one[0] in odd and one[2] in odd_earlier[one[1]]]
    return [*_some(first, most // 2), *_some(tried, most // 2)]


def _some(items: list[Item], most: int | None) -> list[Item]:
    """At most so many, the same each time."""
    if most is None or len(items) <= most:
        return items
    return [items[i] for i in sorted(np.random.default_rng(0).permutation(len(items))[:most])]


def _both(works: Works, most: int | None) -> Iterator[tuple[tuple[str, Any], tuple[str, Any], Any]]:
    """Mistakes that different exercises look at, made at once in one piece of work."""
    first, *others = works.judges
    pairs = [
        ((one.name, one.code), (other.name, other.code), code)
        for judge in others
        for one in first.misconceptions.values()
        for other in judge.misconceptions.values()
        for code in at_once([first.reference], (one, other))[:1]
    ]
    yield from _some(pairs, None if most is None else most // 4)


def judge_holes(tried: Iterable[BesideTrial]) -> Iterator[Finding]:
    """The holes, those of the same later work together."""
    holes: dict[tuple[str, str, str, bool], list[BesideTrial]] = defaultdict(list)
    for one in tried:
        if one.is_hole:
            holes[one.exercise, one.work, one.earlier, one.earned > one.better + 1e-9].append(one)
    for (exercise, work, earlier, earns_more), some in holes.items():
        worst = max(some, key=lambda one: max(one.earned - one.better, one.lifted))
        listed = ", ".join(one.other for one in some[:5]) + (f" and {len(some) - 5} more" if len(some) > 5 else "")
        if earns_more:
            what = f"expected {worst.better:g} points at most, as one of the two earns by itself, got {worst.earned:g}."
        else:
            what = f"expected no more than beside right work, got {worst.lifted:g} points more for nothing it does."
        yield Finding(
            Section.HOLES,
            f"{exercise}, {work}",
            f"beside {listed} of {earlier}: {what}",
            "Excuse only what right earlier work mends (builds_on=...), or what goes, step for step, where the "
            "student's own earlier work leads; and decide by no input that code can recognise.",
        )
