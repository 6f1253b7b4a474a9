"""nbgrader's Execute, with student code in a sandbox and every test outside of it."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from nbformat import NotebookNode
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool, Enum, Unicode

from fairgrade.grading.outcomes import InfraError
from fairgrade.grading.seeding import Submission
from fairgrade.intake import Blueprint, NotebookLimits
from fairgrade.intake.accepted import mark_ungraded, refusal_of
from fairgrade.intake.extra_files import files_in
from fairgrade.intake.notes import Refused
from fairgrade.intake.read import plain_bytes
from fairgrade.isolation.settings import Isolation
from fairgrade.nbgrader.autoscores import review_of
from fairgrade.nbgrader.missing_modules import missing_modules
from fairgrade.notebook.cell import add_to_record, grade_id_of
from fairgrade.notebook.plan import NotebookPlan, read_plan

if TYPE_CHECKING:  # they need what is defined here
    from fairgrade.nbgrader.auto import Runs
    from fairgrade.nbgrader.preflight import CellResult


class IsolatedExecute(NbGraderPreprocessor):
    """Run a submission's cells in a sandbox, and the instructor's tests over stand-ins in this process.

    Each test cell ends with one decisive output: the points it earns as a plain number, or an error.
    It takes the place of ``nbgrader.preprocessors.Execute`` in ``Autograde.autograde_preprocessors``.
    """

    tests = Enum(
        ["isolated", "auto", "in-sandbox"],
        default_value="isolated",
        help="""Where tests run: apart from student code ("isolated"), or in the sandbox, in a process of the student's
        whose code can decide how they end, if it tries ("in-sandbox"). With "auto", for courses that were written for
        one kernel, the preflight finds out test by test: isolated where the instructor's own work passes so.""",
    ).tag(config=True)
    preflight = Bool(
        True,
        help="""Whether the source must earn all points itself, graded as submissions are, before any of them is.
        Without that, each notebook's metadata says so. For a source that holds no solutions.""",
    ).tag(config=True)
    secret = Unicode("", help="A course's own salt for the random inputs of its tests.").tag(config=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.isolation = Isolation(parent=self)
        self.course_directory = CourseDirectory(parent=self)

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Run `nb` in place.

        Raises
        ------
        InfraError
            If anything of ours fails: nbgrader then records no score and lists the submission.
        """
        ids = resources["nbgrader"]
        folder = self._folder(resources, ids)
        handed_in = self._folder_of(self.course_directory.submitted_directory, ids)
        resources["fairgrade_times"] = self.run(
            nb,
            self._course(ids["assignment"], ids["notebook"]),
            self.submission(ids["assignment"], ids["student"]),
            folder=folder,
            handed_in=handed_in,
            hidden=self._hidden(),
        )
        return nb, resources

    def run(
        self,
        nb: NotebookNode,
        course: NotebookPlan,
        submission: Submission,
        *,
        folder: Path,
        handed_in: Path | None = None,
        hidden: Sequence[str] = (),
    ) -> dict[str, Any]:
        """Run `nb` in place, as :func:`~fairgrade.isolation.submission.run_submission` does, with this one's settings.

        Parameters
        ----------
        nb : NotebookNode
        course : NotebookPlan
        submission : Submission
        folder : Path
            The files beside the notebook.
        handed_in : Path, optional
            Where they were submitted.
        hidden : sequence of str
            Folders student code must not see.
        """
        # It loads the libraries that tests use. Who only reads settings here does without.
        from fairgrade.isolation.submission import not_run, run_submission  # noqa: PLC0415

        settings = self.isolation.of(submission.assignment)
        files = submitted_files(folder, settings.submitted_bytes, handed_in)
        if refusal_of(nb):
            mark_ungraded(nb)
            times = not_run()
        else:
            times = run_submission(nb, course, submission, settings, files=files, folder=folder, hidden=hidden)
        for name in missing_modules(nb):
            self.log.warning(
                "%s is not installed here, and a cell of this submission imports it. If it is to be there, type: "
                "%s -m pip install %s", name, sys.executable, name,
            )  # fmt: skip
        for cell in nb.cells:
            if reason := review_of(cell):
                self.log.warning("%s is for a person to look at: %s", grade_id_of(cell), reason)
        if not self.preflight:
            add_to_record(nb, preflight="skipped")
        return times

    def submission(self, assignment: str, student: str) -> Submission:
        """Whose work is graded, with the course's secret."""
        # The variable is how the same secret reaches the kernels of nbgrader's own Execute.
        return Submission(assignment, student, self.secret or Submission.from_environment().secret)

    def run_preflight(
        self, course: CourseDirectory, blueprints: Mapping[str, Blueprint], limits: NotebookLimits
    ) -> tuple[CellResult, ...]:
        """Grade the sources of the assignment themselves, unless they have passed already.

        Parameters
        ----------
        course : CourseDirectory
            With the assignment's name.
        blueprints : mapping of str to Blueprint
            Its notebooks.
        limits : NotebookLimits

        Returns
        -------
        tuple of CellResult
            What came of it.

        Raises
        ------
        InfraError
            If they don't earn all points.
        """
        from fairgrade.autograde.bundle import key_of_assignment  # noqa: PLC0415 - it needs what is defined here
        from fairgrade.nbgrader import auto, preflight  # noqa: PLC0415

        assignment = course.assignment_id
        submission = self.submission(assignment, preflight.INSTRUCTOR)
        root, reports = Path(course.root), Path(course.root) / "reports" / assignment
        key = key_of_assignment(course, root / "graders", assignment, self.config, submission.secret)
        results = preflight.passed(reports, key) or ()
        if results:
            _runs[os.path.realpath(course.root), assignment] = auto.runs_of(results)
            return results
        source = Path(course.format_path(course.source_directory, ".", assignment))
        files = {name: (source / name).read_bytes() for name in files_in(source, course.ignore)}
        for name, blueprint in blueprints.items():
            notebook = nbformat.read(source / f"{name}.ipynb", as_version=4)
            results += self.grade_source(
                name, notebook, blueprint, submission, files=files, hidden=self._hidden(), limits=limits
            )
        preflight.expect_all_points(results, assignment)
        _runs[os.path.realpath(course.root), assignment] = auto.runs_of(results)
        with contextlib.suppress(OSError):  # a course that can't be written to is graded elsewhere
            preflight.keep_passed(reports, key, results)
        return results

    def grade_source(
        self,
        name: str,
        source: NotebookNode,
        blueprint: Blueprint,
        submission: Submission,
        *,
        files: Mapping[str, bytes],
        hidden: Sequence[str],
        limits: NotebookLimits,
    ) -> tuple[CellResult, ...]:
        """Grade a source notebook as :func:`~fairgrade.nbgrader.preflight.grade_source` does, with this one's settings.

        With ``tests = "auto"`` this finds out how each of its tests has to run.
        """
        from fairgrade.nbgrader import auto, preflight  # noqa: PLC0415

        settings = self.isolation.of(submission.assignment)

        def grade(told: Mapping[str, str]) -> tuple[CellResult, ...]:
            return preflight.grade_source(
                name, source, blueprint, self.read(source, told), settings, submission,
                files=files, hidden=hidden, limits=limits,
            )  # fmt: skip

        return auto.grade_as_needed(grade, self.read(source)) if self.tests == "auto" else grade({})

    def read(self, source: NotebookNode, found: Mapping[str, str] | None = None) -> NotebookPlan:
        """What a source notebook says of its cells; `found` says how its tests run, if that was found out."""
        return read_plan(source, self.tests == "in-sandbox", found)

    def _course(self, assignment: str, notebook: str) -> NotebookPlan:
        path = Path(self.course_directory.format_path(
            self.course_directory.source_directory, ".", assignment
        )) / f"{notebook}.ipynb"  # fmt: skip
        try:
            changed = path.stat().st_mtime_ns
            found = self._found(assignment).get(notebook, {})
            key = (str(path), changed, self.tests, str(found))
            if key not in _courses:
                _courses[key] = self.read(nbformat.read(path, as_version=4), found)
        except (OSError, ValueError) as error:
            raise InfraError(
                f"The source notebook: expected {path}, which says which cells are tests, got {type(error).__name__}."
            ) from error
        return _courses[key]

    def _found(self, assignment: str) -> Runs:
        """How tests run that don't run isolated.

        Raises
        ------
        InfraError
            If that is to be found out, and was not.
        """
        if self.tests != "auto":
            return {}
        try:
            return _runs[os.path.realpath(self.course_directory.root), assignment]
        except KeyError:
            raise InfraError(
                'IsolatedExecute.tests: expected a preflight, which finds out where tests run with "auto", found none. '
                "Leave IsolatedExecute.preflight as it is, with Intake as Autograde.exporter_class, or set "
                'IsolatedExecute.tests to "isolated" or "in-sandbox".'
            ) from None

    def _hidden(self) -> list[str]:
        return [os.path.realpath(self.course_directory.root), str(Path.home().resolve())]

    def _folder(self, resources: Any, ids: Any) -> Path:
        told = resources.get("metadata", {}).get("path")
        return Path(told) if told else self._folder_of(self.course_directory.autograded_directory, ids)

    def _folder_of(self, step: str, ids: Any) -> Path:
        return Path(self.course_directory.format_path(step, ids["student"], ids["assignment"]))


_courses: dict[tuple[str, int, str, str], NotebookPlan] = {}

_runs: dict[tuple[str, str], Runs] = {}
"""What the preflight of this process has found out, by course and assignment."""


def submitted_files(folder: Path, most_bytes: int, handed_in: Path | None = None) -> dict[str, bytes]:
    """What lies beside a notebook, by relative path; no notebooks, no links, no devices, and no more than allowed.

    Parameters
    ----------
    folder : Path
        Where nbgrader has put it.
    most_bytes : int
        Of all files together.
    handed_in : Path, optional
        Where it was submitted. nbgrader copies what a submitted link points to, with the instructor's
        rights; such a file is left out.
    """
    found: dict[str, bytes] = {}
    left = most_bytes
    for here, folders, names in os.walk(folder, followlinks=False):
        folders[:] = sorted(name for name in folders if name != ".ipynb_checkpoints")
        for name in sorted(names):
            path = Path(here, name)
            if handed_in is not None and _is_linked(handed_in, path.relative_to(folder)):
                continue
            if name.endswith(".ipynb"):
                continue  # another notebook of the assignment, graded or to be graded: it holds tests
            content = plain_bytes(path, left)
            if isinstance(content, Refused):
                continue
            left -= len(content)
            found[os.path.relpath(path, folder)] = content
    return found


def _is_linked(root: Path, relative: Path) -> bool:
    """Whether a file below `root` is a link, or lies in a folder that is one."""
    return any((root / part).is_symlink() for part in (relative, *relative.parents))
