"""The line-up: which misconception of the bank, or which two at once, do what a student's work does.

A bank holds hundreds of items, so work is first compared on inputs that are the same for all students of a
course: what the bank does on those is worked out once in a process, however many students come. The few that are
left are run beside the work on inputs of this student's own, and count if they do the same there on every probe.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations, islice
from typing import Any, TypeVar

from fairgrade.grading.bank import Misconception, Pair, Variant
from fairgrade.grading.diagnosis import Observation, observe
from fairgrade.grading.invoke import extras_of, invoke
from fairgrade.grading.pairs import both
from fairgrade.grading.seeding import Submission, current_submission, global_random_state_kept, grading_for
from fairgrade.grading.student import Notebook, student_object

MINIMUM_PROBES = 3
"""A diagnosis rests on at least this many probes."""

FEW = 3
"""So many items of a bank are sooner run than looked for any further."""

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
        trial = _Trial(work, notebook, list(self._probes))
        if matches := self._matches(self._misconceptions.values(), trial):
            unique = all(other.is_same_as(matches[0]) for other in matches[1:])
            return ((matches[0],), self._price_holds(trial)) if unique else ((), False)
        if not self._price_holds(trial):
            return (), False  # any two mistakes may end in the same error
        # Several pairs may do the same. The cheapest of them is as likely as any.
        pair = min(self._matches(self.pairs, trial), key=lambda pair: pair.loses, default=None)
        return ((pair.one, pair.other), True) if pair else ((), False)

    @global_random_state_kept()
    def matches(self, work: Any, notebook: Notebook, probes: Iterable[str]) -> list[Misconception]:
        """The misconceptions that do the same as the work on the probes named."""
        return self._matches(self._misconceptions.values(), _Trial(work, notebook, list(probes)))

    def _matches(self, items: Iterable[Item], trial: _Trial) -> list[Item]:
        """The items of the bank that do the same as the work."""
        return self._confirmed(self._shortlist(items, trial), trial)

    def _price_holds(self, trial: _Trial) -> bool:
        """Whether the work shows enough values to go by."""
        telling = (probe for probe in trial.probes if self._seen_of_work(probe, trial).is_evidence)
        return len(list(islice(telling, MINIMUM_PROBES))) == MINIMUM_PROBES

    # -- on inputs that all students share ----------------------------------------------------

    def _shortlist(self, items: Iterable[Item], trial: _Trial) -> list[Item]:
        """The items of the bank of which the first probes see the same: as many probes as it takes to leave few."""
        left = list(items)
        with grading_for(current_submission().of_anybody()):
            for probe in trial.probes:
                if probe not in trial.seen_by_all:
                    trial.seen_by_all[probe] = self._observe(probe, trial.work, trial.notebook)
                observation, seen_of = trial.seen_by_all[probe], self._view_of_bank(probe, trial.notebook)
                left = [item for item in left if observation.equals(seen_of(item))]
                if len(left) <= FEW:
                    break
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

    def _confirmed(self, items: list[Item], trial: _Trial) -> list[Item]:
        """The items that do the same as the work on inputs that nobody else has, whatever the probe."""
        for probe in trial.probes:
            if not items:
                break
            seen = self._seen_of_work(probe, trial)
            items = [
                item for item in items if seen.equals(self._observe(probe, student_object(item.code), trial.notebook))
            ]
        return items

    def _seen_of_work(self, probe: str, trial: _Trial) -> Observation:
        """What a probe sees of the work."""
        if probe not in trial.seen:
            trial.seen[probe] = self._observe(probe, trial.work, trial.notebook)
        return trial.seen[probe]

    def _observe(self, probe: str, work: Any, notebook: Notebook) -> Observation:
        return observe(lambda: invoke(self._probes[probe], work, notebook, self._exercise, "probe", probe))


@dataclass
class _Trial:
    """Work that is compared with a bank, and what probes have seen of it on either kind of inputs."""

    work: Any
    notebook: Notebook
    probes: list[str]
    seen_by_all: dict[str, Observation] = field(default_factory=dict)
    seen: dict[str, Observation] = field(default_factory=dict)
