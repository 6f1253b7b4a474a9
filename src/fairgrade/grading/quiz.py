"""Multiple-choice questions: each is a check, and each wrong option a misconception."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fairgrade.grading.exercise import Exercise
from fairgrade.grading.outcomes import CheckFailed, NotWritten

NO_DICTIONARY = "gives_something_else_than_a_dictionary"
NO_OPTION = "picks_an_option_that_does_not_exist"


def add_question(
    quiz: Exercise,
    question: str,
    *,
    sentence: str,
    right: str,
    why: str,
    wrong: Mapping[str, tuple[str, str]],
    points: float = 1,
) -> None:
    """Add a multiple-choice question to an exercise whose work is a dict of answers.

    An answer is a letter; case and surrounding space don't matter. A blank one is not attempted.

    Parameters
    ----------
    quiz : Exercise
        Its reference holds the right letter of each question.
    question : str
        The key of the answer, such as ``"q1"``.
    sentence : str
        What the question is about. Every student reads it, so it must not hold the answer.
    right : str
        The right letter.
    why : str
        Why it is right; students who chose it read this.
    wrong : mapping of str to (str, str)
        For each other letter the misconception that picks it, and a hint that does not give the right letter away.
    points : float
        What the question is worth.
    """
    options = sorted({right, *wrong})

    def check(answers: Any) -> str:
        letter = _letter(answers, question, options)
        if letter != right:
            name, _ = wrong[letter]
            raise CheckFailed(f"Option {letter} is not the right one.", misconception=name)
        return why

    check.__name__, check.__doc__ = question, sentence
    quiz.check(points)(check)
    for letter, (name, hint) in wrong.items():
        quiz.misconception(f"{question}: {hint}", loses=points, name=name)({**quiz.reference, question: letter})
    if NO_OPTION not in quiz.misconceptions:
        no_option = {**quiz.reference, question: "Z"}
        quiz.misconception("Choose one of the letters on offer.", loses=points, name=NO_OPTION)(no_option)
        hint = 'Write the letters into the dictionary that is given: {"q1": "A", ...}.'
        quiz.misconception(hint, loses=quiz.points, name=NO_DICTIONARY)(list(quiz.reference.values()))


def _letter(answers: Any, question: str, options: list[str]) -> str:
    """The letter chosen for `question`, in upper case."""
    if not isinstance(answers, dict):
        raise CheckFailed("`answers` is not a dictionary.", misconception=NO_DICTIONARY)
    answer = answers.get(question, "")
    if not isinstance(answer, str):
        raise CheckFailed("The answer is not a letter in quotes.", misconception=NO_OPTION)
    letter = answer.strip().upper()
    if not letter:
        raise NotWritten("No answer yet.")
    if letter not in options:
        raise CheckFailed(f"There is no such option; choose one of {', '.join(options)}.", misconception=NO_OPTION)
    return letter
