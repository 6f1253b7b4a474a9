"""Intake as nbgrader runs it: the exporter of ``nbgrader autograde``.

nbgrader lets configuration choose a converter's exporter, and has it read every file. It makes one exporter a
run, once it has found the submissions and before it touches any. So this is where renamed notebooks are found,
where files are named that nbgrader must not copy, and where each submission is read, without trusting it.
"""

from __future__ import annotations

import functools
import glob
import json
import os
import re
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
from nbgrader.utils import parse_utc
from traitlets import Integer

from fairgrade.grading import InfraError
from fairgrade.intake import (
    Accepted,
    Blueprint,
    Cause,
    Note,
    NotebookLimits,
    Refused,
    read_source,
    refuse,
    take_in_folder,
)
from fairgrade.intake.extra_files import ExtraFiles, find_extra_files
from fairgrade.intake.files import candidates, notes_on
from fairgrade.intake.read import DEFAULT_LIMITS, plain_bytes
from fairgrade.isolation.settings import Isolation
from fairgrade.nbgrader.auto import sentences
from fairgrade.nbgrader.entry import bounds_of, init_assignment
from fairgrade.nbgrader.gradebook import gradebook_at, missing_from_gradebook, update_cells
from fairgrade.nbgrader.isolated_execute import IsolatedExecute
from fairgrade.nbgrader.steps import autograde_steps

_TIMESTAMP_BYTES = 100


