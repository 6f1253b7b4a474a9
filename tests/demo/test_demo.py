"""`fairgrade demo`, as a user runs it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from fairgrade.results import count_misconceptions, read_gradebook, read_scores
from tests.conftest import ASSIGNMENT, copy_course, run


@pytest.mark.slow
def test_a_class_from_nothing_to_its_scores(tmp_path: Path):
    """Made, graded, fed back and exported; a second run finds all done; a damaged one is finished."""
    course = copy_course(tmp_path / "course")
    folder = course / "demo_class"
    done = run("fairgrade", "demo", "--students", "5", "--seed", "4", cwd=course)
    assert done.returncode == 0, done.stdout
    assert "Made a class of 5" in done.stdout
    assert "Autograded 5 submissions" in done.stdout
    assert "Misconceptions recognised" in done.stdout
    assert "Nbgrader > Formgrader" in done.stdout
    assert f"demo_class/reports/{ASSIGNMENT}-class.html" in done.stdout
    assert "5 students, 5 with work" in (folder / "reports" / f"{ASSIGNMENT}-class.html").read_text()

    results = {r.student: r for r in read_gradebook(f"sqlite:///{folder / 'gradebook.db'}", ASSIGNMENT)}
    assert list(results) == ["s001", "s002", "s003", "s004", "s005"]
    assert [result.late for result in results.values()] == [False, False, True, False, False]
    assert results["s005"].total == 0
    assert results["s001"].points["limits_of_one_neuron"] is None
    with (folder / "grades.csv").open() as file:
        grades = {row["student_id"]: row for row in csv.DictReader(file)}
    assert {student: float(row["raw_score"]) for student, row in grades.items()} == {
        student: result.total for student, result in results.items()
    }
    assert (grades["s001"]["first_name"], grades["s001"]["last_name"]) == ("Bruno", "Haddad")
    with (folder / "exports" / "canvas.csv").open() as file:
        points = {row["SIS Login ID"]: row[f"{ASSIGNMENT} (1001)"] for row in csv.DictReader(file)}
    assert float(points["s002"]) == results["s002"].total
    assert set(points) == {*results, ""}
    assert "demo_class/exports/canvas.csv" in done.stdout
    for student in results:
        assert (folder / "feedback" / student / ASSIGNMENT / f"{ASSIGNMENT}.html").is_file()
    notebook = folder / "autograded" / "s001" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    assert {name: score["earned"] for name, score in read_scores(notebook).items()} == {
        name: points for name, points in results["s001"].points.items() if points is not None
    }
    assert count_misconceptions(folder / "autograded", ASSIGNMENT).total() >= 1
    assert not (course / "submitted").exists()

    before = notebook.stat().st_mtime_ns
    again = run("fairgrade", "demo", "--students", "5", "--seed", "4", cwd=course)
    assert "Found a class of 5" in again.stdout
    assert "Autograded 0 submissions; 5 were graded already" in again.stdout
    assert notebook.stat().st_mtime_ns == before

    # As after a Ctrl-C: one submission is not graded. From a folder below, too.
    notebook.unlink()
    notebook.parent.joinpath("timestamp.txt").unlink()
    notebook.parent.rmdir()
    rest = run("fairgrade", "demo", "--students", "5", "--seed", "4", cwd=course / "source")
    assert "Autograded 1 submissions; 4 were graded already" in rest.stdout

    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as gradebook:
        assert len(gradebook.students) == 5


def test_a_folder_of_somebodys_is_left_alone(tmp_path: Path):
    """An instructor's submissions are never overwritten."""
    course = copy_course(tmp_path / "course")
    precious = course / "submitted" / "s001" / "notebook.ipynb"
    precious.parent.mkdir(parents=True)
    precious.write_text("precious")
    done = run("fairgrade", "demo", "--folder", "submitted", "--force", cwd=course)
    assert done.returncode == 1
    assert "expected an empty folder or a demonstration class" in done.stdout
    assert precious.read_text() == "precious"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--assignment", "part9"], "source/part9: expected a notebook, found none. Assignments here: part5_training"),
        (["--students", "0"], "Invalid value for '--students'"),
        (["--seed", "x"], "Invalid value for '--seed'"),
    ],
)
def test_bad_arguments_get_a_clear_error(tmp_path: Path, arguments: list[str], says: str):
    """No traceback, an exit code, and nothing written."""
    course = copy_course(tmp_path / "course")
    done = run("fairgrade", "demo", *arguments, cwd=course)
    assert done.returncode in {1, 2}
    assert says in " ".join(done.stdout.split())
    assert "Traceback" not in done.stdout
    assert not (course / "demo_class").exists()


def test_a_course_that_is_named_and_missing_is_an_error(tmp_path: Path):
    """A small course is written only where nobody names one, in tests/wheel."""
    done = run("fairgrade", "demo", "--course", str(tmp_path), cwd=tmp_path)
    assert done.returncode == 1
    assert "Change into the course's folder, or name it with --course" in " ".join(done.stdout.split())
    assert not list(tmp_path.iterdir())


def test_help_names_every_command(tmp_path: Path):
    """--help works anywhere, and --version, too."""
    assert "demo" in run("fairgrade", "--help", cwd=tmp_path).stdout
    assert run("fairgrade", "--version", cwd=tmp_path).stdout.startswith("fairgrade 0.")
