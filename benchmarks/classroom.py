"""How fast a class is graded: by stock nbgrader, by fairgrade with one job and with two, and on a Dask cluster.

``python benchmarks/classroom.py --submissions 50 200 1000 2000`` makes classes of ``part5_training`` out of the
assignment's own variants and misconceptions; in one of fifty submissions a function hangs. Each way to grade starts
from a fresh copy of the class, one after the other, as often as ``--rounds`` says; the middle one counts. Stock
nbgrader takes the same time for each submission, so it grades a stated sample, of ordinary and of hanging ones, and
the rest is multiplied. Two jobs share a machine, so how much faster two loops run at once than one after the other is
measured beside them. What was measured is kept in a file: run again, only what is missing is measured, and the
tables and the plot are made from all of it.

``--otter VENV`` adds ``otter run`` of otter-grader, without containers, over the same submissions as an otter
assignment: the cells that are run when nbgrader grades, and a test for each exercise that asks for full marks. VENV
is an environment of its own with ``pip install otter-grader numpy matplotlib ipywidgets ipykernel`` and
``pip install --no-deps`` of this project.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import nbformat
import psutil

from fairgrade.course import Course
from fairgrade.demo.class_plan import plan_class
from fairgrade.demo.submission_files import solution_cells, write_submission

ROOT = Path(__file__).resolve().parent.parent
ASSIGNMENT = "part5_training"
NOTEBOOK = f"{ASSIGNMENT}.ipynb"
HANGS_EVERY = 50
FIRST_THAT_HANGS = HANGS_EVERY // 2
TIMEOUT_S = 4
POOL_WORKER = "fairgrade.autograde.pool_worker"
HANGING = "def mse_loss(y_true, y_pred):\n    while True:\n        pass"

LIMITS = f"""
c.Isolation.cell_timeout_s = {TIMEOUT_S}.0
c.Isolation.call_timeout_s = {TIMEOUT_S}.0
"""

STOCK = f"""
from nbgrader.converters import GenerateAssignment
from nbgrader.preprocessors import DeduplicateIds, Execute, OverwriteCells, OverwriteKernelspec
from nbconvert.exporters import NotebookExporter
from fairgrade.nbgrader import RefuseInfraErrors, SeedForSubmission
c.Autograde.exporter_class = NotebookExporter
c.Autograde.sanitize_preprocessors = [
    ClearOutput, DeduplicateIds, OverwriteKernelspec, OverwriteCells, CheckCellMetadata
]
c.Autograde.autograde_preprocessors = [
    SeedForSubmission, Execute, RefuseInfraErrors, IgnorePattern, LimitOutput, SaveAutoGrades, AssignLatePenalties,
    CheckCellMetadata,
]
c.Execute.timeout = {TIMEOUT_S}
c.Execute.interrupt_on_timeout = True
"""

WAYS = {
    "stock": "stock nbgrader autograde",
    "jobs1": "fairgrade autograde --jobs 1",
    "jobs2": "fairgrade autograde --jobs 2",
    "dask": "fairgrade autograde on Dask, 2 workers",
    "otter": "otter run",
}


def environment() -> dict[str, str]:
    """As in an activated virtual environment, and without threads that compete with the jobs."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return {**os.environ, "PATH": path, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def nbgrader(folder: Path, *command: str) -> None:
    """Run an nbgrader command in a course."""
    subprocess.run(
        [sys.executable, "-m", "nbgrader", *command], cwd=folder, env=environment(), check=True, capture_output=True
    )


def make_class(folder: Path, submissions: int) -> Path:
    """A course with its release and a class that has handed in."""
    for name in ("source", "graders"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "nbgrader_config.py").write_text((ROOT / "nbgrader_config.py").read_text() + LIMITS)
    nbgrader(folder, "generate_assignment", ASSIGNMENT)
    course, released = Course.at(ROOT), folder / "release" / ASSIGNMENT / NOTEBOOK
    cells = solution_cells(nbformat.read(released, as_version=4))
    exercises, questions = course.exercises(ASSIGNMENT), course.written_questions(ASSIGNMENT)
    for number, plan in enumerate(plan_class(exercises, questions, cells, submissions, seed=0)):
        path = write_submission(released, plan, folder / "submitted", ASSIGNMENT) / NOTEBOOK
        if number % HANGS_EVERY == FIRST_THAT_HANGS:
            notebook = nbformat.read(path, as_version=4)
            next(cell for cell in notebook.cells if cell.id == "mse_loss").source = HANGING
            nbformat.write(notebook, path)
    return folder


