"""Intake as nbgrader runs it: the exporter of ``nbgrader autograde``.

nbgrader lets the configuration choose a converter's exporter, which reads every file. It makes one exporter per run,
after it has found the submissions and before it touches any. So this is the place to find renamed notebooks, to give
the converter placeholders of the submissions, and to read each submission without trusting it.
"""

from __future__ import annotations

import functools
import glob
import json
import os
import re
import weakref
from collections.abc import Callable, Set
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.api import MissingEntry
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.nbgraderformat import MetadataValidator, ValidationError
from nbgrader.nbgraderformat.common import SchemaMismatchError
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, ClearSolutions
from traitlets import Integer

from fairgrade.grading import InfraError
from fairgrade.intake import (
    Accepted,
    Blueprint,
    Cause,
    NotebookLimits,
    Refused,
    read_source,
    refuse,
    take_in_folder,
)
from fairgrade.intake.extra_files import Bounds, ExtraFiles, files_in, find_extra_files
from fairgrade.intake.files import candidates, notes_on
from fairgrade.intake.read import DEFAULT_LIMITS, plain_bytes
from fairgrade.isolation.grading_process import GradingProcess
from fairgrade.isolation.settings import Isolation
from fairgrade.nbgrader.course_directory import PlaceholderCourse, bounds_of
from fairgrade.nbgrader.gradebook import gradebook_at, missing_from_gradebook, update_cells
from fairgrade.nbgrader.isolated_execute import IsolatedExecute
from fairgrade.nbgrader.placement import sentences
from fairgrade.nbgrader.preflight import run_preflight
from fairgrade.nbgrader.steps import autograde_steps
from fairgrade.notebook.cell import AssignmentCell

_AUTOTEST = re.compile(r"^\s*#+\s*(?:HASHED\s+)?AUTOTEST\b", re.MULTILINE)


@dataclass(frozen=True)
class _Submission:
    """A submission as it was handed in.

    Attributes
    ----------
    folder : Path
        Where it was handed in.
    extra : ExtraFiles
        The files in it beside the notebooks.
    target : Path
        Where the graded submission goes.
    given : set of str
        The assignment's own files, which nbgrader copies there.
    bounds : Bounds
    """

    folder: Path
    extra: ExtraFiles
    target: Path
    given: Set[str]
    bounds: Bounds

    def copy_extra_files(self) -> None:
        """Copy the student's files to the graded submission, except those that would replace the assignment's own."""
        for name in self.extra.taken:
            content = plain_bytes(self.folder / name, self.bounds.file_bytes)
            if name not in self.given and not isinstance(content, Refused):
                copy = self.target / name
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.unlink(missing_ok=True)
                copy.write_bytes(content)


