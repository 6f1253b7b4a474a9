"""An exercise: what is right, what is also right, what is wrong; and how work is graded by it.

>>> mse = Exercise("mse_loss", points=1, reference=reference)          # doctest: +SKIP
>>> @mse.check(points=1)                                               # doctest: +SKIP
... def averages(mse_loss, rng):
...     '''The loss is the mean over the samples.'''
>>> mse.grade(my_mse_loss)                                             # doctest: +SKIP
"""

from __future__ import annotations

import inspect
import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, cached_property
from itertools import combinations
from typing import Any, TypeVar

import numpy as np

from fairgrade.grading.bank import Check, CheckCode, Equivalent, Misconception, Pair, Variant, name_of
from fairgrade.grading.diagnosis import Observation, observe
from fairgrade.grading.outcomes import CheckFailed, Failed, InfraError, NotAttempted, NotWritten, Outcome, Passed
from fairgrade.grading.pairs import both
from fairgrade.grading.score import CheckResult, Diagnosis, Score, both_of
from fairgrade.grading.seeding import Submission, current_submission, grading_for
from fairgrade.grading.student import Notebook, quiet, student_object

Code = TypeVar("Code")

MACHINE_ERRORS = (OSError,)
"""A full disk, a lost connection. Other errors of a check may come of being handed, say, a string for a model."""

EXTRAS = ("rng", "notebook")
"""What a check or a probe may ask for by name, after the student's work."""

MINIMUM_PROBES = 3
"""A diagnosis rests on at least this many probes."""

MOST_SURPRISES = 6
"""Two mistakes may get in each other's way on so many probes, and still be looked for as a pair."""


