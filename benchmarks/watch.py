"""How fast ``fairgrade watch`` answers: from a student's Submit to the page, and a whole class at the last minute.

``python benchmarks/watch.py`` makes a class of ``part5_training`` as benchmarks/classroom.py does, with one submission
in fifty that hangs, and an exchange; it starts the real watcher, with feedback in points. Then it measures

- singly: students submit one after the other, each when the page of the one before is there. The time runs from the
  call that the Submit button makes (nbgrader's ExchangeSubmit) until the page is where ``nbgrader fetch_feedback``
  finds it;
- at once: all others submit, evenly spread over the minute before the due date. The time runs from the first submit
  until all are graded, and until all pages are there.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import statistics
import subprocess
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
from classroom import ASSIGNMENT, FIRST_THAT_HANGS, HANGS_EVERY, NOTEBOOK, ROOT, environment, make_class
from nbgrader.api import Gradebook
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange.default import ExchangeSubmit
from nbgrader.utils import notebook_hash
from traitlets.config import Config

COURSE_ID = "neural_network_fundamentals"
LOOK_S = 0.005
SINGLY, AT_ONCE = 21, 300


class Exchange:
    """An exchange with the released assignment, and a watcher over it."""

    def __init__(self, course: Path, folder: Path) -> None:
        self.course, self.root = course, folder / "exchange"
        for name, mode in (("inbound", 0o733), ("outbound", 0o755), ("feedback", 0o711)):
            (self.root / COURSE_ID / name).mkdir(parents=True)
            (self.root / COURSE_ID / name).chmod(mode)
        (self.root / COURSE_ID / "outbound" / ASSIGNMENT).symlink_to(course / "release" / ASSIGNMENT)
        (course / "submitted").rename(folder / "homes")  # where students work
        self.homes = folder / "homes"
        self.caches = folder / "caches"
        with (course / "nbgrader_config.py").open("a") as config:
            config.write(
                f"c.Exchange.root = {str(self.root)!r}\nc.ExchangeCollect.check_owner = False\n"
                "c.InstantFeedback.shows = 'points'\n"
            )

    def submit(self, student: str) -> Path:
        """Hand in; return where the page will be."""
        exchange = {
            "root": str(self.root),
            "cache": str(self.caches / student),
            "assignment_dir": str(self.homes / student),
        }
        config = Config({"Exchange": exchange})
        course = CourseDirectory(course_id=COURSE_ID, assignment_id=ASSIGNMENT, student_id=student, config=config)
        ExchangeSubmit(coursedir=course, authenticator=Authenticator(config=config), config=config).start()
        (secret,) = (self.caches / student / COURSE_ID).glob("*/submission_secret.txt")
        name = notebook_hash(secret=secret.read_text(), notebook_id=Path(NOTEBOOK).stem)
        return self.root / COURSE_ID / "feedback" / f"{name}.html"

    def graded(self) -> int:
        """How many results are complete."""
        return len(list((self.course / "reports" / ASSIGNMENT / "results").glob("[!.]*.json")))


def wait_for(is_there: object, process: subprocess.Popen[str]) -> float:
    """Wait for it; return when it was there."""
    assert callable(is_there)
    while not is_there():
        if process.poll() is not None:
            raise SystemExit("fairgrade watch ended; see its log.")
        time.sleep(LOOK_S)
    return time.perf_counter()


def singly(exchange: Exchange, students: list[str], process: subprocess.Popen[str]) -> dict[str, float]:
    """Seconds from Submit to the page, one student after the other."""
    seconds = []
    for student in students:
        began = time.perf_counter()
        page = exchange.submit(student)
        seconds.append(wait_for(page.exists, process) - began)
    ordered = sorted(seconds)
    return {
        "students": len(students),
        "median_s": statistics.median(ordered),
        "least_s": ordered[0],
        "most_s": ordered[-1],
    }


def at_once(exchange: Exchange, students: list[str], process: subprocess.Popen[str]) -> dict[str, float]:
    """Seconds until a class is graded that hands in within a minute."""
    due = datetime.now(UTC) + timedelta(seconds=62)
    with Gradebook(f"sqlite:///{exchange.course / 'gradebook.db'}") as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate=due.replace(tzinfo=None))
    before, began = exchange.graded(), time.perf_counter()
    pages = []
    for number, student in enumerate(students):
        time.sleep(max(0.0, began + 60 * number / len(students) - time.perf_counter()))
        pages.append(exchange.submit(student))
    submitted_s = time.perf_counter() - began
    graded_s = wait_for(lambda: exchange.graded() - before >= len(students), process) - began
    pages_s = wait_for(lambda: all(page.exists() for page in pages), process) - began
    return {"students": len(students), "submitted_s": submitted_s, "graded_s": graded_s, "pages_s": pages_s}


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--singly", type=int, default=SINGLY, help="how many students submit one after the other")
    parser.add_argument("--at-once", type=int, default=AT_ONCE, help="how many submit within the last minute")
    parser.add_argument("--results", type=Path, default=ROOT / "build" / "watch.json")
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    options.results.parent.mkdir(parents=True, exist_ok=True)
    # Not below /tmp, which a sandbox has for itself.
    with tempfile.TemporaryDirectory(dir=options.results.parent) as folder:
        course = make_class(Path(folder) / "course", options.singly + options.at_once)
        exchange = Exchange(course, Path(folder))
        students = sorted(path.name for path in exchange.homes.iterdir())
        hanging = students[FIRST_THAT_HANGS::HANGS_EVERY]
        first = [student for student in students if student not in hanging][: options.singly]
        others = [student for student in students if student not in first]
        log = options.results.with_suffix(".log")
        with log.open("w") as output:
            process = subprocess.Popen(
                ["fairgrade", "watch", ASSIGNMENT], cwd=course, env=environment() | {"PYTHONUNBUFFERED": "1"},
                stdout=output, stderr=subprocess.STDOUT, text=True,
            )  # fmt: skip
        try:
            wait_for(lambda: "Ready" in log.read_text(), process)
            found = {"load": os.getloadavg()[0], "processors": len(os.sched_getaffinity(0))}
            found["singly"] = singly(exchange, first, process)
            if others:
                found["at_once"] = at_once(exchange, others, process)
            watcher = psutil.Process(process.pid)
            family = [watcher, *watcher.children(recursive=True)]
            found["memory_mb"] = sum(each.memory_full_info().pss for each in family) / 1e6
        finally:
            process.terminate()
            process.wait()
    options.results.write_text(json.dumps(found, indent=1) + "\n")
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
