"""The misconceptions of an earlier year's class, and how a class compares with it."""

from __future__ import annotations

import glob
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbgrader.coursedir import CourseDirectory

from fairgrade.autograde.bundle import configuration_of
from fairgrade.autograde.graded_work import GradedWork, read_graded_work
from fairgrade.course import CONFIG, Course, CourseError
from fairgrade.report.class_results import ClassMember
from fairgrade.report.item_statistics import MIN_STUDENTS

Key = tuple[str, str]


@dataclass(frozen=True)
class EarlierYear:
    """Who held what in an earlier year.

    Attributes
    ----------
    n : int
        Students whose work was graded by graders.
    damaged : int
        Students whose graded notebook can't be read; they are not counted in `n`.
    holders : dict of (str, str) to int
        How many of them held a misconception, by exercise and name.
    """

    n: int
    damaged: int
    holders: dict[Key, int]


@dataclass(frozen=True)
class Trend:
    """The share of students who hold one misconception, in an earlier year and now.

    Attributes
    ----------
    exercise, name, title : str
    then, now : float
        Shares of those whose work could be read.
    """

    exercise: str
    name: str
    title: str
    then: float
    now: float


@dataclass(frozen=True)
class Comparison:
    """How a class compares with an earlier one.

    Attributes
    ----------
    then_n, now_n : int
        Students that the shares are of.
    damaged : int
        Students of the earlier year whose graded notebook can't be read.
    trends : list of Trend
        What changed most first.
    """

    then_n: int
    now_n: int
    damaged: int
    trends: list[Trend]

    @property
    def remark(self) -> str:
        """Return what limits the comparison; empty if nothing does."""
        said = []
        fewest = min(self.then_n, self.now_n)
        if 0 < fewest < MIN_STUDENTS:
            moved = 100 / fewest
            said.append(f"In a class of {fewest}, one student moves a share by {moved:.0f} percentage points.")
        if self.damaged:
            said.append(f"Graded notebooks of the earlier year that can't be read are left out: {self.damaged}.")
        return " ".join(said)


def read_earlier_year(folder: Path, assignment: str) -> EarlierYear:
    """Read the results of an earlier year from its graded notebooks; its gradebook is not needed.

    Parameters
    ----------
    folder : Path
        That year's course, or its folder of graded notebooks.
    assignment : str

    Raises
    ------
    CourseError
        If it holds no results of the assignment, or none that can be read.
    """
    if not folder.is_dir():
        raise CourseError(f"--against {folder}: expected the folder of an earlier year's course, found none.")
    found = [read_graded_work(one) for one in _submissions(folder.resolve(), assignment)]
    read = [one for one in found if one.scores and not one.is_refused]
    damaged = sum(one.is_damaged for one in found)
    if not read:
        raise CourseError(f"--against {folder}: {_why_none(found, damaged, assignment)}")
    return EarlierYear(len(read), damaged, dict(Counter(key for one in read for key in _held(one.scores))))


def _submissions(folder: Path, assignment: str) -> list[Path]:
    """Return the folders of graded submissions, in a course or in its folder of graded notebooks."""
    directory = CourseDirectory(root=str(folder))
    if (folder / CONFIG).is_file():
        try:
            directory = configuration_of(Course(folder))[1]
        except CourseError as error:
            raise CourseError(
                f"--against {folder}: {error} To go without its settings, name its folder of graded notebooks."
            ) from error
    name = glob.escape(assignment)
    in_course = directory.format_path(glob.escape(directory.autograded_directory), "*", name)
    patterns = [in_course.replace(str(folder), glob.escape(str(folder)), 1), f"{glob.escape(str(folder))}/*/{name}"]
    for pattern in patterns:
        found = [path for one in sorted(glob.glob(pattern)) if any((path := Path(one)).glob("*.ipynb"))]  # noqa: PTH207
        if found:
            return found
    return []


def _why_none(found: Sequence[GradedWork], damaged: int, assignment: str) -> str:
    if not found:
        return (
            f"expected an earlier year's course with graded notebooks of {assignment}, found none. Name the course, or "
            "its folder of graded notebooks."
        )
    refused = sum(one.is_refused for one in found)
    if refused == len(found):
        return f"expected submissions that could be read, but all {refused} of {assignment} were refused."
    if damaged:
        return (
            f"expected graded notebooks of {assignment} with scores, but {damaged} of {len(found)} are damaged or of "
            f"another version. Grade that year again: fairgrade autograde {assignment}"
        )
    return (
        f"expected scores of graders in the graded notebooks of {assignment}, found none in {len(found)}. Grade that "
        f"year again: fairgrade autograde {assignment}"
    )


def compare(earlier: EarlierYear, graded: Sequence[ClassMember], titles: Mapping[Key, str]) -> Comparison:
    """Compare a class with an earlier one.

    Parameters
    ----------
    earlier : EarlierYear
    graded : sequence of ClassMember
        The class of now.
    titles : mapping of (str, str) to str
        What misconceptions are called; others go by their name.
    """
    read = [one for one in graded if one.scores]
    now = Counter(key for one in read for key in _held(one.scores))
    trends = [
        Trend(
            *key,
            titles.get(key, key[1].replace("_", " ").capitalize()),
            earlier.holders.get(key, 0) / earlier.n,
            now[key] / len(read) if read else 0.0,
        )
        for key in earlier.holders.keys() | now.keys()
    ]
    trends.sort(key=lambda one: (-abs(one.now - one.then), one.exercise, one.name))
    return Comparison(earlier.n, len(read), earlier.damaged, trends)


def _held(scores: Mapping[str, Mapping[str, Any]]) -> set[Key]:
    """Return what one student holds, each once."""
    return {(score["exercise"], name) for score in scores.values() for name in score["misconceptions"]}
