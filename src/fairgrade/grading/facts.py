"""Several mistakes at once, recognised by facts that probes tell apart from one another.

A probe that returns a dictionary tells a fact with each of its entries, such as by what rule weights move, and what
a history holds. Where each mistake shows in facts of its own, mistakes made at once show side by side, however many
they are, and need not be run together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from fairgrade.grading.diagnosis import Observation
from fairgrade.grading.score import Diagnosis

MAX_MISTAKES = 5
"""So many mistakes are looked for in one piece of work."""

Facts = Mapping[str, Observation]
"""What was seen, by the name of the fact."""


def facts_of(seen: Mapping[str, Observation]) -> dict[str, Observation]:
    """The facts in what probes saw: one for each entry of a dictionary, and one for any other value."""
    facts = {}
    for probe, observation in seen.items():
        if not observation.keys:
            facts[probe] = observation
        facts |= dict(zip(observation.keys, observation.parts, strict=True)) if observation.keys else {}
    return facts


def departures(work: Facts, right: Facts) -> frozenset[str]:
    """The facts in which work is not like right work."""
    return frozenset(fact for fact in {*work, *right} if not _alike(fact, work, right))


def _alike(fact: str, one: Facts, other: Facts) -> bool:
    return fact in one and fact in other and one[fact].equals(other[fact])


@dataclass(frozen=True)
class Share:
    """A mistake that may be one of several: the facts that it explains, and those in which others hide it."""

    name: str
    explains: frozenset[str]
    hidden: frozenset[str]


@dataclass(frozen=True)
class Composed:
    """The mistakes in work.

    Attributes
    ----------
    certain : tuple of str
        Those that are among them in any case.
    sets : tuple of tuple of str
        Each of the sets, as small as any, that explains all of the work; none if nothing does.
    unexplained : frozenset of str
        The facts that what is certain leaves unexplained.
    """

    certain: tuple[str, ...]
    sets: tuple[tuple[str, ...], ...]
    unexplained: frozenset[str]


def composed(work: Facts, right: Facts, bank: Mapping[str, Facts]) -> Composed:
    """The fewest mistakes of a bank that together explain in what work departs from right work.

    A mistake counts if the work does what it does in all facts in which it departs from right work, or else if other
    mistakes explain what the work does there in its place.
    """
    departs = departures(work, right)
    shares = _shares(work, right, bank)
    for number in range(1, MAX_MISTAKES + 1):
        if found := [several for several in combinations(shares, number) if _explain(several, departs)]:
            certain = [share for share in found[0] if all(share in several for several in found)]
            sets = tuple(tuple(share.name for share in several) for several in found)
            return Composed(_names(certain), sets, departs.difference(*(share.explains for share in certain)))
    plain = [share for share in shares if not share.hidden]
    largest = [share for share in plain if not any(share.explains < other.explains for other in plain)]
    certain = [s for s in largest if not any(s.explains & o.explains for o in largest if o is not s)]
    return Composed(_names(certain), (), departs.difference(*(share.explains for share in certain)))


def _names(shares: Iterable[Share]) -> tuple[str, ...]:
    return tuple(share.name for share in shares)


def possible(work: Facts, right: Facts, bank: Mapping[str, Facts]) -> tuple[str, ...]:
    """The mistakes that may be among those in work."""
    return _names(_shares(work, right, bank))


def _shares(work: Facts, right: Facts, bank: Mapping[str, Facts]) -> list[Share]:
    departs, shares = departures(work, right), []
    for name, facts in bank.items():
        own = departures(facts, right)
        explains = frozenset(fact for fact in own if _alike(fact, work, facts))
        # Numbers that only one mistake comes to hide nothing of another one: they would be others with both.
        if explains and own <= departs and all(fact in work and _words(work[fact]) for fact in own - explains):
            shares.append(Share(name, explains, own - explains))
    return shares


def _explain(several: Sequence[Share], departs: frozenset[str]) -> bool:
    """Whether mistakes explain all departures, and those that are plain to see what hides a part of the others."""
    plain = frozenset().union(*(share.explains for share in several if not share.hidden))
    every = frozenset().union(*(share.explains for share in several))
    return every == departs and all(share.hidden <= plain for share in several)


def said_of(work: Facts, right: Facts, facts: Iterable[str]) -> Diagnosis | None:
    """What the student reads of facts that nothing explains, where both are words; None if there are none."""
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
    """A fact in words; empty if it is one of numbers or of nothing."""
    first = seen.parts[0].form if seen.parts else seen.form
    numbers = seen.parts and any(part.numbers.size for part in seen.parts) and first == NO_WORDS
    return first if isinstance(first, str) and not numbers and not first.startswith(NUMERIC_FORMS) else ""


NO_WORDS = "something else"
"""What a fact says that comes in numbers, since no words fit."""

NUMERIC_FORMS = ("numbers of", "an array of")
"""How the form of numbers begins."""
