"""A course written for one kernel: fairgrade with tests = "auto" gives the points that stock nbgrader gives."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from tests.conftest import ROOT, run
from tests.foreign.course import ASSIGNMENTS, FILES, handed_in, source

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("foreign")]

WORKS = ("solution", "corrupted", "stub")
STOCK = 'c = get_config()\nc.CourseDirectory.course_id = "foreign"\n'
# What docs/ADOPT.md says to add.
OURS = '\nc.IsolatedExecute.tests = "auto"\n'

Scores = dict[tuple[str, str, str], float | None]


def grade(folder: Path, config: str, *command: str) -> Scores:
    """The course graded by a command: what each work earns in each cell."""
    (folder / "graders").mkdir(parents=True)
    (folder / "source" / "all").mkdir(parents=True)
    (folder / "nbgrader_config.py").write_text(config)
    for name, text in FILES.items():
        (folder / "source" / "all" / name).write_text(text)
    for name in ASSIGNMENTS:
        nbformat.write(source(name), folder / "source" / "all" / f"{name}.ipynb")
    made = run("nbgrader", "generate_assignment", "all", cwd=folder)
    assert made.returncode == 0, made.stdout
    for work in WORKS:
        target = folder / "submitted" / work / "all"
        target.mkdir(parents=True)
        for name in ASSIGNMENTS:
            released = nbformat.read(folder / "release" / "all" / f"{name}.ipynb", as_version=4)
            nbformat.write(handed_in(name, copy.deepcopy(released), work), target / f"{name}.ipynb")
    done = run(*command, cwd=folder)
    assert done.returncode == 0, done.stdout
    with Gradebook(f"sqlite:///{folder}/gradebook.db") as gradebook:
        return {
            (submission.student_id, notebook.name, grade.name): grade.auto_score
            for submission in gradebook.assignment_submissions("all")
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
        grade(folder / "stock", STOCK, "nbgrader", "autograde", "all"),
        grade(folder / "ours", ours, "fairgrade", "autograde", "all", "--json", "out.json"),
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
    runs = json.loads((folder / "out.json").read_text())["tests"]
    apart = sum(len(cells) for cells in runs.values())
    assert "nowhere" not in str(runs)
    assert apart <= 0.25 * len(ours) / len(WORKS)
