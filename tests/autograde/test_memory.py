"""What the coordinator keeps in memory does not grow with the size of submissions."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from fairgrade.autograde.waiting import WaitingSubmission, has_room
from fairgrade.intake import NotebookLimits
from fairgrade.isolation.lost_tests import Attempt
from fairgrade.nbgrader.course_directory import CarefulCourse
from fairgrade.nbgrader.intake_exporter import Intake

MIB = 1 << 20


@pytest.mark.parametrize(
    ("waiting_mib", "expected"),
    [
        ([], True),
        ([1], True),
        ([1, 1, 1], True),
        ([1, 1, 1, 1], False),  # twice as many as are graded at once
        ([33], False),
        ([10, 10], True),
        ([20, 20], False),
    ],
)
def test_submissions_are_read_ahead_as_far_as_they_are_small(waiting_mib: list[int], expected: bool):
    """With two jobs up to four, and none beyond 16 MiB per job; one at least, whatever its size."""
    waiting = [WaitingSubmission("s001", bytes(mib * MIB), Attempt(), {}) for mib in waiting_mib]
    assert has_room(waiting, jobs=2) is expected


def test_the_memory_told_is_not_that_of_the_process_that_started_it():
    """The starter's 400 MB are counted by getrusage, since they outlive exec."""
    child = "from fairgrade.autograde.result import most_memory_bytes; print(most_memory_bytes())"
    starter = (
        "import subprocess, sys\n"
        "much = b'x' * 400_000_000\n"
        f"print(subprocess.run([sys.executable, '-c', {child!r}], capture_output=True, text=True, check=True).stdout)"
    )
    told = subprocess.run([sys.executable, "-c", starter], capture_output=True, text=True, check=True).stdout
    assert 5_000_000 < int(told) < 350_000_000


def test_all_limits_on_notebooks_can_be_set():
    """As c.Intake.<name>."""
    config = Config(Intake={"notebook_bytes": 1, "parsed_bytes": 2, "most_cells": 3, "text_bytes": 4})
    assert Intake(config=config).limits == NotebookLimits(file_bytes=1, parsed_bytes=2, cells=3, source_bytes=4)


def test_a_timestamp_that_is_too_large_is_not_called_a_notebook(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    """It counts as none, and the log says why."""
    (tmp_path / "timestamp.txt").write_text("2030-01-31 23:59:00 UTC" + " " * 1000)
    course = CarefulCourse(CourseDirectory(root=str(tmp_path)))
    course.log = logging.getLogger("timestamps")
    assert course.get_existing_timestamp(str(tmp_path)) is None
    assert [record.getMessage() for record in caplog.records] == [
        f"{tmp_path}/timestamp.txt: expected a small file with a time, but it has more than 100 bytes."
    ]
