"""What a lecturer sees of each group of wrong answers that behave alike."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from fairgrade.course import CourseError
from fairgrade.discovery.behaviour_groups import BehaviourGroup, group_answers
from fairgrade.discovery.class_answers import ClassAnswers
from fairgrade.discovery.reference_views import ReferenceViews, views_of_reference
from fairgrade.discovery.relation_in_words import LIKE_RIGHT, relation_in_words
from fairgrade.discovery.smallest_input import ShownInput, smallest_input
from fairgrade.discovery.typical_answer import typical_answer
from fairgrade.grading import Exercise, Submission, grading_for
from fairgrade.grading.signature import number_of_inputs

MIN_STUDENTS_TO_SHOW_CODE = 3
"""Code of fewer students could be recognised by who wrote it."""


@dataclass(frozen=True)
class GroupCard:
    """A group of wrong answers that behave alike.

    Attributes
    ----------
    id, exercise : str
    students : int
    lost : float
        The points that they lost in this exercise, in all.
    relation : str
        How their work differs from right work, as a phrase without a subject.
    shown_by : ShownInput or None
        The smallest input that shows it.
    example : str or None
        A typical answer, normalised; None if no cell defines it.
    failed : dict of str to int
        How many of them fail a check, by its sentence.
    named : tuple of str
        Misconceptions that explain a part of it already.
    members : tuple of str
        The students.
    """

    id: str
    exercise: str
    students: int
    lost: float
    relation: str
    shown_by: ShownInput | None
    example: str | None
    failed: dict[str, int]
    named: tuple[str, ...]
    members: tuple[str, ...]

    @property
    def does_what_is_right(self) -> bool:
        """Whether no probe tells it from right work: then a check may be at fault."""
        return self.relation == LIKE_RIGHT

    @property
    def may_show_code(self) -> bool:
        """Whether there are enough students to show the example to others."""
        return self.students >= MIN_STUDENTS_TO_SHOW_CODE

    def to_dict(self, *, with_names: bool = False) -> dict[str, Any]:
        """Return the card as JSON-ready data; without names, no code of few students either."""
        return {
            "id": self.id,
            "exercise": self.exercise,
            "students": self.students,
            "points_lost": self.lost,
            "relation": self.relation,
            "smallest_input": None if self.shown_by is None else vars(self.shown_by),
            "example": self.example if self.may_show_code or with_names else None,
            "failed_checks": self.failed,
            "named_in_part": list(self.named),
            **({"members": list(self.members)} if with_names else {}),
        }


def cards_of(
    answers: ClassAnswers,
    exercises: Sequence[Exercise],
    secret: str,
    progress: Callable[[str], object] = lambda about: None,
) -> list[GroupCard]:
    """Group the wrong answers of a class, and say what each group does.

    Parameters
    ----------
    answers : ClassAnswers
    exercises : sequence of Exercise
    secret : str
        The course's salt, with which the answers were graded.
    progress : callable
        Told which exercise is under way.

    Raises
    ------
    CourseError
        If the answers were observed on other inputs.
    """
    submission = Submission(answers.assignment, "", secret)
    with grading_for(submission):
        inputs = number_of_inputs()
    if answers.inputs - {inputs}:
        raise CourseError(
            f"{answers.assignment}: expected results for the inputs of this course's secret, got others. Set "
            f"FAIRGRADE_SECRET as it was, or run: fairgrade autograde {answers.assignment} --force"
        )
    known = {exercise.name: exercise for exercise in exercises}
    views: dict[str, ReferenceViews] = {}
    cards = []
    for group in group_answers(answers.assignment, (a for a in answers.wrong if a.exercise in known)):
        exercise = known[group.exercise]
        if group.exercise not in views:
            progress(group.exercise)
            views[group.exercise] = views_of_reference(exercise, submission)
        cards.append(card_of(group, exercise, views[group.exercise]))
    return cards


def card_of(group: BehaviourGroup, exercise: Exercise, views: ReferenceViews) -> GroupCard:
    """Describe one group."""
    return GroupCard(
        id=group.id,
        exercise=group.exercise,
        students=len(group.members),
        lost=group.lost,
        relation=relation_in_words(group.seen, views, exercise.parts),
        shown_by=smallest_input(group.seen, views, exercise.solution_name),
        example=example_of(group, exercise),
        failed=dict(Counter(sentence for member in group.members for sentence in member.failed)),
        named=tuple(sorted({name for member in group.members for name in member.named})),
        members=tuple(member.student for member in group.members),
    )


def example_of(group: BehaviourGroup, exercise: Exercise) -> str | None:
    """Return the typical answer of a group, normalised."""
    module = inspect.getmodule(exercise.reference)
    known = inspect.getsource(module) if isinstance(module, ModuleType) else ""
    parameters = inspect.signature(exercise.reference).parameters if inspect.isfunction(exercise.reference) else ()
    return typical_answer((m.source for m in group.members), exercise.solution_name, known, parameters)
