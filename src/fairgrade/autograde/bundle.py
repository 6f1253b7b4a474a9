"""What a result follows from: the assignment as it stands, a submission, and a hash over both."""

from __future__ import annotations

import contextlib
import os
import pickle
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.apps.baseapp import NbGrader
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from fairgrade import __version__
from fairgrade.autograde.result import CantGrade
from fairgrade.course import CONFIG, Course, CourseError
from fairgrade.grading import Submission
from fairgrade.intake import Blueprint, Note, NotebookLimits, Refused, fetch_folder
from fairgrade.intake.extra_files import find_extra_files
from fairgrade.intake.files import notes_on
from fairgrade.intake.read import plain_bytes
from fairgrade.isolation.lost_tests import CellId
from fairgrade.isolation.settings import Isolation
from fairgrade.nbgrader.assignment_contents import AssignmentContents, flat, hash_of, settings_of
from fairgrade.nbgrader.cell_results import Runs
from fairgrade.nbgrader.course_directory import bounds_of
from fairgrade.nbgrader.intake_exporter import Intake
from fairgrade.nbgrader.isolated_execute import IsolatedExecute
from fairgrade.notebook.titles import titles_by_heading


@dataclass(frozen=True)
class AssignmentBundle:
    """All that grading an assignment takes besides a submission, as values that can be sent anywhere.

    Attributes
    ----------
    assignment : str
    notebooks : mapping of str to bytes
        The source notebooks by name.
    files : mapping of str to bytes
        What lies beside them, by relative path.
    replaceable : mapping of str to bytes
        Files beside the notebooks that stay as a student hands them in.
    graders : mapping of str to bytes
        The course's graders package, by path relative to the course.
    config : bytes
        nbgrader's configuration, pickled.
    secret : str
        The course's salt for random inputs.
    hidden : tuple of str
        Folders student code must not see.
    limits : NotebookLimits
        How much a notebook may hold.
    settings : str
        What of the configuration decides about scores, as text.
    version : str
        Of fairgrade.
    key : str
        A hash over all of it that decides about scores.
    """

    assignment: str
    notebooks: Mapping[str, bytes]
    files: Mapping[str, bytes]
    replaceable: Mapping[str, bytes]
    graders: Mapping[str, bytes]
    config: bytes
    secret: str
    hidden: tuple[str, ...]
    limits: NotebookLimits
    settings: str
    version: str
    key: str


@dataclass(frozen=True)
class SubmissionBundle:
    """One submission, as values.

    Attributes
    ----------
    student : str
    notebooks : mapping of str to bytes or Refused, or Refused
        What may be a notebook, by the name of its file, or why it can't be read.
    files : mapping of str to bytes
        What lies beside them, by relative path.
    notes : tuple of Note
        What there is to say about its folder.
    key : str
        A hash over the submission and its bundle: two results with one key are the same.
    work : str
        A hash over the submission alone.
    runs : Runs
        How tests run that don't run isolated, as the preflight of the bundle has found out.
    skipped : frozenset of CellId
        Cells that are not run, since the grading process was lost in them.
    """

    student: str
    notebooks: Mapping[str, bytes | Refused] | Refused
    files: Mapping[str, bytes]
    notes: tuple[Note, ...]
    key: str
    work: str
    runs: Runs = field(default_factory=dict)
    skipped: frozenset[CellId] = frozenset()


def configuration_of(course: Course) -> tuple[Config, CourseDirectory]:
    """Return what nbgrader_config.py sets, and the course as nbgrader knows it.

    Raises
    ------
    CourseError
        If the file can't be loaded: without its settings, whatever follows would be misleading.
    """
    # nbgrader makes a new gradebook with alembic, which it looks for on the PATH.
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    app = NbGrader(logfile="", raise_config_file_errors=True)
    try:
        with contextlib.chdir(course.root):
            app.initialize([], root=str(course.root))
    except Exception as error:
        raise CourseError(
            f"{course.line_of(error, CONFIG) or CONFIG}: expected a configuration that can be loaded, got "
            f"{type(error).__name__}: {error}."
        ) from error
    return app.config, app.coursedir


def bundle_of(course: Course, assignment: str) -> AssignmentBundle:
    """Return all that grading an assignment takes besides a submission."""
    config, directory = configuration_of(course)
    secret = IsolatedExecute(config=config).secret or Submission.from_environment().secret
    return read_assignment(directory, course.root / "graders", assignment, config, secret)


