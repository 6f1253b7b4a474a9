"""Questions of a quiz: each is a check, and each wrong answer that is known is a misconception."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fairgrade.grading.exercise import Exercise
from fairgrade.grading.outcomes import CheckFailed, NotWritten

Wrong = tuple[str, str]
"""A misconception's name, and its hint."""

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
    _know_other_forms(quiz)


def add_answer(
    quiz: Exercise,
    question: str,
    sentence: str,
    judge: Callable[[Any], None],
    why: str,
    wrong: Mapping[Any, Wrong],
    points: float,
) -> None:
    """Add a question whose answers `judge` fails unless they are right; blank ones are not attempted.

    For the other parameters see :func:`add_question`; `wrong` holds misconceptions by the answers that show them.
    """

    def check(answers: Any) -> str:
        answer = _answer(answers, question)
        judge(answer)
        return why

    check.__name__, check.__doc__ = question, sentence
    quiz.check(points)(check)
    for answer, (name, hint) in wrong.items():
        quiz.misconception(f"{question}: {hint}", loses=points, name=name)({**quiz.reference, question: answer})
    _know_other_forms(quiz)


def _know_other_forms(quiz: Exercise) -> None:
    """Register what anybody may write into a quiz: small letters with spaces around, which are right, and a list."""
    if NO_DICTIONARY in quiz.misconceptions:
        return
    hint = 'Write the answers into the dictionary that is given: {"q1": "A", ...}.'
    quiz.misconception(hint, loses=quiz.points, name=NO_DICTIONARY)(list(quiz.reference.values()))
    texts = {key: f" {answer.lower()} " for key, answer in quiz.reference.items() if isinstance(answer, str)}
    quiz.variant({**quiz.reference, **texts}, name="small_letters_and_spaces")


def _answer(answers: Any, question: str) -> Any:
    """Return the answer to `question`."""
    if not isinstance(answers, dict):
        raise CheckFailed("`answers` is not a dictionary.", misconception=NO_DICTIONARY)
    answer = answers.get(question)
    text = answer.strip() if isinstance(answer, str) else answer
    if text is None or (isinstance(text, str | list | tuple | set) and not text):
        raise NotWritten("No answer yet.")
    return answer


def _letter(answers: Any, question: str, options: list[str]) -> str:
    """Return the letter chosen for `question`, in upper case."""
    answer = _answer(answers, question)
    if not isinstance(answer, str):
        raise CheckFailed("The answer is not a letter in quotes.", misconception=NO_OPTION)
    letter = answer.strip().upper()
    if letter not in options:
        raise CheckFailed(f"There is no such option; choose one of {', '.join(options)}.", misconception=NO_OPTION)
    return letter
