"""What grading an assignment follows from besides a submission: its files, the configuration, and a hash over both."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config, Configurable

from fairgrade import __version__
from fairgrade.course import CourseError
from fairgrade.intake import NotebookLimits
from fairgrade.intake.extra_files import files_in
from fairgrade.isolation.settings import Isolation
from fairgrade.nbgrader.steps import autograde_steps


@dataclass(frozen=True)
class AssignmentContents:
    """The files of an assignment.

    Attributes
    ----------
    notebooks : mapping of str to bytes
        The source notebooks by name.
    files : mapping of str to bytes
        What lies beside them, by relative path.
    replaceable : mapping of str to bytes
        Files beside the notebooks that stay as a student hands them in.
    graders : mapping of str to bytes
        The course's graders package, by path relative to the course.
    """

    notebooks: Mapping[str, bytes]
    files: Mapping[str, bytes]
    replaceable: Mapping[str, bytes]
    graders: Mapping[str, bytes]

    @classmethod
    def read(cls, directory: CourseDirectory, graders: Path, assignment: str, config: Config) -> AssignmentContents:
        """Read them from a course.

        Raises
        ------
        CourseError
            If the assignment has no notebook.
        """
        source = Path(directory.format_path(directory.source_directory, ".", assignment))
        notebooks = {path.stem: path.read_bytes() for path in sorted(source.glob("*.ipynb"))}
        if not notebooks:
            raise CourseError(f"{source}: expected a notebook, found none. Is the assignment's name right?")
        files = {name: (source / name).read_bytes() for name in files_in(source, directory.ignore)}
        theirs = files.keys() & set(Autograde(config=config).exclude_overwriting.get(assignment, []))
        replaceable = {path: files.pop(path) for path in sorted(theirs)}
        package = {
            str(path.relative_to(graders.parent)): path.read_bytes()
            for path in sorted(graders.rglob("*"))
            if path.is_file() and "__pycache__" not in path.parts
        }
        return cls(notebooks, files, replaceable, package)

    def key(self, assignment: str, config: Config, secret: str, limits: NotebookLimits) -> str:
        """A hash over all that decides about scores besides a submission."""
        parts = [__version__, assignment, secret, repr(limits), settings_of(config)]
        files = [content for found in (self.notebooks, self.files, self.graders) for content in flat(found)]
        return hash_of(*(part.encode() for part in parts), *files)


def settings_of(config: Config) -> str:
    """All settings of the preprocessors a notebook passes and of its isolation, as text: the limits and their like."""
    classes: Iterable[type[Configurable]] = [*autograde_steps(Autograde(config=config)), Isolation]
    lines = []
    for cls in classes:
        made = cls(config=config)
        values = {name: getattr(made, name) for name in made.trait_names(config=True)}
        lines.append(f"{cls.__module__}.{cls.__qualname__} {sorted(values.items())!r}")
    return "\n".join(lines)


def flat(files: Mapping[str, bytes]) -> Iterable[bytes]:
    """Files as parts for :func:`hash_of`."""
    yield str(len(files)).encode()
    for name, content in files.items():
        yield name.encode(errors="surrogateescape")
        yield content


def hash_of(*parts: bytes) -> str:
    """A hash over all parts and where one ends."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(f"{len(part)}:".encode())  # so that ("ab", "c") and ("a", "bc") differ
        digest.update(part)
    return digest.hexdigest()
