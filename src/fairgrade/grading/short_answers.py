"""Questions of a quiz that are answered by several letters, by a number with a unit, or by a few words."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from fairgrade.grading.exercise import Exercise
from fairgrade.grading.outcomes import CheckFailed
from fairgrade.grading.quiz import Wrong, add_answer

_NUMBER_AND_UNIT = re.compile(r"([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*(.*)")
_LONGEST = 200
"""Characters of an answer; the rest of it would be no answer in a few words."""


def add_choices(
    quiz: Exercise, question: str, *, sentence: str, right: str, why: str, wrong: Mapping[str, Wrong], points: float = 1
) -> None:
    """Add a question that several options answer: all of the right ones, and no other.

    An answer is text such as ``"AC"`` or ``"a, c"``, or a list or set of letters.

    Parameters
    ----------
    quiz, question, sentence, why, points
        As in :func:`add_question`.
    right : str
        The right letters, such as ``"AC"``.
    wrong : mapping of str to (str, str)
        For each letter on offer the misconception of somebody who chooses it though it is wrong, or does not choose it
        though it is right, and a hint. If several letters are wrong, the first one is named.
    """

    def judge(answer: Any) -> None:
        letters = _letters(answer)
        if unknown := letters - set(wrong):
            raise CheckFailed(f"There is no option {min(unknown)}; choose of {', '.join(sorted(wrong))}.")
        if differing := sorted(letters ^ set(right)):
            raise CheckFailed("These are not the right options.", misconception=wrong[differing[0]][0])

    def other_without(letter: str) -> str:
        return "".join(sorted(set(right) ^ {letter})) or "".join(sorted(wrong))

    items = {letter: other_without(letter) for letter in wrong}
    add_answer(quiz, question, sentence, judge, why, {items[letter]: given for letter, given in wrong.items()}, points)


def _letters(answer: Any) -> set[str]:
    parts = list(answer) if isinstance(answer, list | tuple | set | frozenset) else [answer]
    if not all(isinstance(part, str) for part in parts):
        raise CheckFailed('The answer is not letters in quotes, such as "AC".')
    return {letter for letter in "".join(parts)[:_LONGEST].upper() if letter not in " ,;"}


def add_number(
    quiz: Exercise,
    question: str,
    *,
    sentence: str,
    right: float,
    why: str,
    wrong: Mapping[float, Wrong] | None = None,
    unit: str = "",
    units: Mapping[str, float] | None = None,
    rtol: float = 0.01,
    points: float = 1,
) -> None:
    """Add a question that a number answers, within a relative tolerance.

    An answer is a number, or text such as ``"9.81 m/s^2"``; a number without a unit is one of `unit`.

    Parameters
    ----------
    quiz, question, sentence, why, points
        As in :func:`add_question`.
    right : float
        The right number of `unit`.
    wrong : mapping of float to (str, str)
        For each wrong number, in `unit`, the misconception behind it and a hint.
    unit : str
        The unit that the question asks for.
    units : mapping of str to float
        Other units that are right, and how much one of each is in `unit`: ``{"cm/s^2": 0.01}``.
    rtol : float
        Relative to the right number; absolute if that is 0.
    """
    factors = {"": 1.0, unit: 1.0, **(units or {})}
    others = dict(wrong or {})

    def is_near(value: float, other: float) -> bool:
        return math.isclose(value, other, rel_tol=0, abs_tol=rtol * abs(other) or rtol)

    def judge(answer: Any) -> None:
        value = _number(answer, factors)
        if is_near(value, right):
            return
        named = next((name for number, (name, _) in others.items() if is_near(value, number)), None)
        raise CheckFailed(f"{value:.6g}{f' {unit}' if unit else ''} is not right.", misconception=named)

    add_answer(quiz, question, sentence, judge, why, others, points)


def _number(answer: Any, factors: Mapping[str, float]) -> float:
    """Return the number that an answer gives, in the unit that is asked for."""
    if isinstance(answer, int | float) and not isinstance(answer, bool) and abs(answer) < 1e300:
        return float(answer)
    found = _NUMBER_AND_UNIT.fullmatch(answer.strip()) if isinstance(answer, str) and len(answer) < _LONGEST else None
    if not found or found[2].startswith(","):
        raise CheckFailed("The answer is not a number; write a point before the decimals.")
    number, given = found.groups()
    if given not in factors:
        raise CheckFailed(f"The unit {given!r} is not one of {', '.join(filter(None, factors)) or 'none'}.")
    return float(number) * factors[given]


def add_text(
    quiz: Exercise,
    question: str,
    *,
    sentence: str,
    right: tuple[str, ...],
    why: str,
    wrong: Mapping[str, Wrong] | None = None,
    points: float = 1,
) -> None:
    """Add a question that a few words answer. Case, hyphens, spaces and a full stop don't matter.

    Parameters
    ----------
    quiz, question, sentence, why, points
        As in :func:`add_question`.
    right : tuple of str
        All forms that are right.
    wrong : mapping of str to (str, str)
        For each wrong form the misconception behind it and a hint.
    """
    accepted = {_words(form) for form in right}
    named = {_words(form): name for form, (name, _) in (wrong or {}).items()}

    def judge(answer: Any) -> None:
        if not isinstance(answer, str):
            raise CheckFailed("The answer is not text in quotes.")
        words = _words(answer)
        if words not in accepted:
            raise CheckFailed("This is not one of the right answers.", misconception=named.get(words))

    add_answer(quiz, question, sentence, judge, why, dict(wrong or {}), points)


def _words(text: str) -> str:
    return " ".join(text[:_LONGEST].casefold().replace("-", " ").strip(" .").split())
