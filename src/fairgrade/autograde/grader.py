"""The pure part: a submission in, graded notebooks out. No database, no course folder."""

from __future__ import annotations

import json
import pickle
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4.rwbase import split_lines, strip_transient
from nbgrader.converters import Autograde
from nbgrader.preprocessors import AssignLatePenalties, CheckCellMetadata, NbGraderPreprocessor, SaveAutoGrades
from traitlets.config import Config

from fairgrade import __version__
from fairgrade.autograde.bundle import AssignmentBundle, SubmissionBundle, blueprints_of, files_for, sources_of
from fairgrade.autograde.result import CantGrade, NotebookResult, SubmissionResult, most_memory_bytes
from fairgrade.course import import_graders
from fairgrade.grading import Submission
from fairgrade.intake import Accepted, take_in_files
from fairgrade.intake.extra_files import write_files
from fairgrade.isolation.submission_inputs import SubmissionInputs
from fairgrade.nbgrader.autoscores import AUTOSCORES, AutoScores, ReadAutoScores
from fairgrade.nbgrader.cell_results import CellResult, Runs
from fairgrade.nbgrader.isolated_execute import INPUTS, IsolatedExecute
from fairgrade.nbgrader.missing_modules import missing_modules
from fairgrade.nbgrader.preflight import INSTRUCTOR, SourceGrading
from fairgrade.nbgrader.steps import autograde_steps
from fairgrade.notebook.cell import RECORD
from fairgrade.notebook.plan import NotebookPlan
from fairgrade.results import scores_in


