"""What became of each student's work on each exercise."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

TIME_LIMITS = frozenset({"TimeLimit"})
OTHER_LIMITS = frozenset({"MemoryLimit", "OutputLimit", "Crashed", "ProtocolViolation", "ObjectLost", "MemoryError"})
"""The names of what isolation raises when it stops a student's process, or the process ends; see `isolation.errors`."""


class ExerciseOutcome(StrEnum):
    """What became of one student's work on one exercise."""

    RIGHT = "all points"
    WRONG = "wrong"
    ERROR = "stops with an error"
    CRASHED = "crashed"
    TIMED_OUT = "timed out"
    OPEN = "left open"


def outcome_of(score: Mapping[str, Any]) -> ExerciseOutcome:
    """Return what became of a piece of work; the outcome furthest from right counts."""
    if not score.get("attempted", True):
        return ExerciseOutcome.OPEN
    if score["earned"] >= score["points"]:
        return ExerciseOutcome.RIGHT
    stops = {str(check.get("stopped_by", "")) for check in score["checks"]} - {""}
    if stops & TIME_LIMITS:
        return ExerciseOutcome.TIMED_OUT
    if stops & OTHER_LIMITS:
        return ExerciseOutcome.CRASHED
    return ExerciseOutcome.ERROR if stops else ExerciseOutcome.WRONG


def count_outcomes(scores: Iterable[Mapping[str, Any]]) -> dict[str, Counter[ExerciseOutcome]]:
    """Count the outcomes of each exercise."""
    counts: dict[str, Counter[ExerciseOutcome]] = defaultdict(Counter)
    for score in scores:
        counts[score["exercise"]][outcome_of(score)] += 1
    return dict(counts)
