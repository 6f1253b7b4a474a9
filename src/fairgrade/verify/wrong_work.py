"""Wrong work for the search for undeserved points: for the exercises about one name, and for those they build on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from fairgrade.bank_source import cell_source
from fairgrade.grading import Exercise, Misconception
from fairgrade.grading.merging import combine
from fairgrade.verify.adversaries import adversaries_of
from fairgrade.verify.mutants import mutants_of
from fairgrade.verify.mutants_and_pairs import code_of

MUTANT_STRIDE = 7
"""One in so many mutants is graded beside others; all of them are tried by themselves."""


@dataclass
class WrongWork:
    """Wrong work about one name of the notebook, the exercises that judge it, and what they build on.

    Attributes
    ----------
    judges : list of Exercise
        The exercises about the same work, the one in question first.
    right : object
        Right work that calls earlier work, if the bank has such a variant; else the reference.
    wrong : dict of str to object
        Wrong work: the banks', that which calls earlier work and makes the same mistake, and adversaries.
    exercises : dict of str to Exercise
        The earlier exercises by name.
    earlier : dict of str to dict
        For each earlier exercise its wrong work by name: the bank's, and adversaries.
    """

    judges: list[Exercise]
    right: Any
    wrong: dict[str, Any]
    exercises: dict[str, Exercise]
    earlier: dict[str, dict[str, Any]]

    @property
    def name(self) -> str:
        """The name of the later work in the notebook."""
        return self.judges[0].solution_name


def wrong_work_of(exercise: Exercise, exercises: Iterable[Exercise], with_mutants: bool) -> WrongWork:
    """Collect all that is graded beside one another where this exercise is in question."""
    judges = sorted(
        (e for e in exercises if e.solution_name == exercise.solution_name), key=lambda e: e is not exercise
    )
    earlier = {one.name: one for judge in judges for one in judge.builds_on}
    names = {one.solution_name for one in earlier.values()}
    variants = [variant.code for judge in judges for variant in judge.variants.values()]
    callers = [code for code in variants if names and names <= _names_read_by(code)]
    right = callers[0] if callers else exercise.reference
    calls = Misconception("calls earlier work", right, "", 0)
    wrong = dict(adversaries_of(right))
    for judge in judges:
        for mistake in judge.misconceptions.values():
            wrong[mistake.name] = mistake.code
            if callers and (codes := combine([judge.reference], (mistake, calls))):
                wrong[f"{mistake.name}, calling earlier work"] = codes[0]
    beside = {
        name: dict(adversaries_of(one.reference)) | {m.name: m.code for m in one.misconceptions.values()}
        for name, one in earlier.items()
    }
    if with_mutants:
        wrong |= _some_mutants(right, exercise)
        for name, one in earlier.items():
            beside[name] |= _some_mutants(one.reference, one)
    return WrongWork(judges, right, wrong, earlier, beside)


def _names_read_by(code: Any) -> set[str]:
    functions = vars(code).values() if isinstance(code, type) else [code]
    return {name for function in functions for name in getattr(getattr(function, "__code__", None), "co_names", ())}


def _some_mutants(code: Any, exercise: Exercise) -> dict[str, Any]:
    mutants = islice(mutants_of(cell_source(code, exercise.solution_name)), 0, None, MUTANT_STRIDE)
    return {f"mutant {m.was} -> {m.becomes or 'nothing'}": code_of(m, exercise) for m in mutants}
