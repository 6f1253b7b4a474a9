"""A preview is the page that a student with the same work gets, and leaves the course as it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fairgrade.authoring.preview_cases import cases_of, find_case
from fairgrade.course import CourseError
from fairgrade.grading import Exercise
from tests.conftest import run

CASE = "standard_error/forgets_the_root_of_n"


def an_exercise(name: str, *misconceptions: str) -> Exercise:
    """An exercise whose bank has these misconceptions."""

    def right(x: float) -> float:
        return x

    exercise = Exercise(name, points=1, reference=right)
    for misconception in misconceptions:

        def wrong(x: float) -> float:
            return -x

        wrong.__name__ = misconception
        exercise.misconception(hint="?", loses=1)(wrong)
    return exercise


CASES = cases_of([an_exercise("mean", "adds_up", "off_by_one"), an_exercise("spread", "off_by_one")])


def test_cases_have_full_names_and_two_are_about_the_whole_notebook() -> None:
    assert list(CASES) == [
        *("right", "blank", "mean/reference", "mean/adds_up", "mean/off_by_one"),
        *("spread/reference", "spread/off_by_one"),
    ]


@pytest.mark.parametrize(
    ("wanted", "full"),
    [("adds_up", "mean/adds_up"), ("spread/off_by_one", "spread/off_by_one"), ("blank", "blank")],
)
def test_a_bare_name_suffices_where_it_is_unique(wanted: str, full: str) -> None:
    assert find_case(CASES, wanted).name == full


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        ("off_by_one", "got one of mean/off_by_one, spread/off_by_one."),
        ("add_up", "got none. Close to it: mean/adds_up. --list"),
        ("bank", "got none. Close to it: blank. --list"),
        ("zzz", "got none. --list prints all."),
    ],
)
def test_a_name_that_is_none_or_several_is_refused_with_those_that_are_close(wanted: str, says: str) -> None:
    with pytest.raises(CourseError, match=re.escape(says)):
        find_case(CASES, wanted)


@pytest.fixture(scope="module")
def previewed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new course."""
    folder = tmp_path_factory.mktemp("preview") / "course"
    assert run("fairgrade", "init", str(folder), cwd=folder.parent).returncode == 0
    return folder


def files_of(course: Path) -> dict[Path, bytes]:
    """All files of a course but what Python compiled."""
    return {p: p.read_bytes() for p in course.rglob("*") if p.is_file() and p.suffix != ".pyc"}


@pytest.mark.slow
def test_the_page_names_the_misconception_and_is_all_that_is_written(previewed: Path) -> None:
    """Submissions stay, and neither a gradebook nor graded work or feedback is made."""
    before = files_of(previewed)
    done = run("fairgrade", "preview", "first_steps", "--as", "forgets_the_root_of_n", cwd=previewed)
    assert done.returncode == 0, done.stdout
    page = previewed / "reports" / f"preview_first_steps_{CASE.replace('/', '_')}.html"
    assert done.stdout.strip() == str(page)
    text = page.read_text()
    assert "Forgets the root of n" in text
    assert "How far does their mean scatter?" in text
    assert "SOLUTION" not in text
    assert "HIDDEN" not in text
    after = files_of(previewed)
    assert set(after) - set(before) == {page}
    assert {path: after[path] for path in before} == before


@pytest.mark.slow
def test_an_unknown_case_is_refused(previewed: Path) -> None:
    done = run("fairgrade", "preview", "first_steps", "--as", "forgets_root_of_n", cwd=previewed)
    assert done.returncode == 2
    assert f"Close to it: {CASE}." in done.stdout
