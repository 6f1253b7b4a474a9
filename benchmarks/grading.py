"""How long grading takes in process: all seven test cells, for right and for wrong work.

Run as ``python benchmarks/grading.py``. Prints milliseconds (median over students) and ratios.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from fairgrade.course import Course
from fairgrade.grading import Submission, grading_for

STUDENTS = 30


def milliseconds(work: Callable[[], object]) -> float:
    """The wall time of one call."""
    start = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - start)


def main() -> None:
    """Time the reference, and one misconception after the other, of each exercise."""
    exercises = Course.at(Path(__file__)).exercises("part5_training")
    table = Table(
        "exercise", "reference ms", "wrong work ms", "ratio", title=f"Grading in process, median of {STUDENTS}"
    )
    totals = [0.0, 0.0]
    for exercise in exercises:
        wrong = list(exercise.misconceptions.values())
        exercise.grade(exercise.reference).to_html()  # templates and caches are made once per process
        times: tuple[list[float], list[float]] = ([], [])
        for n in range(STUDENTS):
            with grading_for(Submission("part5_training", f"s{n:03d}")):
                times[0].append(milliseconds(lambda e=exercise: e.grade(e.reference)._repr_mimebundle_()))
                code = wrong[n % len(wrong)].code
                times[1].append(milliseconds(lambda e=exercise, c=code: e.grade(c)._repr_mimebundle_()))
        right_ms, wrong_ms = map(statistics.median, times)
        totals = [totals[0] + right_ms, totals[1] + wrong_ms]
        table.add_row(exercise.name, f"{right_ms:.1f}", f"{wrong_ms:.1f}", f"{wrong_ms / right_ms:.1f}")
    table.add_row("all", f"{totals[0]:.1f}", f"{totals[1]:.1f}", f"{totals[1] / totals[0]:.1f}", style="bold")
    Console(width=100).print(table)
    print(f"All seven test cells of the reference: {totals[0]:.0f} ms; the bar is 150 ms.")
    sys.exit(totals[0] > 150)


if __name__ == "__main__":
    main()
