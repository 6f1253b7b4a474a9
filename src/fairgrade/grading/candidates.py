"""The candidates for a diagnosis: misconceptions, two or three of them at once, each in the size that fits the work."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property, partial
from itertools import combinations, islice
from typing import Any

from fairgrade.grading.bank import Bank
from fairgrade.grading.bank_items import Combination, Misconception
from fairgrade.grading.captured_output import quiet
from fairgrade.grading.merging import combine
from fairgrade.grading.outcomes import InfraError
from fairgrade.grading.time_budget import clock_stopped

MAX_TRIPLES = 4000
"""At most so many combinations of three mistakes are tried, the cheapest first."""


class Candidates:
    """The misconceptions of a bank and their combinations."""

    def __init__(self, bank: Bank) -> None:
        self._bank = bank

    @cached_property
    def pairs(self) -> list[Combination]:
        """Each two misconceptions that can be made at once."""
        with clock_stopped():
            return list(self.combined(combinations(self._bank.misconceptions.values(), 2)))

    @cached_property
    def triples(self) -> list[Combination]:
        """Three misconceptions that can be made at once; only of functions, which are cheap to run."""
        bank = self._bank.misconceptions
        if isinstance(self._bank.reference, type):
            return []
        mates: dict[str, set[str]] = {}
        for pair in self.pairs:
            one, other = pair.members
            mates.setdefault(one.name, set()).add(other.name)
        threes = [
            (bank[a], bank[b], bank[c])
            for a in mates
            for b, c in combinations(bank, 2)
            if b in mates[a] and c in mates[a] and c in mates.get(b, ())
        ]
        threes.sort(key=lambda three: sum(member.loses for member in three))
        return list(islice(self.combined(threes), MAX_TRIPLES))

    def combined(self, sets: Iterable[tuple[Misconception, ...]]) -> Iterator[Combination]:
        """Yield the combinations that make all misconceptions of a set at once, for each set that can be made."""
        right = [self._bank.reference, *(variant.code for variant in self._bank.variants.values())]
        for members in sets:
            for code in combine(right, members):
                yield Combination(members, code)

    def fitted(self, work: Any) -> list[Misconception]:
        """Return the misconceptions that come in many sizes, each in the size in which it fits the work."""
        return [
            replace(misconception, code=partial(misconception.code, **arguments))
            for misconception in self._bank.misconceptions.values()
            if (arguments := _arguments_that_fit(misconception, work))
        ]

    def pairs_with(self, fitted: Iterable[Misconception]) -> list[Combination]:
        """Return each fitted misconception made at once with each other one."""
        return [
            Combination((one, other), code)
            for one in fitted
            for other in self._bank.misconceptions.values()
            if other.name != one.name
            for code in combine([self._bank.reference], (one, other))
        ]

    def pairs_within(self, fitted: Iterable[Misconception]) -> Iterator[Combination]:
        """Yield two misconceptions at once, wrapped into each fitted one that can be a wrapper."""
        for one in fitted:
            for pair in self.pairs if one.is_wrapper else ():
                if all(one.name != member.name and not one.contradicts(member) for member in pair.members):
                    yield Combination((one, *pair.members), partial(one.code, right=pair.code))


def _arguments_that_fit(misconception: Misconception, work: Any) -> Any:
    """Return the arguments with which a misconception may do the same as the work; None if there are none."""
    if misconception.fits is None:
        return None
    try:
        with quiet():
            return misconception.fits(work)
    except InfraError:
        raise
    except Exception:  # odd work
        return None
