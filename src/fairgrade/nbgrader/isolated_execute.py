"""nbgrader's Execute, with student code in a sandbox and every test outside of it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool, Enum, Unicode

from fairgrade.grading.outcomes import InfraError
from fairgrade.grading.seeding import Submission
from fairgrade.intake.accepted import mark_ungraded, refusal_of
from fairgrade.intake.notes import Refused
from fairgrade.intake.read import plain_bytes
from fairgrade.isolation.settings import Isolation
from fairgrade.isolation.submission_inputs import SubmissionInputs
from fairgrade.nbgrader.autoscores import review_of
from fairgrade.nbgrader.cell_results import Runs
from fairgrade.nbgrader.missing_modules import missing_modules
from fairgrade.notebook.cell import RECORD, add_to_record, grade_id_of
from fairgrade.notebook.plan import NotebookPlan, read_plan

INPUTS = "fairgrade_inputs"
"""The key of the resource with a :class:`SubmissionInputs`, for a notebook that is not in a course's folders."""


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
        self._said = False
        self.runner: Callable[..., dict[str, Any]] | None = None  # in place of run_submission, which it must be like

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Run `nb` in place.

        Parameters
        ----------
        nb : NotebookNode
        resources : mapping
            With :class:`SubmissionInputs` under INPUTS; without that, they are read from the course's folders.

        Raises
        ------
        InfraError
            If anything of ours fails: nbgrader then records no score and lists the submission.
        """
        resources["fairgrade_times"] = self.run(nb, resources.get(INPUTS) or self._inputs(resources))
        self._say_which_sandbox(nb)
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
        return nb, resources

    def _say_which_sandbox(self, nb: NotebookNode) -> None:
        """Say it once if it was not the best: the grading process's own words don't reach who pressed a button."""
        sandbox = nb.metadata.get(RECORD, {}).get("sandbox")
        if not self._said and sandbox == "landlock" and self.isolation.backend == "auto":
            self.log.warning("Graded in the second-best sandbox, Landlock. fairgrade doctor says how to get the best.")
        elif not self._said and sandbox == "none":
            self.log.warning("NO SANDBOX: student code ran as you, and could read and write all you can.")
        self._said = True

    def run(self, nb: NotebookNode, inputs: SubmissionInputs, faults: dict[str, str] | None = None) -> dict[str, Any]:
        """Run `nb` in place, as :func:`~fairgrade.isolation.submission.run_submission` does, with this one's settings.

        One that intake refused is not run; its tests end with an error that says why.
        """
        if refusal_of(nb):
            from fairgrade.isolation.submission import not_run  # noqa: PLC0415 - as below

            mark_ungraded(nb)
            return not_run()
        settings = self.isolation.of(inputs.submission.assignment)
        inputs = replace(inputs, files=files_within(inputs.files, settings.submitted_bytes))
        if self.runner is not None:
            return self.runner(nb, inputs, settings, faults)
        # It loads the libraries that tests use. Who only reads settings here does without.
        from fairgrade.isolation.submission import run_submission  # noqa: PLC0415

        return run_submission(nb, inputs, settings, faults)

    def submission(self, assignment: str, student: str) -> Submission:
        """Whose work is graded, with the course's secret."""
        # The variable is how the same secret reaches the kernels of nbgrader's own Execute.
        return Submission(assignment, student, self.secret or Submission.from_environment().secret)

    def read(self, source: NotebookNode, found: Mapping[str, str] | None = None) -> NotebookPlan:
        """Plan a notebook by its source; `found` holds the modes of its tests, if the preflight found them out."""
        return read_plan(source, self.tests == "in-sandbox", found)

    def _plan(self, assignment: str, notebook: str) -> NotebookPlan:
        path = Path(self.course_directory.format_path(
            self.course_directory.source_directory, ".", assignment
        )) / f"{notebook}.ipynb"  # fmt: skip
        try:
            changed = path.stat().st_mtime_ns
            found = self._found(assignment).get(notebook, {})
            key = (str(path), changed, self.tests, str(found))
            if key not in _plans:
                _plans[key] = self.read(nbformat.read(path, as_version=4), found)
        except (OSError, ValueError) as error:
            raise InfraError(
                f"The source notebook: expected {path}, which says which cells are tests, got {type(error).__name__}."
            ) from error
        return _plans[key]

    def _found(self, assignment: str) -> Runs:
        """Return the modes of tests that don't run isolated.

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

    @property
    def hidden(self) -> list[str]:
        """Folders student code must not see."""
        return [os.path.realpath(self.course_directory.root), str(Path.home().resolve())]

    def _inputs(self, resources: Any) -> SubmissionInputs:
        """Read what the course's folders hold for a notebook."""
        ids = resources["nbgrader"]
        course, student, assignment = self.course_directory, ids["student"], ids["assignment"]
        told = resources.get("metadata", {}).get("path")
        folder = Path(told or course.format_path(course.autograded_directory, student, assignment))
        handed_in = Path(course.format_path(course.submitted_directory, student, assignment))
        return SubmissionInputs(
            self._plan(assignment, ids["notebook"]),
            self.submission(assignment, student),
            submitted_files(folder, self.isolation.of(assignment).submitted_bytes, handed_in),
            folder,
            self.hidden,
            ids["notebook"],
        )


_plans: dict[tuple[str, int, str, str], NotebookPlan] = {}

_runs: dict[tuple[str, str], Runs] = {}
"""The modes of tests that the preflight of this process has found, by course and assignment."""


def remember_runs(root: str, assignment: str, runs: Runs) -> None:
    """Keep the modes that the preflight has found for the tests of an assignment."""
    _runs[os.path.realpath(root), assignment] = runs


def submitted_files(folder: Path, most_bytes: int, handed_in: Path | None = None) -> dict[str, bytes]:
    """Read the files beside a notebook, by relative path: no notebooks, no links, no devices, and no more than allowed.

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
    """Tell whether a file below `root` is a link, or lies in a folder that is one."""
    return any((root / part).is_symlink() for part in (relative, *relative.parents))


def files_within(files: Mapping[str, bytes], most_bytes: int) -> dict[str, bytes]:
    """Return what :func:`submitted_files` would, if these files lay in a folder."""
    found: dict[str, bytes] = {}
    left = most_bytes
    for path in sorted(files, key=_walk_order):
        is_left_out = path.endswith(".ipynb") or ".ipynb_checkpoints" in Path(path).parent.parts
        if not is_left_out and len(files[path]) <= left:
            found[path] = files[path]
            left -= len(files[path])
    return found


def _walk_order(path: str) -> list[tuple[bool, str]]:
    """Return a key that sorts paths in the order of ``os.walk``: a folder's files before its folders."""
    *folders, name = Path(path).parts
    return [*((True, folder) for folder in folders), (False, name)]
