"""The work that a preview can show, by name: the items of the banks, the source's solution, and a blank notebook."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from fairgrade.course import CourseError
from fairgrade.grading import Exercise
from fairgrade.verify.jobs import items

RIGHT, BLANK = "right", "blank"
"""The cases that are about the whole notebook."""

SHOWN_MATCHES = 5


@dataclass(frozen=True)
class PreviewCase:
    """One piece of work that a student could hand in.

    Attributes
    ----------
    name : str
        ``EXERCISE/NAME``, ``right`` or ``blank``.
    exercise : Exercise or None
        None if the case is about the whole notebook.
    code : object
        The item of the exercise's bank.
    """

    name: str
    exercise: Exercise | None = None
    code: Any = None


def cases_of(exercises: Iterable[Exercise]) -> dict[str, PreviewCase]:
    """Return all cases of an assignment by their full names, in the order of its exercises."""
    cases = [PreviewCase(RIGHT), PreviewCase(BLANK)]
    for exercise in exercises:
        cases += [PreviewCase(f"{exercise.name}/{item}", exercise, code) for _, item, code in items(exercise)]
    return {case.name: case for case in cases}


def find_case(cases: dict[str, PreviewCase], wanted: str) -> PreviewCase:
    """Return the case of a full name, or of a bare name that only one exercise has.

    Raises
    ------
    CourseError
        If there is none, or more than one; the message lists which are close.
    """
    if wanted in cases:
        return cases[wanted]
    same = [full for full in cases if full.partition("/")[2] == wanted]
    if len(same) == 1:
        return cases[same[0]]
    if same:
        raise CourseError(f"--as {wanted}: expected a name that one exercise has, got one of {', '.join(same)}.")
    close = get_close_matches(wanted, cases, SHOWN_MATCHES)
    for bare in get_close_matches(wanted, {full.partition("/")[2] or full for full in cases}, SHOWN_MATCHES):
        close += [full for full in cases if (full.partition("/")[2] or full) == bare and full not in close]
    near = f" Close to it: {', '.join(close)}." if close else ""
    raise CourseError(f"--as {wanted}: expected a case of this assignment, got none.{near} --list prints all.")
