"""The score of one exercise, in three forms: a number, a page for the student, data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from fairgrade.grading.outcomes import Failed, NotAttempted, Outcome, Passed

SCORE_MIME = "application/vnd.fairgrade.score+json"
"""The media type under which a score travels as data in a notebook's output."""


@dataclass(frozen=True)
class CheckResult:
    """The result of one check: its points, its sentence, the outcome, and how long it took."""

    name: str
    sentence: str
    points: float
    outcome: Outcome
    seconds: float = field(default=0.0, compare=False)

    @property
    def earned(self) -> float:
        """All of the check's points if it passed, else none."""
        return self.points if isinstance(self.outcome, Passed) else 0.0


@dataclass(frozen=True)
class Diagnosis:
    """A misconception recognised in the student's work, or the relation of the work to right work.

    Attributes
    ----------
    name, title : str
        The misconception's name, and the same in words.
    hint : str
        Where to look next.
    loses : float
        Its price.
    kind : str
        ``"misconception"`` or ``"relation"``.
    """

    name: str
    title: str
    hint: str
    loses: float
    kind: str = "misconception"


def all_of(diagnoses: tuple[Diagnosis, ...], loses: float) -> Diagnosis:
    """Join diagnoses of one piece of work into one with that price."""
    return Diagnosis(
        " and ".join(d.name for d in diagnoses),
        "; ".join(d.title for d in diagnoses),
        " ".join(d.hint for d in diagnoses),
        loses,
    )


@dataclass(frozen=True)
class Score:
    """The result of grading one exercise.

    Attributes
    ----------
    exercise : str
        The exercise's name.
    points : float
        The most that can be earned.
    results : tuple of CheckResult
        In the order of the checks.
    misconceptions : tuple of Diagnosis
        Those recognised, each once.
    relations : tuple of Diagnosis
        Other remarks on how the work differs from right work.
    priced_by : Diagnosis or None
        The whole explanation as one. Each misconception is paid for once, at its own price, however many checks it
        fails; a check that none of them fails is paid for as well.
    signature : mapping or None
        The behaviour of wrong work that is not explained in full, as data; see :mod:`fairgrade.grading.signature`.
    """

    exercise: str
    points: float
    results: tuple[CheckResult, ...]
    misconceptions: tuple[Diagnosis, ...] = ()
    relations: tuple[Diagnosis, ...] = ()
    priced_by: Diagnosis | None = None
    signature: Mapping[str, Any] | None = None

    @property
    def by_checks(self) -> float:
        """The sum over the checks that passed."""
        return sum(result.earned for result in self.results)

    @cached_property
    def earned(self) -> float:
        """The points, between 0 and `points`: those of the checks, or more where one mistake fails several."""
        earned = self.by_checks
        if self.priced_by is not None:
            earned = max(earned, self.points - self.priced_by.loses)
        return round(earned, 4)

    @property
    def attempted(self) -> bool:
        """Whether there was any work to grade."""
        return not all(isinstance(result.outcome, NotAttempted) for result in self.results)

    def __float__(self) -> float:
        return float(self.earned)

    def __repr__(self) -> str:
        """Return the table of checks and the names of the mistakes, for a REPL."""
        lines = [f"{self.exercise}: {self.earned:.4g} of {self.points:.4g} points"]
        for result in self.results:
            reason = _reason(result.outcome)
            word = {Passed: "holds", Failed: "fails", NotAttempted: "open"}[type(result.outcome)]
            lines.append(f"  {word}  {result.earned:.4g}/{result.points:.4g}  {result.sentence}")
            lines += [f"              {reason}"] if reason else []
        lines += [f"  {one.title} (costs {one.loses:.4g}): {one.hint}" for one in self.misconceptions]
        lines += [f"  {one.title}: {one.hint}" for one in self.relations]
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """Return the score as JSON-ready data, for reports."""
        return {
            "version": 1,
            "exercise": self.exercise,
            "points": self.points,
            "earned": self.earned,
            "attempted": self.attempted,
            "checks": [
                {
                    "name": result.name,
                    "sentence": result.sentence,
                    "points": result.points,
                    "earned": result.earned,
                    "outcome": type(result.outcome).__name__,
                    "reason": _reason(result.outcome),
                    **({"stopped_by": stopped_by} if (stopped_by := _stopped_by(result.outcome)) else {}),
                }
                for result in self.results
            ],
            "misconceptions": [diagnosis.name for diagnosis in self.misconceptions],
            "relations": [diagnosis.name for diagnosis in self.relations],
            "titles": [diagnosis.title for diagnosis in (*self.misconceptions, *self.relations)],
            "hints": [diagnosis.hint for diagnosis in (*self.misconceptions, *self.relations)],
            **({} if self.signature is None else {"signature": self.signature}),
        }

    def to_html(self) -> str:
        """Return the score as a page fragment for the student."""
        from fairgrade.grading.score_html import render_score  # noqa: PLC0415 - a score needs no Jinja until it is shown

        diagnoses = [vars(diagnosis) for diagnosis in (*self.misconceptions, *self.relations)]
        by_price = self.priced_by is not None and self.earned > self.by_checks
        return render_score(self.to_dict(), diagnoses, by_price)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Mapping[str, Any]:
        # The plain number is the form in which nbgrader reads partial credit.
        return {"text/plain": f"{self.earned:.10g}", "text/html": self.to_html(), SCORE_MIME: self.to_dict()}


def _stopped_by(outcome: Outcome) -> str:
    return outcome.stopped_by if isinstance(outcome, Failed) else ""


def _reason(outcome: Outcome) -> str:
    match outcome:
        case Failed(reason=text) | NotAttempted(reason=text) | Passed(note=text):
            return text
