"""Submissions that are handed in: which are not graded yet, and which would be graded again."""

from __future__ import annotations

from dataclasses import dataclass

from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from fairgrade.autograde.bundle import read_assignment, read_submission
from fairgrade.autograde.results_store import ResultsStore
from fairgrade.autograde.run_manifest import secret_of
from fairgrade.course import Course, CourseError


@dataclass(frozen=True)
class HandedIn:
    """The submissions in the course's folder.

    Attributes
    ----------
    students : frozenset of str
    changed : frozenset of str
        Students whose submission, or the assignment, has changed since it was graded by ``fairgrade autograde``.
    """

    students: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()


def read_handed_in(course: Course, config: Config, directory: CourseDirectory, assignment: str) -> HandedIn:
    """Find out what has been handed in, and what grading again would not skip."""
    store = ResultsStore(directory, assignment, config)
    students = store.students()
    graded = {student: kept.key for student in students if (kept := store.fingerprint(student)) is not None}
    if not graded:
        return HandedIn(frozenset(students))
    try:
        bundle = read_assignment(directory, course.root / "graders", assignment, config, secret_of(config, store))
    except CourseError:  # it can't be graded again as it is; fairgrade autograde says why
        return HandedIn(frozenset(students), frozenset(graded))
    changed = set()
    for student, key in graded.items():
        try:
            now = read_submission(store.submitted(student), student, bundle, store.directory).key
        except OSError:  # it can't be read; fairgrade autograde says why
            now = ""
        if now != key:
            changed.add(student)
    return HandedIn(frozenset(students), frozenset(changed))
