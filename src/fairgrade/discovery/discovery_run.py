"""A discovery over the kept results of an assignment of a course."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fairgrade.autograde.bundle import configuration_of
from fairgrade.autograde.results_store import ResultsStore
from fairgrade.autograde.run_manifest import secret_of
from fairgrade.course import Course, CourseError
from fairgrade.discovery.class_answers import ClassAnswers, read_answers
from fairgrade.discovery.group_cards import GroupCard, cards_of
from fairgrade.grading import Exercise


@dataclass(frozen=True)
class DiscoveredGroups:
    """The result of a discovery.

    Attributes
    ----------
    assignment : str
    students : int
        Those with graded notebooks.
    cards : list of GroupCard
        Those that cost the class most come first.
    without_signature : int
        Wrong answers that were graded before behaviour was recorded.
    damaged : int
        Graded notebooks that can't be read.
    """

    assignment: str
    students: int
    cards: list[GroupCard]
    without_signature: int
    damaged: int


def discover_groups(
    course: Course,
    assignment: str,
    exercise: str | None = None,
    progress: Callable[[str], object] = lambda about: None,
) -> DiscoveredGroups:
    """Find the groups of wrong answers that behave alike and have no name.

    Parameters
    ----------
    course : Course
    assignment : str
    exercise : str, optional
        Only this one.
    progress : callable
        Told which exercise is under way.

    Raises
    ------
    CourseError
        If there are no results, or none that can be used, or no such exercise.
    """
    exercises = chosen_exercises(course, assignment, exercise)
    answers, secret = answers_and_secret(course, assignment, exercises)
    cards = cards_of(answers, exercises, secret, progress)
    return DiscoveredGroups(assignment, answers.students, cards, answers.without_signature, answers.damaged)


def chosen_exercises(course: Course, assignment: str, exercise: str | None) -> list[Exercise]:
    """Return the exercises of an assignment, or the one of that name.

    Raises
    ------
    CourseError
        If there is none.
    """
    exercises = course.exercises(assignment)
    chosen = [one for one in exercises if exercise in (None, one.name)]
    if not chosen:
        raise CourseError(f"--exercise: expected one of {', '.join(one.name for one in exercises)}, got {exercise}.")
    return chosen


def answers_and_secret(course: Course, assignment: str, exercises: list[Exercise]) -> tuple[ClassAnswers, str]:
    """Read the answers of a class, and the secret with which they were graded."""
    config, directory = configuration_of(course)
    autograded = course.root / directory.autograded_directory
    answers = read_answers(directory.db_url, autograded, assignment, exercises)
    return answers, secret_of(config, ResultsStore(directory, assignment, config))
