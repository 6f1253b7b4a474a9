"""A class is compared with an earlier one, as far as its graded notebooks can be read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fairgrade.course import CourseError
from fairgrade.report.class_results import ClassMember, Stage
from fairgrade.report.earlier_year import EarlierYear, Trend, compare, read_earlier_year
from tests.report.graded_class import graded_notebook, score, write_course, write_graded

HOLDS = graded_notebook(score((False, True), ["starts_at_one"]))
RIGHT = graded_notebook(score())
REFUSED = graded_notebook(None, refused="This notebook could not be graded.")
OLDER = graded_notebook({"exercise": "e", "points": 2.0})
DAMAGED = '{"cells": ['


def graded(folder: Path, *works: Any) -> Path:
    """Write the graded notebooks of students s1, s2, ..., and return the folder."""
    for number, work in enumerate(works, start=1):
        write_graded(folder / f"s{number}" / "ps1", work)
    return folder


def test_students_whose_work_could_be_read_are_counted(tmp_path: Path) -> None:
    """Refused, damaged and older results are left out; the last two are told."""
    course = write_course(tmp_path / "course")
    graded(course / "autograded", HOLDS, RIGHT, REFUSED, DAMAGED, OLDER, HOLDS)
    assert read_earlier_year(course, "ps1") == EarlierYear(3, 2, {("e", "starts_at_one"): 2})


@pytest.mark.parametrize("place", ["a course with its own folder names", "its graded notebooks alone"])
def test_graded_notebooks_are_where_the_course_puts_them(tmp_path: Path, place: str) -> None:
    folder = tmp_path / "[2025]"
    if place.startswith("a course"):
        settings = 'c.CourseDirectory.autograded_directory = "marked"\n'
        settings += 'c.CourseDirectory.directory_structure = "{nbgrader_step}/{assignment_id}/{student_id}"'
        write_course(folder, settings)
        write_graded(folder / "marked" / "ps1" / "s1", HOLDS)
    else:
        graded(folder, HOLDS)
    assert read_earlier_year(folder, "ps1").n == 1


def test_an_assignments_name_is_no_pattern(tmp_path: Path) -> None:
    graded(tmp_path, HOLDS)
    with pytest.raises(CourseError, match=r"graded notebooks of ps\[1\], found none"):
        read_earlier_year(tmp_path, "ps[1]")


@pytest.mark.parametrize(
    ("works", "says"),
    [
        ((), "graded notebooks of ps1, found none"),
        ((REFUSED, REFUSED), "all 2 of ps1 were refused"),
        ((DAMAGED, REFUSED), "1 of 2 are damaged or of another version.*fairgrade autograde ps1"),
        (("[]",), "1 of 1 are damaged"),
        ((graded_notebook(None),), "expected scores of graders.*found none in 1"),
    ],
)
def test_without_results_it_says_why(tmp_path: Path, works: tuple[Any, ...], says: str) -> None:
    with pytest.raises(CourseError, match=says):
        read_earlier_year(graded(tmp_path, *works), "ps1")


def test_a_folder_or_a_configuration_that_fails_is_named(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="expected the folder of an earlier year's course, found none"):
        read_earlier_year(tmp_path / "none", "ps1")
    course = write_course(tmp_path / "course", "import no_such_module")
    with pytest.raises(CourseError, match=r"no_such_module.*name its folder of graded notebooks"):
        read_earlier_year(course, "ps1")


def member(number: int, *names: str, scored: bool = True) -> ClassMember:
    """A student who holds these misconceptions."""
    scores = {"test_e": score((False, False), names)} if scored else {}
    return ClassMember(f"s{number}", Stage.COMPLETE, 0.0, {"test_e": 0.0}, scores)


def test_the_greatest_change_comes_first() -> None:
    """A misconception that one of the two classes did not have counts as 0; students without scores don't count."""
    earlier = EarlierYear(10, 0, {("e", "gone"): 5, ("e", "stays"): 10})
    members = [*(member(n, "stays", "new") for n in range(1)), *(member(n, "stays") for n in range(3))]
    found = compare(earlier, [*members, member(9, scored=False)], {("e", "new"): "Is new"})
    assert found.now_n == 4
    assert found.trends == [
        Trend("e", "gone", "Gone", 0.5, 0.0),
        Trend("e", "new", "Is new", 0.0, 0.25),
        Trend("e", "stays", "Stays", 1.0, 1.0),
    ]


def test_what_limits_the_comparison_is_said() -> None:
    """Below twenty students, one of them moves a share by much."""
    few = compare(EarlierYear(10, 3, {}), [member(n) for n in range(25)], {})
    assert few.remark.startswith("In a class of 10, one student moves a share by 10 percentage points.")
    assert "can't be read are left out: 3." in few.remark
    assert compare(EarlierYear(20, 0, {}), [member(n) for n in range(20)], {}).remark == ""
