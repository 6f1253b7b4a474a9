"""How each check fared, and which checks a lecturer should look at."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from fairgrade.report.class_results import ClassMember
from fairgrade.report.item_statistics import MIN_STUDENTS, correlation

Key = tuple[str, str]
"""The names of an exercise and of a check."""

MIN_FAILED = 3
"""With fewer students who fail a check, nothing is said about who they are, or which checks agree."""


@dataclass(frozen=True)
class CheckFigures:
    """How one check fared.

    Attributes
    ----------
    exercise, name, sentence : str
    n, passed : int
        Students whose work it looked at, and those who passed.
    discrimination : float or None
        The correlation of passing it with the points in all other exercises.
    flags : tuple of str
        What a lecturer should look at; empty in a small class.
    """

    exercise: str
    name: str
    sentence: str
    n: int
    passed: int
    discrimination: float | None
    flags: tuple[str, ...]


def check_figures(graded: Sequence[ClassMember]) -> list[CheckFigures]:
    """Return the figures of each check, in the order in which exercises and checks are met.

    Parameters
    ----------
    graded : sequence of ClassMember
    """
    passed: dict[Key, dict[int, bool]] = defaultdict(dict)
    sentences: dict[Key, str] = {}
    rests: dict[str, dict[int, float]] = defaultdict(dict)
    for number, one in enumerate(graded):
        total = sum(score["earned"] for score in one.scores.values())
        for score in one.scores.values():
            rests[score["exercise"]][number] = total - score["earned"]
            for check in score["checks"] if score.get("attempted", True) else ():
                key = score["exercise"], check["name"]
                passed[key][number] = check["outcome"] == "Passed"
                sentences[key] = check["sentence"]
    discrimination = {key: _discrimination(of, rests[key[0]]) for key, of in passed.items()}
    flags = _flags(passed, discrimination, graded)
    return [
        CheckFigures(*key, sentences[key], len(of), sum(of.values()), discrimination[key], tuple(flags.get(key, ())))
        for key, of in passed.items()
    ]


def _discrimination(passed: Mapping[int, bool], rest: Mapping[int, float]) -> float | None:
    return correlation(np.array(list(passed.values()), dtype=np.float64), np.array([rest[number] for number in passed]))


def _flags(
    passed: Mapping[Key, Mapping[int, bool]], discrimination: Mapping[Key, float | None], graded: Sequence[ClassMember]
) -> Mapping[Key, list[str]]:
    flags: dict[Key, list[str]] = defaultdict(list)
    if len(graded) < MIN_STUDENTS:
        return flags
    strong = {number for number, one in enumerate(graded) if _failures(one) == 1}
    for key, of in passed.items():
        if len(of) < MIN_STUDENTS:
            continue
        failed = {number for number, has_passed in of.items() if not has_passed}
        if not failed:
            flags[key].append("Everybody passes it: it tells nobody apart.")
        elif len(failed) == len(of):
            flags[key].append("Nobody passes it: is the task clear, and the check right?")
        elif len(failed) >= MIN_FAILED and failed <= strong:
            flags[key].append("Only students who are right everywhere else fail it: suspect the check.")
        elif len(failed) >= MIN_FAILED and _is_below_zero(discrimination[key], len(of)):
            flags[key].append("Students who are strong elsewhere fail it: suspect the check or its wording.")
    twins: dict[Key, list[str]] = defaultdict(list)
    for one, other in combinations(passed, 2):
        if one[0] == other[0] and passed[one] == passed[other] and _tells_apart(passed[one]):
            twins[one].append(other[1].replace("_", " "))
            twins[other].append(one[1].replace("_", " "))
    for key, names in twins.items():
        flags[key].append(f"It passes and fails with: {', '.join(names)}. One of them would do.")
    return flags


def _tells_apart(of: Mapping[int, bool]) -> bool:
    """Tell whether so many students pass a check, and so many fail it, that agreement with it means something."""
    count = sum(of.values())
    return len(of) >= MIN_STUDENTS and min(count, len(of) - count) >= MIN_FAILED


def _is_below_zero(r: float | None, n: int) -> bool:
    """Tell whether the 95 % interval of a correlation lies below 0, by Fisher's transformation."""
    return r is not None and bool(np.arctanh(max(r, -1 + 1e-12)) + 1.96 / np.sqrt(n - 3) < 0)


def _failures(one: ClassMember) -> int:
    outcomes = Counter(check["outcome"] for score in one.scores.values() for check in score["checks"])
    return outcomes.total() - outcomes["Passed"]
