"""What the worker processes do: grade the items of a bank, and run the notebook with them."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from fairgrade.bank_source import cell_source
from fairgrade.course import Course
from fairgrade.grading import CheckResult, Exercise, InfraError, NotAttempted, Passed, Submission, grading_for
from fairgrade.verify.findings import Finding, Graded, Kind, Part
from fairgrade.verify.lesson import Lesson, execute, graded_call
from fairgrade.verify.mutants import Mutant, mutants_of
from fairgrade.verify.recorder import Recorder


class Bench:
    """An assignment as a worker has it: its exercises and notebooks."""

    def __init__(self, root: Path, assignment: str) -> None:
        self.course = Course(root)
        self.assignment = assignment
        self.exercises = {exercise.name: exercise for exercise in self.course.exercises(assignment)}

    def student(self, seed: int) -> Submission:
        """The made-up student of that number."""
        return Submission(self.assignment, f"v{seed:03d}")

    @cache  # noqa: B019 - a bench lives as long as its process
    def lessons(self) -> list[Lesson]:
        """The source notebooks."""
        return [Lesson(path) for path in self.course.notebooks(self.assignment)]


def bench(root: Path, assignment: str) -> Bench:
    """The bench of this process; made once."""
    os.environ.setdefault("MPLBACKEND", "Agg")  # a notebook's figures need no screen
    return _bench(root, assignment)


_bench = cache(Bench)


def items(exercise: Exercise) -> Iterator[tuple[Kind, str, Any]]:
    """All that is in an exercise's bank: the reference, the variants, the misconceptions."""
    yield Kind.REFERENCE, "reference", exercise.reference
    for variant in exercise.variants.values():
        yield Kind.VARIANT, variant.name, variant.code
    for misconception in exercise.misconceptions.values():
        yield Kind.MISCONCEPTION, misconception.name, misconception.code


def grade(exercise: Exercise, kind: Kind, item: str, code: Any, student: Submission, **names: Any) -> Graded:
    """Grade one piece of work for one student."""
    with grading_for(student):
        try:
            score = exercise.grade(code, **names)
        except InfraError as error:
            return Graded(exercise.name, item, kind, student.student, 0.0, 0.0, {}, (), str(error), {})
    return Graded(
        exercise.name,
        item,
        kind,
        student.student,
        score.earned,
        score.by_checks,
        {r.name: getattr(r.outcome, "reason", "") for r in score.results if not isinstance(r.outcome, Passed)},
        tuple(found.name for found in score.misconceptions),
        "",
        {r.name: r.seconds for r in score.results},
    )


# -- the jobs -------------------------------------------------------------------------------------


def grade_bank(root: Path, assignment: str, exercise: str, seed: int, times: int = 1) -> list[Graded]:
    """Grade a whole bank for one student; several times over, to see whether the results differ."""
    here = bench(root, assignment)
    chosen = here.exercises[exercise]
    return [
        grade(chosen, kind, item, code, here.student(seed)) for _ in range(times) for kind, item, code in items(chosen)
    ]


def try_visible_tests(root: Path, assignment: str, exercise: str) -> list[Finding]:
    """Run the notebook's visible tests of an exercise on its reference and variants."""
    here = bench(root, assignment)
    chosen = here.exercises[exercise]
    found = []
    for lesson in here.lessons():
        tests = [cell for cell in lesson.tests if chosen.solution_name in cell.reads]
        if not tests:
            continue
        try:
            names = lesson.run()
        except Exception as error:
            return [_does_not_run(lesson, error)]
        for kind, item, code in items(chosen):
            for cell in tests if kind is not Kind.MISCONCEPTION else ():
                try:
                    execute(cell.visible, {**names, chosen.solution_name: code}, cell.name)
                except Exception as error:
                    found.append(
                        Finding(
                            Part.NOTEBOOK,
                            f"{cell.name}, {item}",
                            f"its visible tests: expected them to pass on right work, got {_brief(error)}",
                            "A student with this right solution would be told it is wrong: loosen the visible test.",
                        )
                    )
    return found


def try_stub(root: Path, assignment: str, exercise: str) -> list[Finding]:
    """Grade the untouched release: it earns nothing, and counts as not attempted."""
    here = bench(root, assignment)
    chosen = here.exercises[exercise]
    for lesson in here.lessons():
        path = here.course.root / "release" / assignment / lesson.path.name
        graded = [graded_call(cell, here.course.graders(assignment), f"graders.{assignment}") for cell in lesson.tests]
        if not any(call and call[0].name == exercise for call in graded) or not path.is_file():
            continue
        try:
            names = Lesson(path).run()
        except Exception as error:
            return [_does_not_run(Lesson(path), error)]
        with grading_for(here.student(0)):
            try:
                score = chosen.grade(names.get(chosen.solution_name), notebook=names)
            except InfraError as error:
                return [_breaks(exercise, "the untouched stub", str(error))]
        open_ones = [isinstance(result.outcome, NotAttempted) for result in score.results]
        if score.earned or not all(open_ones):
            return [
                Finding(
                    Part.NOTEBOOK,
                    f"release, {exercise}",
                    f"the untouched stub: expected 0 points and not attempted, got {score.earned:g} points and "
                    f"{open_ones.count(False)} checks that took it for an attempt.",
                    "Let the stub raise NotImplementedError, and no check pass before it has called the work.",
                )
            ]
    return []


def _breaks(exercise: str, work: str, error: str) -> Finding:
    return Finding(
        Part.RIGHT, exercise, f"given {work}: expected a score, got an error of the grader: {error}", MEND_THE_CHECK
    )


