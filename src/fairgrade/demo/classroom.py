"""A demonstration class from start to end: set up its folder, hand in, grade, give feedback, export.

The class lives in a folder of its own, a complete nbgrader course that shares the real one's source and
graders. Every step is a command of nbgrader's or ours, so what works here works in the real course.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook

from fairgrade import __version__
from fairgrade.autograde.command import open_run
from fairgrade.autograde.run import Run
from fairgrade.course import CONFIG, Course, CourseError
from fairgrade.demo.canvas_file import canvas_gradebook
from fairgrade.demo.class_plan import SubmissionPlan, plan_class
from fairgrade.demo.student_names import student_name
from fairgrade.demo.submission_files import DUE, solution_cells, write_submission
from fairgrade.isolation.errors import SandboxUnavailable
from fairgrade.isolation.settings import Isolation
from fairgrade.isolation.student_process import Zygote

STAMP = "demo_class.json"
LOG = "nbgrader.log"
CANVAS = "canvas.csv"


class StepFailed(CourseError):
    """A step of the demonstration failed; the message says which, and where to look."""


@dataclass(frozen=True)
class Classroom:
    """The folder of a demonstration class.

    Attributes
    ----------
    course : Course
        The course it demonstrates.
    assignment : str
    folder : Path
    students, seed : int
        Its size, and what it is drawn from.
    """

    course: Course
    assignment: str
    folder: Path
    students: int
    seed: int

    @property
    def db_url(self) -> str:
        """The gradebook of the class."""
        return f"sqlite:///{self.folder / 'gradebook.db'}"

    def plans(self) -> list[SubmissionPlan]:
        """The planned submissions."""
        cells = solution_cells(nbformat.read(self._released(), as_version=4))
        exercises = self.course.exercises(self.assignment)
        questions = self.course.written_questions(self.assignment)
        return plan_class(exercises, questions, cells, self.students, self.seed)

    # -- steps, in order ----------------------------------------------------------------------

    def set_up(self, *, afresh: bool = False) -> bool:
        """Make the folder with its release and submissions, unless it exists and is current.

        Parameters
        ----------
        afresh : bool
            Make it again in any case.

        Returns
        -------
        bool
            Whether it had to be made.

        Raises
        ------
        CourseError
            If the folder holds something else, or the course has no such assignment.
        """
        self.course.notebooks(self.assignment)
        stamp = self.folder / STAMP
        if self.folder.exists() and any(self.folder.iterdir()):
            if not stamp.is_file():
                raise CourseError(
                    f"{self.folder}: expected an empty folder or a demonstration class, found something else. "
                    "Name another folder with --folder."
                )
            if not afresh and json.loads(stamp.read_text()) == self._stamp():
                return False
            shutil.rmtree(self.folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        stamp.write_text("{}\n")  # it is ours from here on, but not yet complete
        (self.folder / "graders").symlink_to(self.course.root / "graders")
        (self.folder / CONFIG).write_text(_config(self.course.root, self.lacks_sandbox))
        shutil.copytree(self.course.root / "source" / self.assignment, self.folder / "source" / self.assignment)
        self._run("nbgrader", "generate_assignment", self.assignment, "--force")
        with Gradebook(self.db_url) as gradebook:
            gradebook.update_or_create_assignment(self.assignment, duedate=DUE.replace(tzinfo=None))
            for number, plan in enumerate(plans := self.plans(), start=1):
                first, last = student_name(number)
                gradebook.update_or_create_student(plan.student, first_name=first, last_name=last)
        for plan in plans:
            write_submission(self._released(), plan, self.folder / "submitted", self.assignment)
        stamp.write_text(json.dumps(self._stamp(), indent=1) + "\n")
        return True

    @cached_property
    def lacks_sandbox(self) -> str:
        """Why student code can't be isolated on this machine, and what would help; empty if it can."""
        try:
            Zygote(Isolation()).close()
        except SandboxUnavailable as error:
            return str(error)
        return ""

    def autograding(self) -> AbstractContextManager[Run]:
        """A run of ``fairgrade autograde`` over the class."""
        return open_run(Course(self.folder), self.assignment)

    def give_feedback(self) -> None:
        """Write a page of feedback for each graded submission."""
        self._run("nbgrader", "generate_feedback", self.assignment)

    def export(self) -> Path:
        """Write the scores to ``grades.csv``."""
        self._run("nbgrader", "export")
        return self.folder / "grades.csv"

    def fill_canvas_file(self) -> Path:
        """Write a gradebook file as Canvas has it, and fill it with the points of the class."""
        with Gradebook(self.db_url) as gradebook:
            students = [
                (one.id, f"{one.last_name or one.id}, {one.first_name or one.id}") for one in gradebook.students
            ]
            points = float(gradebook.find_assignment(self.assignment).max_score)
        text = canvas_gradebook(students, self.assignment, points)
        (self.folder / CANVAS).write_text(text, encoding="utf-8")
        self._run("fairgrade", "export", self.assignment, "--to", "canvas", "--template", CANVAS, "--yes")
        return self.folder / "exports" / CANVAS

    # -- how ----------------------------------------------------------------------------------

    def _released(self) -> Path:
        """The released notebook that students fill in."""
        return sorted((self.folder / "release" / self.assignment).glob("*.ipynb"))[0]

    def _stamp(self) -> dict[str, object]:
        """The inputs of the class; if they change, the class is made again."""
        digest = hashlib.sha256()
        graders = self.course.root / "graders"
        for path in [
            *self.course.notebooks(self.assignment),
            self.course.root / CONFIG,
            *sorted(graders.rglob("*.py")),
        ]:
            digest.update(path.read_bytes())
        return {
            "fairgrade": __version__,
            "assignment": self.assignment,
            "students": self.students,
            "seed": self.seed,
            "made_from": digest.hexdigest(),
        }

    def _run(self, program: str, *command: str) -> None:
        """Run a command of nbgrader's or ours in the folder, and keep its output in the log."""
        with (self.folder / LOG).open("a") as log:
            done = subprocess.run(  # noqa: S603 - the command is one of ours
                [sys.executable, "-m", program, *command],
                cwd=self.folder,
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                check=False,
            )
        if done.returncode != 0:
            raise StepFailed(
                f"{program} {' '.join(command)}: expected exit code 0, got {done.returncode}. See {self.folder / LOG}."
            )


def _environment() -> dict[str, str]:
    """The environment for nbgrader, which looks for alembic on the PATH: next to the interpreter, activated or not."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    return {**os.environ, "PATH": path}


def _config(root: Path, lacks_sandbox: str) -> str:
    unsafe = """
# This machine has no sandbox. The code of a demonstration class is our own, so it is graded without one.
c.Isolation.backend = "none"
"""
    return f'''"""A demonstration class: the real course's configuration, with a folder of its own."""

from pathlib import Path

c = get_config()  # noqa: F821 - traitlets puts it there
load_subconfig({CONFIG!r}, path={str(root)!r})  # noqa: F821

c.CourseDirectory.root = str(Path(__file__).resolve().parent)
{unsafe if lacks_sandbox else ""}'''
