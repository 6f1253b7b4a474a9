"""From gradings to findings: is right work right, is wrong work charged as stated, does grading repeat itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fairgrade.grading import Exercise
from fairgrade.verify.call_limits import CALL_CPU_S
from fairgrade.verify.confidence import lower_bound, upper_bound
from fairgrade.verify.findings import Finding, GradedItem, ItemKind, Section
from fairgrade.verify.jobs import BROKEN_CHECK_CURE

MIN_NAMED_RATE = 0.98
"""At least this fraction of all misconceptions is recognised, each for every student."""


@dataclass(frozen=True)
class WrongRow:
    """How a misconception fared.

    Attributes
    ----------
    name : str
        The misconception's name.
    price : float
        What it should lose.
    losses : tuple of float
        What it lost; one value if all is well.
    fails : dict of str to float
        For each check the fraction of students for whom it failed.
    named : float
        The fraction of students for whom it was recognised.
    confused_with : tuple of str
        Other names it was given.
    endless : bool
        Whether a call of it did not end.
    """

    name: str
    price: float
    losses: tuple[float, ...]
    fails: dict[str, float]
    named: float
    confused_with: tuple[str, ...]
    endless: bool


@dataclass(frozen=True)
class CheckRow:
    """How a check fared on right work.

    Attributes
    ----------
    name, sentence : str
        As in :class:`fairgrade.grading.Check`.
    points : float
        What it is worth.
    runs, rejected : int
        How often it met right work, and failed it.
    bound : float
        The 95 % upper bound of its false-rejection rate.
    declared : float
        The rate it states.
    milliseconds : float
        How long it takes for the reference, on average.
    """

    name: str
    sentence: str
    points: float
    runs: int
    rejected: int
    bound: float
    declared: float
    milliseconds: float


def by_item(graded: Iterable[GradedItem]) -> dict[str, list[GradedItem]]:
    """Return the gradings of each item, in order."""
    found = defaultdict(list)
    for one in graded:
        found[one.item].append(one)
    return found


def _students(some: int, of: int) -> str:
    """Return a number of students in words."""
    return f"all {of} students" if some == of else f"{some} of {of} students"


def _without_score(part: Section, where: str, runs: list[GradedItem]) -> Finding | None:
    """Return the fault of gradings that end in no score, because a call does not end or the grader breaks."""
    if any(run.is_endless for run in runs):
        return Finding(
            part,
            where,
            f"does not end: expected each call to end, stopped one after {CALL_CPU_S:g} s of processor time.",
            "Let it end. In grading, each such call takes as long as c.Isolation.call_timeout_s allows.",
        )
    broken = next((run.broken for run in runs if run.broken), "")
    what = f"expected a score, got an error of the grader: {broken}"
    return Finding(part, where, what, BROKEN_CHECK_CURE) if broken else None


# -- right work -----------------------------------------------------------------------------------


def check_rows(exercise: Exercise, graded: list[GradedItem]) -> list[CheckRow]:
    """Return one row per check, from all gradings of right work."""
    right = [g for g in graded if g.kind is not ItemKind.MISCONCEPTION and not g.broken]
    rows = []
    for check in exercise.checks.values():
        rejected = sum(check.name in g.failed for g in right)
        times = [g.seconds[check.name] for g in right if g.kind is ItemKind.REFERENCE]
        rows.append(
            CheckRow(
                check.name,
                check.sentence,
                check.points,
                len(right),
                rejected,
                upper_bound(rejected, len(right)) if right else 1.0,
                check.false_rejection,
                1000 * sum(times) / max(len(times), 1),
            )
        )
    return rows


def judge_right(exercise: Exercise, graded: list[GradedItem], rows: list[CheckRow]) -> Iterator[Finding]:
    """Yield the faults shown by the reference and the variants."""
    by_chance = {row.name for row in rows if row.declared and lower_bound(row.rejected, row.runs) <= row.declared}
    for row in rows:
        if row.declared and row.name not in by_chance:
            yield Finding(
                Section.CHANCE,
                f"{exercise.name}, {row.name}",
                f"false rejection: expected a rate of {row.declared:g} at most, failed {row.rejected} of {row.runs} "
                "right solutions.",
                "Give right work more room, such as more epochs or more data, until it fails as rarely as stated.",
            )
    for item, runs in by_item(g for g in graded if g.kind is not ItemKind.MISCONCEPTION).items():
        where = f"{exercise.name}, {runs[0].kind} {item}" if item != runs[0].kind else f"{exercise.name}, {item}"
        bad = [run for run in runs if run.earned != exercise.points and not set(run.failed) <= by_chance]
        if fault := _without_score(Section.RIGHT, where, runs):
            yield fault
        elif bad:
            worst = min(bad, key=lambda run: run.earned)
            check, reason = next(iter(worst.failed.items()), ("", ""))
            cure = f"Mend {check}: this work is right. If it is not, it belongs to the misconceptions."
            if len(bad) < len(runs):
                cure = (
                    f"It depends on the student's inputs. Mend {check} so that no draw fails right work, or, if it "
                    "must be left to chance, state the rate: check(points=..., false_rejection=...)."
                )
            what = (
                f"expected {exercise.points:g} points, got {worst.earned:g} for {_students(len(bad), len(runs))} "
                f"(such as {worst.student}). Check {check}: {reason}"
            )
            yield Finding(Section.RIGHT, where, what, cure)


# -- wrong work -----------------------------------------------------------------------------------


def wrong_rows(exercise: Exercise, graded: list[GradedItem]) -> list[WrongRow]:
    """Return one row per misconception."""
    rows = []
    for item, runs in by_item(g for g in graded if g.kind is ItemKind.MISCONCEPTION).items():
        misconception = exercise.misconceptions[item]
        own = {name for name, m in exercise.misconceptions.items() if name == item or m.is_same_as(misconception)}
        rows.append(
            WrongRow(
                item,
                misconception.loses,
                tuple(sorted({_lost(exercise, run) for run in runs})),
                {name: sum(name in run.failed for run in runs) / len(runs) for name in exercise.checks},
                sum(not own.isdisjoint(run.named) for run in runs) / len(runs),
                tuple(dict.fromkeys(name for run in runs for name in run.named if name not in own)),
                any(run.is_endless for run in runs),
            )
        )
    return rows


def _lost(exercise: Exercise, run: GradedItem) -> float:
    return round(exercise.points - run.earned, 4)


def judge_wrong(exercise: Exercise, graded: list[GradedItem], rows: list[WrongRow]) -> Iterator[Finding]:
    """Yield the faults shown by the misconceptions."""
    runs_of = by_item(g for g in graded if g.kind is ItemKind.MISCONCEPTION)
    for row in rows:
        where, runs = f"{exercise.name}, {row.name}", runs_of[row.name]
        if fault := _without_score(Section.WRONG, where, runs):
            yield fault
            continue
        off = [run for run in runs if _lost(exercise, run) != row.price]
        if off:
            yield _wrong_price(where, row, off[0], _lost(exercise, off[0]), _students(len(off), len(runs)))
        if row.confused_with:
            yield Finding(
                Section.WRONG,
                where,
                f"its name: expected no other, was also called {', '.join(row.confused_with)}.",
                f"If the two do the same, declare it: same_as=({row.confused_with[0]!r},). If not, add a probe that "
                "shows the difference.",
            )


def _wrong_price(where: str, row: WrongRow, run: GradedItem, lost: float, students: str) -> Finding:
    what = (
        f"expected to lose {row.price:g}, lost {lost:g} for {students} (such as {run.student})"
        f"{': failed ' + ', '.join(run.failed) if run.failed else ': every check passed it'}."
    )
    if lost == 0:
        cure = "No check sees this mistake. Write a check for what it gets wrong, or sharpen one."
    elif lost < row.price:
        cure = f"The checks take less than the price. Sharpen a check, or state loses={lost:g}."
    elif row.name in run.named:
        cure = (
            "It is recognised, but by too little to hold its price: let at least three probes see values of it, "
            f"or state loses={lost:g}."
        )
    else:
        cure = f"The price holds only where it is recognised: add probes that tell it apart, or state loses={lost:g}."
    return Finding(Section.WRONG, where, what, cure)


def judge_names(rows: dict[str, list[WrongRow]]) -> Iterator[Finding]:
    """Yield a finding if too few of all misconceptions are recognised."""
    # A misconception that loses nothing, or does not end, can't be recognised; it is a finding of its own.
    unnamed = [
        (exercise, row)
        for exercise, some in rows.items()
        for row in some
        if row.named < 1 and row.losses[0] and not row.endless
    ]
    total = sum(map(len, rows.values()))
    if total and len(unnamed) > (1 - MIN_NAMED_RATE) * total:
        listed = ", ".join(f"{exercise}.{row.name}" for exercise, row in unnamed[:8])
        yield Finding(
            Section.WRONG,
            "all exercises",
            f"names: expected {MIN_NAMED_RATE:.0%} of {total} misconceptions to be recognised, got "
            f"{1 - len(unnamed) / total:.1%}. Not recognised: {listed}.",
            "Add probes on which they differ from each other, three or more an exercise; where two do the same, "
            "declare same_as.",
        )


def judge_knock_on(exercise: Exercise, exercises: dict[str, Exercise], graded: list[GradedItem]) -> Iterator[Finding]:
    """Yield the faults shown by grading other exercises in a notebook that has one misconception of this one."""
    for run in graded:
        allowed = exercise.misconceptions[run.item].elsewhere.get(run.exercise, 0.0)
        lost = _lost(exercises[run.exercise], run)
        if run.broken or lost > allowed:
            failed = ", ".join(run.failed) or run.broken
            yield Finding(
                Section.KNOCK_ON,
                f"{exercise.name}, {run.item}",
                f"expected to lose {allowed:g} in {run.exercise}, lost {lost:g}: failed {failed}.",
                f"Let the checks of {run.exercise} follow the student's own work where it is charged already, or state "
                f"the whole price: elsewhere={{{run.exercise!r}: {lost:g}}}.",
            )


# -- the same again -------------------------------------------------------------------------------


def judge_repeats(
    exercise: Exercise, first: list[GradedItem], again: list[GradedItem], once_more: list[GradedItem]
) -> Iterator[Finding]:
    """Yield the faults shown by grading the same work for the same student three times, twice in another process."""
    by_check: dict[str, list[str]] = defaultdict(list)
    for one, *more in zip(first, again, once_more, strict=True):
        for other in more:
            if one.result != other.result:
                differing = [name for name in exercise.checks if (name in one.failed) != (name in other.failed)]
                by_check[differing[0] if differing else "the diagnosis"].append(one.item)
    for check, items in by_check.items():
        listed = ", ".join(dict.fromkeys(items))
        yield Finding(
            Section.CHANCE,
            f"{exercise.name}, {check}",
            f"the same work for the same student: expected the same result each time, got different ones for {listed}.",
            "Draw from the `rng` that a check is handed, never from a generator of its own, the clock or the order of "
            "a set.",
        )
