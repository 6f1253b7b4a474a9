"""Work that is in no bank, tried on the checks: mutants of the reference, and two misconceptions at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from fairgrade.bank_source import cell_source
from fairgrade.grading import CheckResult, Equivalent, Exercise, InfraError, Passed, Submission, grading_for
from fairgrade.verify.call_limits import does_not_end
from fairgrade.verify.call_recorder import CallRecorder
from fairgrade.verify.findings import Finding, Section
from fairgrade.verify.jobs import load
from fairgrade.verify.mutants import Mutant, mutants_of

MAX_CALLS_SHOWN = 12
"""At most so many calls of a surviving mutant are listed."""

# -- mutants --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MutantTrial:
    """The result of grading a mutant.

    Attributes
    ----------
    mutant : Mutant
        The changed reference.
    survived_for : str
        A student for whom it earned all points; empty if it was killed for each.
    inputs : tuple of str
        The first calls that the checks made of it, where it survived.
    """

    mutant: Mutant
    survived_for: str = ""
    inputs: tuple[str, ...] = ()


def try_mutants(root: Path, assignment: str, exercise: str, seeds: int, part: int, parts: int) -> list[MutantTrial]:
    """Grade every mutant of an exercise's reference whose number is `part` modulo `parts`.

    Where several exercises grade the same work, a mutant is killed if one of them takes points.
    """
    here = load(root, assignment)
    chosen = here.exercises[exercise]
    judges = [e for e in here.exercises.values() if e.solution_name == chosen.solution_name]
    judges.sort(key=lambda e: e is not chosen)
    mutants = list(mutants_of(cell_source(chosen.reference, chosen.solution_name)))[part::parts]
    survived: dict[int, MutantTrial] = {}
    for seed in range(seeds):  # the bank's own values are kept for one student at a time
        student = here.student(seed)
        for number, mutant in enumerate(mutants):
            if number not in survived and _survives(mutant, judges, student):
                survived[number] = MutantTrial(mutant, student.student, _inputs(mutant, judges, student))
    return [survived.get(number, MutantTrial(mutant)) for number, mutant in enumerate(mutants)]


def _survives(mutant: Mutant, judges: list[Exercise], student: Submission) -> bool:
    """Whether all exercises give the mutant all points."""
    try:
        with grading_for(student):
            return all(
                sum(result.earned for result in judge.run_checks(code_of(mutant, judge))) >= judge.points
                for judge in judges
            )
    except InfraError:
        return False  # the check broke on it: no points were given, and its own fault is reported elsewhere


def code_of(mutant: Mutant, exercise: Exercise) -> Any:
    """Return the mutant as code; an error in its definition is raised by each call of it."""
    names: dict[str, Any] = {}
    try:
        exec(mutant.source, names)  # noqa: S102 - our own reference, changed by us
    except Exception as error:
        stopped_by = error

        def work(*_: Any, **__: Any) -> Any:
            raise stopped_by

        return work
    return names[exercise.solution_name]


def _inputs(mutant: Mutant, judges: list[Exercise], student: Submission) -> tuple[str, ...]:
    """Return the first calls that the checks make of a mutant."""
    log: list[str] = []
    with grading_for(student):
        for judge in judges:
            judge.run_checks(CallRecorder(code_of(mutant, judge), judge.solution_name, log))
    calls = [entry for entry in log if entry.endswith(")")]
    more = len(calls) - MAX_CALLS_SHOWN
    return (*calls[:MAX_CALLS_SHOWN], *([f"and {more} more calls"] if more > 0 else []))


def declaration_of(exercise: Exercise, trial: MutantTrial) -> Equivalent | None:
    """Return the declaration that explains why a mutant survived; None if there is none."""
    return next((e for e in exercise.equivalents if e.describes(trial.mutant.was, trial.mutant.becomes)), None)


def judge_mutants(exercise: Exercise, trials: list[MutantTrial]) -> Iterator[Finding]:
    """Yield survivors that no declaration explains, and declarations that explain no survivor."""
    survivors = [trial for trial in trials if trial.survived_for]
    for trial in survivors:
        if not declaration_of(exercise, trial):
            mutant = trial.mutant
            yield Finding(
                Section.MUTANTS,
                f"{exercise.name}, {mutant.operator}",
                f"expected it to lose points, got all of them for {trial.survived_for}.\n{mutant.diff}\nAsked of it:\n"
                + "\n".join(trial.inputs),
                "Write a check that sees the difference. If there is none that matters, declare it: "
                f"equivalent({mutant.was!r}, {mutant.becomes!r}, why=...).",
            )
    for equivalent in exercise.equivalents if trials else ():
        if not any(equivalent.describes(t.mutant.was, t.mutant.becomes) for t in survivors):
            yield Finding(
                Section.MUTANTS,
                f"{exercise.name}, declared equivalent",
                f"`{equivalent.was}` to `{equivalent.becomes}`: expected a mutant that survives, found none.",
                "Take the declaration out: there is no such mutant any more, or a check kills it.",
            )


# -- pairs ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PairTrial:
    """Two misconceptions made at once: their price together, what they lost, and the checks they failed."""

    name: str
    price: float
    lost: float
    failed: tuple[str, ...]


def _stopped(results: tuple[CheckResult, ...]) -> set[str]:
    """Return the checks that the work's own error ended."""
    return {r.name for r in results if "code stopped with" in getattr(r.outcome, "reason", "")}


def try_pairs(root: Path, assignment: str, exercise: str, most: int) -> list[PairTrial]:
    """Grade pairs of misconceptions, at most so many, spread over all.

    In one process: what all pairs do on the probes is worked out once in each.
    """
    here = load(root, assignment)
    chosen = here.exercises[exercise]
    step = max(1, -(-len(chosen.pairs) // most))
    stopped_alone = cache(lambda name: _stopped(chosen.run_checks(chosen.misconceptions[name].code)))
    tried = []
    for pair in chosen.pairs[::step]:
        with grading_for(here.student(0)):
            try:
                results = chosen.run_checks(pair.code)
                lost = chosen.points - sum(result.earned for result in results)
                if does_not_end(pair.code):
                    continue  # in real grading the sandbox's own limit ends it
                if lost > pair.loses:  # else its name makes no difference
                    if _stopped(results).difference(*(stopped_alone(member.name) for member in pair.members)):
                        continue  # one takes away what the other needs, so nobody makes both
                    lost = chosen.points - chosen.grade(pair.code).earned
            except InfraError:
                continue
        failed = tuple(result.name for result in results if not isinstance(result.outcome, Passed))
        tried.append(PairTrial(pair.name, pair.loses, lost, failed))
    return tried


def judge_pairs(exercise: Exercise, pairs: list[PairTrial]) -> Iterator[Finding]:
    """Yield the pairs that cost more than both prices."""
    for pair in pairs:
        if pair.lost > pair.price:
            yield Finding(
                Section.PAIRS,
                f"{exercise.name}, {pair.name}",
                f"made at once, expected to lose {pair.price:g} at most, lost {pair.lost:g}: failed "
                f"{', '.join(pair.failed)}.",
                "Let three probes see values of the two together, so that they are recognised; or let the checks they "
                "fail be blind to what another check looks at.",
            )
