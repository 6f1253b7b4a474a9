"""The explanation of a student's work: misconceptions, a relation to right work, and their price."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fairgrade.grading.bank_items import Combination, Misconception
from fairgrade.grading.diagnosis import Observation
from fairgrade.grading.outcomes import StudentError
from fairgrade.grading.score import Diagnosis
from fairgrade.grading.student import StudentObject, student_object


@dataclass(frozen=True)
class Explanation:
    """The explanation of a student's work.

    Attributes
    ----------
    misconceptions : tuple of Misconception
        Those that are certain.
    relations : tuple of Diagnosis
        Other remarks on how the work differs from right work.
    loses : float or None
        The price of all of it; None if too little is seen of the work to go by a price.
    codes : tuple of object
        Code that is wrong in the same ways, in some of them or in all: the checks it fails are explained.
    undone : object
        The work with the effect of a relation taken away; None if no relation can be.
    accounts_for_all : bool
        Whether misconceptions of the bank do all that the probes see of the work.
    seen : mapping of str to Observation, optional
        What the probes see of work that is not accounted for, on the inputs that a course shares.
    """

    misconceptions: tuple[Misconception, ...] = ()
    relations: tuple[Diagnosis, ...] = ()
    loses: float | None = None
    codes: tuple[Any, ...] = ()
    undone: Any = None
    accounts_for_all: bool = False
    seen: Mapping[str, Observation] | None = None

    @property
    def diagnoses(self) -> tuple[Diagnosis, ...]:
        """The diagnoses that the student reads."""
        return (*(misconception.diagnosis for misconception in self.misconceptions), *self.relations)


def common_explanation(found: Sequence[Combination], price_holds: bool) -> Explanation:
    """Explain work by what all combinations that do the same have in common, at the lowest of their prices."""
    first = found[0].members
    certain = tuple(member for member in first if all(_holds(member, other) for other in found[1:]))
    if len(first) == 1 and not certain:
        return Explanation()  # two names that fit alike say that the probes see too little
    codes = [combination.code for combination in found]
    codes += [member.code for combination in found for member in combination.members]
    return Explanation(
        certain,
        () if certain else (SEVERAL,),
        min(combination.loses for combination in found) if price_holds else None,
        tuple(codes),
        accounts_for_all=True,
    )


def _holds(member: Misconception, combination: Combination) -> bool:
    return any(member.name == other.name or member.is_same_as(other) for other in combination.members)


SEVERAL = Diagnosis(
    "several_mistakes",
    "More than one mistake",
    "Your work makes several mistakes at once, and they hide one another. Try the formula by hand for one sample, "
    "then for two.",
    0.0,
    kind="relation",
)


def returns_more(loses: float) -> Diagnosis:
    """Return the remark on work that returns the thing asked for together with others."""
    return Diagnosis(
        "returns_more",
        "Returns more than what is asked for",
        "Return that one thing alone: whoever calls the function computes with what it returns.",
        loses,
        kind="relation",
    )


def first_of_several(work: Any) -> StudentObject:
    """Return the student's function with all but the first of its results dropped."""

    def first(*args: Any, **kwargs: Any) -> Any:
        value = work(*args, **kwargs)
        if not isinstance(value, tuple | list) or len(value) < 2:
            raise StudentError("It returns one thing only.")
        return student_object(value[0])

    return StudentObject(first)