class Grader:
    """Grades submissions of one assignment, one after the other.

    Parameters
    ----------
    bundle : AssignmentBundle

    Raises
    ------
    CantGrade
        If the bundle is of another version of fairgrade, or something in it can't be used.
    """

    def __init__(self, bundle: AssignmentBundle) -> None:
        if bundle.version != __version__:
            raise CantGrade(
                f"A worker: expected fairgrade {bundle.version}, got {__version__}. Install the same there."
            )
        self._bundle = bundle
        self._import_graders()
        config: Config = pickle.loads(bundle.config)  # noqa: S301 - from the coordinator, not from a student
        steps = autograde_steps(Autograde(config=config))
        if not any(issubclass(step, IsolatedExecute) for step in steps):
            raise CantGrade(
                "Autograde.autograde_preprocessors: expected IsolatedExecute among them, got "
                f"{', '.join(step.__name__ for step in steps)}. Student code runs in a sandbox or not at all."
            )
        self._steps = [step(config=config) for step in _without_gradebook(steps)]
        self._execute = next(step for step in self._steps if isinstance(step, IsolatedExecute))
        self._sources = sources_of(bundle)
        self._blueprints = blueprints_of(bundle, config)
        self._runs: Runs = {}
        self._plans = self._read({})

    def _read(self, runs: Runs) -> dict[str, NotebookPlan]:
        """What the sources say of their cells, where tests run as found out."""
        return {name: self._execute.read(source, runs.get(name)) for name, source in self._sources.items()}

    def grade(self, submission: SubmissionBundle) -> SubmissionResult:
        """Grade one submission.

        Raises
        ------
        InfraError
            If anything of ours fails; a submission that is merely wrong, or mad, gets its score.
        """
        began = time.perf_counter()
        if submission.runs != self._runs:
            self._runs, self._plans = submission.runs, self._read(submission.runs)
        files = files_for(self._bundle, submission)
        taken = take_in_files(self._blueprints, submission.notebooks, self._bundle.limits, submission.notes)
        with tempfile.TemporaryDirectory(prefix="fairgrade-") as folder:
            write_files(files, Path(folder))
            notebooks = tuple(
                self._notebook(name, taken[name], submission, files, Path(folder)) for name in sorted(taken)
            )
        seconds = time.perf_counter() - began
        return SubmissionResult(submission.student, submission.key, notebooks, seconds, most_memory_bytes())

    def grade_one(self, notebook: str, content: bytes, student: str, test: str) -> tuple[float, tuple[str, ...]]:
        """Grade one notebook as if it had been handed in; return a test cell's points and the misconceptions named.

        Raises
        ------
        InfraError
            If anything of ours fails.
        """
        result = self.grade(SubmissionBundle(student, {f"{notebook}.ipynb": content}, {}, (), "", ""))
        found = next(one for one in result.notebooks if one.name == notebook)
        score = scores_in(nbformat.reads(found.text, as_version=4)).get(test, {})
        return float(found.autoscores.scores.get(test) or 0.0), tuple(score.get("misconceptions", ()))

    def preflight(self) -> tuple[CellResult, ...]:
        """What the source itself earns, graded as submissions are."""
        bundle = self._bundle
        submission = Submission(bundle.assignment, INSTRUCTOR, bundle.secret)
        files = {**bundle.replaceable, **bundle.files}
        grading = SourceGrading(self._execute, submission, files, bundle.hidden, bundle.limits)
        found: list[CellResult] = []
        for name, source in self._sources.items():
            found += grading.grade(name, source, self._blueprints[name])
        return tuple(found)

    def _notebook(
        self, name: str, taken: Accepted, handed_in: SubmissionBundle, files: Mapping[str, bytes], folder: Path
    ) -> NotebookResult:
        bundle, student = self._bundle, handed_in.student
        submission = Submission(bundle.assignment, student, bundle.secret)
        nb = taken.notebook
        resources: Any = {
            "nbgrader": {"assignment": bundle.assignment, "student": student, "notebook": name},
            "metadata": {"name": name, "path": str(folder)},
            INPUTS: SubmissionInputs(
                self._plans[name], submission, files, folder, bundle.hidden, name, handed_in.skipped
            ),
        }
        for step in self._steps:
            nb, resources = step(nb, resources)
        return NotebookResult(
            name=name,
            text=_text_of(nb),
            autoscores=resources.get(AUTOSCORES, AutoScores()),
            seconds=resources["fairgrade_times"]["cells_s"],
            sandbox=nb.metadata[RECORD].get("sandbox", ""),
            refused=taken.refused.cause.value if taken.refused else "",
            notes=tuple(note.sentence for note in taken.notes),
            lacks=missing_modules(nb),
        )

    def _import_graders(self) -> None:
        """Have tests find the course's graders as the bundle has them, wherever this process runs."""
        self._folder = tempfile.TemporaryDirectory(prefix="fairgrade-graders-")
        write_files(self._bundle.graders, Path(self._folder.name))
        sys.path.insert(0, self._folder.name)
        if f"graders/{self._bundle.assignment}/__init__.py" in self._bundle.graders:
            try:
                import_graders(self._bundle.assignment)
            except Exception as error:
                # A test cell that can't import its grader would fail, and cost the student the points.
                raise CantGrade(
                    f"graders/{self._bundle.assignment}: expected a package that can be imported, got "
                    f"{type(error).__name__}: {error}."
                ) from error


def _without_gradebook(steps: Iterable[type[NbGraderPreprocessor]]) -> Iterator[type[NbGraderPreprocessor]]:
    """The steps for a process that has no gradebook.

    Late penalties are left to whoever records the result. The metadata of cells are the same in each notebook that
    intake makes, and were checked when the source was read.
    """
    for step in steps:
        if issubclass(step, SaveAutoGrades):
            yield ReadAutoScores
        elif not issubclass(step, AssignLatePenalties | CheckCellMetadata):
            yield step


def _text_of(nb: NotebookNode) -> str:
    """A notebook as nbformat.write makes it, which would copy it first, and look for mistakes only to log them."""
    lines = split_lines(strip_transient(nb))
    return json.dumps(lines, ensure_ascii=False, indent=1, separators=(",", ": "), sort_keys=True) + "\n"
