"""Matching: what of an exercise's bank does what a student's work does.

One misconception may explain the work, or two or three made at once, if the code that makes them does the same on
every probe. A bank holds hundreds of these, so work is first compared on inputs that are the same for all students
of a course: what the bank does on those is worked out once in a process, however many students come. The few that
are left are run beside the work on inputs of this student's own, and count if they do the same there on every probe.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from itertools import combinations, islice
from typing import Any, TypeVar

from fairgrade.grading.bank import Combination, Misconception, Variant
from fairgrade.grading.diagnosis import Observation, observe
from fairgrade.grading.explanation import Explanation, explained, first_of_several, returns_more
from fairgrade.grading.facts import Facts, composed, facts_of, possible, said_of
from fairgrade.grading.invocation import extras_of, invoke
from fairgrade.grading.merging import at_once
from fairgrade.grading.outcomes import InfraError
from fairgrade.grading.relations import besides, relation
from fairgrade.grading.score import Diagnosis
from fairgrade.grading.seeding import Submission, current_submission, global_random_state_kept, grading_for
from fairgrade.grading.student import Notebook, quiet, student_object
from fairgrade.grading.time_budget import on_our_time

MIN_PROBES = 3
"""A diagnosis rests on at least this many probes."""

SHORTLIST_SIZE = 3
"""So many items of a bank are sooner run than looked for any further."""

MAX_TRIPLES = 4000
"""Three mistakes at once are looked for among so many, the cheapest first."""

Probe = Callable[..., Any]
Item = TypeVar("Item", Misconception, Combination)


class Matcher:
    """An exercise's bank, to compare work with.

    Parameters
    ----------
    exercise : str
        Its name.
    reference : object
    probes : mapping of str to callable
    misconceptions : mapping of str to Misconception
    variants : mapping of str to Variant
    parts : tuple of str
        What the first things are called that each probe hands on.
    more_costs : float, optional
        What it costs to return more than the one thing that is asked for.
    has_fact_probes : bool
        Whether the probes tell facts apart, so that mistakes made at once are recognised by these.
    """

    def __init__(
        self,
        exercise: str,
        reference: Any,
        probes: Mapping[str, Probe],
        misconceptions: Mapping[str, Misconception],
        variants: Mapping[str, Variant],
        parts: tuple[str, ...] = (),
        more_costs: float | None = None,
        has_fact_probes: bool = False,
    ) -> None:
        self._exercise = exercise
        self._reference = reference
        self._probes = probes
        self._misconceptions = misconceptions
        self._variants = variants
        self._parts = parts
        self._more_costs = more_costs
        self._has_fact_probes = has_fact_probes
        self._right = Misconception("right", reference, "", 0.0)
        self._kept: dict[str, dict[int, Observation]] = {}
        self._kept_for: Submission | None = None

    @cached_property
    def pairs(self) -> list[Combination]:
        """Each two misconceptions that can be made at once."""
        with on_our_time():
            return list(self._combined(combinations(self._misconceptions.values(), 2)))

    @cached_property
    def triples(self) -> list[Combination]:
        """Three misconceptions that can be made at once; only of functions, which are cheap to run."""
        if isinstance(self._reference, type):
            return []
        mates: dict[str, set[str]] = {}
        for pair in self.pairs:
            one, other = pair.members
            mates.setdefault(one.name, set()).add(other.name)
        bank = self._misconceptions
        threes = [
            (bank[a], bank[b], bank[c])
            for a in mates
            for b, c in combinations(bank, 2)
            if b in mates[a] and c in mates[a] and c in mates.get(b, ())
        ]
        threes.sort(key=lambda three: sum(member.loses for member in three))
        return list(islice(self._combined(threes), MAX_TRIPLES))

    def _combined(self, sets: Iterable[tuple[Misconception, ...]]) -> Iterable[Combination]:
        right = [self._reference, *(variant.code for variant in self._variants.values())]
        for members in sets:
            for code in at_once(right, members):
                yield Combination(members, code)

    @global_random_state_kept()
    def explain(self, work: Any, notebook: Notebook) -> Explanation:
        """What in the bank does the same as the work on all probes: as few misconceptions as it takes.

        Misconceptions declared the same count as one, under the name registered first. Where several combinations do
        the same, only what they have in common is certain.
        """
        trial = self.trial(work, notebook)
        if len(self._probes) < MIN_PROBES or self._is_right(trial):
            return Explanation()
        found = self._by_the_bank(trial)
        if found.loses is None and self._more_costs is not None:
            found = self._of_the_first(trial, self._more_costs) or found
        if not found.diagnoses and not self._has_fact_probes:
            found = self._nearly(trial)
        if not found.diagnoses and (related := self._related(trial)):
            found = Explanation(relations=(related,))
        return found

    def _by_the_bank(self, trial: ObservedWork) -> Explanation:
        """The misconceptions, as few as it takes."""
        bank = [*self._matches(self._misconceptions.values(), trial), *self._matches(self._fitted(trial), trial, False)]
        if bank:
            return explained([Combination((single,), single.code) for single in bank], self._price_holds(trial))
        if not self._price_holds(trial):
            return Explanation()  # any two mistakes may end in the same error
        if self._has_fact_probes:
            return self._by_facts(trial)
        pairs = [*self._matches(self.pairs, trial), *self._matches(self._pairs_with_fitted(trial), trial, False)]
        found = (
            pairs or self._matches(self.triples, trial) or self._matches(self._fitted_around_pairs(trial), trial, False)
        )
        return explained(found, True) if found else Explanation()

    def _by_facts(self, trial: ObservedWork) -> Explanation:
        """The misconceptions that together explain the facts in which the work departs from right work."""
        bank = self._misconceptions
        with grading_for(current_submission().of_anybody()):
            seen = facts_of({probe: self._seen_by_all(probe, trial) for probe in trial.probes})
            views = {name: self._views(misconception, trial) for name, misconception in bank.items()}
            likely = possible(seen, self._views(self._right, trial), views)
        work = facts_of({probe: self._seen_of_work(probe, trial) for probe in trial.probes})
        right = facts_of(self._all_seen_of(self._reference, trial))
        found = composed(work, right, {name: facts_of(self._all_seen_of(bank[name].code, trial)) for name in likely})
        said = said_of(work, right, found.unexplained)
        sets = [[bank[name] for name in names] for names in found.sets]
        # What two do together may fail what neither fails alone.
        both = [pair.code for members in sets for pair in self._combined(combinations(members, 2))]
        return Explanation(
            tuple(bank[name] for name in found.certain),
            () if said is None else (said,),
            min((sum(bank[name].loses for name in names) for names in found.sets), default=None),
            (*(member.code for members in sets for member in members), *both),
        )

    def _views(self, item: Misconception, trial: ObservedWork) -> Facts:
        """The facts of a part of the bank on the inputs that all share."""
        return facts_of({probe: self._view(item, probe, trial, self._kept_of(probe)) for probe in trial.probes})

    def _all_seen_of(self, code: Any, trial: ObservedWork) -> dict[str, Observation]:
        return {probe: self._seen_of(code, probe, trial) for probe in trial.probes}

    def _of_the_first(self, trial: ObservedWork, costs: float) -> Explanation | None:
        """What explains work that returns several things by the first of them; None if that does not."""
        undone = self.trial(first_of_several(trial.work), trial.notebook)
        if not self._price_holds(undone):
            return None
        more = returns_more(costs)
        if self._is_right(undone):
            return Explanation((), (more,), costs, (self._reference,), undone.work)
        found = self._by_the_bank(undone)
        if found.loses is None:
            return None
        return replace(found, relations=(*found.relations, more), loses=found.loses + costs, undone=undone.work)

    def _related(self, trial: ObservedWork) -> Diagnosis | None:
        """A relation of the work to right work."""
        work = {probe: self._seen_of_work(probe, trial) for probe in trial.probes}
        right = {probe: self._seen_of(self._reference, probe, trial) for probe in trial.probes}
        return relation(work, right, self._parts)

    def _nearly(self, trial: ObservedWork) -> Explanation:
        """The only misconception that explains what all probes but one see, if two of them tell it from right work."""
        with grading_for(current_submission().of_anybody()):
            seen = {probe: self._seen_by_all(probe, trial) for probe in trial.probes}
            likely = [
                single
                for single in self._misconceptions.values()
                if sum(not seen[p].equals(self._view(single, p, trial, self._kept_of(p))) for p in seen) == 1
            ]
        found = []
        for single in likely:
            others = [probe for probe in trial.probes if not self._equals(single.code, probe, trial)]
            rest = [p for p in trial.probes if p not in others and not self._equals(self._reference, p, trial)]
            if len(others) == 1 and len(rest) >= MIN_PROBES - 1:
                found.append(Explanation((single,), (besides(others[0]),)))
        return found[0] if len(found) == 1 else Explanation()

    def _equals(self, code: Any, probe: str, trial: ObservedWork) -> bool:
        return self._seen_of_work(probe, trial).equals(self._seen_of(code, probe, trial))

    @global_random_state_kept()
    def matches(self, work: Any, notebook: Notebook, probes: Iterable[str]) -> list[Misconception]:
        """The misconceptions that do the same as the work on the probes named."""
        return self._matches(self._misconceptions.values(), ObservedWork(work, notebook, list(probes)))

    @global_random_state_kept()
    def unseen(self) -> list[str]:
        """The misconceptions and the pairs that do what right work does on all probes, as no diagnosis may."""
        if len(self._probes) < MIN_PROBES:
            return []  # no diagnosis rests on them
        trial = self.trial(student_object(self._reference), Notebook())
        singles = self._matches(self._misconceptions.values(), trial)
        pairs = [] if self._has_fact_probes else self._matches(self.pairs, trial)
        return [*(single.name for single in singles), *(pair.name for pair in pairs)]

    # -- what probes see ----------------------------------------------------------------------

    def trial(self, work: Any, notebook: Notebook) -> ObservedWork:
        """Work to be compared with the bank on all probes."""
        return ObservedWork(work, notebook, list(self._probes))

    def _is_right(self, trial: ObservedWork) -> bool:
        """Whether work does what the reference does: then probes show nothing of what may be wrong with it."""
        return all(self._equals(self._reference, p, trial) for p in trial.probes)

    def _seen_of_work(self, probe: str, trial: ObservedWork) -> Observation:
        """What a probe sees of the work on the student's own inputs."""
        if probe not in trial.seen:
            trial.seen[probe] = self._observe(probe, trial.work, trial.notebook)
        return trial.seen[probe]

    def _seen_of(self, code: Any, probe: str, trial: ObservedWork) -> Observation:
        """What a probe sees of code from the bank on the same inputs."""
        return self._observe(probe, student_object(code), trial.notebook)

    def _observe(self, probe: str, work: Any, notebook: Notebook) -> Observation:
        return observe(lambda: invoke(self._probes[probe], work, notebook, self._exercise, "probe", probe))

    def _price_holds(self, trial: ObservedWork) -> bool:
        """Whether the work shows enough to go by: values, and not one and the same whatever it is given."""
        if self._has_fact_probes:  # each is made of many values
            return sum(bool(self._seen_of_work(p, trial).keys) for p in trial.probes) >= MIN_PROBES
        told: set[frozenset[float]] = set()
        for probe in trial.probes:
            told.add(self._seen_of_work(probe, trial).evidence)
            if len(told - {frozenset()}) == MIN_PROBES:
                return True
        return False

    # -- what is tried ------------------------------------------------------------------------

    def _matches(self, items: Iterable[Item], trial: ObservedWork, keep: bool = True) -> list[Item]:
        """The items that do the same as the work; what is seen of them is kept unless they are made for this work."""
        return self._confirmed(self._shortlist(items, trial) if keep else list(items), trial)

    def _fitted(self, trial: ObservedWork) -> list[Misconception]:
        """The misconceptions that come in many sizes, each in the size in which it fits the work."""
        if trial.fitted is None:
            trial.fitted = [
                replace(misconception, code=partial(misconception.code, **arguments))
                for misconception in self._misconceptions.values()
                if misconception.fits is not None and (arguments := _fit(misconception.fits, trial.work))
            ]
        return trial.fitted

    def _pairs_with_fitted(self, trial: ObservedWork) -> list[Combination]:
        """Each misconception in the size that fits the work, made at once with each other one."""
        return [
            Combination((fitted, other), code)
            for fitted in self._fitted(trial)
            for other in self._misconceptions.values()
            if other.name != fitted.name
            for code in at_once([self._reference], (fitted, other))
        ]

    def _fitted_around_pairs(self, trial: ObservedWork) -> Iterator[Combination]:
        """Two misconceptions, and around them a third one in the size that fits the work."""
        for fitted in self._fitted(trial):
            for pair in self.pairs if fitted.is_wrapper else ():
                if all(fitted.name != member.name and not fitted.contradicts(member) for member in pair.members):
                    yield Combination((fitted, *pair.members), partial(fitted.code, right=pair.code))

    def _shortlist(self, items: Iterable[Item], trial: ObservedWork) -> list[Item]:
        """The items of the bank of which the first probes see the same: as many probes as it takes to leave few."""
        left = list(items)
        with grading_for(current_submission().of_anybody()):
            for probe in trial.probes:
                observation, kept = self._seen_by_all(probe, trial), self._kept_of(probe)
                left = [item for item in left if observation.equals(self._view(item, probe, trial, kept))]
                if len(left) <= SHORTLIST_SIZE:
                    break
        return left

    def _seen_by_all(self, probe: str, trial: ObservedWork) -> Observation:
        """What a probe sees of the work on the inputs that all students share."""
        if probe not in trial.seen_by_all:
            trial.seen_by_all[probe] = self._observe(probe, trial.work, trial.notebook)
        return trial.seen_by_all[probe]

    def _kept_of(self, probe: str) -> dict[int, Observation]:
        """What the probe has seen of the bank; nothing if that depends on the student's notebook."""
        if "notebook" in extras_of(self._probes[probe]):
            return {}
        if current_submission() != self._kept_for:  # another course
            self._kept, self._kept_for = {}, current_submission()
        return self._kept.setdefault(probe, {})

    def _view(
        self, item: Misconception | Combination, probe: str, trial: ObservedWork, kept: dict[int, Observation]
    ) -> Observation:
        if id(item) not in kept:
            # A probe that takes the notebook may call the student's functions.
            is_ours = "notebook" not in extras_of(self._probes[probe])
            with on_our_time() if is_ours else nullcontext():
                kept[id(item)] = self._seen_of(item.code, probe, trial)
        return kept[id(item)]

    def _confirmed(self, items: list[Item], trial: ObservedWork) -> list[Item]:
        """The items that do the same as the work on inputs that nobody else has, whatever the probe."""
        for probe in trial.probes:
            if not items:
                break
            seen = self._seen_of_work(probe, trial)
            items = [item for item in items if seen.equals(self._seen_of(item.code, probe, trial))]
        return items


@dataclass
class ObservedWork:
    """Work that is compared with a bank, and what probes have seen of it on either kind of inputs."""

    work: Any
    notebook: Notebook
    probes: list[str]
    seen_by_all: dict[str, Observation] = field(default_factory=dict)
    seen: dict[str, Observation] = field(default_factory=dict)
    fitted: list[Misconception] | None = None


def _fit(fits: Callable[[Any], Mapping[str, Any] | None], work: Any) -> Mapping[str, Any] | None:
    """The arguments with which a misconception fits the work; None if it can't be said of such work."""
    try:
        with quiet():
            return fits(work)
    except InfraError:
        raise
    except Exception:  # odd work
        return None
