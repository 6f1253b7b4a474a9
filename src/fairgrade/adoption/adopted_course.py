"""A course whose assignments are compared one after the other, while nothing in it changes."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from nbgrader.coursedir import CourseDirectory

from fairgrade.adoption.comparison import AdoptedAssignment, compare_engines
from fairgrade.adoption.config_lines import ConfigAddition, addition_for
from fairgrade.autograde.bundle import configuration_of, read_assignment
from fairgrade.autograde.pool import ForkServer
from fairgrade.course import CONFIG, Course, CourseError


def course_to_adopt(folder: Path) -> Course:
    """Return the course at or above a folder; a folder with ``source/`` is one even without a configuration.

    Raises
    ------
    CourseError
        If there is none.
    """
    try:
        return Course.at(folder)
    except CourseError as error:
        if (folder / "source").is_dir():
            return Course(folder.resolve())
        raise CourseError(
            f"{folder}: expected a course of nbgrader's, a folder with {CONFIG} or source/, found none here or above. "
            "Change into the course's folder, or name it with --course."
        ) from error


def compare_course(
    course: Course, names: Sequence[str], progress: Callable[[str], object]
) -> tuple[ConfigAddition, Iterator[AdoptedAssignment]]:
    """Compare a course's assignments under both engines.

    Parameters
    ----------
    course : Course
    names : sequence of str
        Only these assignments; all if it is empty.
    progress : callable
        Told what is under way.

    Returns
    -------
    ConfigAddition
        What its configuration lacks.
    iterator of AdoptedAssignment
        Each as soon as it has been compared.

    Raises
    ------
    CourseError
        If its configuration can't be loaded, its folders are not where fairgrade looks, or there is no assignment.
    """
    stock, directory = configuration_of(course)
    _expect_source(course, directory)
    for name in names:
        course.notebooks(name)  # if there is none, this says which there are
    wanted = list(dict.fromkeys(names)) or course.assignments()
    if not wanted:
        raise CourseError(f"{course.root / 'source'}: expected assignments, folders with notebooks, found none.")
    addition = addition_for(course, stock)

    def compared() -> Iterator[AdoptedAssignment]:
        with contextlib.closing(ForkServer()) as server:
            for name in wanted:
                try:
                    graders = course.root / "graders"
                    bundle = read_assignment(directory, graders, name, addition.config, "")
                except (CourseError, OSError) as error:
                    yield AdoptedAssignment(name, problem=str(error))
                    continue
                yield compare_engines(bundle, stock, addition.config, server, progress)

    return addition, compared()


def _expect_source(course: Course, directory: CourseDirectory) -> None:
    """Refuse a course whose source notebooks lie elsewhere."""
    found = Path(directory.format_path(directory.source_directory, ".", "ps1")).resolve().parent
    if found != course.root / "source":
        raise CourseError(
            f"c.CourseDirectory: expected source notebooks in {course.root / 'source'}/ASSIGNMENT/, got {found}. "
            "fairgrade looks for them there only: let root be the configuration's folder, and source_directory source."
        )
