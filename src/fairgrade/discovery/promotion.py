"""A group of unnamed wrong answers becomes a misconception of its grader."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from difflib import unified_diff

from fairgrade.course import Course, CourseError
from fairgrade.discovery.bank_entry import BankEntry, entry_for
from fairgrade.discovery.behaviour_groups import BehaviourGroup, group_answers
from fairgrade.discovery.discovery_run import answers_and_secret, chosen_exercises
from fairgrade.discovery.entry_trial import try_entry
from fairgrade.discovery.group_cards import example_of


@dataclass(frozen=True)
class Promotion:
    """What promoting a group would write, and what it would change.

    Attributes
    ----------
    course : Course
    group : BehaviourGroup
    entry : BankEntry
    price : float
    secret : str
        The salt with which the class was graded.
    """

    course: Course
    group: BehaviourGroup
    entry: BankEntry
    price: float
    secret: str

    def difference(self) -> str:
        """Return the change of the grader's file as a unified diff."""
        path = self.entry.path.relative_to(self.course.root).as_posix()
        before = self.entry.path.read_text(encoding="utf-8").splitlines(keepends=True)
        return "".join(unified_diff(before, self.entry.added().splitlines(keepends=True), path, path))

    def changes(self) -> dict[str, float]:
        """Return by student how many points more the work will earn once it has its name."""
        return {member.student: member.lost - self.price for member in self.group.members}


def promotion_of(course: Course, group_id: str, *, name: str, hint: str, price: float | None = None) -> Promotion:
    """Prepare the promotion of a group; nothing is written, and no student code runs.

    Parameters
    ----------
    course : Course
    group_id : str
        As ``fairgrade discover`` shows it: ``assignment/exercise/digits``.
    name, hint : str
    price : float, optional
        The least that its members lost, if none is given.

    Raises
    ------
    CourseError
        If there is no such group, or its typical answer can't become an entry; the message says why.
    """
    assignment, _, rest = group_id.partition("/")
    exercise_name = rest.partition("/")[0]
    course.notebooks(assignment)  # if there is none, this says which there are
    (exercise,) = chosen_exercises(course, assignment, exercise_name)
    answers, secret = answers_and_secret(course, assignment, [exercise])
    groups = {group.id: group for group in group_answers(assignment, answers.wrong)}
    if group_id not in groups:
        known = ", ".join(groups) or "none"
        raise CourseError(f"{group_id}: expected a group of fairgrade discover {assignment}, which are: {known}.")
    group = groups[group_id]
    example = example_of(group, exercise)
    if example is None:
        raise CourseError(f"{group_id}: expected an answer that defines {exercise.solution_name}, found none.")
    lost = min(member.lost for member in group.members) if price is None else price
    if not 0 < lost <= exercise.points:
        raise CourseError(f"--price: expected more than 0 points and at most {exercise.points:g}, got {lost:g}.")
    entry = entry_for(exercise, course.graders(assignment), example, name=name, hint=hint, price=lost)
    return Promotion(course, group, entry, lost, secret)


def write(promotion: Promotion, progress: Callable[[str], object] = lambda about: None) -> None:
    """Write the entry, and try it; if it does not do what it should, the file is as before.

    Raises
    ------
    CourseError
        If it does not; the message says why.
    """
    entry, course = promotion.entry, promotion.course
    assignment, exercise = promotion.group.id.split("/")[:2]
    before = entry.path.read_bytes()
    try:
        entry.path.write_text(entry.added(), encoding="utf-8")
        progress("Trying the entry")
        reason = try_entry(course.root, assignment, exercise, entry.name, promotion.group.seen, promotion.secret)
        if reason is None:
            progress("Running fairgrade check")
            check = ["check", assignment, "--exercise", exercise, "--course", str(course.root)]
            command = [sys.executable, "-m", "fairgrade", *check]
            done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
            reason = None if done.returncode == 0 else f"fairgrade check finds:\n{done.stdout}{done.stderr}".rstrip()
        if reason is not None:
            raise CourseError(f"{entry.name} is not added: {reason}")
    except BaseException:  # Ctrl-C, too
        entry.path.write_bytes(before)
        raise
