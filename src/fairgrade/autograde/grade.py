"""The pure part: a submission in, graded notebooks out. No database, no course folder."""

from __future__ import annotations

import importlib
import pickle
import resource
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.converters import Autograde
from nbgrader.nbgraderformat import MetadataValidator, ValidationError
from nbgrader.nbgraderformat.common import SchemaMismatchError
from nbgrader.preprocessors import AssignLatePenalties, CheckCellMetadata, SaveAutoGrades
from traitlets.config import Config

from fairgrade import __version__
from fairgrade.autograde.inputs import HandedIn, Kit
from fairgrade.grading import InfraError, Submission
from fairgrade.intake import Blueprint, Taken, take_in_files
from fairgrade.intake.taken import RECORD
from fairgrade.isolation import cells
from fairgrade.nbgrader.gradebook import FlagRefused
from fairgrade.nbgrader.intake import Intake
from fairgrade.nbgrader.isolated_execute import IsolatedExecute, run_notebook, submitted_files


@dataclass(frozen=True)
class GradedNotebook:
    """One notebook of a submission, graded.

    Attributes
    ----------
    name : str
    text : str
        The notebook's file.
    scores : mapping of str to float or None
        By the grade_id of graded cells; None where a person has to grade.
    comments : mapping of str to str or None
        By the grade_id of the cells a student writes.
    seconds : mapping of str to float
        What each cell took.
    sandbox : str
        Which one it ran in; empty if it did not run.
    refused : str
        Why it could not be graded and has 0 points, if so.
    notes : tuple of str
        What was unusual about it.
    """

    name: str
    text: str
    scores: Mapping[str, float | None]
    comments: Mapping[str, str | None]
    seconds: Mapping[str, float]
    sandbox: str
    refused: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Graded:
    """A submission, graded.

    Attributes
    ----------
    student, key : str
        As in what was handed in.
    notebooks : tuple of GradedNotebook
    files : mapping of str to bytes
        What lies beside the notebooks, the instructor's files in the place of the student's.
    seconds : float
        All it took.
    peak_bytes : int
        The most memory the grading process has had so far, its sandbox apart.
    """

    student: str
    key: str
    notebooks: tuple[GradedNotebook, ...]
    files: Mapping[str, bytes]
    seconds: float
    peak_bytes: int


class CantGrade(InfraError):
    """No submission can be graded with this kit here; the message says why."""


