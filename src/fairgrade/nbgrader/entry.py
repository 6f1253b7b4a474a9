"""A submission's entry in the gradebook, with the gradebook opened once.

nbgrader's own way opens it five times for each submission. Each time it looks for all tables and translates every
query to SQL anew, which takes longer than anything else it does.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory

from fairgrade.intake import Refused
from fairgrade.intake.extra_files import Bounds, ExtraFiles, files_in
from fairgrade.intake.read import plain_bytes
from fairgrade.isolation.settings import Isolation
from fairgrade.nbgrader.autoscores import give_nothing
from fairgrade.nbgrader.gradebook import gradebook_at


def bounds_of(course: CourseDirectory, isolation: Isolation) -> Bounds:
    """How much may lie beside a notebook: what nbgrader allows, and what leaves student code room for its own files."""
    return Bounds(
        file_bytes=min(1000 * course.max_file_size, isolation.file_bytes),
        all_bytes=min(1000 * course.max_dir_size, isolation.submitted_bytes, isolation.scratch_bytes // 2),
        number=isolation.submitted_files,
    )


def init_assignment(converter: Autograde, beside: Mapping[str, ExtraFiles], assignment: str, student: str) -> None:
    """Do what the converter's own method of this name does: copy a submission's files, and enter it in the gradebook.

    Parameters
    ----------
    converter : Autograde
    beside : mapping of str to ExtraFiles
        What each submission has beside its notebooks, by its folder. nbgrader's own search takes a folder's name for
        a pattern, and time that grows with the square of the number of files.
    assignment, student : str

    Raises
    ------
    NbGraderException
        If the gradebook doesn't know the assignment, any of its notebooks, or a student that it should know.
    """
    source = converter._format_source(assignment, student)
    target = converter._format_dest(assignment, student)
    for name in beside[source].taken if source in beside else ():
        content = plain_bytes(Path(source, name), 1000 * converter.coursedir.max_file_size)
        if not isinstance(content, Refused):
            Path(target, name).parent.mkdir(parents=True, exist_ok=True)
            Path(target, name).unlink(missing_ok=True)
            Path(target, name).write_bytes(content)
    with gradebook_at(converter.coursedir.db_url) as gradebook:
        gradebook.check_course(converter.coursedir.course_id)
        try:
            _enter(converter, gradebook, assignment, student)
        except MissingEntry as error:
            raise NbGraderException(f"The gradebook: {error}") from error
    _copy_given_files(converter, assignment, student)


def _enter(converter: Autograde, gradebook: Gradebook, assignment: str, student: str) -> None:
    if converter.create_student:
        gradebook.update_or_create_student(student)
    else:
        gradebook.find_student(student)
    known = {notebook.name for notebook in gradebook.find_assignment(assignment).notebooks}
    handed_in = Path(converter._format_source(assignment, student))
    timestamp = converter.coursedir.get_existing_timestamp(str(handed_in))
    when = {"timestamp": timestamp} if timestamp else {}
    submission = gradebook.update_or_create_submission(assignment, student, **when)
    if timestamp:
        converter.log.info("%s submitted at %s", submission, timestamp)
        if submission.total_seconds_late > 0:
            converter.log.warning("%s is %s seconds late", submission, submission.total_seconds_late)
    found = {Path(path).stem: path for path in converter.notebooks}
    for name in found.keys() - known:
        converter.log.warning("Skipping unknown notebook: %s", found[name])
    converter.notebooks = [path for name, path in found.items() if name in known]
    if not converter.notebooks:
        raise NbGraderException("No notebooks found, did you forget to run 'nbgrader generate_assignment'?")
    for name in known - found.keys():
        if not (handed_in / f"{name}.ipynb").exists():
            give_nothing(gradebook.find_submission_notebook(name, assignment, student))
            gradebook.db.commit()


def _copy_given_files(converter: Autograde, assignment: str, student: str) -> None:
    """Put the files that belong to the assignment over the student's copies of them."""
    course = converter.coursedir
    given = course.format_path(course.source_directory, ".", assignment)
    kept = converter.exclude_overwriting.get(assignment, [])
    for name in files_in(Path(given), course.ignore):
        if name in kept:
            continue
        target = Path(converter._format_dest(assignment, student), name)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        converter.log.info("Copying %s -> %s", Path(given, name), target)
        shutil.copy(Path(given, name), target)
