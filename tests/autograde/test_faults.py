"""Whatever ends a run, nothing is half-written, and the next run finishes the rest."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
from pathlib import Path

import pytest

from tests.autograde.classes import (
    ASSIGNMENT,
    HANGING,
    POINTS,
    RIGHT,
    WRONG,
    db_url,
    dump,
    grading_processes,
    hand_in,
    points,
    shorten_time,
)
from tests.conftest import run, started

COMMAND = ("fairgrade", "autograde", ASSIGNMENT, "--jobs", "2")


def read_lines(process: subprocess.Popen[str], number: int) -> None:
    """Wait until so many submissions are graded."""
    assert process.stdout is not None
    for _ in range(number):
        assert process.stdout.readline(), "the run ended before it was to be disturbed"


def is_running(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def half_written(course: Path) -> list[Path]:
    """Graded submissions that lack their notebook."""
    graded = (course / "autograded").glob(f"*/{ASSIGNMENT}")
    return [folder for folder in graded if not (folder / f"{ASSIGNMENT}.ipynb").is_file()]


def left_behind(course: Path) -> list[Path]:
    """What a run writes aside, to move it into place."""
    return [*(course / "autograded").glob("*/.*"), *(course / "reports").rglob(".*")]


@pytest.mark.slow
def test_workers_and_coordinators_killed_at_random(small_course: Path):
    """A hundred submissions, two runs killed, a worker killed in each of three: every score is right in the end."""
    rng = random.Random(5)
    codes = {f"s{number:03d}": rng.choice([RIGHT, RIGHT, WRONG]) for number in range(100)}
    codes["s050"] = HANGING
    shorten_time(small_course)
    for student, code in codes.items():
        hand_in(small_course, student, code)
    seen: set[int] = set()
    for _ in range(2):
        with started(*COMMAND, cwd=small_course) as process:
            read_lines(process, rng.randrange(5, 15))
            seen.update(grading_processes(process.pid))
            os.kill(rng.choice(grading_processes(process.pid)), signal.SIGKILL)
            read_lines(process, rng.randrange(5, 15))
            seen.update(grading_processes(process.pid))
            process.send_signal(signal.SIGKILL)
    with started(*COMMAND, cwd=small_course) as process:
        read_lines(process, rng.randrange(5, 15))
        os.kill(rng.choice(grading_processes(process.pid)), signal.SIGKILL)
        assert process.stdout is not None
        rest = process.stdout.read()
        assert process.wait() == 0, rest
    assert points(small_course) == {student: POINTS[code] for student, code in codes.items()}
    assert [*half_written(small_course), *left_behind(small_course)] == []
    assert len([*(small_course / "reports" / ASSIGNMENT / "results").glob("*.json")]) == 100
    assert [pid for pid in seen if is_running(pid)] == []


@pytest.mark.slow
def test_interrupted(small_course: Path):
    """Ctrl-C ends a run at once, with a word and its exit code; the next one does only what is left."""
    shorten_time(small_course)
    codes = {f"s{number:03d}": HANGING if 3 <= number < 9 else RIGHT for number in range(12)}
    for student, code in codes.items():
        hand_in(small_course, student, code)
    with started(*COMMAND, cwd=small_course) as process:
        read_lines(process, 3)
        process.send_signal(signal.SIGINT)
        assert process.stdout is not None
        words = process.stdout.read()
        assert process.wait() == 130
    assert "Stopped. What is graded stays" in words
    assert half_written(small_course) == []
    done = len(points(small_course))
    assert 3 <= done < 12
    rest = run(*COMMAND, cwd=small_course)
    assert rest.returncode == 0
    assert f"{12 - done}   graded" in rest.stdout
    assert points(small_course) == {student: POINTS[code] for student, code in codes.items()}
    assert left_behind(small_course) == []


@pytest.mark.slow
def test_a_full_disk_and_a_locked_gradebook_stop_the_run(small_course: Path):
    """It says which it was, leaves nothing half-written, and goes on once there is room and no lock."""
    hand_in(small_course, "s001", RIGHT + "\nprint('x' * 600_000)")
    full = run("bash", "-c", "ulimit -f 400 && exec " + " ".join(COMMAND), cwd=small_course)
    assert full.returncode == 3, full.stdout
    assert "File too large" in full.stdout
    assert [*half_written(small_course), *left_behind(small_course)] == []
    assert points(small_course) == {}

    with (small_course / "nbgrader_config.py").open("a") as config:
        config.write(f"c.CourseDirectory.db_url = {db_url(small_course) + '?timeout=0.1'!r}\n")
    before = dump(db_url(small_course))
    other = sqlite3.connect(small_course / "gradebook.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    locked = run(*COMMAND, cwd=small_course)
    assert locked.returncode == 3, locked.stdout
    assert "database is locked" in locked.stdout
    other.rollback()
    other.close()
    assert half_written(small_course) == []
    assert dump(db_url(small_course)) == before
    assert run(*COMMAND, cwd=small_course).returncode == 0
    assert points(small_course) == {"s001": 5.0}
