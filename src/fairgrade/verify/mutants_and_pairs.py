"""Work that is in no bank, tried on the checks: mutants of the reference, and two misconceptions at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from fairgrade.bank_source import cell_source
from fairgrade.grading import CheckResult, Equivalent, Exercise, InfraError, Passed, Submission, grading_for
from fairgrade.verify.call_limits import does_not_end
from fairgrade.verify.call_recorder import CallRecorder
from fairgrade.verify.findings import Finding, Section
from fairgrade.verify.jobs import loaded
from fairgrade.verify.mutants import Mutant, mutants_of

# -- mutants --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MutantTrial:
    """What became of a mutant.

    Attributes
    ----------
    exercise : str
        The first of the exercises that grade the mutated work.
    mutant : Mutant
    survived_for : str
        A student for whom it earned all points; empty if it was killed for each.
    inputs : tuple of str
        What the checks asked of it, in short, where it survived.
    """

    exercise: str
    mutant: Mutant
    survived_for: str
    inputs: tuple[str, ...] = ()


def try_mutants(root: Path, assignment: str, exercise: str, seeds: int, part: int, parts: int) -> list[MutantTrial]:
    """Grade every mutant of an exercise's reference whose number is `part` modulo `parts`.

    Where several exercises grade the same work, a mutant is killed if one of them takes points.
    """
    here = loaded(root, assignment)
    chosen = here.exercises[exercise]
    judges = [e for e in here.exercises.values() if e.solution_name == chosen.solution_name]
    judges.sort(key=lambda e: e is not chosen)
    mutants = list(mutants_of(cell_source(chosen.reference, chosen.solution_name)))[part::parts]
    survived: dict[int, MutantTrial] = {}
    for seed in range(seeds):  # the bank's own values are kept for one student at a time
        for number, mutant in enumerate(mutants):
            if number not in survived and _survives(mutant, judges, here.student(seed)):
                inputs = _inputs(mutant, judges, here.student(seed))
                survived[number] = MutantTrial(exercise, mutant, here.student(seed).student, inputs)
    return [survived.get(number, MutantTrial(exercise, mutant, "")) for number, mutant in enumerate(mutants)]


def _survives(mutant: Mutant, judges: list[Exercise], student: Submission) -> bool:
    """Whether all exercises give the mutant all points."""
    try:
        for judge in judges:
            with grading_for(student):
                results = judge.run_checks(_defined(mutant, judge))
            if sum(result.earned for result in results) < judge.points:
                return False
    except InfraError:
        return False  # the check broke on it: no points were given, and its own fault is reported elsewhere
    return True


def _defined(mutant: Mutant, exercise: Exercise) -> Any:
    """The mutant as code; what stops its definition stops each call of it."""
    names: dict[str, Any] = {}
    try:
        exec(mutant.source, names)  # noqa: S102 - our own reference, changed by us
    except Exception as error:
        return _raises(error)
    return names[exercise.solution_name]


def _raises(error: Exception) -> Callable[..., Any]:
    def work(*_: Any, **__: Any) -> Any:
        raise error

    return work


MAX_CALLS_SHOWN = 12


def _inputs(mutant: Mutant, judges: list[Exercise], student: Submission) -> tuple[str, ...]:
    """The first things that the checks asked of a mutant."""
    log: list[str] = []
    for judge in judges:
        with grading_for(student):
            judge.run_checks(CallRecorder(_defined(mutant, judge), judge.solution_name, log))
    calls = [entry for entry in log if entry.endswith(")")]
    return (
        *calls[:MAX_CALLS_SHOWN],
        *([f"and {len(calls) - MAX_CALLS_SHOWN} more calls"] if len(calls) > MAX_CALLS_SHOWN else []),
    )


# -- pairs ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PairTrial:
    """Two misconceptions made at once: what they may cost, what they did cost, and the checks they failed."""

    one: str
    other: str
    price: float
    lost: float
    failed: tuple[str, ...]


def _stops(results: tuple[CheckResult, ...]) -> set[str]:
    """The checks that the work's own error ended."""
    return {r.name for r in results if "code stopped with" in getattr(r.outcome, "reason", "")}


def try_pairs(root: Path, assignment: str, exercise: str, most: int) -> list[PairTrial]:
    """Grade pairs of misconceptions, at most so many, spread over all.

    In one process: what all pairs do on the probes is worked out once in each.
    """
    here = loaded(root, assignment)
    chosen = here.exercises[exercise]
    step = max(1, -(-len(chosen.pairs) // most))
    stops_alone = cache(lambda misconception: _stops(chosen.run_checks(chosen.misconceptions[misconception].code)))
    tried = []
    for pair in chosen.pairs[::step]:
        with grading_for(here.student(0)):
            try:
                results = chosen.run_checks(pair.code)
                lost = chosen.points - sum(result.earned for result in results)
                if does_not_end(pair.code):
                    continue  # in real grading the sandbox's own limit ends it
                if lost > pair.loses:  # else its name makes no difference
                    if _stops(results).difference(*(stops_alone(member.name) for member in pair.members)):
                        continue  # one takes away what the other needs, so nobody makes both
                    lost = chosen.points - chosen.grade(pair.code).earned
            except InfraError:
                continue
        failed = tuple(result.name for result in results if not isinstance(result.outcome, Passed))
        one, other = (member.name for member in pair.members)
        tried.append(PairTrial(one, other, pair.loses, lost, failed))
    return tried


# -- what they show -------------------------------------------------------------------------------


def declared(exercise: Exercise, trial: MutantTrial) -> Equivalent | None:
    """The declaration that explains why a mutant survived; None if there is none."""
    return next((e for e in exercise.equivalents if e.describes(trial.mutant.was, trial.mutant.becomes)), None)


def judge_pairs(exercise: Exercise, pairs: list[PairTrial]) -> Iterator[Finding]:
    """Pairs that cost more than both prices."""
    for pair in pairs:
        if pair.lost > pair.price:
            yield Finding(
                Section.PAIRS,
                f"{exercise.name}, {pair.one} and {pair.other}",
                f"made at once, expected to lose {pair.price:g} at most, lost {pair.lost:g}: failed "
                f"{', '.join(pair.failed)}.",
                "Let three probes see values of the two together, so that they are recognised; or let the checks they "
                "fail be blind to what another check looks at.",
            )


def judge_mutants(exercise: Exercise, trials: list[MutantTrial]) -> Iterator[Finding]:
    """Survivors that nobody has explained, and explanations that explain nothing."""
    for trial in trials:
        if trial.survived_for and not declared(exercise, trial):
            mutant = trial.mutant
            yield Finding(
                Section.MUTANTS,
                f"{exercise.name}, {mutant.operator}",
                f"expected it to lose points, got all of them for {trial.survived_for}.\n{mutant.diff}\nAsked of it:\n"
                + "\n".join(trial.inputs),
                "Write a check that sees the difference. If there is none that matters, declare it: "
                f"equivalent({mutant.was!r}, {mutant.becomes!r}, why=...).",
            )
    survivors = [trial for trial in trials if trial.survived_for]
    for equivalent in exercise.equivalents if trials else ():
        if not any(equivalent.describes(t.mutant.was, t.mutant.becomes) for t in survivors):
            yield Finding(
                Section.MUTANTS,
                f"{exercise.name}, declared equivalent",
                f"`{equivalent.was}` to `{equivalent.becomes}`: expected a mutant that survives, found none.",
                "Take the declaration out: there is no such mutant any more, or a check kills it.",
            )
