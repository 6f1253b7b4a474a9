"""How often a right solution fails a check that leaves something to chance, with a confidence bound.

Run as ``python benchmarks/false_rejection.py [RUNS] [PROCESSES]``. Each run is another student, so other data
and another start. A bound is Clopper and Pearson's exact one; with no failure in n runs it is 1 - 0.05**(1/n).
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fairgrade.course import Course
from fairgrade.grading import Submission, grading_for
from fairgrade.verify.confidence import upper_bound
from graders.part5_training.convergence import ShufflesEachEpoch

RUNS = 40_000
BAR = 1e-4
EXERCISES = Course.at(Path(__file__)).exercises("part5_training")
CHECKS = [(e.name, name) for e in EXERCISES for name in e.checks]


def failures(first: int, last: int) -> Counter[tuple[str, str]]:
    """The number of failures of each check over the students numbered `first` to `last` - 1."""
    counts: Counter[tuple[str, str]] = Counter()
    for n in range(first, last):
        for exercise in EXERCISES:
            # Every other student shuffles the samples with a generator of their own, which is right as well.
            shuffles = n % 2 and exercise.solution_name == "TrainablePerceptron"
            with grading_for(Submission("part5_training", f"s{n:06d}")):
                results = exercise.run_checks(ShufflesEachEpoch if shuffles else exercise.reference)
            counts.update((exercise.name, result.name) for result in results if not result.earned)
    return counts


def main() -> None:
    """Run all, and print one row per check."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    processes = int(sys.argv[2]) if len(sys.argv) > 2 else os.cpu_count()
    begin = time.perf_counter()
    totals: Counter[tuple[str, str]] = Counter()
    firsts = range(0, runs, 200)
    with ProcessPoolExecutor(processes) as pool:
        for first, counts in zip(firsts, pool.map(failures, firsts, [min(n + 200, runs) for n in firsts]), strict=True):
            totals += counts
            done = min(first + 200, runs)
            print(f"\r{done} of {runs} students, {totals.total()} failures", end="", file=sys.stderr, flush=True)
    print(f"\n{'check':<70} failed of {runs}   95 % bound")
    for check in CHECKS:
        print(f"{'.'.join(check):<70} {totals[check]:>10}   {upper_bound(totals[check], runs):.1e}")
    print(f"{time.perf_counter() - begin:.0f} s")
    sys.exit(any(upper_bound(totals[check], runs) >= BAR for check in CHECKS))


if __name__ == "__main__":
    main()
