"""The bank of an exercise: the code that an instructor registers as right, also right and wrong, with its checks."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from fairgrade.grading.bank_items import Check, CheckCode, Equivalent, Misconception, Variant, name_of
from fairgrade.grading.invocation import extras_of

Code = TypeVar("Code")


class Bank:
    """All that is known of one exercise; for the parameters see :class:`~fairgrade.grading.Exercise`."""

    def __init__(
        self, name: str, reference: Any, parts: tuple[str, ...], more_costs: float | None, has_fact_probes: bool
    ) -> None:
        self.name = name
        self.reference = reference
        self.parts = parts
        self.more_costs = more_costs
        self.has_fact_probes = has_fact_probes
        self.checks: dict[str, Check] = {}
        self.misconceptions: dict[str, Misconception] = {}
        self.variants: dict[str, Variant] = {}
        self.probes: dict[str, Callable[..., Any]] = {}
        self.equivalents: list[Equivalent] = []

    def check(
        self, points: float, false_rejection: float = 0.0, unless_charged: Callable[..., str | None] | None = None
    ) -> Callable[[CheckCode], CheckCode]:
        """Register a check.

        The check takes the student's work, then any of ``rng`` (a generator of its own) and ``notebook`` (a
        :class:`~fairgrade.grading.Notebook`) by name. The first line of its docstring is the sentence that the student
        reads.

        Parameters
        ----------
        points : float
            What work earns that passes the check.
        false_rejection : float
            The highest rate at which it fails right work, if it depends on chance, as training does.
        unless_charged : callable, optional
            Called as ``unless_charged(failure, work, notebook, again)`` if the check fails. If an earlier exercise has
            charged the cause already, it returns a note that says so, and the check passes with this note; else it
            returns None. ``again(code)`` runs the check on other work with the same random numbers and returns its
            :class:`~fairgrade.grading.CheckFailed`, or None if it passes.
        """

        def register(code: CheckCode) -> CheckCode:
            sentence = (inspect.getdoc(code) or "").partition("\n")[0]
            if not sentence:
                raise ValueError(
                    f"Check {code.__name__}: expected a docstring, the sentence the student reads, got none."
                )
            extras_of(code)
            check = Check(code.__name__, points, sentence, code, false_rejection, unless_charged)
            self._add(self.checks, code.__name__, check)
            return code

        return register

    def misconception(
        self,
        hint: str,
        loses: float,
        same_as: tuple[str, ...] = (),
        name: str | None = None,
        elsewhere: Mapping[str, float] | None = None,
        excludes: tuple[str, ...] = (),
        fits: Callable[[Any], Mapping[str, Any] | None] | None = None,
    ) -> Callable[[Code], Code]:
        """Register a misconception; for the parameters see :class:`~fairgrade.grading.Misconception`.

        `name` is needed only for code without a name of its own. Code that takes other work as ``right``, the reference
        by default, is wrapped around that work: a mistake in the arguments or in the result combines with all others.
        """

        def register(code: Code) -> Code:
            its_name = name or name_of(code)
            found = Misconception(
                its_name, code, hint, loses, frozenset(same_as), dict(elsewhere or {}), frozenset(excludes), fits
            )
            self._add(self.misconceptions, its_name, found)
            return code

        return register

    def variant(self, code: Code, name: str | None = None) -> Code:
        """Register an unusual right solution; `name` is needed only for code without a name of its own."""
        its_name = name or name_of(code)
        self._add(self.variants, its_name, Variant(its_name, code))
        return code

    def equivalent(self, was: str, becomes: str, *, why: str) -> None:
        """Declare that a change of the reference makes no difference; see :class:`~fairgrade.grading.Equivalent`."""
        self.equivalents.append(Equivalent(was, becomes, why))

    def probe(self, code: Callable[..., Any]) -> Callable[..., Any]:
        """Register a probe: it takes what a check takes, and returns what it saw as plain values.

        The probes tell misconceptions apart; they earn nothing.
        """
        extras_of(code)
        self._add(self.probes, code.__name__, code)
        return code

    def _add(self, bank: dict[str, Any], name: str, item: Any) -> None:
        if name in bank:
            raise ValueError(f"{self!r}: expected each name once, got {name!r} twice.")
        bank[name] = item
