"""The course folder is found, and what is missing in it is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairgrade.course import Course, CourseError
from tests.conftest import ROOT


def test_a_course_is_found_from_below():
    """As git finds its repository."""
    assert Course.at(ROOT / "source" / "part5_training") == Course(ROOT)


def test_outside_there_is_none(tmp_path: Path):
    """The error says what a course is."""
    with pytest.raises(CourseError, match=r"nbgrader_config\.py, source/ and graders/, found none"):
        Course.at(tmp_path)


def test_an_assignment_without_graders_is_named(course: Course):
    """Its package can't be imported."""
    with pytest.raises(CourseError, match="graders/part9: expected a package that can be imported"):
        course.exercises("part9")
