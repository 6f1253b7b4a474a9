"""How long nbgrader takes for a submission: with its own Execute, and with IsolatedExecute.

``python benchmarks/engine.py [--submissions 8] [--rounds 3] [--backend auto]`` makes a course of honest submissions
of ``part5_training`` (the solution notebook), grades all of them by stock nbgrader and by the shipped configuration in
turn, in one process, through nbgrader's own API, and prints the seconds and where they went.
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
from traitlets.config import Config, PyFileConfigLoader

from fairgrade.isolation.engine import Session
from fairgrade.isolation.remote.namespace import Namespace
from fairgrade.isolation.settings import Isolation
from fairgrade.isolation.student_process import zygote_for
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


def stock_api(root: Path) -> NbGraderAPI:
    """Nbgrader as it comes; its own Execute is only told whose submission it runs."""
    config = Config()
    config.CourseDirectory.root = str(root)
    after = [IgnorePattern, LimitOutput, SaveAutoGrades, AssignLatePenalties, CheckCellMetadata]
    config.Autograde.autograde_preprocessors = [SeedForSubmission, Execute, RefuseInfraErrors, *after]
    config.Execute.timeout = 60
    return _quiet(NbGraderAPI(config=config))


def shipped_api(root: Path, backend: str) -> NbGraderAPI:
    """Nbgrader as this repository configures it."""
    config = PyFileConfigLoader("nbgrader_config.py", path=str(ROOT)).load_config()
    config.CourseDirectory.root = str(root)
    config.CourseDirectory.course_id = ""  # both grade into the same gradebook
    config.Isolation.backend = backend
    steps = config.Autograde.autograde_preprocessors
    config.Autograde.autograde_preprocessors = [TimedExecute if step is IsolatedExecute else step for step in steps]
    return _quiet(NbGraderAPI(config=config))


def _quiet(api: NbGraderAPI) -> NbGraderAPI:
    api.log.setLevel(logging.ERROR)
    return api


def grade(with_api: NbGraderAPI, students: str = "*") -> float:
    """Wall seconds for grading these students in one run."""
    began = time.perf_counter()
    result = with_api.autograde(ASSIGNMENT, students, force=True, create=True)
    seconds = time.perf_counter() - began
    if not result["success"]:
        raise SystemExit(f"Not graded:\n{result.get('error') or result.get('log')}")
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
    parser.add_argument("--submissions", type=int, default=8, help="graded in one run")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each, in turn")
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
        stock, isolated = stock_api(root), shipped_api(root, options.backend)
        stock.generate_assignment(ASSIGNMENT)
        for engine in (stock, isolated):
            grade(engine, students[0])  # imports, the gradebook's tables, the zygote: once a run, not once a submission
        _phases.clear()
        by_stock, by_isolated = [], []
        for _ in range(options.rounds):
            by_stock.append(grade(stock) / options.submissions)
            by_isolated.append(grade(isolated) / options.submissions)
    total = [phase["total_s"] for phase in _phases]
    student_s, tests_s, fork_s = ([phase[key] for phase in _phases] for key in ("student_s", "tests_s", "fork_s"))
    overhead = [a - b - c for a, b, c in zip(total, student_s, tests_s, strict=True)]
    print("| seconds a submission | median | least | most |\n| --- | ---: | ---: | ---: |")
    print(row("stock nbgrader, all", by_stock))
    print(row("isolated, all", by_isolated))
    runs = [total[i : i + options.submissions] for i in range(0, len(total), options.submissions)]
    own = [a - statistics.mean(run) for a, run in zip(by_isolated, runs, strict=True)]
    print(row("- intake, nbgrader's conversion and database", own))
    print(row("- the student's cells", student_s))
    print(row("- the instructor's setup and test cells", tests_s))
    print(row("  - of which waiting for the student's code they call", [phase["waited_s"] for phase in _phases]))
    print(row("- overhead of isolation", overhead))
    print(row("  - of which making the process", fork_s))
    questions = statistics.median(phase["questions"] for phase in _phases)
    print(f"\nThe tests of one submission ask the student's process {questions:.0f} questions.")
    stock_s, isolated_s = statistics.median(by_stock), statistics.median(by_isolated)
    print(f"Isolated is {stock_s / isolated_s:.1f} times as fast as stock.")
    print("\n" + "\n".join(calls(options.backend)))


if __name__ == "__main__":
    main()