def read_assignment(
    directory: CourseDirectory, graders: Path, assignment: str, config: Config, secret: str
) -> AssignmentBundle:
    """Read an assignment from its course.

    Parameters
    ----------
    directory : CourseDirectory
    graders : Path
        The graders package.
    assignment : str
    config : Config
        nbgrader's, as the course sets it.
    secret : str

    Raises
    ------
    CourseError
        If the assignment has no notebook, or its configuration can't be sent to a worker.
    """
    contents = AssignmentContents.read(directory, graders, assignment, config)
    try:
        packed = pickle.dumps(config)
        pickle.loads(packed)  # noqa: S301 - our own, just made
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise CourseError(
            f"nbgrader_config.py: expected values that can be sent to a worker, got {error}. "
            "Move classes and functions it defines into a module it imports."
        ) from error
    limits = Intake(config=config).limits
    return AssignmentBundle(
        assignment=assignment,
        notebooks=contents.notebooks,
        files=contents.files,
        replaceable=contents.replaceable,
        graders=contents.graders,
        config=packed,
        secret=secret,
        hidden=tuple(str(folder.resolve()) for folder in (Path(directory.root), graders.resolve().parent, Path.home())),
        limits=limits,
        settings=settings_of(config),
        version=__version__,
        key=contents.key(assignment, config, secret, limits),
    )


def sources_of(bundle: AssignmentBundle) -> dict[str, NotebookNode]:
    """The source notebooks, parsed."""
    return {name: nbformat.reads(content.decode(), as_version=4) for name, content in bundle.notebooks.items()}


def titles_of(bundle: AssignmentBundle) -> dict[str, str]:
    """What to call cells whose name says nothing, by ``notebook/cell``."""
    return {
        f"{name}/{cell}": title
        for name, source in sources_of(bundle).items()
        for cell, title in titles_by_heading(source.cells).items()
    }


def blueprints_of(bundle: AssignmentBundle, config: Config) -> dict[str, Blueprint]:
    """What the source notebooks say of their cells.

    Raises
    ------
    CantGrade
        If one of them can't be graded with.
    """
    intake = Intake(config=config)
    blueprints = {}
    for name, source in sources_of(bundle).items():
        try:
            blueprints[name] = intake.blueprint(source)
        except (ValueError, RuntimeError) as error:
            path = f"source/{bundle.assignment}/{name}.ipynb"
            raise CantGrade(f"{path}: expected a notebook that can be released and graded, got {error}") from error
    return blueprints


def read_submission(
    folder: Path, student: str, bundle: AssignmentBundle, directory: CourseDirectory
) -> SubmissionBundle:
    """Read a submission from its folder, and follow no link in it.

    Parameters
    ----------
    folder : Path
    student : str
    bundle : AssignmentBundle
        What it will be graded with.
    directory : CourseDirectory
        Says which files to ignore, and how large they may be.
    """
    source = Path(directory.format_path(directory.source_directory, ".", bundle.assignment))
    bounds = bounds_of(directory, Isolation(config=directory.config).of(bundle.assignment))
    beside = find_extra_files(folder, source, directory.ignore, bounds)
    contents_of = {name: plain_bytes(folder / name, bounds.file_bytes) for name in sorted(beside.taken)}
    files = {name: content for name, content in contents_of.items() if not isinstance(content, Refused)}
    notes = notes_on(beside)
    notebooks = fetch_folder(bundle.notebooks, folder, bundle.limits)
    if isinstance(notebooks, Refused):
        contents = {"": repr(notebooks).encode()}
    else:
        contents = {name: repr(c).encode() if isinstance(c, Refused) else c for name, c in notebooks.items()}
    parts = [student.encode(), repr(notes).encode(), *flat(contents), *flat(files)]
    key, work = hash_of(bundle.key.encode(), *parts), hash_of(*parts)
    return SubmissionBundle(student, notebooks, files, notes, key, work)


def files_for(bundle: AssignmentBundle, submission: SubmissionBundle) -> dict[str, bytes]:
    """What lies beside the graded notebooks: the student's files, and the assignment's own over them."""
    return {**submission.files, **bundle.files}
