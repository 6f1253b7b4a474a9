"""The course folder: where things are, and which exercises its graders define."""

from __future__ import annotations

import importlib
import pkgutil
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TypeVar

from fairgrade.grading import Exercise, WrittenQuestion

CONFIG = "nbgrader_config.py"

Item = TypeVar("Item", Exercise, WrittenQuestion)


class CourseError(Exception):
    """The course folder lacks something; the message says what, and what to do."""


@dataclass(frozen=True)
class Course:
    """A course: the folder that holds ``nbgrader_config.py`` and ``source/``.

    Its ``graders/`` are missing where tests were written without fairgrade.
    """

    root: Path

    @classmethod
    def at(cls, folder: Path) -> Course:
        """The course at `folder` or at the nearest folder above it.

        Raises
        ------
        CourseError
            If there is none.
        """
        for root in (folder.resolve(), *folder.resolve().parents):
            if (root / CONFIG).is_file() and (root / "source").is_dir():
                return cls(root)
        raise CourseError(
            f"{folder}: expected a course, a folder with {CONFIG} and source/, found none here or above. "
            "Change into the course's folder, or name it with --course."
        )

    def assignments(self) -> list[str]:
        """The names of the assignments that have a source notebook, in alphabetical order."""
        return sorted({path.parent.name for path in (self.root / "source").glob("*/*.ipynb")})

    def notebooks(self, assignment: str) -> list[Path]:
        """The source notebooks of an assignment, in order of their names.

        Raises
        ------
        CourseError
            If there is no such assignment.
        """
        found = sorted((self.root / "source" / assignment).glob("*.ipynb"))
        if not found:
            have = ", ".join(self.assignments()) or "none"
            raise CourseError(f"source/{assignment}: expected a notebook, found none. Assignments here: {have}.")
        return found

    def changed_at(self, assignment: str = "") -> dict[Path, int]:
        """When the files that decide about grading were changed: configuration, graders and source, in nanoseconds.

        Parameters
        ----------
        assignment : str, optional
            Look at the source of this one only.
        """
        found = [
            self.root / CONFIG,
            *(self.root / "source" / assignment).rglob("*"),
            *(self.root / "graders").rglob("*"),
        ]
        return {path: path.stat().st_mtime_ns for path in found if path.suffix != ".pyc" and path.is_file()}

    def exercises(self, assignment: str) -> list[Exercise]:
        """The exercises that ``graders.<assignment>`` and its modules define, by name.

        Raises
        ------
        CourseError
            If a module can't be imported or none defines an exercise.
        """
        found = self._defined(assignment, Exercise)
        if not found:
            raise CourseError(f"graders/{assignment}: expected modules that define an exercise, found none.")
        return sorted(found, key=lambda exercise: exercise.name)

    def written_questions(self, assignment: str) -> list[WrittenQuestion]:
        """The written questions that ``graders.<assignment>`` and its modules define, by name; there may be none."""
        return sorted(self._defined(assignment, WrittenQuestion), key=lambda question: question.name)

    def _defined(self, assignment: str, kind: type[Item]) -> set[Item]:
        return {item for module in self.graders(assignment) for item in vars(module).values() if isinstance(item, kind)}

    def has_graders(self, assignment: str) -> bool:
        """Whether there is a package ``graders.<assignment>``; tests of other courses need none."""
        return (self.root / "graders" / assignment).is_dir()

    def graders(self, assignment: str) -> list[ModuleType]:
        """The package ``graders.<assignment>`` and its modules.

        Raises
        ------
        CourseError
            If there is none, or one of them can't be imported.
        """
        if not self.has_graders(assignment):
            raise CourseError(
                f"graders/{assignment}: expected a package with this assignment's graders, found none. Without them, "
                f"fairgrade autograde, report and preview work all the same: fairgrade adopt {assignment}"
            )
        if str(self.root) not in sys.path:
            sys.path.insert(0, str(self.root))
        try:
            return import_graders(assignment)
        except Exception as error:
            raise CourseError(
                f"{self.line_of(error, 'graders') or f'graders/{assignment}'}: "
                f"expected a package that can be imported, got {type(error).__name__}: {error}."
            ) from error

    def line_of(self, error: Exception, below: str) -> str:
        """Return the file and line that an error comes from, in a file or folder of the course; empty if in neither."""
        if isinstance(error, SyntaxError) and error.filename:
            places = [(Path(error.filename), error.lineno)]
        else:
            places = [(Path(frame.filename), frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
        own = [
            f"{path.relative_to(self.root)}:{line}" for path, line in places if path.is_relative_to(self.root / below)
        ]
        return own[-1] if own else ""


def import_graders(assignment: str) -> list[ModuleType]:
    """Import the package ``graders.<assignment>``, and the modules and packages in it."""
    package = importlib.import_module(f"graders.{assignment}")
    modules = pkgutil.iter_modules(getattr(package, "__path__", ()), f"{package.__name__}.")
    return [package, *(importlib.import_module(module.name) for module in modules)]
