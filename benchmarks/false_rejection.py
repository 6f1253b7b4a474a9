"""How often a right solution fails a check that trains on random data, with a confidence bound.

Run as ``python benchmarks/false_rejection.py [RUNS]``. Each run is another student, so other data and
another start. The bound is Clopper and Pearson's exact one; with no failure in n runs it is 1 - 0.05**(1/n).
"""

from __future__ import annotations

import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fairgrade.grading import Passed, Submission, grading_for
from graders.part5_training import converges, training
from graders.part5_training.convergence import ShufflesEachEpoch

RUNS = 40_000
BAR = 1e-4


def failures(first: int, last: int) -> dict[str, int]:
    """The number of failures of each check over the students numbered `first` to `last` - 1."""
    counts = {f"{e.name}.{name}": 0 for e in (training, converges) for name in e.checks}
    for n in range(first, last):
        # Every other student shuffles the samples with a generator of their own, which is right as well.
        work = ShufflesEachEpoch if n % 2 else converges.reference
        with grading_for(Submission("part5_training", f"s{n:06d}")):
            for exercise in (training, converges):
                for result in exercise.grade(work).results:
                    counts[f"{exercise.name}.{result.name}"] += not isinstance(result.outcome, Passed)
    return counts


def upper_bound(failed: int, runs: int) -> float:
    """The 95 % upper confidence bound of a rate, by bisection on the binomial tail."""
    low, high = 0.0, 1.0
    for _ in range(60):
        rate = (low + high) / 2
        term = tail = (1 - rate) ** runs
        for k in range(1, failed + 1):
            term *= (runs - k + 1) / k * rate / (1 - rate)
            tail += term
        low, high = (rate, high) if tail > 0.05 else (low, rate)
    return high


def main() -> None:
    """Run all, on all cores, and print a row a check."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    step = max(1, runs // 200)
    begin = time.perf_counter()
    totals: dict[str, int] = {}
    with ProcessPoolExecutor() as pool:
        firsts = range(0, runs, step)
        for done, counts in enumerate(pool.map(failures, firsts, [min(n + step, runs) for n in firsts]), start=1):
            for name, count in counts.items():
                totals[name] = totals.get(name, 0) + count
            if sys.stderr.isatty():
                print(f"\r{min(done * step, runs)} of {runs}", end="", file=sys.stderr)
    print(f"{'check':<60} failed of {runs}   95 % bound")
    for name, count in totals.items():
        print(f"{name:<60} {count:>10}   {upper_bound(count, runs):.1e}")
    print(f"{time.perf_counter() - begin:.0f} s")
    sys.exit(any(upper_bound(count, runs) >= BAR for count in totals.values()))


if __name__ == "__main__":
    main()
