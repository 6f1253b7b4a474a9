"""Matching: which items of an exercise's bank do what a student's work does.

One misconception may explain the work, or two or three made at once, if the code that makes them does the same on
every probe. There are hundreds of candidates, so work is first compared on inputs that all students share, for which
the bank's values are kept. The few candidates that are left run beside the work on inputs of this student's own, and
count if they do the same there on every probe.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from heapq import nsmallest
from itertools import combinations
from typing import Any, TypeVar

from fairgrade.grading.bank import Bank
from fairgrade.grading.bank_items import Combination, Misconception
from fairgrade.grading.candidates import Candidates
from fairgrade.grading.diagnosis import Observation
from fairgrade.grading.explanation import Explanation, common_explanation, first_of_several, returns_more
from fairgrade.grading.facts import Facts, facts_of, find_mistakes, possible_mistakes, remark_on, unexplained_by
from fairgrade.grading.input_probes import is_of_inputs
from fairgrade.grading.observed_work import ObservedWork, SharedViews
from fairgrade.grading.relations import besides, relation
from fairgrade.grading.seeding import current_submission, global_random_state_kept, grading_for
from fairgrade.grading.student import Notebook, student_object

MIN_PROBES = 3
"""A diagnosis rests on at least this many probes."""

SHORTLIST_SIZE = 3
"""As soon as so few candidates are left, all of them are run on the student's own inputs."""

MAX_LIKELY_PAIRS = 256
"""At most so many pairs are run to see whether they make together what facts don't explain."""

Item = TypeVar("Item", Misconception, Combination)


