"""A verification from start to end: give the work to all cores, then judge the results."""

from __future__ import annotations

import inspect
import multiprocessing
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import partial
from typing import Any

from fairgrade.course import Course, CourseError
from fairgrade.grading import Exercise
from fairgrade.verify import jobs, verdicts
from fairgrade.verify.call_limits import with_call_limits
from fairgrade.verify.findings import Finding, GradedItem, ItemKind, Section
from fairgrade.verify.mutants_and_pairs import (
    MutantTrial,
    PairTrial,
    declaration_of,
    judge_mutants,
    judge_pairs,
    try_mutants,
    try_pairs,
)
from fairgrade.verify.release_checks import check_release
from fairgrade.verify.sandbox_sample import SandboxSample, hand_in
from fairgrade.verify.undeserved_points import BesideTrial, judge_holes, search_holes
from fairgrade.verify.verification_report import ExerciseReport, Report

MUTANT_SEEDS = 3
"""A mutant has to lose points for each of so many students."""

BESIDE_TRIALS_PER_SEED = 10
"""So often wrong work is tried beside other wrong work per student, unless all of it is asked for."""

PAIRS_PER_SEED = 10
"""So many pairs of misconceptions are tried per student that work is graded for, spread over all of them."""

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

    Parameters
    ----------
    exercise : str, optional
        The one exercise to verify; all of them if not given.
    seeds : int
        For how many made-up students each piece of work is graded.
    mutants, holes : bool
        Whether to try mutants of the references; whether to grade all wrong work beside all wrong earlier work, not a
        sample.
    progress : callable
        See :data:`Progress`.

    Raises
    ------
    CourseError
        If there is no such assignment or exercise.
    """
    begin, cpu = time.perf_counter(), _cpu_seconds()
    here = jobs.load(course.root, assignment)
    if exercise is not None and exercise not in here.exercises:
        raise CourseError(f"--exercise: expected one of {', '.join(here.exercises)}, got {exercise}.")
    chosen = [e for e in here.exercises.values() if exercise in (None, e.name)]
    results = _Results()
    results.findings += [found for found in check_release(here) if exercise is None or exercise in found.where]
    _run_all(here, chosen, seeds, mutants, holes, progress, results)
    reports = [_report_on(e, results) for e in chosen]
    return Report(
        assignment,
        seeds,
        mutants,
        tuple(reports),
        tuple(_findings(here, chosen, reports, results)),
        results.gradings,
        results.sample.graded,
        results.sample.skipped,
        time.perf_counter() - begin,
        _cpu_seconds() - cpu,
    )


class _Results:
    """What the jobs returned, most of it by exercise."""

    def __init__(self) -> None:
        self.banks: dict[str, list[GradedItem]] = defaultdict(list)
        self.again: dict[str, list[GradedItem]] = defaultdict(list)
        self.knock_on: dict[str, list[GradedItem]] = defaultdict(list)
        self.mutants: dict[str, list[MutantTrial]] = defaultdict(list)
        self.pairs: dict[str, list[PairTrial]] = defaultdict(list)
        self.beside: dict[str, list[BesideTrial]] = defaultdict(list)
        self.findings: list[Finding] = []
        self.sample = SandboxSample()

    @property
    def gradings(self) -> int:
        """How many pieces of work were graded."""
        by_exercise = self.banks, self.again, self.knock_on, self.mutants, self.pairs, self.beside
        return self.sample.graded + sum(len(graded) for group in by_exercise for graded in group.values())


@dataclass(frozen=True)
class _Job:
    """A function of the assignment for a worker process, and what takes its result.

    Attributes
    ----------
    about : str
        What the progress bar says of it.
    keep : callable
        Gets the result, in this process.
    function : callable
        Gets the course's folder, the assignment and the arguments.
    arguments : tuple
    """

    about: str
    keep: Callable[[Any], object]
    function: Callable[..., Any]
    arguments: tuple[Any, ...]


def _jobs(
    chosen: list[Exercise], seeds: int, with_mutants: bool, with_all_holes: bool, cores: int, results: _Results
) -> Iterator[_Job]:
    """Yield all jobs, the long ones first, so that no core is left waiting for the last."""
    yield _Job("the sandbox", partial(setattr, results, "sample"), hand_in, ([e.name for e in chosen],))
    for e in sorted(chosen, key=_size, reverse=True):
        name = e.name
        if _judges_mutants(e, chosen):
            sample = None if with_all_holes else BESIDE_TRIALS_PER_SEED * seeds
            about, beside, mutants = f"{name} beside other wrong work", results.beside[name], results.mutants[name]
            for part in range(cores):
                yield _Job(about, beside.extend, search_holes, (name, sample, part, cores))
            for part in range(cores if with_mutants else 0):
                yield _Job(f"mutants of {name}", mutants.extend, try_mutants, (name, MUTANT_SEEDS, part, cores))
        yield _Job(f"pairs of {name}", results.pairs[name].extend, try_pairs, (name, PAIRS_PER_SEED * seeds))
        yield _Job(name, results.knock_on[name].extend, jobs.follow_knock_on, (name, 0))
        for seed in range(seeds):
            yield _Job(name, results.banks[name].extend, jobs.grade_bank, (name, seed))
        for find in (jobs.find_unseen, jobs.try_visible_tests, jobs.try_stub):
            yield _Job(name, results.findings.extend, find, (name,))


def _size(exercise: Exercise) -> int:
    """Return roughly how long a bank takes: classes are trained, functions called."""
    return len(exercise.misconceptions) * (20 if inspect.isclass(exercise.reference) else 1)


def _judges_mutants(exercise: Exercise, chosen: list[Exercise]) -> bool:
    """Whether mutants are listed under this exercise: of those that grade the same work that of most points."""
    if not callable(exercise.reference):
        return False  # wrong values are in the bank already
    rivals = [e for e in chosen if e.solution_name == exercise.solution_name]
    return exercise is max(rivals, key=lambda e: e.points)


def _run_all(
    here: jobs.LoadedAssignment,
    chosen: list[Exercise],
    seeds: int,
    with_mutants: bool,
    with_all_holes: bool,
    progress: Progress,
    results: _Results,
) -> None:
    """Run all jobs on all cores, and keep what they return."""
    # Fresh interpreters, so that each has a hash seed of its own: a grader that depends on it gives itself away.
    context = multiprocessing.get_context("spawn")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with ProcessPoolExecutor(cores, context, jobs.end_with, (os.getpid(),)) as pool:
        pending: dict[Future[Any], _Job] = {}

        def tell(done: int, about: str) -> None:
            running = (job.about for future, job in pending.items() if future.running())
            progress(done, len(pending), next(running, about))

        for job in _jobs(chosen, seeds, with_mutants, with_all_holes, cores, results):
            arguments = here.course.root, here.assignment, *job.arguments
            pending[pool.submit(with_call_limits, job.function, *arguments)] = job
        try:
            for e in chosen:  # while the others work: this is another process than theirs
                bank = with_call_limits(jobs.grade_bank, here.course.root, here.assignment, e.name, 0, 2)
                results.again[e.name] = bank
                tell(sum(future.done() for future in pending), e.name)
            for done, future in enumerate(as_completed(pending), start=1):
                pending[future].keep(future.result())
                tell(done, pending[future].about)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _graded(exercise: Exercise, results: _Results) -> list[GradedItem]:
    return sorted(results.banks[exercise.name], key=lambda g: g.student)


def _judged(exercise: Exercise, exercises: dict[str, Exercise], results: _Results) -> Iterator[Finding]:
    """Yield all faults that the results of one exercise show."""
    graded, again = _graded(exercise, results), results.again[exercise.name]
    half = len(again) // 2
    yield from verdicts.judge_right(exercise, graded, verdicts.check_rows(exercise, graded))
    yield from verdicts.judge_wrong(exercise, graded, verdicts.wrong_rows(exercise, graded))
    yield from verdicts.judge_knock_on(exercise, exercises, results.knock_on[exercise.name])
    yield from verdicts.judge_repeats(exercise, graded[:half], again[:half], again[half:])
    yield from judge_pairs(exercise, results.pairs[exercise.name])
    yield from judge_holes(results.beside[exercise.name])
    yield from judge_mutants(exercise, results.mutants[exercise.name])


def _findings(
    here: jobs.LoadedAssignment, chosen: list[Exercise], reports: list[ExerciseReport], results: _Results
) -> list[Finding]:
    """Return all findings once, by section."""
    found = [*results.findings, *results.sample.findings]
    for e in chosen:
        found += _judged(e, here.exercises, results)
    found += verdicts.judge_names({report.name: list(report.wrong) for report in reports})
    order = list(Section)
    return sorted(dict.fromkeys(found), key=lambda finding: order.index(finding.part))


def _report_on(exercise: Exercise, results: _Results) -> ExerciseReport:
    """Return the figures of one exercise."""
    graded = _graded(exercise, results)
    checks = verdicts.check_rows(exercise, graded)
    variants = verdicts.by_item(g for g in graded if g.kind is ItemKind.VARIANT)
    mutants, pairs = results.mutants[exercise.name], results.pairs[exercise.name]
    survivors = [trial for trial in mutants if trial.survived_for]
    beside = results.beside[exercise.name]
    return ExerciseReport(
        exercise.name,
        exercise.points,
        tuple(checks),
        len(variants),
        sum(all(run.earned == exercise.points for run in runs) for runs in variants.values()),
        tuple(verdicts.wrong_rows(exercise, graded)),
        len(mutants),
        len(mutants) - len(survivors),
        tuple(filter(None, (declaration_of(exercise, trial) for trial in survivors))),
        len(pairs),
        sum(pair.lost <= pair.price for pair in pairs),
        len(beside),
        sum(one.is_hole for one in beside),
        sum(row.milliseconds for row in checks),
    )


def _cpu_seconds() -> float:
    """Return what this process and those that it has waited for have used, user and system."""
    import resource  # noqa: PLC0415 - only Unix has it; fairgrade check imports this package elsewhere, too

    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)
