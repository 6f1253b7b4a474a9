"""Run a command again whenever an assignment changes, each time in a fresh process that imports the graders anew."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import NoReturn

from rich.console import Console

from fairgrade.course import CONFIG, Course

PAUSE_S = 0.5


def run_again_on_changes(course: Course, arguments: list[str], console: Console) -> NoReturn:
    """Run ``fairgrade`` with these arguments, and again after each change, until Ctrl-C.

    Parameters
    ----------
    course : Course
        Its source, graders and configuration are watched.
    arguments : list of str
    console : Console
    """
    while True:
        seen = _changed_at(course)
        command = [sys.executable, "-m", "fairgrade", *arguments, "--course", str(course.root)]
        subprocess.run(command, check=False)  # noqa: S603 - this very package
        console.print("Waiting for a change; Ctrl-C stops.", highlight=False)
        while _changed_at(course) == seen:
            time.sleep(PAUSE_S)


def _changed_at(course: Course) -> dict[Path, int]:
    watched = [
        course.root / CONFIG,
        *(course.root / "source").rglob("*.ipynb"),
        *(course.root / "graders").rglob("*.py"),
    ]
    return {path: path.stat().st_mtime_ns for path in watched if path.exists()}
