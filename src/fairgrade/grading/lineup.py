"""The line-up: which misconception of the bank, or which two at once, do what a student's work does.

Work is first compared on inputs that are the same for all students of a course. What the bank does on those
is worked out once in a process, however many students come. Whatever does the same there is then run beside
the work on inputs of this student's own, and only counts if it does the same there, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from itertools import combinations
from typing import Any, TypeVar

from fairgrade.grading.bank import Misconception, Pair, Variant
from fairgrade.grading.diagnosis import Observation, observe
from fairgrade.grading.invoke import extras_of, invoke
from fairgrade.grading.pairs import both
from fairgrade.grading.seeding import Submission, current_submission, global_random_state_kept, grading_for
from fairgrade.grading.student import Notebook, student_object

MINIMUM_PROBES = 3
"""A diagnosis rests on at least this many probes."""

Probe = Callable[..., Any]
Item = TypeVar("Item", Misconception, Pair)


class LineUp:
    """An exercise's bank, to compare work with.

    Parameters
    ----------
    exercise : str
        Its name.
    reference : object
    probes : mapping of str to callable
    misconceptions : mapping of str to Misconception
    variants : mapping of str to Variant
    """

    def __init__(
        self,
        exercise: str,
        reference: Any,
        probes: Mapping[str, Probe],
        misconceptions: Mapping[str, Misconception],
        variants: Mapping[str, Variant],
    ) -> None:
        self._exercise = exercise
        self._reference = reference
        self._probes = probes
        self._misconceptions = misconceptions
        self._variants = variants
        self._kept: dict[str, dict[str, Observation]] = {}
        self._kept_for: Submission | None = None

    @cached_property
    def pairs(self) -> list[Pair]:
        """Each two misconceptions that can be made at once."""
        right = [self._reference, *(variant.code for variant in self._variants.values())]
        return [
            Pair(one, other, code)
            for one, other in combinations(self._misconceptions.values(), 2)
            if not one.is_same_as(other) and (code := both(right, one.code, other.code)) is not None
        ]

    @global_random_state_kept()
    def diagnose(self, work: Any, notebook: Notebook) -> tuple[tuple[Misconception, ...], bool]:
        """The misconception, or the two at once, that do the same as the work on all probes; and whether prices hold.

        Misconceptions declared the same count as one, under the name registered first. A price holds
        where values agree on enough probes: they show that the rest of the work is right. Errors that
        agree do not.
        """
        if len(self._probes) < MINIMUM_PROBES:
            return (), False
        seen = self._seen_of(work, notebook, self._probes)
        price_holds = sum(observation.is_evidence for observation in seen.values()) >= MINIMUM_PROBES
        if matches := self._confirmed(self._like(seen, self._misconceptions.values(), notebook), work, notebook, seen):
            unique = all(other.is_same_as(matches[0]) for other in matches[1:])
            return ((matches[0],), price_holds) if unique else ((), False)
        if not price_holds:
            return (), False  # any two mistakes may end in the same error
        found = self._confirmed(self._like(seen, self.pairs, notebook), work, notebook, seen)
        # Several pairs may do the same. The cheapest of them is as likely as any.
        pair = min(found, key=lambda pair: pair.loses, default=None)
        return ((pair.one, pair.other), True) if pair else ((), False)

    @global_random_state_kept()
    def matches(self, work: Any, notebook: Notebook, probes: Iterable[str]) -> list[Misconception]:
        """The misconceptions that do the same as the work on the probes named."""
        seen = self._seen_of(work, notebook, probes)
        return self._confirmed(self._like(seen, self._misconceptions.values(), notebook), work, notebook, seen)

    # -- on inputs that all students share ----------------------------------------------------

    def _seen_of(self, work: Any, notebook: Notebook, probes: Iterable[str]) -> dict[str, Observation]:
        """What probes see of the work."""
        with grading_for(current_submission().of_anybody()):
            return {probe: self._observe(probe, work, notebook) for probe in probes}

    def _like(self, seen: Mapping[str, Observation], items: Iterable[Item], notebook: Notebook) -> list[Item]:
        """The items of the bank of which the probes see the same."""
        left = list(items)
        with grading_for(current_submission().of_anybody()):
            for probe, observation in seen.items():
                seen_of = self._view_of_bank(probe, notebook)
                left = [item for item in left if observation.equals(seen_of(item))]
        return left

    def _view_of_bank(self, probe: str, notebook: Notebook) -> Callable[[Misconception | Pair], Observation]:
        """What a probe sees of an item of the bank; kept, unless it depends on the student's notebook."""
        kept: dict[str, Observation] = {}
        if "notebook" not in extras_of(self._probes[probe]):
            if current_submission() != self._kept_for:  # another course
                self._kept, self._kept_for = {}, current_submission()
            kept = self._kept.setdefault(probe, kept)

        def seen_of(item: Misconception | Pair) -> Observation:
            if item.name not in kept:
                kept[item.name] = self._observe(probe, student_object(item.code), notebook)
            return kept[item.name]

        return seen_of

    # -- on inputs of the student's own -------------------------------------------------------

    def _confirmed(self, items: list[Item], work: Any, notebook: Notebook, probes: Iterable[str]) -> list[Item]:
        """The items that do the same as the work on inputs that nobody else has."""
        if not items:
            return []
        seen = {probe: self._observe(probe, work, notebook) for probe in probes}
        return [
            item
            for item in items
            if all(
                observation.equals(self._observe(probe, student_object(item.code), notebook))
                for probe, observation in seen.items()
            )
        ]

    def _observe(self, probe: str, work: Any, notebook: Notebook) -> Observation:
        return observe(lambda: invoke(self._probes[probe], work, notebook, self._exercise, "probe", probe))
