"""The wrong answers of a class that have a recorded behaviour, and its right ones, from the graded notebooks alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbgrader.api import Grade

from fairgrade.autograde.graded_gradebook import opened_gradebook
from fairgrade.autograde.graded_work import read_graded_notebook
from fairgrade.course import CourseError
from fairgrade.grading import Exercise
from fairgrade.grading.diagnosis import Observation
from fairgrade.grading.signature import decode
from fairgrade.results import graded_notebooks

EXPLAINED = frozenset({"several_mistakes", "returns_more"})
"""Relations that say that the bank does explain the work, so that no signature is kept."""


@dataclass(frozen=True)
class WrongAnswer:
    """A student's answer that lost points and that the bank does not explain in full.

    Attributes
    ----------
    student, exercise : str
    seen : mapping of str to Observation
        What the exercise's probes saw, on inputs that the class shares.
    lost : float
        The points that it lost.
    failed : tuple of str
        The sentences of the checks that it fails.
    named : tuple of str
        Misconceptions that explain a part of it.
    source : str
        The text of the solution's cell: hostile, as all that students hand in.
    """

    student: str
    exercise: str
    seen: Mapping[str, Observation]
    lost: float
    failed: tuple[str, ...]
    named: tuple[str, ...]
    source: str


@dataclass
class ClassAnswers:
    """The answers of a class to an assignment.

    Attributes
    ----------
    assignment : str
    wrong : list of WrongAnswer
        By student.
    right : dict of str to list of str
        The texts of answers that earned all points, by exercise.
    judged_right : dict of str to list of WrongAnswer
        Answers that a person gave all points, against the test.
    inputs : set of int
        The numbers that tell on which inputs they were observed: one, unless secrets were mixed.
    without_signature : int
        Wrong answers that were graded before behaviour was recorded.
    damaged : int
        Graded notebooks that can't be read.
    students : int
        Those with graded notebooks.
    """

    assignment: str
    wrong: list[WrongAnswer] = field(default_factory=list)
    right: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    judged_right: dict[str, list[WrongAnswer]] = field(default_factory=lambda: defaultdict(list))
    inputs: set[int] = field(default_factory=set)
    without_signature: int = 0
    damaged: int = 0
    students: int = 0


def read_answers(db_url: str, autograded: Path, assignment: str, exercises: Iterable[Exercise]) -> ClassAnswers:
    """Read the answers of a class; no student code runs.

    Parameters
    ----------
    db_url : str
        The gradebook, which knows whose points a person has changed.
    autograded : Path
        The folder of the graded notebooks.
    assignment : str
    exercises : iterable of Exercise

    Raises
    ------
    CourseError
        If nothing is graded yet, or everything was graded before behaviour was recorded.
    """
    cells = {exercise.name: exercise.solution_cell for exercise in exercises}
    judged = _judged_right(db_url, assignment)
    found = ClassAnswers(assignment)
    students = set()
    for student, path in graded_notebooks(autograded, assignment):
        students.add(student)
        work = read_graded_notebook(path)
        if work is None:
            found.damaged += 1
            continue
        for test, score in work.scores.items():
            if score["exercise"] in cells:
                source = work.answers.get(cells[score["exercise"]], "")
                _add(found, student, score, source, is_judged_right=(student, path.stem, test) in judged)
    found.students = len(students)
    if not students:
        raise CourseError(f"{assignment}: expected graded notebooks, found none. Run: fairgrade autograde {assignment}")
    if found.without_signature and not (found.wrong or found.judged_right):
        raise CourseError(
            f"{assignment}: expected results that record what wrong answers do, got {found.without_signature} without. "
            f"They are of an earlier version. Run: fairgrade autograde {assignment} --force"
        )
    return found


def _add(found: ClassAnswers, student: str, score: Mapping[str, Any], source: str, *, is_judged_right: bool) -> None:
    exercise = str(score["exercise"])
    failed = tuple(str(check["sentence"]) for check in score["checks"] if check["outcome"] == "Failed")
    if "signature" in score:
        try:
            seen = decode(score["signature"])
        except ValueError:  # of another version
            found.without_signature += 1
            return
        lost = float(score["points"]) - float(score["earned"])
        answer = WrongAnswer(student, exercise, seen, lost, failed, tuple(score["misconceptions"]), source)
        found.inputs.add(int(score["signature"].get("inputs", 0)))
        (found.judged_right[exercise] if is_judged_right else found.wrong).append(answer)
    elif score["earned"] == score["points"]:
        found.right[exercise].append(source)
    elif failed and not score["misconceptions"] and not EXPLAINED.intersection(score["relations"]):
        found.without_signature += 1


def _judged_right(db_url: str, assignment: str) -> set[tuple[str, str, str]]:
    """Return the tests to which a person gave all points: student, notebook, cell."""
    with opened_gradebook(db_url, assignment) as (gradebook, _):
        changed = gradebook.db.query(Grade).filter(Grade.manual_score.is_not(None))
        return {
            (grade.notebook.student.id, grade.notebook.name, grade.name)
            for grade in changed
            if grade.assignment.name == assignment and grade.manual_score >= grade.cell.max_score
        }