MEND_THE_CHECK = "Mend the check: no score may be recorded while it breaks."


def _does_not_run(lesson: Lesson, error: Exception) -> Finding:
    return Finding(
        Part.NOTEBOOK,
        lesson.path.name,
        f"its cells: expected them to run in order, got {_brief(error)}",
        "Run the notebook from the top in Jupyter, and mend the cell that stops.",
    )


def _brief(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"


def follow_knock_on(root: Path, assignment: str, exercise: str, seed: int) -> list[Graded]:
    """Grade other exercises in a notebook that is right but for each misconception of this one in turn.

    Others are those about the same work, and those whose solution reads this one's name.
    """
    here = bench(root, assignment)
    chosen = here.exercises[exercise]
    found = []
    for lesson in here.lessons():
        others = [
            other
            for other in here.exercises.values()
            if other.name != exercise
            and (cell := lesson.cell(other.solution_cell))
            and (other.solution_name == chosen.solution_name or chosen.solution_name in cell.reads)
        ]
        names = lesson.run() if others else {}
        for misconception in chosen.misconceptions.values() if others else ():
            names[chosen.solution_name] = misconception.code
            for other in others:
                work = names.get(other.solution_name)
                graded = grade(other, Kind.MISCONCEPTION, misconception.name, work, here.student(seed), notebook=names)
                found.append(graded)
    return found


# -- mutants --------------------------------------------------------------------------------------


class OutOfTime(InfraError):
    """A mutant took too long; like all faults of ours it passes through student code and checks alike."""


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Raise :class:`OutOfTime` in the block after so much processor time; a mutant may loop for ever."""

    def stop(*_: object) -> None:
        raise OutOfTime(f"more than {seconds:g} s")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)  # of this process alone: others may keep the machine busy
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@dataclass(frozen=True)
class Trial:
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


def try_mutants(root: Path, assignment: str, exercise: str, seeds: int, part: int, parts: int) -> list[Trial]:
    """Grade every mutant of an exercise's reference whose number is `part` modulo `parts`.

    Where several exercises grade the same work, a mutant is killed if one of them takes points.
    """
    here = bench(root, assignment)
    chosen = here.exercises[exercise]
    judges = [e for e in here.exercises.values() if e.solution_name == chosen.solution_name]
    judges.sort(key=lambda e: e is not chosen)
    mutants = list(mutants_of(cell_source(chosen.reference, chosen.solution_name)))[part::parts]
    survived: dict[int, Trial] = {}
    for seed in range(seeds):  # the bank's own values are kept for one student at a time
        for number, mutant in enumerate(mutants):
            if number not in survived and _survives(mutant, judges, here.student(seed)):
                inputs = _inputs(mutant, judges, here.student(seed))
                survived[number] = Trial(exercise, mutant, here.student(seed).student, inputs)
    return [survived.get(number, Trial(exercise, mutant, "")) for number, mutant in enumerate(mutants)]


PATIENCE_S = 5.0
"""How long a mutant may take in one exercise; the slowest reference takes a hundredth of it."""


def _survives(mutant: Mutant, judges: list[Exercise], student: Submission) -> bool:
    """Whether all exercises give the mutant all points."""
    try:
        for judge in judges:
            with deadline(PATIENCE_S), grading_for(student):
                results = judge.run_checks(_defined(mutant, judge))
            if sum(result.earned for result in results) < judge.points:
                return False
    except OutOfTime:
        return False  # in real grading the sandbox's own limit ends it
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


MOST_INPUTS = 12


def _inputs(mutant: Mutant, judges: list[Exercise], student: Submission) -> tuple[str, ...]:
    """The first things that the checks asked of a mutant."""
    log: list[str] = []
    for judge in judges:
        with deadline(PATIENCE_S), grading_for(student):
            judge.run_checks(Recorder(_defined(mutant, judge), judge.solution_name, log))
    calls = [entry for entry in log if entry.endswith(")")]
    return (*calls[:MOST_INPUTS], *([f"and {len(calls) - MOST_INPUTS} more calls"] if len(calls) > MOST_INPUTS else []))


# -- pairs ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Together:
    """Two misconceptions made at once: what they may cost, what they did cost, and the checks they failed."""

    one: str
    other: str
    price: float
    lost: float
    failed: tuple[str, ...]


def _stops(results: tuple[CheckResult, ...]) -> set[str]:
    """The checks that the work's own error ended."""
    return {r.name for r in results if "code stopped with" in getattr(r.outcome, "reason", "")}


def try_pairs(root: Path, assignment: str, exercise: str, most: int, part: int, parts: int) -> list[Together]:
    """Grade pairs of misconceptions, at most so many, spread over all; those whose number is `part` modulo `parts`."""
    here = bench(root, assignment)
    chosen = here.exercises[exercise]
    step = max(1, -(-len(chosen.pairs) // most))
    tried = []
    for pair in chosen.pairs[::step][part::parts]:
        with deadline(PATIENCE_S), grading_for(here.student(0)):
            try:
                results = chosen.run_checks(pair.code)
                lost = chosen.points - sum(result.earned for result in results)
                if lost > pair.loses:  # else its name makes no difference
                    if (
                        _stops(results)
                        - _stops(chosen.run_checks(pair.one.code))
                        - _stops(chosen.run_checks(pair.other.code))
                    ):
                        continue  # one takes away what the other needs, so nobody makes both
                    lost = chosen.points - chosen.grade(pair.code).earned
            except InfraError:
                continue
        failed = tuple(result.name for result in results if not isinstance(result.outcome, Passed))
        tried.append(Together(pair.one.name, pair.other.name, pair.loses, lost, failed))
    return tried
