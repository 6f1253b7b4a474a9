"""Run a command again whenever an assignment changes, each time in a fresh process that imports the graders anew."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import NoReturn

from rich.console import Console

from fairgrade.course import Course

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
        seen = course.changed_at()
        command = [sys.executable, "-m", "fairgrade", *arguments, "--course", str(course.root)]
        subprocess.run(command, check=False)  # noqa: S603 - this very package
        console.print("Waiting for a change; Ctrl-C stops.", highlight=False)
        while course.changed_at() == seen:
            time.sleep(PAUSE_S)
