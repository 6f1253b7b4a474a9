"""A course written for one kernel: fairgrade with tests = "auto" gives the points that stock nbgrader gives."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from tests.conftest import ROOT, run
from tests.foreign.course import ASSIGNMENTS, FILES, handed_in, source

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("foreign")]

WORKS = ("solution", "corrupted", "stub")
STOCK = 'c = get_config()\nc.CourseDirectory.course_id = "foreign"\n'
# What fairgrade adopt says to add.
OURS = '\nc.IsolatedExecute.tests = "auto"\n'

RELEASE_ALL = """
import sys
from nbgrader.apps import NbGrader, NbGraderAPI

app = NbGrader()
app.initialize([])
api = NbGraderAPI(config=app.config)
for name in sys.argv[1:]:
    made = api.generate_assignment(name)
    assert made["success"], made
"""
"""What `nbgrader generate_assignment NAME` does, for each name by one process: ten starts take longer than the work."""

Scores = dict[tuple[str, str, str], float | None]


def make_course(folder: Path, config: str) -> None:
    """Write a course of all assignments, and release each."""
    folder.mkdir(parents=True)
    (folder / "nbgrader_config.py").write_text(config)
    for name in ASSIGNMENTS:
        (folder / "source" / name).mkdir(parents=True)
        nbformat.write(source(name), folder / "source" / name / f"{name}.ipynb")
        for file, text in FILES.items():
            (folder / "source" / name / file).write_text(text)
    made = run(sys.executable, "-c", RELEASE_ALL, *ASSIGNMENTS, cwd=folder)
    assert made.returncode == 0, made.stdout


def hand_in(folder: Path, name: str) -> None:
    """Hand each work in to a released assignment."""
    released = nbformat.read(folder / "release" / name / f"{name}.ipynb", as_version=4)
    for work in WORKS:
        target = folder / "submitted" / work / name
        target.mkdir(parents=True)
        nbformat.write(handed_in(name, released, work), target / f"{name}.ipynb")


def grade(folder: Path, config: str, *command: str) -> Scores:
    """A course's assignments handed in and graded one after the other: what each work earns in each cell.

    In the command NAME stands for the assignment.
    """
    make_course(folder, config)
    for name in ASSIGNMENTS:
        hand_in(folder, name)
        done = run(*(word.replace("NAME", name) for word in command), cwd=folder)
        assert done.returncode == 0, done.stdout
    with Gradebook(f"sqlite:///{folder}/gradebook.db") as gradebook:
        return {
            (submission.student_id, notebook.name, grade.name): grade.auto_score
            for assignment in gradebook.assignments
            for submission in gradebook.assignment_submissions(assignment.name)
            for notebook in submission.notebooks
            for grade in notebook.grades
        }


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Scores, Scores, Path]:
    """The course graded by stock nbgrader and by fairgrade."""
    pytest.importorskip("pandas")
    folder = tmp_path_factory.mktemp("foreign")
    ours = (ROOT / "nbgrader_config.py").read_text() + OURS
    return (
        grade(folder / "stock", STOCK, "nbgrader", "autograde", "NAME"),
        grade(folder / "ours", ours, "fairgrade", "autograde", "NAME", "--json", "NAME.json"),
        folder / "ours",
    )


@pytest.mark.parametrize("work", WORKS)
def test_each_cell_earns_what_it_earns_in_stock_nbgrader(graded: tuple[Scores, Scores, Path], work: str) -> None:
    stock, ours, _ = graded
    assert {key: score for key, score in ours.items() if key[0] == work} == {
        key: score for key, score in stock.items() if key[0] == work
    }


def test_the_works_are_what_they_are_called(graded: tuple[Scores, Scores, Path]) -> None:
    stock, _, _ = graded
    points = {
        (name, cell.metadata.nbgrader.grade_id): cell.metadata.nbgrader.points
        for name in ASSIGNMENTS
        for cell in source(name).cells
        if cell.metadata.get("nbgrader", {}).get("grade")
    }
    assert {key[1:]: score for key, score in stock.items() if key[0] == "solution"} == points
    for name in ASSIGNMENTS:
        earned = {w: sum(s or 0 for key, s in stock.items() if key[:2] == (w, name)) for w in WORKS}
        assert earned["stub"] <= earned["corrupted"] < earned["solution"], name


def test_most_tests_are_isolated(graded: tuple[Scores, Scores, Path]) -> None:
    _, ours, folder = graded
    runs = [json.loads((folder / f"{name}.json").read_text())["tests"] for name in ASSIGNMENTS]
    apart = sum(len(cells) for found in runs for cells in found.values())
    assert "nowhere" not in str(runs)
    assert 0 < apart <= 0.25 * len(ours) / len(WORKS)
