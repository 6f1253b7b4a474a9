"""A new misconception is tried before it stays: in a process of its own, which imports the grader anew."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from fairgrade.course import Course, CourseError
from fairgrade.discovery.reference_views import observed
from fairgrade.grading import Exercise, Submission, grading_for
from fairgrade.grading.diagnosis import Observation

STUDENTS = [f"promote{number}" for number in range(1, 6)]
"""Made-up students, whose inputs the entry has to lose its price on."""


def try_entry(
    root: Path, assignment: str, exercise: str, name: str, seen: Mapping[str, Observation], secret: str
) -> str | None:
    """Return why an entry that stands in the grader should not, as a sentence; None if it does what it should.

    Parameters
    ----------
    root : Path
        The course.
    assignment, exercise, name : str
    seen : mapping of str to Observation
        What the group's answers did.
    secret : str
        The course's salt, with which they were graded.
    """
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(_try, root, assignment, exercise, name, dict(seen), secret).result()


def _try(
    root: Path, assignment: str, exercise_name: str, name: str, seen: dict[str, Observation], secret: str
) -> str | None:
    try:
        exercise = next(e for e in Course(root).exercises(assignment) if e.name == exercise_name)
    except CourseError as error:
        return str(error)
    entry = exercise.misconceptions[name]
    of_class = Submission(assignment, "", secret)
    does = observed(exercise, entry.code, of_class)
    if not all(probe in does and does[probe].equals(one) for probe, one in seen.items()):
        return (
            "the example does not do what the answers do, since texts, names or other cells that it needs are missing "
            "from it. Write the entry by hand; fairgrade discover --names shows who gave such an answer."
        )
    for other, code in {
        "the reference": exercise.reference,
        **{item.name: item.code for item in exercise.misconceptions.values() if item is not entry},
    }.items():
        theirs = observed(exercise, code, of_class)
        if all(probe in theirs and theirs[probe].equals(does[probe]) for probe in does):
            return f"no probe tells it from {other}. Add a probe or inputs on which they differ."
    return _price_and_name(exercise, name, assignment, secret)


def _price_and_name(exercise: Exercise, name: str, assignment: str, secret: str) -> str | None:
    entry = exercise.misconceptions[name]
    lost, names = set(), set()
    for student in STUDENTS:
        with grading_for(Submission(assignment, student, secret)):
            score = exercise.grade(entry.code)
        lost.add(exercise.points - score.earned)
        names.add(tuple(found.name for found in score.misconceptions))
    if lost != {entry.loses}:
        got = " or ".join(f"{points:g}" for points in sorted(lost))
        return f"it is to lose {entry.loses:g}, and loses {got}. State another --price, or mend a check."
    if names != {(name,)}:
        said = ", ".join(sorted({one for found in names for one in found})) or "nothing"
        return f"work like it is called {said}. Look at what the probes of this exercise see."
    return None
