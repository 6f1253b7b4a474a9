"""A verification from start to end: hand the work to all cores, then judge what came back."""

from __future__ import annotations

import inspect
import multiprocessing
import os
import resource
import time
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from fairgrade.course import Course, CourseError
from fairgrade.grading import Equivalent, Exercise
from fairgrade.verify import jobs, verdicts
from fairgrade.verify.call_limits import with_call_limits
from fairgrade.verify.findings import Finding, GradedItem, ItemKind, Section
from fairgrade.verify.mutants_and_pairs import (
    MutantTrial,
    PairTrial,
    declared,
    judge_mutants,
    judge_pairs,
    try_mutants,
    try_pairs,
)
from fairgrade.verify.release_checks import inspect_handout
from fairgrade.verify.sandbox_sample import SandboxSample, hand_in
from fairgrade.verify.undeserved_points import BesideTrial, judge_holes, search_holes
from fairgrade.verify.verdicts import CheckRow, WrongRow

MUTANT_SEEDS = 3
"""A mutant has to lose points for each of so many students."""

BESIDE_TRIALS_PER_SEED = 10
"""So often wrong work is tried beside other wrong work for each student, unless all of it is asked for."""

PAIRS_PER_SEED = 10
"""So many pairs of misconceptions are tried for each student that work is graded for, spread over all of them."""


@dataclass(frozen=True)
class ExerciseReport:
    """How one exercise fared.

    Attributes
    ----------
    name : str
    points : float
    checks : tuple of CheckRow
    variants : int
        How many variants there are.
    variants_right : int
        How many of them earned all points for every student.
    wrong : tuple of WrongRow
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
    """What a verification came to.

    Attributes
    ----------
    assignment : str
    seeds : int
        For how many made-up students each piece of work was graded.
    with_mutants : bool
    exercises : tuple of ExerciseReport
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


@dataclass
class _Results:
    """What the workers sent back, by exercise."""

    banks: dict[str, list[GradedItem]] = field(default_factory=lambda: defaultdict(list))
    again: dict[str, list[GradedItem]] = field(default_factory=dict)
    knock_on: dict[str, list[GradedItem]] = field(default_factory=dict)
    trials: dict[str, list[MutantTrial]] = field(default_factory=lambda: defaultdict(list))
    handed_in: SandboxSample = field(default_factory=SandboxSample)
    pairs: dict[str, list[PairTrial]] = field(default_factory=lambda: defaultdict(list))
    beside: dict[str, list[BesideTrial]] = field(default_factory=lambda: defaultdict(list))
    findings: list[Finding] = field(default_factory=list)

    @property
    def gradings(self) -> int:
        """How many pieces of work were graded."""
        graded = sum(map(len, (*self.banks.values(), *self.again.values(), *self.knock_on.values())))
        graded += self.handed_in.graded
        return graded + sum(sum(map(len, of.values())) for of in (self.trials, self.pairs, self.beside))


Progress = Callable[[int, int, str], None]
"""Told how many jobs are done, of how many, and what is under way."""


def verify(
    course: Course,
    assignment: str,
    *,
    exercise: str | None = None,
    seeds: int = 20,
    mutants: bool = False,
    holes: bool = False,
    progress: Progress = lambda done, total, about: None,
) -> Report:
    """Verify an assignment, or one exercise of it.

    Raises
    ------
    CourseError
        If there is no such assignment or exercise.
    """
    begin, cpu = time.perf_counter(), _cpu_seconds()
    exercises = {e.name: e for e in course.exercises(assignment)}
    if exercise is not None and exercise not in exercises:
        raise CourseError(f"--exercise: expected one of {', '.join(exercises)}, got {exercise}.")
    chosen = [e for e in exercises.values() if exercise in (None, e.name)]
    results = _Results()
    results.findings += [
        finding
        for finding in inspect_handout(course, assignment, list(exercises.values()))
        if exercise is None or exercise in finding.where
    ]
    _run_all(course, assignment, chosen, seeds, mutants, holes, progress, results)
    reports, findings = [], [*results.findings, *results.handed_in.findings]
    for one in chosen:
        report, found = _judged(one, exercises, results)
        reports.append(report)
        findings += found
    findings += verdicts.judge_names({report.name: list(report.wrong) for report in reports})
    order = list(Section)
    return Report(
        assignment,
        seeds,
        mutants,
        tuple(reports),
        tuple(sorted(dict.fromkeys(findings), key=lambda finding: order.index(finding.part))),
        results.gradings,
        results.handed_in.graded,
        results.handed_in.skipped,
        time.perf_counter() - begin,
        _cpu_seconds() - cpu,
    )