class Intake(NotebookExporter):
    """Read submissions for ``Autograde``, and hand on the source notebook with the student's work in it."""

    notebook_bytes = Integer(DEFAULT_LIMITS.file_bytes, help="The largest notebook that is read, outputs and all.").tag(
        config=True
    )
    parsed_bytes = Integer(
        DEFAULT_LIMITS.parsed_bytes,
        help="The most memory that reading a notebook may take, estimated beforehand: long text outside Latin-1 takes "
        "up to four bytes a character.",
    ).tag(config=True)
    most_cells = Integer(DEFAULT_LIMITS.cells, help="The most cells a notebook may have.").tag(config=True)
    text_bytes = Integer(DEFAULT_LIMITS.source_bytes, help="The most text the cells of a notebook may have.").tag(
        config=True
    )

    def __init__(self, config: Any = None, **kwargs: Any) -> None:
        super().__init__(config=config, **kwargs)
        self._blueprints: dict[str, Blueprint] = {}
        self._submissions: dict[str, _Submission] = {}
        self._last: tuple[str, dict[str, Accepted]] = ("", {})
        self._recorded: set[str] = set()
        self._grading = GradingProcess()
        weakref.finalize(self, self._grading.close)
        if isinstance(self.parent, Autograde):
            self._prepare(self.parent)

    def from_filename(self, filename: str, resources: Any = None, **kwargs: Any) -> tuple[Any, Any]:
        """Read a submission's notebook, or the result of that, and run nbgrader's preprocessors on it.

        The base class copies a notebook eight times and validates it five times.
        """
        folder, name = os.path.split(filename)
        notebook = name.removesuffix(".ipynb")
        submission = self._submissions.get(folder)
        if submission is not None:
            self._record(notebook, resources["nbgrader"])
            nb = self._accept(folder, submission, notebook).notebook
        else:
            nb = nbformat.v4.reads(Path(filename).read_text(encoding="utf-8"))
        metadata = ResourcesDict(name=notebook, path=folder)
        resources = ResourcesDict(**resources, metadata=metadata, output_extension=self.file_extension)
        for step in self._preprocessors:
            if isinstance(step, IsolatedExecute):
                step.runner = self._grading.run
            nb, resources = self._apply(step, nb, resources)
        if submission is not None:
            return json.dumps(nb, ensure_ascii=False), resources  # only to be read again, for the second half
        nbformat.validate(nb, relax_add_props=True)
        return nbformat.v4.writes(nb) + "\n", resources

    def _apply(self, step: Callable[..., tuple[Any, Any]], nb: NotebookNode, resources: Any) -> tuple[Any, Any]:
        """Run a preprocessor; if anything of ours fails, say the cause before nbgrader logs where it was raised."""
        try:
            return step(nb, resources)
        except InfraError as error:
            self.log.error("NOT GRADED, %s: %s", resources["nbgrader"]["student"], error)
            # Where the error went through our code tells an instructor nothing.
            raise error.with_traceback(None) from None

    def _accept(self, placeholder: str, submission: _Submission, notebook: str) -> Accepted:
        """A notebook with a student's work in it; log what was unusual. A folder is read once for all its notebooks."""
        if self._last[0] != placeholder:
            submission.copy_extra_files()
            read = take_in_folder(self._blueprints, submission.folder, self.limits, notes_on(submission.extra))
            self._last = (placeholder, read)
        accepted = self._last[1].get(notebook) or refuse(self._blueprints[notebook], Refused(Cause.MISSING))
        for sentence in accepted.sentences:
            self.log.warning("%s: %s", submission.folder / f"{notebook}.ipynb", sentence)
        return accepted

    @property
    def limits(self) -> NotebookLimits:
        """The limits on notebooks, as configured."""
        return NotebookLimits(self.notebook_bytes, self.parsed_bytes, self.most_cells, self.text_bytes)

    def blueprint(self, source: NotebookNode) -> Blueprint:
        """Read a source notebook, which is released as the configuration says.

        Raises
        ------
        ValueError
            If nbgrader can't read the marks of its cells. Every notebook that is graded has the same, so looking
            here saves a look at each; or if tests are yet to be made of ``### AUTOTEST`` lines, for which the source
            would be graded as if they were comments.
        """
        if name := next((cell.name for cell in map(AssignmentCell, source.cells) if _is_made_later(cell)), ""):
            raise ValueError(
                f"AUTOTEST lines in {name}, of which nbgrader makes tests for the release alone. Write assertions "
                "instead: copy them from the released notebook, in which nbgrader has made them."
            )
        try:
            _expect_marks(json.dumps(source))
        except (ValidationError, SchemaMismatchError) as error:
            raise ValueError(f"marks that nbgrader can't read: {error}") from error
        return read_source(source, [cls(parent=self) for cls in (ClearSolutions, ClearHiddenTests, ClearMarkScheme)])

    def _record(self, notebook: str, ids: Any) -> None:
        """Bring the gradebook in step with the source, once a run."""
        if notebook not in self._recorded:
            blueprint = self._blueprints[notebook]
            cells = [cell.node for cell in blueprint.cells]
            with gradebook_at(ids["db_url"]) as gradebook:
                for change in update_cells(gradebook, ids["assignment"], notebook, cells, blueprint.metadata):
                    self.log.warning(change)
            self._recorded.add(notebook)

    # -- before the first submission ----------------------------------------------------------

    def _prepare(self, converter: Autograde) -> None:
        """Look over the submissions, and give the converter placeholders of them, for their recognised notebooks."""
        course = converter.coursedir
        self._expect_assignment(course)
        source = Path(course.format_path(course.source_directory, ".", course.assignment_id))
        self._blueprints = self._read_sources(source)
        bounds = bounds_of(course, Isolation(parent=converter).of(course.assignment_id))
        placeholders = PlaceholderCourse(course)
        assignments: dict[str, list[str]] = {}
        kept = converter.exclude_overwriting.get(course.assignment_id, ())
        given = {name for name in files_in(source, course.ignore) if name not in kept}
        submitted = course.format_path(course.submitted_directory, course.student_id, course.assignment_id)
        for folder in glob.glob(submitted):  # noqa: PTH207 - the same strings as nbgrader's
            try:
                notebooks = self._notebooks(Path(folder))
            except Exception:
                # One folder must not stop the class. Grading it fails again later, and nbgrader then lists it.
                self.log.exception("%s: expected a submission that can be looked over.", folder)
                notebooks = list(self._blueprints)
            if not notebooks:
                # Nothing was handed in. nbgrader takes the name for a pattern, and may have found another student's.
                continue
            placeholder, target = placeholders.add(folder, notebooks)
            extra = find_extra_files(Path(folder), source, course.ignore, bounds)
            self._submissions[placeholder] = _Submission(Path(folder), extra, target, given, bounds)
            wanted = [name for name in notebooks if fnmatchcase(name, course.notebook_id)]
            assignments[placeholder] = [f"{placeholder}{os.sep}{name}.ipynb" for name in wanted]
        self._preflight(converter)
        converter.assignments, converter.coursedir = assignments, placeholders

    def _expect_assignment(self, course: CourseDirectory) -> None:
        """Stop if the gradebook does not know the assignment, as in a fresh clone of a course.

        Raises
        ------
        NbGraderException
            If it does not; nbgrader then ends.
        """
        with gradebook_at(course.db_url) as gradebook:
            try:
                gradebook.find_assignment(course.assignment_id)
            except MissingEntry:
                words = missing_from_gradebook(course.assignment_id)
                self.log.error("%s", words)
                raise NbGraderException(words) from None

    def _preflight(self, converter: Autograde) -> None:
        """Stop if the source itself, graded like a submission, does not earn all points.

        Raises
        ------
        NbGraderException
            If it does not; nbgrader then ends.
        """
        for step in autograde_steps(converter):
            if issubclass(step, IsolatedExecute):
                execute = step(parent=converter)
                execute.runner = self._grading.run
                if not execute.preflight:
                    self.log.warning("NO PREFLIGHT: nobody has seen whether right work earns all points.")
                    return
                try:
                    results = run_preflight(execute, converter.coursedir, self._blueprints, self.limits)
                    for sentence in sentences(results):
                        self.log.warning("%s", sentence)
                except InfraError as error:
                    self.log.error("%s", error)
                    raise NbGraderException(str(error)) from None

    def _read_sources(self, folder: Path) -> dict[str, Blueprint]:
        paths = sorted(folder.glob("*.ipynb"))
        try:
            found = {path.stem: self.blueprint(nbformat.read(path, as_version=4)) for path in paths}
        except (OSError, ValueError, RuntimeError) as error:
            raise NbGraderException(f"{folder}: expected notebooks that can be read, got {error}.") from error
        if not found:
            raise NbGraderException(f"{folder}: expected the assignment's source notebooks, found none.")
        return found

    def _notebooks(self, folder: Path) -> list[str]:
        """The assignment's notebooks in a submission, also those under other names."""
        if folder.is_symlink() or all(os.path.lexists(folder / f"{name}.ipynb") for name in self._blueprints):
            return list(self._blueprints)
        if not candidates(folder):
            return []
        return list(take_in_folder(self._blueprints, folder, self.limits))


def _is_made_later(cell: AssignmentCell) -> bool:
    return cell.is_test and _AUTOTEST.search(cell.source) is not None


@functools.lru_cache(maxsize=16)
def _expect_marks(source: str) -> None:
    """Have nbgrader validate the marks in a notebook; cached, since it is slow."""
    MetadataValidator().validate_nb(nbformat.from_dict(json.loads(source)))
