"""Groups of wrong answers that do the same on all shared inputs."""

from __future__ import annotations

import hashlib
import json
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fairgrade.discovery.class_answers import WrongAnswer
from fairgrade.grading.diagnosis import Observation

ID_LENGTH = 6
"""Hexadecimal digits that tell the groups of an exercise apart."""


@dataclass(frozen=True)
class BehaviourGroup:
    """Wrong answers that behave alike.

    Attributes
    ----------
    id : str
        ``assignment/exercise/digits``; it follows from the behaviour alone, so it is the same in another run.
    exercise : str
    members : tuple of WrongAnswer
        By student, each once.
    """

    id: str
    exercise: str
    members: tuple[WrongAnswer, ...]

    @property
    def seen(self) -> Mapping[str, Observation]:
        """What probes see of all members, within tolerances."""
        return self.members[0].seen

    @property
    def lost(self) -> float:
        """The points that the members lost, in all."""
        return sum(member.lost for member in self.members)


def group_answers(assignment: str, answers: Iterable[WrongAnswer]) -> list[BehaviourGroup]:
    """Group wrong answers: two are in one group if every probe sees the same of both, and in no other case.

    Returns
    -------
    list of BehaviourGroup
        Those that cost the class most come first.
    """
    groups: dict[tuple[Any, ...], list[list[WrongAnswer]]] = defaultdict(list)
    for answer in sorted(answers, key=lambda one: (one.exercise, one.student)):
        alike = groups[answer.exercise, *_form_of(answer.seen)]
        group = next((group for group in alike if do_the_same(group[0].seen, answer.seen)), None)
        if group is None:
            alike.append([answer])
        else:
            group.append(answer)
    found = []
    for members in (members for alike in groups.values() for members in alike):
        exercise = members[0].exercise
        found.append(BehaviourGroup(f"{assignment}/{exercise}/{_digits(members[0].seen)}", exercise, tuple(members)))
    return sorted(found, key=lambda group: (-group.lost, group.id))


def do_the_same(one: Mapping[str, Observation], other: Mapping[str, Observation]) -> bool:
    """Whether the same probes saw the same, numbers within the tolerances of a diagnosis."""
    return one.keys() == other.keys() and all(one[probe].equals(other[probe]) for probe in one)


def _form_of(seen: Mapping[str, Observation]) -> tuple[Any, ...]:
    """Return what has to be equal without tolerance, so that few answers are compared number by number."""
    return tuple((probe, seen_once.stopped_by, str(seen_once.form)) for probe, seen_once in seen.items())


def _digits(seen: Mapping[str, Observation]) -> str:
    content = [
        (form, [*_rounded(seen_once.numbers.tolist())], [*_rounded(seen_once.printed.tolist())])
        for form, seen_once in zip(_form_of(seen), seen.values(), strict=True)
    ]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:ID_LENGTH]


def _rounded(numbers: Iterable[Any]) -> Iterator[str]:
    """Yield numbers so coarsely that another order of a sum gives the same text."""
    for number in numbers:
        for part in (number.real, number.imag) if isinstance(number, complex) else (float(number),):
            yield "0" if abs(part) < 1e-6 else f"{part:.3g}" if math.isfinite(part) else str(part)
