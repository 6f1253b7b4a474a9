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
    with pytest.raises(CourseError, match=r"nbgrader_config\.py and source/, found none"):
        Course.at(tmp_path)


def test_an_assignment_without_graders_is_named(course: Course):
    """The error says what works without."""
    with pytest.raises(CourseError, match=r"graders/part9: expected a package .*, found none\. Without them"):
        course.exercises("part9")


def test_a_course_needs_no_graders(tmp_path: Path):
    """As where tests were written without fairgrade."""
    (tmp_path / "source" / "ps1").mkdir(parents=True)
    (tmp_path / "nbgrader_config.py").touch()
    assert Course.at(tmp_path / "source" / "ps1") == Course(tmp_path)
    assert not Course(tmp_path).has_graders("ps1")
