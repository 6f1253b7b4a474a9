"""An exchange to hand in to, with the real ``nbgrader submit`` in this process, as JupyterLab runs it."""

from __future__ import annotations

import io
import os
import shutil
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange.default import ExchangeFetchFeedback, ExchangeSubmit
from rich.console import Console
from traitlets.config import Config

from fairgrade.autograde.pool import ForkServer
from fairgrade.course import Course
from fairgrade.watch.watching_loop import watch_assignment
from tests.autograde.classes import ASSIGNMENT, RIGHT
from tests.notebooks import filled_in

COURSE_ID = "neural_network_fundamentals"


@dataclass
class TestExchange:
    """An exchange, and where students work.

    Attributes
    ----------
    course, root, homes : Path
    """

    __test__ = False
    course: Path
    root: Path
    homes: Path

    @property
    def inbound(self) -> Path:
        """Where submissions arrive."""
        return self.root / COURSE_ID / "inbound"

    def submit(self, student: str, code: str = RIGHT, answer: str = "Because.") -> Path:
        """Hand in; gives the folder in the exchange."""
        work = self.homes / student / ASSIGNMENT
        work.mkdir(parents=True, exist_ok=True)
        notebook = nbformat.read(self.course / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4)
        filled_in(notebook, {"double": code, "why": answer})
        nbformat.write(notebook, work / f"{ASSIGNMENT}.ipynb")
        before = set(self.inbound.iterdir())
        self._run(ExchangeSubmit, student)
        (made,) = set(self.inbound.iterdir()) - before
        return made

    def fetch_feedback(self, student: str) -> list[Path]:
        """Fetch all pages there are for a student; gives them, the newest last."""
        self._run(ExchangeFetchFeedback, student)
        return sorted((self.homes / student / ASSIGNMENT / "feedback").glob("*/*.html"))

    def _run(self, step: type, student: str) -> None:
        home = self.homes / student
        config = Config(
            {"Exchange": {"root": str(self.root), "cache": str(home / "cache"), "assignment_dir": str(home)}}
        )
        course = CourseDirectory(course_id=COURSE_ID, assignment_id=ASSIGNMENT, student_id=student, config=config)
        step(coursedir=course, authenticator=Authenticator(config=config), config=config).start()


def open_exchange(course: Path, folder: Path, *, check_owner: bool = False) -> TestExchange:
    """Make an exchange for a course, in which the assignment is released."""
    root = folder / "exchange"
    shutil.copytree(course / "release" / ASSIGNMENT, root / COURSE_ID / "outbound" / ASSIGNMENT)
    (root / COURSE_ID / "inbound").mkdir()
    (root / COURSE_ID / "inbound").chmod(0o733)
    (root / COURSE_ID / "feedback").mkdir(mode=0o711)
    root.chmod(0o777)
    with (course / "nbgrader_config.py").open("a") as config:
        config.write(f"c.Exchange.root = {os.fspath(root)!r}\nc.ExchangeCollect.check_owner = {check_owner}\n")
    return TestExchange(course, root, folder / "homes")


def watch_once(course: Path) -> tuple[int, str]:
    """Handle what is there; gives the exit code and what was said."""
    said = io.StringIO()
    with closing(ForkServer()) as server:
        console = Console(file=said, width=200)
        code = watch_assignment(Course.at(course), ASSIGNMENT, console, once=True, jobs=1, server=server)
    return code, said.getvalue()