class Intake(NotebookExporter):
    """Reads submissions for ``Autograde``: what it hands on is the source notebook with the student's work in it."""

    notebook_bytes = Integer(DEFAULT_LIMITS.file_bytes, help="The largest notebook that is read, outputs and all.").tag(
        config=True
    )
    most_cells = Integer(DEFAULT_LIMITS.cells, help="The most cells a notebook may have.").tag(config=True)
    text_bytes = Integer(DEFAULT_LIMITS.source_bytes, help="The most text the cells of a notebook may have.").tag(
        config=True
    )

    def __init__(self, config: Any = None, **kwargs: Any) -> None:
        super().__init__(config=config, **kwargs)
        self._blueprints: dict[str, Blueprint] = {}
        self._notes: dict[str, tuple[Note, ...]] = {}
        self._last: tuple[str, dict[str, Accepted]] = ("", {})
        self._recorded: set[str] = set()
        if isinstance(self.parent, Autograde):
            self._prepare(self.parent)

    def from_filename(self, filename: str, resources: Any = None, **kwargs: Any) -> tuple[Any, Any]:
        """Take in a submitted notebook, or read what was made of one; and run nbgrader's steps on it.

        nbconvert's own way copies a notebook eight times and looks for errors in it five times.
        """
        folder, name = os.path.split(filename)
        notebook = name.removesuffix(".ipynb")
        submitted = folder in self._notes
        if submitted:
            self._record(notebook, resources["nbgrader"])
            nb = self._taken(folder, notebook)
        else:
            nb = nbformat.v4.reads(Path(filename).read_text(encoding="utf-8"))
        metadata = ResourcesDict(name=notebook, path=folder)
        resources = ResourcesDict(**resources, metadata=metadata, output_extension=self.file_extension)
        for step in self._preprocessors:
            nb, resources = step(nb, resources)
        if submitted:
            return json.dumps(nb, ensure_ascii=False), resources  # only to be read again, for the second half
        nbformat.validate(nb, relax_add_props=True)
        return nbformat.v4.writes(nb) + "\n", resources

    def _taken(self, folder: str, notebook: str) -> NotebookNode:
        """A notebook with a student's work in it; what was unusual about it is told."""
        taken = self._take_in(folder, notebook)
        for sentence in taken.sentences:
            self.log.warning("%s: %s", f"{folder}{os.sep}{notebook}.ipynb", sentence)
        return taken.notebook

    def _take_in(self, folder: str, notebook: str) -> Accepted:
        """The notebook of one submission; its folder is read once for all of its notebooks."""
        if self._last[0] != folder:
            self._last = (folder, take_in_folder(self._blueprints, Path(folder), self.limits, self._notes[folder]))
        return self._last[1].get(notebook) or refuse(self._blueprints[notebook], Refused(Cause.MISSING))

    @property
    def limits(self) -> NotebookLimits:
        """How much a notebook may hold."""
        return NotebookLimits(file_bytes=self.notebook_bytes, cells=self.most_cells, source_bytes=self.text_bytes)

    def blueprint(self, source: NotebookNode) -> Blueprint:
        """Read a source notebook, which is released as the configuration says.

        Raises
        ------
        ValueError
            If nbgrader can't read the marks of its cells. Every notebook that is graded has the same, so looking
            here saves a look at each.
        """
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
        """Look over the submissions, and tell the converter which notebooks to read and which files not to copy."""
        course = CarefulCourse(converter.coursedir)
        self._expect_assignment(course)
        source = Path(course.format_path(course.source_directory, ".", course.assignment_id))
        self._blueprints = self._read_sources(source)
        bounds = bounds_of(course, Isolation(parent=converter).of(course.assignment_id))
        found: dict[str, ExtraFiles] = {}
        submitted = course.format_path(course.submitted_directory, course.student_id, course.assignment_id)
        for folder in glob.glob(submitted):  # noqa: PTH207 - the same strings as nbgrader's
            try:
                notebooks = self._notebooks(Path(folder))
            except Exception:
                # One folder must not stop the class: nbgrader comes to it again, and lists it if it fails again.
                self.log.exception("%s: expected a submission that can be looked over.", folder)
                notebooks = list(self._blueprints)
            if not notebooks:
                # Nothing was handed in, even if nbgrader, which takes names for patterns, found somebody else's.
                converter.assignments.pop(folder, None)
                continue
            found[folder] = beside = find_extra_files(Path(folder), source, course.ignore, bounds)
            self._notes[folder] = notes_on(beside)
            wanted = [name for name in notebooks if fnmatchcase(name, course.notebook_id)]
            converter.assignments[folder] = [f"{folder}{os.sep}{name}.ipynb" for name in wanted]
        self._preflight(converter)
        converter.coursedir = course
        converter.init_assignment = functools.partial(init_assignment, converter, found)

    def _expect_assignment(self, course: CourseDirectory) -> None:
        """Let nobody be graded whose marks the gradebook has no place for, as in a fresh clone of a course.

        Raises
        ------
        NbGraderException
            If it does not know the assignment; nbgrader then ends.
        """
        with gradebook_at(course.db_url) as gradebook:
            try:
                gradebook.find_assignment(course.assignment_id)
            except MissingEntry:
                words = missing_from_gradebook(course.assignment_id)
                self.log.error("%s", words)
                raise NbGraderException(words) from None

    def _preflight(self, converter: Autograde) -> None:
        """Let nobody be graded where the source itself, graded alike, does not earn all points.

        Raises
        ------
        NbGraderException
            If it does not; nbgrader then ends.
        """
        for step in autograde_steps(converter):
            if issubclass(step, IsolatedExecute):
                execute = step(parent=converter)
                if not execute.preflight:
                    self.log.warning("NO PREFLIGHT: nobody has seen whether right work earns all points.")
                    return
                try:
                    for sentence in sentences(
                        execute.run_preflight(converter.coursedir, self._blueprints, self.limits)
                    ):
                        self.log.warning("%s", sentence)
                except InfraError as error:
                    self.log.error("%s", error)
                    raise NbGraderException(str(error)) from error

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
        """The assignment's notebooks that are in a submission, under whatever name."""
        if folder.is_symlink() or all(os.path.lexists(folder / f"{name}.ipynb") for name in self._blueprints):
            return list(self._blueprints)
        if not candidates(folder):
            return []
        return list(take_in_folder(self._blueprints, folder, self.limits))


@functools.lru_cache(maxsize=16)
def _expect_marks(source: str) -> None:
    """Have nbgrader look at the marks in a notebook; once a process for each text, for it takes its time."""
    MetadataValidator().validate_nb(nbformat.from_dict(json.loads(source)))


class CarefulCourse(CourseDirectory):
    """The folders of a course, with timestamps nobody can trip over: a bad one is as good as none."""

    def __init__(self, course: CourseDirectory) -> None:
        values = {name: getattr(course, name) for name in course.trait_names(config=True)}
        super().__init__(parent=course.parent, **values)

    def get_existing_timestamp(self, dest_path: str) -> Any:
        """When a submission was handed in; None if nobody knows."""
        path = Path(dest_path, "timestamp.txt")
        content = plain_bytes(path, _TIMESTAMP_BYTES)
        if isinstance(content, Refused):
            if content.cause is not Cause.MISSING:
                self.log.warning("%s: expected a small file with a time, but %s.", path, content.cause.value)
            return None
        try:
            text = content.decode().strip()
            if re.search(r"(^|\s)/|\.\.", text):
                raise ValueError("a time zone, not a path")
            return parse_utc(text) if text else None
        except (ValueError, OverflowError, TypeError):
            self.log.warning("%s: expected a time such as 2030-01-31 23:59:00 UTC, got something else.", path)
            return None
