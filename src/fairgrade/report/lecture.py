"""What to say in the next lecture: the findings that cost a class most."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from fairgrade.grading import Exercise
from fairgrade.report.class_results import ClassMember
from fairgrade.report.examples import Examples, answer_of

TOP_FINDINGS = 5


class FindingKind(StrEnum):
    """The kinds of findings."""

    MISCONCEPTION = "misconception"
    UNEXPLAINED = "no known mistake"
    LEFT_OPEN = "left open"


@dataclass(frozen=True)
class LectureFinding:
    """Something that cost a class points in one exercise.

    Attributes
    ----------
    kind : FindingKind
    exercise : str
    name : str
        Of the misconception; empty for the other kinds.
    title : str
        What it is, in words.
    hint : str
        Where to look.
    students : int
    of : int
        Students whose score in the exercise is known.
    lost : float
        Points of the class. If one answer has several misconceptions, they share its loss equally.
    answer : str
        A typical answer, without anything that could show whose it is; empty if there is none to show.
    source : str
        Where the answer comes from, in words.
    """

    kind: FindingKind
    exercise: str
    name: str
    title: str
    hint: str
    students: int
    of: int
    lost: float
    answer: str = ""
    source: str = ""


@dataclass
class _Case:
    """The students that a finding is about."""

    lost: float = 0.0
    answers: list[str] = field(default_factory=list)
    students: int = 0
    failed: Counter[str] = field(default_factory=Counter)


def findings_of(graded: Sequence[ClassMember], banks: Mapping[str, Exercise]) -> list[LectureFinding]:
    """Return the findings that cost a class most, with typical answers.

    Parameters
    ----------
    graded : sequence of ClassMember
    banks : mapping of str to Exercise
        The assignment's exercises by name.
    """
    cases: dict[tuple[FindingKind, str, str], _Case] = defaultdict(_Case)
    known: Counter[str] = Counter()
    for one in graded:
        has_tried = any(score.get("attempted", True) for score in one.scores.values())
        for score in one.scores.values() if has_tried else ():
            known[score["exercise"]] += 1
            _sort(score, answer_of(one, banks.get(score["exercise"])), cases)
    costly = sorted(cases, key=lambda key: (-cases[key].lost, key))[:TOP_FINDINGS]
    examples = {name: Examples(name, banks.get(name), graded) for name in {key[1] for key in costly}}
    return [_finding(key, cases[key], known[key[1]], examples[key[1]]) for key in costly]


def _sort(score: Mapping[str, Any], answer: str, cases: Mapping[tuple[FindingKind, str, str], _Case]) -> None:
    """Add one score to the findings that it is a case of."""
    lost = score["points"] - score["earned"]
    names = score["misconceptions"]
    if lost <= 0:
        return
    kind = FindingKind.MISCONCEPTION if names else FindingKind.UNEXPLAINED
    if not score.get("attempted", True):
        kind, names = FindingKind.LEFT_OPEN, []
    for name in names or [""]:
        case = cases[kind, score["exercise"], name]
        case.students += 1
        case.lost += lost / max(1, len(names))
        case.failed.update({check["sentence"] for check in score["checks"] if check["outcome"] == "Failed"})
        if answer and len(names) <= 1 and kind is not FindingKind.LEFT_OPEN:
            case.answers.append(answer)


def _finding(key: tuple[FindingKind, str, str], case: _Case, of: int, examples: Examples) -> LectureFinding:
    kind, exercise, name = key
    title, hint = _words(kind, name, case)
    if (known := examples.misconception(name)) is not None:
        title, hint = known.diagnosis.title, known.hint
    answer, source = examples.example(case.answers, name)
    return LectureFinding(kind, exercise, name, title, hint, case.students, of, case.lost, answer, source)


def _words(kind: FindingKind, name: str, case: _Case) -> tuple[str, str]:
    """Return title and hint of a finding that no bank has words for."""
    if kind is FindingKind.MISCONCEPTION:
        return name.replace("_", " ").capitalize(), ""
    if kind is FindingKind.LEFT_OPEN:
        return "Left open", "Other exercises of these students are written."
    sentence, count = min(case.failed.items(), key=lambda found: (-found[1], found[0]), default=("", 0))
    most = f"Most of them fail this check ({count} of {case.students}): {sentence}" if sentence else ""
    return "Wrong, without a mistake that the graders know", most
