"""The source is graded before any submission: what it does not earn, nobody could."""

from __future__ import annotations

import json
import re
from pathlib import Path
from subprocess import CompletedProcess

import nbformat
import pytest

from tests.autograde import classes
from tests.autograde.classes import ASSIGNMENT, hand_in, points
from tests.conftest import run
from tests.notebooks import cell, cell_of

FAIRGRADE = ("fairgrade", "autograde", ASSIGNMENT, "--jobs", "1")
NBGRADER = ("nbgrader", "autograde", ASSIGNMENT)
COMMANDS = pytest.mark.parametrize("command", [FAIRGRADE, NBGRADER], ids=["fairgrade", "nbgrader"])


def grade(course: Path, command: tuple[str, ...], *options: str) -> CompletedProcess[str]:
    """Run either command, its lines joined."""
    done = run(*command, *options, cwd=course)
    done.stdout = " ".join(done.stdout.split())
    return done


def with_test(course: Path, code: str, *, tags: tuple[str, ...] = ()) -> None:
    """Give the source one more test, of a point."""
    classes.write_source(course, classes.source(cell("test", code, 1, grade_id="test_more", tags=tags)))


LOSING = {
    "test_wrong": ("assert double(2) == 5", "AssertionError", "Mend the test, its grader or the solution"),
    "test_lacks": (
        "import no_such_package", "No module named 'no_such_package'", "-m pip install no_such_package",
    ),
    "test_object": (
        "double(object())", "NeedsReview: call of the student's object, argument 1: can't pass a object",
        "tag its cell `in-sandbox`",
    ),
    "test_shell": ("%env COURSE=1", "NeedsReview: A test asked for what only", "tag its cell `in-sandbox`"),
    "test_much": ("double(2) + 0", "expected a number from 0 to 1, got 4", "Mend the test"),
}  # fmt: skip
"""Tests that the source does not pass, why, and what helps."""


@pytest.mark.slow
@COMMANDS
def test_a_source_that_loses_points_stops_the_class(small_course: Path, command: tuple[str, ...]):
    """Each cell is named with cause and cure, nothing is recorded, and the exit code says so."""
    hand_in(small_course, "s001")
    tests = (cell("test", code, 1, grade_id=name) for name, (code, _, _) in LOSING.items())
    classes.write_source(small_course, classes.source(*tests))
    done = grade(small_course, command)
    assert done.returncode == (3 if command is FAIRGRADE else 1), done.stdout
    told = dict(re.findall(r"ps1/(\w+) earns 0 of 1 points(.*?)(?=ps1/\w+ earns|No submission)", done.stdout))
    assert told.keys() == LOSING.keys(), done.stdout
    for name, (_, cause, cure) in LOSING.items():
        assert cause in told[name]
        assert cure in told[name]
    assert points(small_course) == {}
    assert not (small_course / "autograded" / "s001").exists()


@pytest.mark.slow
@COMMANDS
def test_what_a_solution_lacks_is_named_where_it_stopped(small_course: Path, command: tuple[str, ...]):
    """A package that is not installed here is no student's fault: the message says what to type."""
    hand_in(small_course, "s001")
    source = classes.source()
    solution = cell_of(source, "double")
    solution.source = solution.source.replace("def double", "import scypi_of_old\ndef double")
    classes.write_source(small_course, source)
    done = grade(small_course, command)
    assert done.returncode != 0
    assert "double stopped with ModuleNotFoundError: No module named 'scypi_of_old'" in done.stdout
    assert "-m pip install scypi_of_old" in done.stdout
    assert points(small_course) == {}


@pytest.mark.slow
@COMMANDS
def test_without_preflight_it_is_graded_and_recorded_so(small_course: Path, command: tuple[str, ...]):
    """It is said aloud, and each notebook says so for good."""
    hand_in(small_course, "s001")
    with_test(small_course, "assert double(2) == 5")
    skip = ("--no-preflight", "--json", "out.json") if command is FAIRGRADE else ("--IsolatedExecute.preflight=False",)
    done = grade(small_course, command, *skip)
    assert done.returncode == 0, done.stdout
    assert "NO PREFLIGHT" in done.stdout
    assert points(small_course) == {"s001": 5.0}
    graded = nbformat.read(small_course / "autograded" / "s001" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4)
    assert graded.metadata["fairgrade"]["preflight"] == "skipped"
    if command is FAIRGRADE:
        assert json.loads((small_course / "out.json").read_text())["preflight"] == "skipped"