class Exercise:
    """One thing the student implements.

    Parameters
    ----------
    name : str
        The exercise's name. Its test cell is ``test_<name>``.
    points : float
        What right work earns: the sum over its checks.
    reference : object
        A right solution, usually a function or a class.
    solution_name : str, optional
        What the notebook calls the student's work; `name` if not given.
    solution_cell : str, optional
        The grade_id of the cell it is written in; `name` if not given.
    """

    def __init__(
        self,
        name: str,
        *,
        points: float,
        reference: Any,
        solution_name: str | None = None,
        solution_cell: str | None = None,
    ) -> None:
        self.name = name
        self.points = points
        self.reference = reference
        self.solution_name = solution_name or name
        self.solution_cell = solution_cell or name
        self.checks: dict[str, Check] = {}
        self.misconceptions: dict[str, Misconception] = {}
        self.variants: dict[str, Variant] = {}
        self.probes: dict[str, Callable[..., Any]] = {}
        self.equivalents: list[Equivalent] = []
        self._bank_seen: dict[tuple[str, str], Observation] = {}
        self._bank_seen_for: Submission | None = None
        self._shown: dict[tuple[str, str], bool] = {}

    def __repr__(self) -> str:
        return f"Exercise({self.name!r}, points={self.points:g})"

    # -- what an instructor writes ------------------------------------------------------------

    def check(self, points: float, false_rejection: float = 0.0) -> Callable[[CheckCode], CheckCode]:
        """Register a check worth `points`.

        The check takes the student's work, then any of ``rng`` (a generator of its own) and
        ``notebook`` (a :class:`Notebook`) by name. Its docstring's first line is the sentence the
        student reads. A check that leaves something to chance, such as whether a training converges,
        states at most how often it fails right work.
        """

        def register(code: CheckCode) -> CheckCode:
            sentence = (inspect.getdoc(code) or "").partition("\n")[0]
            if not sentence:
                raise ValueError(
                    f"Check {code.__name__}: expected a docstring, the sentence the student reads, got none."
                )
            _extras_of(code)
            self._add(self.checks, code.__name__, Check(code.__name__, points, sentence, code, false_rejection))
            return code

        return register

    def misconception(
        self,
        hint: str,
        loses: float,
        same_as: tuple[str, ...] = (),
        name: str | None = None,
        elsewhere: Mapping[str, float] | None = None,
    ) -> Callable[[Code], Code]:
        """Register a misconception; `name` is needed only for code without a name of its own."""

        def register(code: Code) -> Code:
            its_name = name or name_of(code)
            found = Misconception(its_name, code, hint, loses, frozenset(same_as), dict(elsewhere or {}))
            self._add(self.misconceptions, its_name, found)
            return code

        return register

    def variant(self, code: Code, name: str | None = None) -> Code:
        """Register an unusual right solution; `name` is needed only for code without a name of its own."""
        its_name = name or name_of(code)
        self._add(self.variants, its_name, Variant(its_name, code))
        return code

    def equivalent(self, was: str, becomes: str, *, why: str) -> None:
        """Declare that a change of the reference makes no difference that matters; see :class:`Equivalent`."""
        self.equivalents.append(Equivalent(was, becomes, why))

    def probe(self, code: Callable[..., Any]) -> Callable[..., Any]:
        """Register a probe: it takes what a check takes, and returns what it saw as plain values.

        The probes tell misconceptions apart; they earn nothing.
        """
        _extras_of(code)
        self._add(self.probes, code.__name__, code)
        return code

    def _add(self, bank: dict[str, Any], name: str, item: Any) -> None:
        if name in bank:
            raise ValueError(f"{self!r}: expected each name once, got {name!r} twice.")
        bank[name] = item

    # -- grading ------------------------------------------------------------------------------

    def grade(self, solution: Any, *, notebook: Mapping[str, Any] | Notebook | None = None) -> Score:
        """Grade a student's work.

        Parameters
        ----------
        solution : object
            The student's function, class or value; a plain one or a proxy of it.
        notebook : mapping, optional
            The notebook's names (``globals()`` in a test cell), for exercises that build on others.

        Returns
        -------
        Score
            Shown in a notebook, its text is the plain number nbgrader reads.

        Raises
        ------
        InfraError
            If a check breaks: no score may be recorded.
        """
        results = self.run_checks(solution, notebook=notebook)
        with quiet():
            work, names = student_object(solution), _notebook(notebook)
            failed = any(isinstance(result.outcome, Failed) for result in results)
            found, price_holds = self._diagnose(work, names) if failed else ((), False)
        diagnoses = tuple(misconception.diagnosis for misconception in found)
        return Score(
            self.name,
            self.points,
            results,
            misconceptions=diagnoses or self._named_by(results),
            priced_by=both_of(diagnoses) if price_holds else None,
        )

    def run_checks(
        self, solution: Any, *, notebook: Mapping[str, Any] | Notebook | None = None
    ) -> tuple[CheckResult, ...]:
        """What the checks alone say of a student's work; see :meth:`grade`."""
        total = sum(check.points for check in self.checks.values())
        if abs(total - self.points) > 1e-9:
            raise InfraError(f"{self!r}: expected checks worth {self.points:g} points, got {total:g}.")
        with quiet():
            work, names = student_object(solution), _notebook(notebook)
            return tuple(self._result(check, work, names) for check in self.checks.values())

    def _result(self, check: Check, work: Any, names: Notebook) -> CheckResult:
        begin = time.perf_counter()
        outcome = self._run(check, work, names)
        return CheckResult(check.name, check.sentence, check.points, outcome, time.perf_counter() - begin)

    def _run(self, check: Check, work: Any, names: Notebook) -> Outcome:
        try:
            note = self._call(check.code, work, names, "check", check.name)
        except NotWritten as nothing:
            return NotAttempted(nothing.reason)
        except CheckFailed as failure:
            return Failed(failure.reason, failure.misconception)
        except InfraError:
            raise
        except Exception as error:
            if not isinstance(error, MACHINE_ERRORS) and self._holds_for_the_reference(check):
                return Failed(f"Your work gave the check something it can't work with ({type(error).__name__}).")
            raise InfraError(f"Check {check.name} of {self!r} broke: {type(error).__name__}: {error}") from error
        return Passed(note if isinstance(note, str) else "")

    def _holds_for_the_reference(self, check: Check) -> bool:
        """Whether the check, with the same inputs, is sound on right work: then it broke on odd work."""
        try:
            self._call(check.code, student_object(self.reference), Notebook(), "check", check.name)
        except Exception:
            return False
        return True

    def matches(
        self, work: Any, notebook: Notebook | None = None, *, probes: Iterable[str] | None = None
    ) -> list[Misconception]:
        """The misconceptions that do the same as the work on all of the probes, or on some that are named.

        Parameters
        ----------
        work : object
            The student's work, as a check gets it.
        notebook : Notebook, optional
        probes : iterable of str, optional
            Names of probes; all of them if not given.
        """
        names = notebook or Notebook()
        return self._equal_to({probe: self._observe(probe, work, names) for probe in probes or self.probes}, names)

    def _equal_to(self, seen: Mapping[str, Observation], names: Notebook) -> list[Misconception]:
        return [
            misconception
            for misconception in self.misconceptions.values()
            if all(
                observation.equals(self._observe_in_bank(probe, misconception.name, misconception.code, names))
                for probe, observation in seen.items()
            )
        ]

    def _observe_in_bank(self, probe: str, item: str, code: Any, names: Notebook) -> Observation:
        """What a probe sees of an item of the bank; the same for all work of one submission, so it is kept."""
        if "notebook" in _extras_of(self.probes[probe]):
            return self._observe(probe, student_object(code), names)
        submission = current_submission()
        if submission != self._bank_seen_for:
            self._bank_seen, self._bank_seen_for = {}, submission
        key = probe, item
        if key not in self._bank_seen:
            self._bank_seen[key] = self._observe(probe, student_object(code), names)
        return self._bank_seen[key]

    def _diagnose(self, work: Any, names: Notebook) -> tuple[tuple[Misconception, ...], bool]:
        """The misconception, or the two at once, that do the same as the work on all probes; and whether prices hold.

        Misconceptions declared the same count as one, under the name registered first. A price holds
        where values agree on enough probes: they show that the rest of the work is right. Errors that
        agree do not.
        """
        if len(self.probes) < MINIMUM_PROBES:
            return (), False
        seen = {probe: self._observe(probe, work, names) for probe in self.probes}
        price_holds = sum(observation.is_evidence for observation in seen.values()) >= MINIMUM_PROBES
        if matches := self._equal_to(seen, names):
            unique = all(other.is_same_as(matches[0]) for other in matches[1:])
            return ((matches[0],), price_holds) if unique else ((), False)
        if not price_holds:
            return (), False  # any two mistakes may end in the same error
        # Several pairs may do the same. The cheapest of them is as likely as any.
        pair = min(self._pairs_equal_to(seen, names), key=lambda pair: pair.loses, default=None)
        return ((pair.one, pair.other), True) if pair else ((), False)

    def _pairs_equal_to(self, seen: Mapping[str, Observation], names: Notebook) -> list[Pair]:
        """The pairs of misconceptions that, made at once, do the same as the work on all probes.

        Running all pairs takes long. So only those are run that come into question by what each of the two
        does alone: where one makes no difference, the pair does what the other does, but for a few probes on
        which they get in each other's way.
        """

        @cache
        def alone(probe: str, misconception: str) -> tuple[bool, bool]:
            """Whether a misconception shows on a probe, and whether it does there what the work does."""
            right = self._observe_in_bank(probe, "", self.reference, names)
            if not self._shows(probe, misconception):
                return False, seen[probe].equals(right)
            wrong = self._observe_in_bank(probe, misconception, self.misconceptions[misconception].code, names)
            return not wrong.equals(right), seen[probe].equals(wrong)

        def surprises(pair: Pair) -> int:
            """On how many probes the work does not do what one of the two does where the other makes no difference."""
            both = [(alone(probe, pair.one.name), alone(probe, pair.other.name)) for probe in seen]
            return sum(not (one[0] or other[1]) or not (other[0] or one[1]) for one, other in both)

        return [pair for pair in self.pairs if surprises(pair) <= MOST_SURPRISES and self._is(pair, seen, names)]

    def _shows(self, probe: str, misconception: str) -> bool:
        """Whether a misconception makes a difference on a probe: tried once, on inputs of its own, for all submissions.

        Most of a bank make none on a given probe, and need not be run again for each student.
        """
        key = probe, misconception
        if key not in self._shown:
            work = self.reference, self.misconceptions[misconception].code
            with grading_for(Submission("", "", "")):
                right, wrong = (self._observe(probe, student_object(code), Notebook()) for code in work)
            self._shown[key] = not wrong.equals(right)
        return self._shown[key]

    def _is(self, pair: Pair, seen: Mapping[str, Observation], names: Notebook) -> bool:
        """Whether the pair does the same as the work on all probes."""
        return all(
            observation.equals(self._observe_in_bank(probe, pair.name, pair.code, names))
            for probe, observation in seen.items()
        )

    @cached_property
    def pairs(self) -> list[Pair]:
        """Each two misconceptions that can be made at once."""
        right = [self.reference, *(variant.code for variant in self.variants.values())]
        return [
            Pair(one, other, code)
            for one, other in combinations(self.misconceptions.values(), 2)
            if not one.is_same_as(other) and (code := both(right, one.code, other.code)) is not None
        ]

    def _observe(self, probe: str, work: Any, names: Notebook) -> Observation:
        return observe(lambda: self._call(self.probes[probe], work, names, "probe", probe))

    def _named_by(self, results: tuple[CheckResult, ...]) -> tuple[Diagnosis, ...]:
        """The misconceptions that failures give away by themselves."""
        names = [r.outcome.misconception for r in results if isinstance(r.outcome, Failed) and r.outcome.misconception]
        if unknown := set(names) - set(self.misconceptions):
            raise InfraError(f"{self!r}: expected names of its misconceptions, got {', '.join(sorted(unknown))}.")
        return tuple(self.misconceptions[name].diagnosis for name in dict.fromkeys(names))

    def _call(self, code: Callable[..., Any], work: Any, names: Notebook, *purpose: str) -> Any:
        """Call a check or a probe with the generators it asks for, all seeded for this purpose."""
        rng = current_submission().generator(self.name, *purpose)
        extras = {"rng": rng, "notebook": names}
        with _global_random_state(seed=int(rng.integers(2**32))):
            return code(work, **{name: extras[name] for name in _extras_of(code)})


def _notebook(names: Mapping[str, Any] | Notebook | None) -> Notebook:
    return names if isinstance(names, Notebook) else Notebook(names)


@cache
def _extras_of(code: Callable[..., Any]) -> tuple[str, ...]:
    """Which of ``rng`` and ``notebook`` a check or a probe asks for.

    Raises
    ------
    ValueError
        If it asks for anything else.
    """
    _, *others = inspect.signature(code).parameters.values()
    unknown = [p.name for p in others if p.name not in EXTRAS and p.default is p.empty]
    if unknown:
        raise ValueError(
            f"{code.__name__}: expected the student's work and any of {', '.join(EXTRAS)}, "
            f"got also {', '.join(unknown)}."
        )
    return tuple(p.name for p in others if p.name in EXTRAS)


@contextmanager
def _global_random_state(seed: int) -> Iterator[None]:
    """Seed the global generators in the block, so that code which draws from them is graded alike each time."""
    before = np.random.get_state(), random.getstate()
    np.random.seed(seed)
    random.seed(seed)
    try:
        yield
    finally:
        np.random.set_state(before[0])
        random.setstate(before[1])
