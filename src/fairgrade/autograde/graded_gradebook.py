"""The gradebook of an assignment that has been graded, to be read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nbgrader.api import Assignment, Gradebook, MissingEntry

from fairgrade.course import CourseError


@contextmanager
def opened_gradebook(db_url: str, assignment: str) -> Iterator[tuple[Gradebook, Assignment]]:
    """Open the gradebook, with what it knows of an assignment, and close it at the end of the block.

    Raises
    ------
    CourseError
        If there is no gradebook, or it does not know the assignment.
    """
    kind, _, path = db_url.partition(":///")
    if kind == "sqlite" and path and not Path(path).exists():  # opening it would make an empty one
        raise CourseError(f"{path}: expected a gradebook, found none yet. Run: fairgrade autograde {assignment}")
    with Gradebook(db_url) as gradebook:
        try:
            found = gradebook.find_assignment(assignment)
        except MissingEntry:
            raise CourseError(
                f"{assignment}: expected results, found none. Run: fairgrade autograde {assignment}"
            ) from None
        yield gradebook, found
