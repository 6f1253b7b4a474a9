"""The report on an assignment of a course: where its results lie, and which graders it has."""

from __future__ import annotations

from pathlib import Path

from nbformat import ValidationError

from fairgrade.autograde.bundle import configuration_of
from fairgrade.course import Course, CourseError
from fairgrade.report.class_report import ClassReport, report_on
from fairgrade.report.class_results import read_class
from fairgrade.report.earlier_year import read_earlier_year
from fairgrade.report.handed_in import read_handed_in
from fairgrade.results import titles_in


def report_on_course(course: Course, assignment: str, against: Path | None = None) -> ClassReport:
    """Read the results of an assignment, and work out the report on its class.

    Parameters
    ----------
    course : Course
    assignment : str
    against : Path, optional
        An earlier year's course to compare with.

    Raises
    ------
    CourseError
        If there is no such assignment, nothing is graded yet, or the earlier year has no results.
    """
    sources = course.notebooks(assignment)  # if there is none, this says which there are
    try:
        titles = titles_in(sources)
    except (OSError, ValueError, ValidationError) as error:
        what = f"{type(error).__name__}: {error}"
        raise CourseError(f"source/{assignment}: expected notebooks that can be read, got {what}") from error
    config, directory = configuration_of(course)
    results = read_class(directory, assignment, titles, read_handed_in(course, config, directory, assignment))
    exercises = course.exercises(assignment) if course.has_graders(assignment) else []
    return report_on(results, exercises, None if against is None else read_earlier_year(against, assignment))