@contextlib.contextmanager
def fresh(course: Path, students: list[str] | None = None) -> Iterator[Path]:
    """A copy of a course in which nothing is graded yet."""
    with tempfile.TemporaryDirectory(dir=course.parent) as folder:
        copy = Path(folder) / "course"
        shutil.copytree(course, copy, ignore=shutil.ignore_patterns("submitted"))
        for student in students or [path.name for path in (course / "submitted").iterdir()]:
            shutil.copytree(course / "submitted" / student, copy / "submitted" / student)
        yield copy


def stock_seconds(course: Path, students: list[str]) -> float:
    """Seconds a submission that stock nbgrader takes for these."""
    with fresh(course, students) as copy:
        with (copy / "nbgrader_config.py").open("a") as config:
            config.write(STOCK)
        began = time.perf_counter()
        nbgrader(copy, "autograde", ASSIGNMENT)
        return (time.perf_counter() - began) / len(students)


def measure_stock(course: Path, submissions: int, sample: int) -> dict[str, Any]:
    """The time for the class, from a sample of it."""
    students = sorted(path.name for path in (course / "submitted").iterdir())
    hanging = students[FIRST_THAT_HANGS::HANGS_EVERY]
    ordinary = [student for student in students if student not in hanging]
    step = max(1, len(ordinary) // sample)
    usual_s, hanging_s = stock_seconds(course, ordinary[::step][:sample]), stock_seconds(course, hanging[:1])
    seconds = usual_s * len(ordinary) + hanging_s * len(hanging)
    return {"seconds": seconds, "sample": f"{sample} ordinary ({usual_s:.2f} s each), 1 hanging ({hanging_s:.1f} s)"}


def make_otter(folder: Path, course: Path, student: str) -> None:
    """A student's submission as otter takes it, and the archive it is graded with."""
    notebook = nbformat.read(course / "submitted" / student / ASSIGNMENT / NOTEBOOK, as_version=4)
    marks = [cell.metadata.get("nbgrader", {}) for cell in notebook.cells]
    notebook.cells = [
        cell
        for cell, mark in zip(notebook.cells, marks, strict=True)
        if "skip-execution" not in cell.metadata.get("tags", []) and not (mark.get("grade") and mark.get("locked"))
    ]
    nbformat.write(notebook, folder / NOTEBOOK)
    with zipfile.ZipFile(folder / "autograder.zip", "w") as archive:
        archive.writestr("otter_config.json", json.dumps({"lang": "python"}))
        for exercise in Course.at(course).exercises(ASSIGNMENT):
            ask = f">>> from graders.{ASSIGNMENT}.{exercise.name} import exercise\n"
            ask += f">>> float(exercise.grade({exercise.solution_name})) == {exercise.points}\nTrue"
            suite = {"cases": [{"code": ask, "hidden": False, "locked": False}], "scored": True, "type": "doctest"}
            suite |= {"setup": "", "teardown": ""}
            test = {"name": exercise.name, "points": exercise.points, "suites": [suite]}
            archive.writestr(f"tests/{exercise.name}.py", f"OK_FORMAT = True\n\ntest = {test!r}\n")


def measure_otter(course: Path, submissions: int, sample: int, venv: Path) -> dict[str, Any]:
    """The time for the class by otter, from a sample without hanging ones, for which ``otter run`` has no limit."""
    students = sorted(path.name for path in (course / "submitted").iterdir())[: min(sample, FIRST_THAT_HANGS)]
    paths = {"PATH": os.pathsep.join([str(venv / "bin"), os.environ["PATH"]]), "PYTHONPATH": str(course)}
    began = time.perf_counter()
    for student in students:
        with tempfile.TemporaryDirectory(dir=course.parent) as folder:
            make_otter(Path(folder), course, student)
            command = [venv / "bin" / "otter", "run", "--no-logo", "-a", "autograder.zip", NOTEBOOK]
            subprocess.run(command, cwd=folder, env=environment() | paths, check=True, capture_output=True)
    each_s = (time.perf_counter() - began) / len(students)
    return {"seconds": each_s * submissions, "sample": f"{sample} ordinary ({each_s:.2f} s each), none that hangs"}


class Memory(threading.Thread):
    """Watches how much memory each grading process takes together with its sandbox."""

    def __init__(self, root: int) -> None:
        super().__init__(daemon=True)
        self._root = root
        self._done = threading.Event()
        self.peak_bytes = 0

    def run(self) -> None:
        """Look every five seconds: often enough for a peak that lasts; each look holds up what it looks at."""
        while not self._done.wait(5.0):
            with contextlib.suppress(psutil.Error):
                for process in psutil.Process(self._root).children(recursive=True):
                    # A grading process is a fork of another, with the same command line.
                    if POOL_WORKER in process.cmdline() and POOL_WORKER in process.parent().cmdline():
                        tree = [process, *process.children(recursive=True)]
                        # Proportional: memory that a fork shares with its parent counts once.
                        pss = sum(member.memory_full_info().pss for member in tree)
                        self.peak_bytes = max(self.peak_bytes, pss)

    def stop(self) -> int:
        """The peak."""
        self._done.set()
        self.join()
        return self.peak_bytes


def measure_ours(course: Path, *options: str, watched: int | None = None) -> dict[str, Any]:
    """The time for the class by ``fairgrade autograde``, start to end."""
    with fresh(course) as copy:
        began = time.perf_counter()
        process = subprocess.Popen(
            ["fairgrade", "autograde", ASSIGNMENT, "--json", "out.json", *options],
            cwd=copy, env=environment(), stdout=subprocess.DEVNULL,
        )  # fmt: skip
        memory = Memory(watched or process.pid)
        memory.start()
        code = process.wait()
        seconds = time.perf_counter() - began
        peak_bytes = memory.stop()
        if code != 0:
            raise SystemExit(f"fairgrade autograde {' '.join(options)}: expected exit code 0, got {code}.")
        told = json.loads((copy / "out.json").read_text())
    return {
        "seconds": seconds,
        "worker_mb": told["worker_bytes"] / 1e6,
        "worker_and_sandbox_mb": peak_bytes / 1e6,
        "coordinator_mb": told["coordinator_bytes"] / 1e6,
        "coordinator_ms": 1000 * told["coordinator_s"] / told["graded"],
    }


@contextlib.contextmanager
def dask_cluster(folder: Path) -> Iterator[str]:
    """A scheduler and two workers of one thread, on this machine."""
    where = folder / "scheduler.json"
    where.unlink(missing_ok=True)
    dask = [sys.executable, "-m", "dask"]
    scheduler = [*dask, "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file"]
    worker = [*dask, "worker", "--nthreads", "1", "--no-nanny", "--no-dashboard", "--scheduler-file"]
    commands = [[*scheduler, str(where)], [*worker, str(where)], [*worker, str(where)]]
    with contextlib.ExitStack() as stack:
        for command in commands:
            quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            process = stack.enter_context(subprocess.Popen(command, cwd=folder, env=environment(), **quiet))
            stack.callback(process.terminate)
            while not where.exists():
                time.sleep(0.1)
        time.sleep(5)  # the workers register; a cluster is warm before a class comes
        yield str(json.loads(where.read_text())["address"])


LOOP = "total = 0\nfor i in range(40_000_000):\n    total += i * i % 7"


def two_loops() -> float:
    """How many times as fast two processes at once are as one after the other, if they have nothing in common."""

    def seconds(at_once: int) -> float:
        began = time.perf_counter()
        for process in [subprocess.Popen([sys.executable, "-c", LOOP]) for _ in range(at_once)]:
            process.wait()
        return time.perf_counter() - began

    return (seconds(1) + seconds(1)) / seconds(2)


def measure(way: str, course: Path, submissions: int, sample: int, otter: Path | None) -> dict[str, Any]:
    """One way to grade a class."""
    if way == "otter":
        assert otter is not None
        return measure_otter(course, submissions, sample, otter)
    if way == "stock":
        return measure_stock(course, submissions, sample)
    if way == "dask":
        with dask_cluster(course.parent) as address:
            return measure_ours(course, "--scheduler", address, watched=os.getpid())
    row = measure_ours(course, "--jobs", way.removeprefix("jobs"))
    return row | {"two_loops": two_loops()} if way == "jobs2" else row


def middle(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The row of middle duration, and between which the others lie."""
    ordered = sorted(rows, key=lambda row: float(row["seconds"]))
    return ordered[(len(ordered) - 1) // 2] | {"least": ordered[0]["seconds"], "most": ordered[-1]["seconds"]}


def tables(found: dict[str, dict[str, Any]]) -> str:
    """All that was measured, in Markdown."""
    lines = []
    for submissions, measured in sorted(found.items(), key=lambda item: int(item[0])):
        ways = {way: middle(rows) for way, rows in measured.items() if rows}
        stock = ways.get("stock", {}).get("seconds")
        lines += [
            f"| {submissions} submissions | seconds | least and most | a minute | times stock | worker, MB "
            "| with sandbox, MB | coordinator, MB | coordinator, ms a submission |",
            "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
        ]
        for way in [way for way in WAYS if way in ways]:
            row = ways[way]
            seconds = row["seconds"]
            times = f"{stock / seconds:.1f}" if stock else ""
            keys = ("worker_mb", "worker_and_sandbox_mb", "coordinator_mb", "coordinator_ms")
            rest = [f"{row[key]:.0f}" if key in row else "" for key in keys]
            rate = 60 * int(submissions) / seconds
            spread = f"{row['least']:.1f} to {row['most']:.1f}" if len(measured[way]) > 1 else ""
            lines.append(f"| {WAYS[way]} | {seconds:.1f} | {spread} | {rate:.0f} | {times} | {' | '.join(rest)} |")
        for way, row in ways.items():
            if "sample" in row:
                lines += ["", f"{WAYS[way]}, from a sample: {row['sample']}."]
        if {"jobs1", "jobs2"} <= ways.keys():
            ratio = ways["jobs1"]["seconds"] / ways["jobs2"]["seconds"]
            loops = statistics.median(
                row.get("two_loops", math.nan) for row in measured["jobs2"]
            )  # nan: kept from before
            lines += [
                "",
                f"Two jobs are {ratio:.2f} times as fast as one; two loops with nothing in common, {loops:.2f}.",
            ]
        lines.append("")
    return "\n".join(lines)


def plot(found: dict[str, dict[str, Any]], path: Path) -> None:
    """Seconds over the size of the class, for each way."""
    figure, axes = plt.subplots(figsize=(9, 4))
    for way, name in WAYS.items():
        points = sorted((int(n), middle(ways[way])["seconds"]) for n, ways in found.items() if ways.get(way))
        if points:
            axes.loglog(*zip(*points, strict=True), "o--" if way in ("stock", "otter") else "o-", label=name)
    axes.set_xlabel("submissions")
    axes.set_ylabel("seconds")
    axes.grid(visible=True, which="both", alpha=0.3)
    axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    figure.tight_layout()
    figure.savefig(path, dpi=120)


def main() -> None:
    """Measure what is missing, then print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--submissions", type=int, nargs="+", default=[50])
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=list(WAYS))
    parser.add_argument("--rounds", type=int, default=1, help="how often each way is measured, in turn")
    parser.add_argument("--sample", type=int, default=10, help="how many ordinary submissions stock and otter grade")
    parser.add_argument("--otter", type=Path, metavar="VENV", help="an environment with otter-grader, to compare with")
    parser.add_argument("--results", type=Path, default=ROOT / "build" / "classroom.json")
    parser.add_argument("--plot", type=Path, help="write the picture to this file")
    parser.add_argument("--afresh", action="store_true", help="measure again what is measured already")
    options = parser.parse_args()
    options.results.parent.mkdir(parents=True, exist_ok=True)
    found = json.loads(options.results.read_text()) if options.results.exists() else {}
    for submissions in options.submissions:
        wanted = [way for way in options.ways if way != "otter" or options.otter]
        ways = found.setdefault(str(submissions), {})
        if options.afresh:
            ways |= {way: [] for way in wanted}
        missing = [way for turn in range(options.rounds) for way in wanted if len(ways.get(way, ())) <= turn]
        if not missing:
            continue
        # Not below /tmp, which a sandbox has for itself.
        with tempfile.TemporaryDirectory(dir=options.results.parent) as folder:
            course = make_class(Path(folder) / "course", submissions)
            for way in missing:
                row = measure(way, course, submissions, options.sample, options.otter)
                ways.setdefault(way, []).append(row)
                print(f"{submissions} submissions, {WAYS[way]}: {row['seconds']:.1f} s", flush=True)
                options.results.write_text(json.dumps(found, indent=1))
    print("\n" + tables(found))
    if options.plot:
        plot(found, options.plot)


if __name__ == "__main__":
    main()
