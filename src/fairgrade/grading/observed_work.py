"""What probes see of a student's work, and of a bank on the same inputs.

There are two kinds of inputs: the student's own, and those that all students of a course share. On the shared inputs
the bank is run once per process, however many students come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import nullcontext
from typing import Any

from fairgrade.grading.bank import Bank
from fairgrade.grading.bank_items import Combination, Misconception
from fairgrade.grading.diagnosis import Observation, observe
from fairgrade.grading.invocation import extras_of, invoke
from fairgrade.grading.seeding import Submission, current_submission
from fairgrade.grading.student import Notebook, student_object
from fairgrade.grading.time_budget import clock_stopped


class ObservedWork:
    """A student's work as the probes of an exercise see it.

    Parameters
    ----------
    bank : Bank
        Its probes are run.
    work : object
        The student's work, as a check gets it.
    notebook : Notebook
        For probes that take it.
    probes : iterable of str, optional
        The names of some probes; all of them if not given.
    """

    def __init__(self, bank: Bank, work: Any, notebook: Notebook, probes: Iterable[str] | None = None) -> None:
        self.work = work
        self.notebook = notebook
        self.probes = list(bank.probes if probes is None else probes)
        self._bank = bank
        self._seen: dict[tuple[Submission, str], Observation] = {}

    def seen(self, probe: str) -> Observation:
        """Return what a probe sees of the work on the inputs of the current submission."""
        key = current_submission(), probe
        if key not in self._seen:
            self._seen[key] = self._observe(probe, self.work)
        return self._seen[key]

    def all_seen(self) -> dict[str, Observation]:
        """Return what all probes see of the work."""
        return {probe: self.seen(probe) for probe in self.probes}

    def seen_of(self, code: Any, probe: str) -> Observation:
        """Return what a probe sees of code from the bank on the same inputs."""
        return self._observe(probe, student_object(code))

    def all_seen_of(self, code: Any) -> dict[str, Observation]:
        """Return what all probes see of code from the bank."""
        return {probe: self.seen_of(code, probe) for probe in self.probes}

    def is_like(self, code: Any, probe: str) -> bool:
        """Whether a probe sees no difference between the work and code from the bank."""
        return self.seen(probe).equals(self.seen_of(code, probe))

    def _observe(self, probe: str, work: Any) -> Observation:
        return observe(lambda: invoke(self._bank.probes[probe], work, self.notebook, self._bank.name, "probe", probe))


class SharedViews:
    """What probes see of the items of a bank on the inputs that all students of a course share."""

    def __init__(self, bank: Bank) -> None:
        self._bank = bank
        self._kept: dict[str, dict[int, Observation]] = {}
        self._kept_for: Submission | None = None

    def of(self, probe: str, observed: ObservedWork) -> Callable[[Misconception | Combination], Observation]:
        """Return a function that tells what a probe sees of an item, within ``grading_for`` anybody."""
        # A probe that takes the notebook may call the student's functions: its views are this student's, and take time.
        is_shared = "notebook" not in extras_of(self._bank.probes[probe])
        kept = self._kept_by(probe) if is_shared else {}

        def view(item: Misconception | Combination) -> Observation:
            if id(item) not in kept:
                with clock_stopped() if is_shared else nullcontext():
                    kept[id(item)] = observed.seen_of(item.code, probe)
            return kept[id(item)]

        return view

    def _kept_by(self, probe: str) -> dict[int, Observation]:
        if current_submission() != self._kept_for:  # another course
            self._kept, self._kept_for = {}, current_submission()
        return self._kept.setdefault(probe, {})
