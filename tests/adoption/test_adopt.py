"""fairgrade adopt says of each assignment how it works, cell by cell, and changes nothing in the course."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import nbformat
import pytest

from fairgrade.adoption.adopted_course import compare_course, course_to_adopt
from fairgrade.adoption.comparison import AdoptedAssignment, Adoption, CellComparison
from fairgrade.adoption.stock_engine import StockScore
from fairgrade.course import Course, CourseError
from fairgrade.nbgrader.cell_results import CellResult
from tests.conftest import run
from tests.foreign.subjects import write_course
from tests.notebooks import cell, notebook_of


def compared(
    *, ours: float = 2, stub: float | None = 0, stock: float = 2, stock_stub: float = 0, runs: str = "isolated",
    error: str = "", why: str = "", fault: bool = False,
) -> CellComparison:  # fmt: skip
    result = CellResult("ps", "test_mean", ours, 2, error=error, runs=runs, fault=fault)
    return CellComparison(result, stub, StockScore(stock, why), StockScore(stock_stub))


@pytest.mark.parametrize(
    ("pair", "adoption", "problem"),
    [
        (compared(), Adoption.UNTOUCHED, ""),
        (compared(runs="in-sandbox"), Adoption.WITH_TAG, ""),
        (compared(runs="in-order"), Adoption.WITH_TAG, ""),
        (compared(stub=1, stock_stub=1), Adoption.UNTOUCHED, ""),
        (compared(stock=0), Adoption.UNTOUCHED, ""),
        (compared(ours=0), Adoption.NOT, "its own solution earns 2 points in stock nbgrader, and 0 in fairgrade"),
        (compared(ours=0, runs="nowhere", stub=None), Adoption.NOT, "2 points in stock nbgrader, and 0 in fairgrade"),
        (compared(ours=0, stock=1, why="E: x"), Adoption.NOT, "earns 1 of 2 points in stock nbgrader, too (E: x)"),
        (compared(stub=2), Adoption.NOT, "the empty stub earns 0 points in stock nbgrader, 2 in fairgrade"),
        (compared(fault=True), Adoption.NOT, "it would keep every submission from being graded"),
        (compared(stock_stub=2), Adoption.NOT, "the empty stub earns 2 points in stock nbgrader, 0 in fairgrade"),
    ],
)
def test_a_test_works_if_right_work_earns_all_and_a_stub_what_it_did(
    pair: CellComparison, adoption: Adoption, problem: str
):
    assert AdoptedAssignment("ps", (compared(), pair)).adoption is adoption
    assert problem in pair.problem
    assert bool(pair.problem) == (adoption is Adoption.NOT)


def test_a_lost_point_comes_with_its_error_and_what_to_do():
    pair = compared(ours=0, error="ModuleNotFoundError: No module named 'nose'")
    assert pair.cause.startswith("ModuleNotFoundError: No module named 'nose' Install it where grading runs: ")


def test_what_works_better_or_gives_points_away_is_noted():
    assert compared(stock=0, why="output on stderr, 'slow'").note == (
        "stock nbgrader takes points from the solution for output on stderr, 'slow'; fairgrade does not"
    )
    assert compared(stub=1, stock_stub=1).note == "the empty stub earns 1 of 2 points by either engine"
    assert compared(stub=1).note == ""


def contents(folder: Path) -> dict[str, tuple[str, int]]:
    return {
        str(path.relative_to(folder)): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.slow
def test_a_course_is_compared_and_stays_as_it_is(tmp_path: Path):
    course = write_course(tmp_path / "course", ["sql", "files"])
    (course / "course_settings.py").write_text("ID = 'subjects'\n")
    (course / "nbgrader_config.py").write_text(
        "import sys\nfrom pathlib import Path\n\nsys.path.insert(0, str(Path(__file__).parent))\n"
        "from course_settings import ID\n\nc = get_config()\nc.CourseDirectory.course_id = ID\n"
    )
    for name, text in (("autotests", "### AUTOTEST mean(1)"), ("other", "assert True")):
        (course / "source" / name).mkdir()
        notebook = notebook_of(cell("test", text, 1, grade_id="test"))
        if name == "other":
            notebook.metadata = {"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}}
        nbformat.write(notebook, course / "source" / name / "nb.ipynb")
    before = contents(course)
    done = run("fairgrade", "adopt", "--json", str(tmp_path / "found.json"), cwd=course)
    assert contents(course) == before
    assert done.returncode == 1, done.stdout
    found = {one["name"]: one for one in json.loads((tmp_path / "found.json").read_text())["assignments"]}
    assert {name: one["adoption"] for name, one in found.items()} == {
        "autotests": "not", "files": "with_tag", "other": "not", "sql": "with_tag",
    }  # fmt: skip
    tests = {test["title"]: test for name in ("sql", "files") for test in found[name]["tests"]}
    assert all(test["fairgrade"] == {"solution": test["points"], "stub": 0} for test in tests.values())
    assert {title for title, test in tests.items() if test["runs"] != "isolated"} == {
        "Part C: a function (2)", "Task 1 (1)", "Task 1 (2)",
    }  # fmt: skip
    assert {title for title, test in tests.items() if test["stock"]["solution"]["earned"] < test["points"]} == {
        "Task 2 (3)"
    }
    assert "expected a notebook for Python, got one for R" in done.stdout
    assert "AUTOTEST lines in test, of which nbgrader makes tests for the release alone" in done.stdout
    assert "4 assignments: 0 untouched, 2 with a tag, 2 not yet." in done.stdout
    assert 'c.IsolatedExecute.tests = "auto"' in done.stdout


@pytest.mark.parametrize(
    ("config", "names", "says"),
    [
        ("", ["ps9"], "source/ps9: expected a notebook, found none. Assignments here: ps1"),
        ("c.CourseDirectory.source_directory = 'instructor'", [], "expected source notebooks in .*/source/ASSIGNMENT/"),
        ("1 / 0", [], "nbgrader_config.py:1: expected a configuration that can be loaded, got ZeroDivisionError"),
    ],
)
def test_bad_use_is_told(tmp_path: Path, config: str, names: list[str], says: str):
    (tmp_path / "source" / "ps1").mkdir(parents=True)
    nbformat.write(notebook_of(), tmp_path / "source" / "ps1" / "ps1.ipynb")
    (tmp_path / "nbgrader_config.py").write_text(config)
    with pytest.raises(CourseError, match=says):
        compare_course(Course(tmp_path), names, lambda about: None)


def test_a_course_is_found_without_a_configuration(tmp_path: Path):
    with pytest.raises(CourseError, match="expected a course of nbgrader's"):
        course_to_adopt(tmp_path)
    (tmp_path / "source").mkdir()
    assert course_to_adopt(tmp_path) == Course(tmp_path)