class Matcher:
    """Compares work with the bank of an exercise."""

    def __init__(self, bank: Bank) -> None:
        self.candidates = Candidates(bank)
        self._bank = bank
        self._right = Misconception("right", bank.reference, "", 0.0)
        self._views = SharedViews(bank)

    @global_random_state_kept()
    def matches(self, work: Any, notebook: Notebook, probes: Iterable[str]) -> list[Misconception]:
        """Return the misconceptions that do the same as the work on the named probes."""
        return self._matches(self._bank.misconceptions.values(), ObservedWork(self._bank, work, notebook, probes))

    @global_random_state_kept()
    def unseen(self) -> list[str]:
        """Return the misconceptions and pairs that do on all probes what right work does; there should be none."""
        if len(self._bank.probes) < MIN_PROBES:
            return []  # no diagnosis rests on them
        right = ObservedWork(self._bank, student_object(self._bank.reference), Notebook())
        singles = self._matches(self._bank.misconceptions.values(), right)
        pairs = [] if self._bank.has_fact_probes else self._matches(self.candidates.pairs, right)
        return [*(single.name for single in singles), *(pair.name for pair in pairs)]

    @global_random_state_kept()
    def explain(self, work: Any, notebook: Notebook) -> Explanation:
        """Find what in the bank does the same as the work on all probes: as few misconceptions as it takes.

        Misconceptions declared the same count as one, under the name registered first. Where several combinations do
        the same, only what they have in common is certain.
        """
        observed = ObservedWork(self._bank, work, notebook)
        found = self._explain(observed)
        if found.accounts_for_all:
            return found
        with grading_for(current_submission().of_anybody()):
            return replace(found, seen=observed.all_seen())

    @global_random_state_kept()
    def pairs_like(self, work: Any, notebook: Notebook) -> list[Combination]:
        """Return the pairs of misconceptions that do the same as the work on all probes, also if one alone does."""
        observed = ObservedWork(self._bank, work, notebook)
        if self._bank.has_fact_probes:
            return self._likely_pairs(observed, self._shared_facts(observed))
        return self._matches(self.candidates.pairs, observed)

    def _explain(self, observed: ObservedWork) -> Explanation:
        if len(observed.probes) < MIN_PROBES or self._is_right(observed):
            return Explanation()
        found = self._by_the_bank(observed)
        if found.loses is None and self._bank.more_costs is not None:
            found = self._by_the_first_of_several(observed, self._bank.more_costs) or found
        if not found.diagnoses and not self._bank.has_fact_probes:
            found = self._by_all_probes_but_one(observed)
        if not found.diagnoses:
            right = observed.all_seen_of(self._bank.reference)
            if related := relation(observed.all_seen(), right, self._bank.parts):
                found = Explanation(relations=(related,))
        return found

    def _is_right(self, observed: ObservedWork) -> bool:
        """Whether work does what the reference does: then probes show nothing of what may be wrong with it."""
        return all(observed.is_like(self._bank.reference, probe) for probe in observed.probes)

    def _price_holds(self, observed: ObservedWork) -> bool:
        """Whether the work shows enough to go by: values, and not one and the same whatever it is given."""
        if self._bank.has_fact_probes:  # each is made of many values
            return sum(bool(observed.seen(probe).keys) for probe in observed.probes) >= MIN_PROBES
        of_inputs = [probe for probe in observed.probes if is_of_inputs(self._bank.probes[probe])]
        if of_inputs:  # they show results of the work and nothing else, of few numbers or none perhaps
            results = [seen for probe in of_inputs if (seen := observed.seen(probe)).has_content]
            right = [observed.seen_of(self._bank.reference, probe) for probe in of_inputs]
            return len(results) >= MIN_PROBES and (not _all_equal(results) or _all_equal(right))
        told: set[frozenset[float]] = set()
        for probe in observed.probes:
            told.add(observed.seen(probe).evidence)
            if len(told - {frozenset()}) == MIN_PROBES:
                return True
        return False

    # -- ways to explain work -----------------------------------------------------------------

    def _by_the_bank(self, observed: ObservedWork) -> Explanation:
        """Explain work by misconceptions, as few as it takes."""
        singles = self._matches(self._bank.misconceptions.values(), observed)
        fitted = self.candidates.fitted(observed.work)
        singles += self._confirmed(fitted, observed)
        if singles:
            found = [Combination((single,), single.code) for single in singles]
            return common_explanation(found, self._price_holds(observed))
        if not self._price_holds(observed):
            return Explanation()  # any two mistakes may end in the same error
        if self._bank.has_fact_probes:
            return self._by_facts(observed)
        found = self._matches(self.candidates.pairs, observed)
        found += self._confirmed(self.candidates.pairs_with(fitted), observed)
        found = found or self._matches(self.candidates.triples, observed)
        found = found or self._confirmed(self.candidates.pairs_within(fitted), observed)
        return common_explanation(found, True) if found else Explanation()

    def _by_facts(self, observed: ObservedWork) -> Explanation:
        """Explain by misconceptions the facts in which the work departs from right work."""
        bank, shared = self._bank.misconceptions, self._shared_facts(observed)
        likely = possible_mistakes(*shared)
        work, right = facts_of(observed.all_seen()), facts_of(observed.all_seen_of(self._bank.reference))
        found = find_mistakes(work, right, {name: facts_of(observed.all_seen_of(bank[name].code)) for name in likely})
        if (not found.sets or len(found.sets[0]) > 2) and (pairs := self._likely_pairs(observed, shared)):
            return common_explanation(pairs, True)
        said = remark_on(work, right, found.unexplained)
        sets = [[bank[name] for name in names] for names in found.sets]
        # What two do together may fail what neither fails alone.
        both = [pair.code for members in sets for pair in self.candidates.combined(combinations(members, 2))]
        return Explanation(
            tuple(bank[name] for name in found.certain),
            () if said is None else (said,),
            min((sum(member.loses for member in members) for members in sets), default=None),
            (*(member.code for members in sets for member in members), *both),
            accounts_for_all=bool(sets),
        )

    def _shared_facts(self, observed: ObservedWork) -> tuple[Facts, Facts, dict[str, Facts]]:
        """Return the facts of the work, of right work and of each misconception, on the inputs that all share."""
        with grading_for(current_submission().of_anybody()):
            views = {probe: self._views.of(probe, observed) for probe in observed.probes}

            def facts(item: Misconception) -> Facts:
                return facts_of({probe: view(item) for probe, view in views.items()})

            known = {name: facts(item) for name, item in self._bank.misconceptions.items()}
            return facts_of(observed.all_seen()), facts(self._right), known

    def _likely_pairs(self, observed: ObservedWork, shared: tuple[Facts, Facts, dict[str, Facts]]) -> list[Combination]:
        """Return the pairs of misconceptions that do the same as the work, of those that are likely by their facts.

        Two mistakes may show together as neither does alone, so they are made together and compared.
        """
        unexplained = unexplained_by(*shared)
        likely = nsmallest(
            MAX_LIKELY_PAIRS,
            self.candidates.pairs,
            key=lambda pair: unexplained([member.name for member in pair.members]),
        )
        return self._matches(likely, observed)

    def _by_the_first_of_several(self, observed: ObservedWork, costs: float) -> Explanation | None:
        """Explain work that returns several things by the first of them; None if that does not."""
        undone = ObservedWork(self._bank, first_of_several(observed.work), observed.notebook)
        if not self._price_holds(undone):
            return None
        more = returns_more(costs)
        if self._is_right(undone):
            return Explanation((), (more,), costs, (self._bank.reference,), undone.work, accounts_for_all=True)
        found = self._by_the_bank(undone)
        if found.loses is None:
            return None
        return replace(found, relations=(*found.relations, more), loses=found.loses + costs, undone=undone.work)

    def _by_all_probes_but_one(self, observed: ObservedWork) -> Explanation:
        """Explain all that probes see but for one, if only one misconception does and two probes tell it from right."""
        known = self._bank.misconceptions.values()
        with grading_for(current_submission().of_anybody()):
            views = [(observed.seen(probe), self._views.of(probe, observed)) for probe in observed.probes]
            likely = [item for item in known if sum(not seen.equals(view(item)) for seen, view in views) == 1]
        found = []
        for item in likely:
            others = [probe for probe in observed.probes if not observed.is_like(item.code, probe)]
            rest = [p for p in observed.probes if p not in others and not observed.is_like(self._bank.reference, p)]
            if len(others) == 1 and len(rest) >= MIN_PROBES - 1:
                found.append(Explanation((item,), (besides(others[0]),)))
        return found[0] if len(found) == 1 else Explanation()

    # -- which candidates do the same ---------------------------------------------------------

    def _matches(self, items: Iterable[Item], observed: ObservedWork) -> list[Item]:
        """Return the items of the bank that do the same as the work: as many shared probes as leave few, then all."""
        left = list(items)
        with grading_for(current_submission().of_anybody()):
            for probe in _quick_ones_first(observed):
                seen, view = observed.seen(probe), self._views.of(probe, observed)
                left = [item for item in left if seen.equals(view(item))]
                if len(left) <= SHORTLIST_SIZE:
                    break
        return self._confirmed(left, observed)

    def _confirmed(self, items: Iterable[Item], observed: ObservedWork) -> list[Item]:
        """Return the items that do the same as the work on inputs that nobody else has, whatever the probe."""
        left = list(items)
        for probe in _quick_ones_first(observed):
            left = [item for item in left if observed.is_like(item.code, probe)]
        return left


def _quick_ones_first(observed: ObservedWork) -> list[str]:
    """Return the probes in the order in which candidates are best ruled out: few facts take little time."""
    return sorted(observed.probes, key=lambda probe: len(observed.seen(probe).keys))


def _all_equal(seen: list[Observation]) -> bool:
    return all(one.equals(seen[0]) for one in seen)
