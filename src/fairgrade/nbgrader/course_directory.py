"""The folders of a course as nbgrader's converter sees them while submissions are graded.

nbgrader's own code copies the files beside a notebook. It follows links, waits for pipes and takes folder names for
patterns. So the converter is given folders without files, through its trait ``coursedir``.
"""

from __future__ import annotations

import contextlib
import re
import weakref
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import parse_utc

from fairgrade.intake import Cause, Refused
from fairgrade.intake.extra_files import Bounds
from fairgrade.intake.read import plain_bytes
from fairgrade.isolation.settings import Isolation
from fairgrade.isolation.worker.folders import temporary

_TIMESTAMP_BYTES = 100


def bounds_of(course: CourseDirectory, isolation: Isolation) -> Bounds:
    """Bounds on the files beside a notebook: nbgrader's own, and room for the files that student code writes."""
    return Bounds(
        file_bytes=min(1000 * course.max_file_size, isolation.file_bytes),
        all_bytes=min(1000 * course.max_dir_size, isolation.submitted_bytes, isolation.scratch_bytes // 2),
        number=isolation.submitted_files,
    )


def parse_timestamp(text: str) -> datetime:
    """Return the time that a student's text says, in UTC and without a time zone.

    Raises
    ------
    ValueError
        If it is no time.
    """
    if re.search(r"(^|\s)/|\.\.", text):
        raise ValueError(f"expected a time zone, got a path: {text!r}")
    try:
        found: datetime = parse_utc(text)
    except (OverflowError, TypeError) as error:
        raise ValueError(f"expected a time, got {text!r}") from error
    return found


class CarefulCourse(CourseDirectory):
    """The folders of a course; a timestamp that can't be read counts as none instead of raising an error."""

    def __init__(self, course: CourseDirectory) -> None:
        values = {name: getattr(course, name) for name in course.trait_names(config=True)}
        super().__init__(parent=course.parent, **values)

    def get_existing_timestamp(self, dest_path: str) -> Any:
        """When a submission was handed in; None if nobody knows."""
        path = Path(dest_path, "timestamp.txt")
        content = plain_bytes(path, _TIMESTAMP_BYTES)
        if isinstance(content, Refused):
            if content.cause is not Cause.MISSING:
                large = f"it has more than {_TIMESTAMP_BYTES} bytes"
                cause = large if content.cause is Cause.TOO_LARGE else content.cause.value
                self.log.warning("%s: expected a small file with a time, but %s.", path, cause)
            return None
        try:
            text = content.decode().strip()
            return parse_timestamp(text) if text else None
        except ValueError:
            self.log.warning("%s: expected a time such as 2030-01-31 23:59:00 UTC, got something else.", path)
            return None


class PlaceholderCourse(CarefulCourse):
    """A course in which placeholders stand for the submissions: for each notebook an empty folder of its name.

    The converter finds submissions by them and enters them in the gradebook, and there is no file in them that it could
    copy. :class:`~fairgrade.nbgrader.intake_exporter.Intake` reads the real folders.
    """

    def __init__(self, course: CourseDirectory) -> None:
        super().__init__(course)
        folders = contextlib.ExitStack()
        self._placeholders = CourseDirectory(root=folders.enter_context(temporary()))
        weakref.finalize(self, folders.close)
        self._real: dict[str, str] = {}

    def add(self, folder: str, notebooks: Iterable[str]) -> tuple[str, Path]:
        """Make the placeholder of a submission.

        Parameters
        ----------
        folder : str
            The real one.
        notebooks : iterable of str
            The names of the notebooks that were handed in, without ``.ipynb``.

        Returns
        -------
        tuple of str and Path
            The placeholder, and the folder that the graded submission goes to.
        """
        ids = ("(?P<student_id>.*)", "(?P<assignment_id>.*)")
        found = re.match(super().format_path(self.submitted_directory, *ids, escape=True), folder)
        assert found is not None  # the folder was found by the same structure
        student, assignment = found["student_id"], found["assignment_id"]
        placeholder = self.format_path(self.submitted_directory, student, assignment)
        for name in notebooks:
            Path(placeholder, f"{name}.ipynb").mkdir(parents=True, exist_ok=True)
        self._real[placeholder] = folder
        return placeholder, Path(self.format_path(self.autograded_directory, student, assignment))

    def format_path(self, nbgrader_step: str, student_id: str, assignment_id: str, escape: bool = False) -> str:
        """Where a folder is; for submissions, where its placeholder is."""
        if nbgrader_step == self.submitted_directory:
            return str(self._placeholders.format_path("submitted", student_id, assignment_id, escape))
        return str(super().format_path(nbgrader_step, student_id, assignment_id, escape))

    def get_existing_timestamp(self, dest_path: str) -> Any:
        """When a submission was handed in, as its real folder says; None if nobody knows."""
        return super().get_existing_timestamp(self._real.get(dest_path, dest_path))