@pytest.mark.slow
def test_what_has_passed_is_not_tried_again_by_either_command(small_course: Path):
    """One preflight for each content of source, graders and configuration; a change of any needs another."""
    hand_in(small_course, "s001")
    assert grade(small_course, FAIRGRADE).returncode == 0
    kept = small_course / "reports" / ASSIGNMENT / "preflight.json"
    first = kept.stat().st_mtime_ns
    assert {cell["cell"]: cell["earned"] for cell in json.loads(kept.read_text())["cells"]} == {
        "test_double": 3.0,
        "test_half": 2.0,
    }
    hand_in(small_course, "s002")
    assert grade(small_course, NBGRADER).returncode == 0
    assert grade(small_course, FAIRGRADE, "--force").returncode == 0
    assert kept.stat().st_mtime_ns == first
    with_test(small_course, "assert double(3) == 6")
    assert grade(small_course, NBGRADER, "--force").returncode == 0
    assert kept.stat().st_mtime_ns != first
    assert points(small_course) == {"s001": 6.0, "s002": 6.0}


@pytest.mark.slow
def test_a_dry_run_has_a_preflight_and_writes_nothing(small_course: Path):
    """What it would do, it does but for the writing."""
    hand_in(small_course, "s001")
    assert grade(small_course, FAIRGRADE, "--dry-run").returncode == 0
    assert not (small_course / "reports" / ASSIGNMENT / "preflight.json").exists()
    with_test(small_course, "assert double(2) == 5")
    assert grade(small_course, FAIRGRADE, "--dry-run").returncode == 3


@pytest.mark.slow
def test_files_and_cells_of_the_source_are_there_as_for_submissions(small_course: Path):
    """A test that reads a data file, and a cell that nobody grades, go through it like any."""
    source = classes.source(cell("test", "assert open('data.csv').read() == '1,2\\n'", 1, grade_id="test_more"))
    source.cells.insert(2, cell("plain", "open('data.csv').read()", grade_id="look"))
    classes.write_source(small_course, source)
    hand_in(small_course, "s001")
    done = grade(small_course, FAIRGRADE)
    assert done.returncode == 0, done.stdout
    assert points(small_course) == {"s001": 6.0}


@pytest.mark.slow
@COMMANDS
def test_steps_may_be_named_with_dots(small_course: Path, command: tuple[str, ...]):
    """The configuration's own way to name a preprocessor without importing it."""
    hand_in(small_course, "s001")
    with (small_course / "nbgrader_config.py").open("a") as config:
        config.write(
            "c.Autograde.autograde_preprocessors = [f'{step.__module__}.{step.__name__}' "
            "for step in c.Autograde.autograde_preprocessors]\n"
        )
    with_test(small_course, "assert double(2) == 5")
    assert "ps1/test_more earns 0 of 1 points" in grade(small_course, command).stdout
    with_test(small_course, "assert double(2) == 4")
    assert grade(small_course, command).returncode == 0
    assert points(small_course) == {"s001": 6.0}


@pytest.mark.slow
@COMMANDS
def test_a_package_that_all_submissions_lack_is_reported_as_ours(small_course: Path, command: tuple[str, ...]):
    """With what to type; one student's misspelled import is not."""
    for student in ("s001", "s002"):
        hand_in(small_course, student, "import scypi_of_old\n" + classes.RIGHT)
    done = grade(small_course, command)
    assert "-m pip install scypi_of_old" in done.stdout
    if command is FAIRGRADE:
        assert done.returncode == 1
        hand_in(small_course, "s003", "import nunpy_\n" + classes.RIGHT)
        hand_in(small_course, "s004")
        again = grade(small_course, command, "--force")
        assert again.returncode == 0
        assert "pip install" not in again.stdout
