"""A class graded by a Dask cluster: a scheduler and workers as one starts them, in folders that hold no course."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest

from tests.autograde import classes
from tests.autograde.classes import ASSIGNMENT, POINTS, RIGHT, WRONG, copy, db_url, dump, files, hand_in, points
from tests.autograde.test_auto import COMPUTES
from tests.autograde.test_faults import COMMAND, half_written, read_lines
from tests.conftest import environment, run, started
from tests.notebooks import cell

Started = tuple[subprocess.Popen[str], str]
Start = Callable[..., Started]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a program of Dask's in a folder of its own; gives it, and the last word of the line it says when ready."""
    running: list[subprocess.Popen[str]] = []

    def program(name: str, *options: str, ready: str) -> Started:
        folder = tmp_path / f"dask-{len(running)}"
        folder.mkdir()
        process = subprocess.Popen(
            [sys.executable, "-m", "dask", name, *options],
            cwd=folder, env=environment(), text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        running.append(process)
        assert process.stdout is not None
        for line in process.stdout:
            if ready in line:
                return process, line.split()[-1]
        raise AssertionError(f"dask {name} has ended")

    yield program
    for process in running:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


@pytest.fixture
def scheduling(start: Start) -> Started:
    """A scheduler without workers, and its address."""
    return start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", ready="Scheduler at")


def start_worker(start: Start, scheduler: str) -> subprocess.Popen[str]:
    """A worker of one thread."""
    options = ("--nthreads", "1", "--no-dashboard", "--no-nanny", "--death-timeout", "60")
    return start("worker", scheduler, *options, ready="Registered to")[0]


@pytest.mark.slow
def test_a_worker_is_lost_and_another_comes(small_course: Path, tmp_path: Path, start: Start, scheduling: Started):
    """The class ends as one graded by processes of this machine does: the same gradebook, the same files."""
    _, scheduler = scheduling
    codes = {f"s{number:03d}": [RIGHT, WRONG][number % 2] for number in range(16)}
    for student, code in codes.items():
        hand_in(small_course, student, code)
    other = copy(small_course, tmp_path / "other")
    first = start_worker(start, scheduler)
    with started(*COMMAND, "--scheduler", scheduler, cwd=small_course) as process:
        read_lines(process, 3)
        os.kill(first.pid, signal.SIGKILL)
        start_worker(start, scheduler)
        assert process.stdout is not None
        rest = process.stdout.read()
        assert process.wait() == 0, rest
    assert points(small_course) == {student: POINTS[code] for student, code in codes.items()}
    assert run("fairgrade", "autograde", ASSIGNMENT, cwd=other).returncode == 0
    assert dump(db_url(small_course)) == dump(db_url(other))
    assert files(small_course / "autograded") == files(other / "autograded")


@pytest.mark.slow
def test_a_lost_scheduler_ends_the_run(small_course: Path, start: Start, scheduling: Started):
    """With exit code 3; what was graded stays, and nothing is half-written."""
    program, scheduler = scheduling
    for number in range(40):
        hand_in(small_course, f"s{number:03d}")
    start_worker(start, scheduler)
    with started(*COMMAND, "--scheduler", scheduler, cwd=small_course) as process:
        read_lines(process, 3)
        program.kill()
        assert process.stdout is not None
        rest = process.stdout.read()
        assert process.wait() == 3, rest
    assert "the connection is lost" in " ".join(rest.split())
    assert 3 <= len(points(small_course)) < 40
    assert half_written(small_course) == []


@pytest.mark.slow
def test_a_worker_runs_tests_where_the_preflight_found_that_they_must(
    small_course: Path, tmp_path: Path, start: Start, scheduling: Started
):
    """What needs the sandbox earns its points there, and loses them there: as if graded by this machine's processes."""
    classes.write_source(small_course, classes.source(cell("test", COMPUTES, 1, grade_id="test_live")))
    with (small_course / "nbgrader_config.py").open("a") as config:
        config.write('\nc.IsolatedExecute.tests = "auto"\n')
    assert run("nbgrader", "generate_assignment", ASSIGNMENT, "--force", cwd=small_course).returncode == 0
    hand_in(small_course, "s001", RIGHT)
    hand_in(small_course, "s002", "import operator\n\n\ndef double(x):\n    return operator.mul(2, x)")
    other = copy(small_course, tmp_path / "other")
    _, scheduler = scheduling
    start_worker(start, scheduler)
    graded = run("fairgrade", "autograde", ASSIGNMENT, "--scheduler", scheduler, cwd=small_course)
    assert graded.returncode == 0, graded.stdout
    assert "1 of the tests run in the sandbox" in " ".join(graded.stdout.split())
    assert points(small_course) == {"s001": 6.0, "s002": 5.0}
    notebook = nbformat.read(small_course / "autograded" / "s001" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4)
    assert notebook.metadata["fairgrade"]["tests"] == {"test_live": "in-sandbox"}
    assert run("fairgrade", "autograde", ASSIGNMENT, "--jobs", "1", cwd=other).returncode == 0
    assert dump(db_url(small_course)) == dump(db_url(other))
    assert files(small_course / "autograded") == files(other / "autograded")


def test_no_scheduler_is_an_error_with_a_next_step(small_course: Path):
    """No traceback, exit code 3."""
    hand_in(small_course, "s001")
    done = run("fairgrade", "autograde", ASSIGNMENT, "--scheduler", "tcp://127.0.0.1:1", cwd=small_course)
    assert done.returncode == 3
    assert "expected a Dask scheduler" in done.stdout
    assert "Traceback" not in done.stdout
