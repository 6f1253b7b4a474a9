"""The banks through the real `nbgrader autograde`: the same scores as in process, and nothing lost on bad input."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from fairgrade.course import Course
from fairgrade.demo.class_plan import SubmissionKind, SubmissionPlan, Work
from fairgrade.demo.submission_files import solution_cells, write_submission
from fairgrade.grading import Exercise, Misconception, Submission, grading_for
from fairgrade.results import read_gradebook, read_scores
from tests.conftest import ASSIGNMENT, ROOT, copy_course, run

RELEASE = Path("release") / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
WORKERS = 2


def plans_of_the_banks(course: Course) -> list[SubmissionPlan]:
    """As many submissions as it takes to hand in every item of every bank once."""
    exercises = course.exercises(ASSIGNMENT)
    cells = solution_cells(nbformat.read(ROOT / RELEASE, as_version=4))
    works: dict[str, list[Work]] = {cell: [] for cell in cells}
    for exercise in exercises:
        items: list[tuple[str, object, Misconception | None]] = [("reference", exercise.reference, None)]
        items += [(v.name, v.code, None) for v in exercise.variants.values()]
        items += [(m.name, m.code, m) for m in exercise.misconceptions.values()]
        works[exercise.solution_cell] += [Work(exercise.solution_cell, exercise.solution_name, *item) for item in items]
    most = max(map(len, works.values()))
    return [
        # Once all of a bank is handed in, its reference: right work that the others can build on.
        SubmissionPlan(
            f"s{n + 1:03d}",
            SubmissionKind.ORDINARY,
            tuple(bank[n if n < len(bank) else 0] for bank in works.values() if bank),
        )
        for n in range(most)
    ]


def hand_in(course: Path, plans: list[SubmissionPlan]) -> None:
    made = run("nbgrader", "generate_assignment", ASSIGNMENT, "--force", cwd=course)
    assert made.returncode == 0, made.stdout
    for plan in plans:
        write_submission(course / RELEASE, plan, course / "submitted", ASSIGNMENT)


def scores(course: Path, student: str) -> dict[str, float | None]:
    results = read_gradebook(f"sqlite:///{course / 'gradebook.db'}", ASSIGNMENT)
    return next(result.points for result in results if result.student == student)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(WORKERS))
def test_every_item_of_the_banks_scores_as_in_process(course: Course, tmp_path: Path, part: int):
    """A price is a price, and right is right, through notebook, kernel and gradebook."""
    plans = plans_of_the_banks(course)[part::WORKERS]
    folder = copy_course(tmp_path / "course")
    hand_in(folder, plans)
    done = run("nbgrader", "autograde", ASSIGNMENT, cwd=folder)
    assert done.returncode == 0, done.stdout[-5000:]
    exercises = course.exercises(ASSIGNMENT)
    for plan in plans:
        got = scores(folder, plan.student)
        for work in plan.works:
            for exercise in (e for e in exercises if e.solution_cell == work.cell):
                assert got[f"test_{exercise.name}"] == expected(exercise, work, plan.student), (
                    work.item,
                    exercise.name,
                )


def expected(exercise: Exercise, work: Work, student: str) -> float:
    """What the item earns: all if it is right, less its price if it is wrong here, else what it earns in process."""
    if work.misconception is None:
        return exercise.points
    if work.misconception is exercise.misconceptions.get(work.item):
        return exercise.points - work.misconception.loses
    with grading_for(Submission(ASSIGNMENT, student)):
        return exercise.grade(work.code).earned


@pytest.mark.slow
def test_release_reference_and_broken_submissions(tmp_path: Path):
    """The stub earns 0 and is not attempted, the solution 38, and a broken notebook 0, with its cause."""
    course = copy_course(tmp_path / "course")
    hand_in(course, [])
    for student, source in {"s001": course / RELEASE, "s002": ROOT / "solutions" / ASSIGNMENT / RELEASE.name}.items():
        folder = course / "submitted" / student / ASSIGNMENT
        folder.mkdir(parents=True)
        (folder / RELEASE.name).write_bytes(source.read_bytes())
    broken = course / "submitted" / "s003" / ASSIGNMENT
    broken.mkdir(parents=True)
    (broken / RELEASE.name).write_text("{ not a notebook")

    done = run("nbgrader", "autograde", ASSIGNMENT, cwd=course)
    assert done.returncode == 0, done.stdout[-5000:]
    assert "s003/part5_training/part5_training.ipynb: This notebook could not be graded: the file is" in done.stdout
    assert set(scores(course, "s003").values()) == {0}
    untouched = read_scores(course / "autograded" / "s001" / ASSIGNMENT / RELEASE.name)
    assert [score["attempted"] for score in untouched.values()] == [False] * 7
    assert sum(filter(None, scores(course, "s001").values())) == 0
    assert sum(filter(None, scores(course, "s002").values())) == 38

    for command in (("generate_feedback", ASSIGNMENT), ("export",)):
        assert run("nbgrader", *command, cwd=course).returncode == 0
    page = (course / "feedback" / "s002" / ASSIGNMENT / f"{ASSIGNMENT}.html").read_text()
    assert "8 of 8 points" in page
    assert "part5_training,,,s002,,,,38.0,0.0,38.0,40.0" in (course / "grades.csv").read_text()


@pytest.mark.slow
def test_a_broken_grader_records_no_score(tmp_path: Path):
    """The submission is left out and listed; once the grader is mended, the next run grades it."""
    course = copy_course(tmp_path / "course")
    plan = SubmissionPlan("s001", SubmissionKind.ORDINARY, ())
    hand_in(course, [plan])
    grader = course / "graders" / ASSIGNMENT / "mse_loss.py"
    right = grader.read_text()
    # Not for the source's own solution, which is graded first.
    breaks = "    from fairgrade.grading.seeding import current_submission\n"
    breaks += '    if current_submission().student == "s001":\n        raise OSError("disk full")\n'
    grader.write_text(re.sub(r'(def squares_each_error.*?"""\n)', rf"\1{breaks}", right, flags=re.S, count=1))
    assert grader.read_text() != right
    done = run("nbgrader", "autograde", ASSIGNMENT, cwd=course)
    assert done.returncode != 0
    assert "InfraError" in done.stdout
    assert not (course / "autograded" / "s001" / ASSIGNMENT).exists()
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        grade = gradebook.find_grade("test_mse_loss", ASSIGNMENT, ASSIGNMENT, "s001")
        assert grade.auto_score is None

    grader.write_text(right)
    assert run("nbgrader", "autograde", ASSIGNMENT, cwd=course).returncode == 0
    assert scores(course, "s001")["test_mse_loss"] == 0


def test_in_a_fresh_clone_autograde_names_the_command_that_comes_first(tmp_path: Path):
    """The gradebook of a clone knows no assignment yet; that ends in a sentence and not in a traceback."""
    course = copy_course(tmp_path / "course")
    folder = course / "submitted" / "s001" / ASSIGNMENT
    folder.mkdir(parents=True)
    (folder / RELEASE.name).write_bytes((ROOT / RELEASE).read_bytes())
    done = run("nbgrader", "autograde", ASSIGNMENT, cwd=course)
    assert done.returncode == 1
    assert f"Run: nbgrader generate_assignment {ASSIGNMENT}" in done.stdout
    assert "Traceback" not in done.stdout
