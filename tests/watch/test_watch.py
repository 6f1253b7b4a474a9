"""``fairgrade watch``, the real command: it grades what arrives, and whatever ends it loses nothing."""

from __future__ import annotations

import re
import signal
import subprocess
from pathlib import Path

import pytest

from tests.autograde.classes import ASSIGNMENT, GRADERS, HANGING, RIGHT, WRONG, hand_in, points, shorten_time
from tests.conftest import run, started
from tests.watch.exchange import watch_once

COMMAND = ("fairgrade", "watch", ASSIGNMENT, "--jobs", "2")

pytestmark = pytest.mark.slow


def read_until(process: subprocess.Popen[str], pattern: str) -> list[str]:
    """Wait for a line; gives all up to it, without the time they begin with."""
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line.strip().partition(" ")[2])
        if re.search(pattern, line):
            return lines
    raise AssertionError(f"the watcher ended before it said {pattern!r}: {lines}")


def test_it_grades_what_arrives_until_it_is_stopped_and_goes_on_afterwards(small_course: Path):
    """New and changed work is graded; a second watcher is refused; after SIGKILL nothing is graded twice."""
    hand_in(small_course, "s001")
    with started(*COMMAND, cwd=small_course) as watcher:
        read_until(watcher, r"s001: 5 of 9 points")
        hand_in(small_course, "s002", WRONG)
        read_until(watcher, r"s002: 1 of 9 points")
        hand_in(small_course, "s002", RIGHT)
        read_until(watcher, r"s002: 5 of 9 points")
        other = run(*COMMAND, cwd=small_course)
        assert other.returncode == 3
        assert f"expected to be the only watcher of it, found another (process {watcher.pid})" in other.stdout
        watcher.send_signal(signal.SIGKILL)
    hand_in(small_course, "s003")
    with started(*COMMAND, cwd=small_course) as watcher:
        assert [line[:5] for line in read_until(watcher, r"s003: 5 of 9 points")] == ["Watch", "Ready", "s003:"]
        grader = small_course / "graders" / ASSIGNMENT / "__init__.py"
        grader.write_text(GRADERS.replace("loses=2", "loses=1"))
        read_until(watcher, r"The assignment has changed")
        read_until(watcher, r"Ready")
        lines = [*read_until(watcher, r"s00\d: 5"), *read_until(watcher, r"s00\d: 5"), *read_until(watcher, r"s00\d")]
        assert sorted(line[:5] for line in lines) == ["s001:", "s002:", "s003:"]
        watcher.send_signal(signal.SIGTERM)
        assert watcher.wait() == 0
    assert points(small_course) == {"s001": 5.0, "s002": 5.0, "s003": 5.0}


def test_once_handles_all_that_is_there(small_course: Path):
    """Broken and hanging work among it; a second time, nothing is left to do."""
    shorten_time(small_course)
    hand_in(small_course, "s001")
    hand_in(small_course, "s002", HANGING)
    hand_in(small_course, "s003").write_text("{ not a notebook")
    forged = "s004\n12:00:00 s999: 9 of 9 points"
    hand_in(small_course, forged)
    code, said = watch_once(small_course)
    assert code == 0, said
    assert "s003: 0 of 9 points" in said
    assert "the file is not valid JSON" in said
    assert "All that is there: 4 graded, 0 unchanged, 0 not graded." in said
    assert not re.search(r"^12:00:00", said, re.MULTILINE)
    assert points(small_course) == {"s001": 5.0, "s002": 0.0, "s003": 0.0, forged: 5.0}
    assert "0 graded, 4 unchanged" in watch_once(small_course)[1]


def test_a_source_that_earns_too_little_is_refused(small_course: Path, capsys: pytest.CaptureFixture[str]):
    """With the words and the exit code of fairgrade autograde."""
    hand_in(small_course, "s001")
    grader = small_course / "graders" / ASSIGNMENT / "__init__.py"
    grader.write_text(GRADERS.replace("2 * x", "3 * x"))
    assert watch_once(small_course)[0] == 3
    assert "Preflight: expected the source of ps1 to earn all points" in capsys.readouterr().err
    assert points(small_course) == {}