class Grader:
    """Grades submissions of one assignment, one after the other.

    Parameters
    ----------
    kit : Kit

    Raises
    ------
    CantGrade
        If the kit is of another version of fairgrade, or something in it can't be used.
    """

    def __init__(self, kit: Kit) -> None:
        if kit.version != __version__:
            raise CantGrade(f"A worker: expected fairgrade {kit.version}, got {__version__}. Install the same there.")
        self._kit = kit
        self._import_graders()
        config: Config = pickle.loads(kit.config)  # noqa: S301 - from the coordinator, not from a student
        steps = Autograde(config=config).autograde_preprocessors
        if not any(issubclass(step, IsolatedExecute) for step in steps):
            raise CantGrade(
                "Autograde.autograde_preprocessors: expected IsolatedExecute among them, got "
                f"{', '.join(step.__name__ for step in steps)}. Student code runs in a sandbox or not at all."
            )
        # The first two need the gradebook, so whoever records the result does their work. What the third looks at
        # is the same in each notebook that intake makes, so it is looked at once, below.
        apart = (FlagRefused, AssignLatePenalties, CheckCellMetadata)
        self._steps = [step(config=config) for step in steps if not issubclass(step, apart)]
        execute = next(step for step in self._steps if isinstance(step, IsolatedExecute))
        sources = sources_of(kit)
        for name, source in sources.items():
            self._check(name, source)
        self._blueprints = blueprints_of(kit, config)
        self._courses = {name: cells.read(source, execute.tests == "in-sandbox") for name, source in sources.items()}

    def grade(self, handed_in: HandedIn) -> Graded:
        """Grade one submission.

        Raises
        ------
        InfraError
            If anything of ours fails; a submission that is merely wrong, or mad, gets its score.
        """
        began = time.perf_counter()
        files = {**handed_in.files, **self._kit.files}
        with tempfile.TemporaryDirectory(prefix="fairgrade-") as folder:
            for path, content in files.items():
                target = Path(folder, path)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
            taken = take_in_files(self._blueprints, handed_in.notebooks, self._kit.limits, handed_in.notes)
            graded = tuple(self._notebook(name, taken[name], handed_in.student, Path(folder)) for name in sorted(taken))
        peak_bytes = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return Graded(handed_in.student, handed_in.key, graded, files, time.perf_counter() - began, peak_bytes)

    def _notebook(self, name: str, taken: Taken, student: str, folder: Path) -> GradedNotebook:
        nb = taken.notebook
        resources: Any = {
            "nbgrader": {"assignment": self._kit.assignment, "student": student, "notebook": name},
            "metadata": {"name": name, "path": str(folder)},
        }
        marks = Marks()
        seconds: dict[str, float] = {}
        for step in self._steps:
            if isinstance(step, IsolatedExecute):
                times = run_notebook(
                    nb,
                    self._courses[name],
                    Submission(self._kit.assignment, student, self._kit.secret),
                    step.isolation,
                    files=submitted_files(folder, step.isolation.submitted_bytes),
                    folder=folder,
                    hidden=self._kit.hidden,
                )
                seconds = times["cells_s"]
            elif isinstance(step, SaveAutoGrades):
                marks = marks_of(nb)
            else:
                nb, resources = step(nb, resources)
        return GradedNotebook(
            name=name,
            text=nbformat.writes(nb, version=4).rstrip("\n") + "\n",
            scores=marks.scores,
            comments=marks.comments,
            seconds=seconds,
            sandbox=nb.metadata[RECORD].get("sandbox", ""),
            refused=taken.refused.cause.value if taken.refused else "",
            notes=tuple(note.sentence for note in taken.notes),
        )

    def _check(self, name: str, source: NotebookNode) -> None:
        """Look whether nbgrader can read the marks of the source notebook."""
        try:
            MetadataValidator().validate_nb(source)
        except (ValidationError, SchemaMismatchError) as error:
            raise CantGrade(
                f"source/{self._kit.assignment}/{name}.ipynb: expected marks that nbgrader can read, got: {error}"
            ) from error

    def _import_graders(self) -> None:
        """Have tests find the course's graders as the kit has them, wherever this process runs."""
        self._folder = tempfile.TemporaryDirectory(prefix="fairgrade-graders-")
        for path, content in self._kit.graders.items():
            target = Path(self._folder.name, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        sys.path.insert(0, self._folder.name)
        if f"graders/{self._kit.assignment}/__init__.py" in self._kit.graders:
            try:
                importlib.import_module(f"graders.{self._kit.assignment}")
            except Exception as error:
                # A test cell that can't import its grader would fail, and cost the student the points.
                raise CantGrade(
                    f"graders/{self._kit.assignment}: expected a package that can be imported, got "
                    f"{type(error).__name__}: {error}."
                ) from error


def sources_of(kit: Kit) -> dict[str, NotebookNode]:
    """The source notebooks, parsed."""
    return {name: nbformat.reads(content.decode(), as_version=4) for name, content in kit.notebooks.items()}


def blueprints_of(kit: Kit, config: Config) -> dict[str, Blueprint]:
    """What the source notebooks say of their cells."""
    intake = Intake(config=config)
    return {name: intake.blueprint(source) for name, source in sources_of(kit).items()}


@dataclass(frozen=True)
class Marks:
    """What an executed notebook earns, by the grade_id of its cells; fields as in :class:`GradedNotebook`."""

    scores: dict[str, float | None] = field(default_factory=dict)
    comments: dict[str, str | None] = field(default_factory=dict)


def marks_of(nb: NotebookNode) -> Marks:
    """Read what nbgrader's SaveAutoGrades would save."""
    marks = Marks()
    for cell in nb.cells:
        if utils.is_grade(cell):
            marks.scores[cell.metadata.nbgrader["grade_id"]] = utils.determine_grade(cell)[0]
        if utils.is_solution(cell) or utils.is_task(cell):
            untouched = cell.metadata.nbgrader.get("checksum") == utils.compute_checksum(cell)
            comment = "No response." if untouched and not utils.is_task(cell) else None
            marks.comments[cell.metadata.nbgrader["grade_id"]] = comment
    return marks
