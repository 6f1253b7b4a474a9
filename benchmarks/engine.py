"""How long nbgrader takes for a submission: with its own Execute, and with IsolatedExecute.

``python benchmarks/engine.py [--submissions 12] [--backend auto]`` makes a course of honest submissions of
``part5_training`` (the solution notebook), grades each by both engines in turn, in one process, through
nbgrader's own API, and prints the seconds and where they went.
"""

from __future__ import annotations

import argparse
import logging
import os
import shutil
import statistics
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
from nbgrader.apps import NbGraderAPI
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    Execute,
    IgnorePattern,
    LimitOutput,
    SaveAutoGrades,
)
from traitlets.config import Config

from fairgrade.isolation.engine import Session
from fairgrade.isolation.namespace import Namespace
from fairgrade.isolation.processes import zygote_for
from fairgrade.isolation.settings import Isolation
from fairgrade.nbgrader import RefuseInfraErrors, SeedForSubmission
from fairgrade.nbgrader.isolated_execute import IsolatedExecute

ROOT = Path(__file__).resolve().parent.parent
ASSIGNMENT = "part5_training"

_phases: list[dict[str, float]] = []


class TimedExecute(IsolatedExecute):
    """IsolatedExecute that keeps its times."""

    def preprocess(self, nb: Any, resources: Any) -> Any:
        """Run, and note where the time went."""
        nb, resources = super().preprocess(nb, resources)
        _phases.append(resources["fairgrade_times"])
        return nb, resources


def make_course(root: Path, submissions: int) -> list[str]:
    """A course with its source, and the solution handed in by each student."""
    shutil.copytree(ROOT / "source" / ASSIGNMENT, root / "source" / ASSIGNMENT)
    solution = nbformat.read(ROOT / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4)
    students = [f"s{i:03d}" for i in range(submissions)]
    for student in students:
        folder = root / "submitted" / student / ASSIGNMENT
        folder.mkdir(parents=True)
        nbformat.write(solution, folder / f"{ASSIGNMENT}.ipynb")
    return students


def api(root: Path, engine: list[type], backend: str) -> NbGraderAPI:
    """Nbgrader's API on the course, with these preprocessors in the place of Execute."""
    config = Config()
    config.CourseDirectory.root = str(root)
    config.Isolation.backend = backend
    after = [IgnorePattern, LimitOutput, SaveAutoGrades, AssignLatePenalties, CheckCellMetadata]
    config.Autograde.autograde_preprocessors = [*engine, *after]
    config.Execute.timeout = 60
    made = NbGraderAPI(config=config)
    made.log.setLevel(logging.ERROR)
    return made


def grade(with_api: NbGraderAPI, student: str) -> float:
    """Wall seconds for one submission."""
    began = time.perf_counter()
    result = with_api.autograde(ASSIGNMENT, student, force=True, create=True)
    seconds = time.perf_counter() - began
    if not result["success"]:
        raise SystemExit(f"{student} was not graded:\n{result.get('error') or result.get('log')}")
    return seconds


def calls(backend: str) -> list[str]:
    """How long one call of a student's function by a test takes, in microseconds."""
    settings = Isolation(backend=backend)
    array = np.arange(9.0)
    lines = ["| microseconds a call | median of 20 rounds |", "| --- | ---: |"]
    with Session(zygote_for(settings), settings, seed=1) as session:
        session.run_cell("def same(x, y):\n    return x")
        same = Namespace(session.link)["same"]
        for name, value in (("two floats, one back", 1.5), ("two arrays of 9, one back", array)):
            rounds = []
            with session.link.near():
                for _ in range(20):
                    began = time.perf_counter()
                    for _ in range(200):
                        same(value, value)
                    rounds.append((time.perf_counter() - began) / 200 * 1e6)
            lines.append(f"| {name} | {statistics.median(rounds):.0f} |")
    return lines


def row(name: str, seconds: list[float]) -> str:
    """One line of the table."""
    return f"| {name} | {statistics.median(seconds):.3f} | {min(seconds):.3f} | {max(seconds):.3f} |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--submissions", type=int, default=12)
    parser.add_argument("--backend", default="auto", choices=["auto", "bubblewrap", "landlock", "none"])
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    sys.path.insert(0, str(ROOT))
    os.environ["PYTHONPATH"] = str(ROOT)
    # nbgrader looks for alembic on the PATH.
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        students = make_course(root, options.submissions)
        os.chdir(root)
        stock = api(root, [SeedForSubmission, Execute, RefuseInfraErrors], options.backend)
        isolated = api(root, [TimedExecute], options.backend)
        stock.generate_assignment(ASSIGNMENT)
        for engine in (stock, isolated):
            grade(engine, students[0])  # imports, the gradebook's tables, the zygote: once a run, not once a submission
        _phases.clear()
        by_stock, by_isolated = [], []
        for student in students:
            by_stock.append(grade(stock, student))
            by_isolated.append(grade(isolated, student))
    total = [phase["total_s"] for phase in _phases]
    student_s, tests_s, fork_s = ([phase[key] for phase in _phases] for key in ("student_s", "tests_s", "fork_s"))
    overhead = [a - b - c for a, b, c in zip(total, student_s, tests_s, strict=True)]
    print("| seconds a submission | median | least | most |\n| --- | ---: | ---: | ---: |")
    print(row("stock nbgrader, all", by_stock))
    print(row("isolated, all", by_isolated))
    print(row("- nbgrader's conversion and database", [a - b for a, b in zip(by_isolated, total, strict=True)]))
    print(row("- the student's cells", student_s))
    print(row("- the instructor's setup and test cells", tests_s))
    print(row("  - of which waiting for the student's code they call", [phase["waited_s"] for phase in _phases]))
    print(row("- overhead of isolation", overhead))
    print(row("  - of which making the process", fork_s))
    questions = statistics.median(phase["questions"] for phase in _phases)
    print(f"\nThe tests of one submission ask the student's process {questions:.0f} questions.")
    stock_s, isolated_s = statistics.median(by_stock), statistics.median(by_isolated)
    own_s = statistics.median([a - b for a, b in zip(by_isolated, total, strict=True)])
    without = (stock_s - own_s) / (isolated_s - own_s)
    print(f"Isolated is {stock_s / isolated_s:.1f} times as fast as stock.")
    print(f"Without nbgrader's own share, the same for both, it is {without:.1f} times as fast.")
    print("\n" + "\n".join(calls(options.backend)))


if __name__ == "__main__":
    main()
