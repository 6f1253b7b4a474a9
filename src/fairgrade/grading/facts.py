"""Several mistakes at once, recognised by facts that probes tell apart from one another.

A probe that returns a dictionary tells one fact per entry, such as by what rule weights move, and what a history
holds. Where each mistake shows in facts of its own, mistakes made at once show side by side, however many they are,
and need not be run together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from fairgrade.grading.diagnosis import Observation
from fairgrade.grading.score import Diagnosis

MAX_MISTAKES = 5
"""At most so many mistakes are looked for in one piece of work."""

NO_WORDS = "something else"
"""The words of a fact that no words fit; numbers follow."""

NUMERIC_FORMS = ("numbers of", "an array of")
"""How the form of numbers begins."""

Facts = Mapping[str, Observation]
"""What was seen, by the name of the fact."""


def facts_of(seen: Mapping[str, Observation]) -> dict[str, Observation]:
    """Return the facts that probes saw: one per entry of a dictionary, and one per other value."""
    facts: dict[str, Observation] = {}
    for probe, seen_once in seen.items():
        facts |= dict(zip(seen_once.keys, seen_once.parts, strict=True)) if seen_once.keys else {probe: seen_once}
    return facts


def departures(work: Facts, right: Facts) -> frozenset[str]:
    """Return the facts in which work is not like right work."""
    return frozenset(fact for fact in {*work, *right} if not _is_alike(fact, work, right))


def _is_alike(fact: str, one: Facts, other: Facts) -> bool:
    return fact in one and fact in other and one[fact].equals(other[fact])


@dataclass(frozen=True)
class Suspect:
    """A mistake that may be among those in work.

    Attributes
    ----------
    name : str
        The misconception's name.
    explains : frozenset of str
        The facts in which the work does what the mistake does.
    hidden : frozenset of str
        Facts that the mistake would change and that other mistakes hide.
    """

    name: str
    explains: frozenset[str]
    hidden: frozenset[str]


@dataclass(frozen=True)
class FoundMistakes:
    """The mistakes in work.

    Attributes
    ----------
    certain : tuple of str
        Those that are among them in any case.
    sets : tuple of tuple of str
        Each of the smallest sets of mistakes that explain all of the work; empty if none does.
    unexplained : frozenset of str
        The facts that the certain ones leave unexplained.
    """

    certain: tuple[str, ...]
    sets: tuple[tuple[str, ...], ...]
    unexplained: frozenset[str]


def find_mistakes(work: Facts, right: Facts, bank: Mapping[str, Facts]) -> FoundMistakes:
    """Find the fewest mistakes of a bank that together explain in what work departs from right work.

    A mistake counts if the work does what it does in all facts in which it departs from right work, or else if other
    mistakes explain what the work does there in its place.
    """
    departs = departures(work, right)
    suspects = _suspects(work, right, bank)
    sets: list[tuple[Suspect, ...]] = []
    for number in range(1, MAX_MISTAKES + 1):
        if sets := [several for several in combinations(suspects, number) if _explain(several, departs)]:
            certain = [suspect for suspect in sets[0] if all(suspect in several for several in sets)]
            break
    else:
        plain = [suspect for suspect in suspects if not suspect.hidden]
        largest = [s for s in plain if not any(s.explains < other.explains for other in plain)]
        certain = [s for s in largest if not any(s.explains & o.explains for o in largest if o is not s)]
    unexplained = departs.difference(*(suspect.explains for suspect in certain))
    return FoundMistakes(_names(certain), tuple(map(_names, sets)), unexplained)


def _names(suspects: Iterable[Suspect]) -> tuple[str, ...]:
    return tuple(suspect.name for suspect in suspects)


def possible_mistakes(work: Facts, right: Facts, bank: Mapping[str, Facts]) -> tuple[str, ...]:
    """Return the mistakes that may be among those in work."""
    return _names(_suspects(work, right, bank))


def unexplained_by(work: Facts, right: Facts, bank: Mapping[str, Facts]) -> Callable[[Sequence[str]], tuple[int, int]]:
    """Return a function that tells how little several mistakes explain of work: the less, the likelier they are.

    Made together they may change a fact that none of them changes alone, or otherwise than each alone. So what counts
    is the number of facts in which the work does what none of them does; among equals, more explained facts go first.
    """
    departs = departures(work, right)
    own = {name: departures(facts, right) for name, facts in bank.items()}
    explains = {name: frozenset(fact for fact in own[name] if _is_alike(fact, work, bank[name])) for name in bank}

    def unexplained(names: Sequence[str]) -> tuple[int, int]:
        changed = departs.union(*(own[name] for name in names))
        explained = frozenset[str]().union(*(explains[name] for name in names))
        return len(changed - explained), -len(explained)

    return unexplained


def _suspects(work: Facts, right: Facts, bank: Mapping[str, Facts]) -> list[Suspect]:
    departs, suspects = departures(work, right), []
    for name, facts in bank.items():
        own = departures(facts, right)
        explains = frozenset(fact for fact in own if _is_alike(fact, work, facts))
        # Numbers that only one mistake comes to hide nothing of another one: they would be others with both.
        if explains and own <= departs and all(fact in work and _words(work[fact]) for fact in own - explains):
            suspects.append(Suspect(name, explains, own - explains))
    return suspects


def _explain(several: Sequence[Suspect], departs: frozenset[str]) -> bool:
    """Whether mistakes explain all departures, and those seen in full explain what hides a part of the others."""
    plain = frozenset().union(*(suspect.explains for suspect in several if not suspect.hidden))
    every = frozenset().union(*(suspect.explains for suspect in several))
    return every == departs and all(suspect.hidden <= plain for suspect in several)


def remark_on(work: Facts, right: Facts, facts: Iterable[str]) -> Diagnosis | None:
    """Return a remark on facts that nothing explains, where both are words; None if there are none."""
    told = [
        f"{fact} {_words(work[fact])} (asked for: {_words(right[fact])})"
        for fact in right
        if fact in set(facts) and fact in work and _words(work[fact]) and _words(right[fact])
    ]
    if not told:
        return None
    hint = f"What was measured: {'; '.join(told)}."
    return Diagnosis("other_than_asked_for", "Other than asked for", hint, 0.0, kind="relation")


def _words(seen: Observation) -> str:
    """Return a fact in words; nothing if it is one of numbers or of nothing."""
    first = seen.parts[0].form if seen.parts else seen.form
    numbers = seen.parts and any(part.numbers.size for part in seen.parts) and first == NO_WORDS
    return first if isinstance(first, str) and not numbers and not first.startswith(NUMERIC_FORMS) else ""
