"""Multiple-choice questions: each is a check, and each wrong option a misconception."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fairgrade.grading.exercise import Exercise
from fairgrade.grading.outcomes import CheckFailed, NotWritten


def add_question(
    exercise: Exercise, question: str, *, sentence: str, right: str, wrong: Mapping[str, tuple[str, str]], points: float = 1
) -> None:
    """Add a multiple-choice question to an exercise whose work is a dict of answers.

    An answer is a letter; case and surrounding space don't matter. A blank one is not attempted.

    Parameters
    ----------
    exercise : Exercise
        Its reference holds the right letter of each question.
    question : str
        The key of the answer, such as ``"q1"``.
    sentence : str
        What the question is about; the student reads it, right or wrong, so it must not hold the answer.
    right : str
        The right letter.
    wrong : mapping of str to (str, str)
        For each other letter the name of the misconception that picks it, and a hint that does not
        give the right letter away.
    points : float
        What the question is worth.
    """
    options = sorted({right, *wrong})

    def check(answers: Any) -> None:
        letter = _letter(answers, question, options)
        if letter != right:
            name, _ = wrong[letter]
            raise CheckFailed(f"{question}: option {letter} is not the right one.", misconception=name)

    check.__name__ = question
    check.__doc__ = sentence
    exercise.check(points)(check)
    for letter, (name, hint) in wrong.items():
        picked = {**exercise.reference, question: letter}
        exercise.misconception(hint=f"{question}: {hint}", loses=points, name=name)(picked)


def _letter(answers: Any, question: str, options: list[str]) -> str:
    """The letter chosen for `question`, in upper case."""
    if not isinstance(answers, dict):
        raise CheckFailed('`answers` is not a dictionary of the form {"q1": "A", ...}: write the letters into the one given.')
    answer = answers.get(question, "")
    if not isinstance(answer, str):
        raise CheckFailed(f"{question}: the answer is not a letter in quotes.")
    letter = answer.strip().upper()
    if not letter:
        raise NotWritten(f"{question} has no answer yet.")
    if letter not in options:
        raise CheckFailed(f"{question}: there is no such option; choose one of {', '.join(options)}.")
    return letter