def _run_all(
    course: Course,
    assignment: str,
    chosen: list[Exercise],
    seeds: int,
    mutants: bool,
    holes: bool,
    progress: Progress,
    results: _Results,
) -> None:
    """Run all jobs on all cores, and file what they return."""
    # Fresh interpreters, so that each has a hash seed of its own: a grader that depends on it gives itself away.
    context = multiprocessing.get_context("spawn")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with ProcessPoolExecutor(cores, context) as pool:
        filing: dict[Future[Any], tuple[str, Callable[[Any], object]]] = {}

        def hand_out(about: str, file: Callable[[Any], object], function: Callable[..., Any], *arguments: Any) -> None:
            filing[pool.submit(with_call_limits, function, course.root, assignment, *arguments)] = about, file

        # The long ones first, so that no core is left waiting for the last.
        hand_out("the sandbox", partial(setattr, results, "handed_in"), hand_in, [e.name for e in chosen])
        for e in sorted(chosen, key=_size, reverse=True):
            if _is_judge_of_its_work(e, chosen):
                for part in range(cores):
                    sample = None if holes else BESIDE_TRIALS_PER_SEED * seeds
                    about, beside = f"{e.name} beside other wrong work", results.beside[e.name]
                    hand_out(about, beside.extend, search_holes, e.name, sample, part, cores)
            if mutants and _is_judge_of_its_work(e, chosen):
                for part in range(cores):
                    job = try_mutants, e.name, MUTANT_SEEDS, part, cores
                    hand_out(f"mutants of {e.name}", results.trials[e.name].extend, *job)
            most = PAIRS_PER_SEED * seeds
            hand_out(f"pairs of {e.name}", results.pairs[e.name].extend, try_pairs, e.name, most)
            hand_out(e.name, _filed(results.knock_on, e.name), jobs.follow_knock_on, e.name, 0)
            for seed in range(seeds):
                hand_out(e.name, results.banks[e.name].extend, jobs.grade_bank, e.name, seed)
            hand_out(e.name, results.findings.extend, jobs.find_unseen, e.name)
            hand_out(e.name, results.findings.extend, jobs.try_visible_tests, e.name)
            hand_out(e.name, results.findings.extend, jobs.try_stub, e.name)
        try:
            for e in chosen:  # while the others work: this is another process than theirs
                results.again[e.name] = with_call_limits(jobs.grade_bank, course.root, assignment, e.name, 0, 2)
                progress(sum(future.done() for future in filing), len(filing), _under_way(filing) or e.name)
            for done, future in enumerate(as_completed(filing), start=1):
                about, file = filing[future]
                file(future.result())
                progress(done, len(filing), _under_way(filing) or about)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _under_way(filing: dict[Future[Any], tuple[str, Callable[[Any], object]]]) -> str:
    """What the longest running job is about; empty if none runs."""
    return next((about for future, (about, _) in filing.items() if future.running()), "")


def _filed(where: dict[str, Any], name: str) -> Callable[[Any], object]:
    return lambda result: where.__setitem__(name, result)


def _size(exercise: Exercise) -> int:
    """Roughly how long a bank takes: classes are trained, functions called."""
    return len(exercise.misconceptions) * (20 if inspect.isclass(exercise.reference) else 1)


def _is_judge_of_its_work(exercise: Exercise, chosen: list[Exercise]) -> bool:
    """Whether mutants are listed under this exercise: of those that grade the same work that of most points."""
    if not callable(exercise.reference):
        return False  # wrong values are in the bank already
    rivals = [e for e in chosen if e.solution_name == exercise.solution_name]
    return exercise is max(rivals, key=lambda e: e.points)


def _judged(
    exercise: Exercise, exercises: dict[str, Exercise], results: _Results
) -> tuple[ExerciseReport, list[Finding]]:
    """The report on one exercise, and what it lacks."""
    graded = sorted(results.banks[exercise.name], key=lambda g: g.student)
    checks, wrong = verdicts.check_rows(exercise, graded), verdicts.wrong_rows(exercise, graded)
    again = results.again[exercise.name]
    half = len(again) // 2
    trials = results.trials[exercise.name]
    findings = [
        *verdicts.judge_right(exercise, graded, checks),
        *verdicts.judge_wrong(exercise, graded, wrong),
        *verdicts.judge_knock_on(exercise, exercises, results.knock_on[exercise.name]),
        *verdicts.judge_repeats(exercise, graded[:half], again[:half], again[half:]),
        *judge_pairs(exercise, results.pairs[exercise.name]),
        *judge_holes(results.beside[exercise.name]),
        *judge_mutants(exercise, trials),
    ]
    items = verdicts.by_item(g for g in graded if g.kind is ItemKind.VARIANT)
    survivors = [trial for trial in trials if trial.survived_for]
    report = ExerciseReport(
        exercise.name,
        exercise.points,
        tuple(checks),
        len(items),
        sum(all(run.earned == exercise.points for run in runs) for runs in items.values()),
        tuple(wrong),
        len(trials),
        len(trials) - len(survivors),
        tuple(filter(None, (declared(exercise, trial) for trial in survivors))),
        len(results.pairs[exercise.name]),
        sum(pair.lost <= pair.price for pair in results.pairs[exercise.name]),
        len(results.beside[exercise.name]),
        sum(one.is_hole for one in results.beside[exercise.name]),
        sum(row.milliseconds for row in checks),
    )
    return report, findings


def _cpu_seconds() -> float:
    """What this process and those that it has waited for have used, user and system."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)
