"""An exercise: what is right, what is also right, what is wrong; and how work is graded by it.

>>> mse = Exercise("mse_loss", points=1, reference=reference)          # doctest: +SKIP
>>> @mse.check(points=1)                                               # doctest: +SKIP
... def averages(mse_loss, rng):
...     '''The loss is the mean over the samples.'''
>>> mse.grade(my_mse_loss)                                             # doctest: +SKIP
"""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from fairgrade.grading.bank import Check, CheckCode, Combination, Equivalent, Misconception, Variant, name_of
from fairgrade.grading.explanation import Explanation
from fairgrade.grading.invocation import extras_of, invoke
from fairgrade.grading.matching import Matcher
from fairgrade.grading.outcomes import CheckFailed, Failed, InfraError, NotAttempted, NotWritten, Outcome, Passed
from fairgrade.grading.score import CheckResult, Diagnosis, Score, all_of
from fairgrade.grading.seeding import Submission, current_submission, global_random_state_kept
from fairgrade.grading.student import Notebook, is_same_object, quiet, student_object
from fairgrade.grading.time_budget import each_in_its_time

Code = TypeVar("Code")

CHARGED_EARLIER = "It passes with right work for"
"""How the note begins to who passes a check that way."""

MACHINE_ERRORS = (OSError,)
"""A full disk, a lost connection. Other errors of a check may come of being handed, say, a string for a model."""


@dataclass(frozen=True)
class _LastGrading:
    """Whose work has got what score."""

    submission: Submission
    work: Any
    notebook: Notebook
    score: Score


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
    parts : tuple of str
        What the parts of a result are called, if it has parts: each probe hands them on first, in that order.
    more_costs : float, optional
        What it costs to return more than the one thing that is asked for; only if one thing is asked for.
    builds_on : iterable of Exercise, optional
        Earlier exercises whose functions the work may call. A check that fails is asked again while their
        references are lent to the student's notebook, and passes if it passes then: what is wrong, missing or
        unusable in earlier work is charged there alone. The functions take and return numbers and arrays.
    has_fact_probes : bool
        Whether probes return dictionaries of facts, such that each mistake shows in facts of its own: mistakes made
        at once are then recognised by these, and need not be run together.
    """

    def __init__(
        self,
        name: str,
        *,
        points: float,
        reference: Any,
        solution_name: str | None = None,
        solution_cell: str | None = None,
        parts: tuple[str, ...] = (),
        more_costs: float | None = None,
        builds_on: Iterable[Exercise] = (),
        has_fact_probes: bool = False,
    ) -> None:
        self.name = name
        self.points = points
        self.reference = reference
        self.solution_name = solution_name or name
        self.solution_cell = solution_cell or name
        self.builds_on = tuple(builds_on)
        self.checks: dict[str, Check] = {}
        self.misconceptions: dict[str, Misconception] = {}
        self.variants: dict[str, Variant] = {}
        self.probes: dict[str, Callable[..., Any]] = {}
        self.equivalents: list[Equivalent] = []
        self._last: _LastGrading | None = None
        self._matcher = Matcher(
            name, reference, self.probes, self.misconceptions, self.variants, parts, more_costs, has_fact_probes
        )

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
            extras_of(code)
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
        excludes: tuple[str, ...] = (),
        fits: Callable[[Any], Mapping[str, Any] | None] | None = None,
    ) -> Callable[[Code], Code]:
        """Register a misconception; `name` is needed only for code without a name of its own.

        Code that takes other work as ``right``, the reference by default, is made around that work: what is wrong
        with what goes in or what comes back combines with everything. For `fits` see :class:`Misconception`.
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
        """Declare that a change of the reference makes no difference that matters; see :class:`Equivalent`."""
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

    # -- grading ------------------------------------------------------------------------------

    @global_random_state_kept()
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
            found = self._explain(work, names) if failed else Explanation()
            price = None if found.loses is None else found.loses + self._unexplained(found, results, names)
        score = Score(
            self.name,
            self.points,
            results,
            tuple(misconception.diagnosis for misconception in found.misconceptions) or self._named_by(results),
            found.relations,
            None if price is None else all_of(found.diagnoses, price),
        )
        self._last = _LastGrading(current_submission(), work, names, score)
        return score

    def score_of(self, solution: Any, notebook: Mapping[str, Any] | Notebook | None = None) -> Score:
        """The score that :meth:`grade` gave last, if to this very work in this notebook; else it is graded now.

        For exercises that depend on what another one has charged.
        """
        work, names, last = student_object(solution), _notebook(notebook), self._last
        if (
            last is not None
            and last.submission == current_submission()
            and is_same_object(last.work, work)
            and last.notebook.is_same_as(names)
        ):
            return last.score
        return self.grade(solution, notebook=notebook)

    @global_random_state_kept()
    def run_checks(
        self, solution: Any, *, notebook: Mapping[str, Any] | Notebook | None = None
    ) -> tuple[CheckResult, ...]:
        """What the checks alone say of a student's work; see :meth:`grade`."""
        total = sum(check.points for check in self.checks.values())
        if abs(total - self.points) > 1e-9:
            raise InfraError(f"{self!r}: expected checks worth {self.points:g} points, got {total:g}.")
        with quiet():
            work, names = student_object(solution), _notebook(notebook)
            return tuple(self._result(check, work, names) for check in each_in_its_time(self.checks.values()))

    def _explain(self, work: Any, names: Notebook) -> Explanation:
        """What explains the work by itself, whatever is wrong with earlier work."""
        if not self.builds_on:
            return self._matcher.explain(work, names)
        with names.lending(self._right_earlier_work, work):
            return self._matcher.explain(work, names)

    def _unexplained(self, found: Explanation, results: tuple[CheckResult, ...], names: Notebook) -> float:
        """The points of checks that failed and that nothing in the explanation fails.

        Work may know the probes by their inputs, and make a cheap mistake there alone.
        """
        failed = [self.checks[result.name] for result in results if isinstance(result.outcome, Failed)]
        tries = 3 if inspect.isclass(self.reference) else 1  # a class may start at random, and pass by chance

        def passes(check: Check, code: Any) -> bool:
            return all(isinstance(self._run_once(check, student_object(code), names), Passed) for _ in range(tries))

        if found.undone is not None:
            failed = [check for check in failed if not passes(check, found.undone)]
        return sum(check.points for check in failed if all(passes(check, code) for code in found.codes))

    def _result(self, check: Check, work: Any, names: Notebook) -> CheckResult:
        begin = time.perf_counter()
        outcome = self._run(check, work, names)
        return CheckResult(check.name, check.sentence, check.points, outcome, time.perf_counter() - begin)

    def _run(self, check: Check, work: Any, names: Notebook) -> Outcome:
        """What comes of a check: as the notebook is, or with right earlier work where that is what it takes."""
        outcome = self._run_once(check, work, names)
        if isinstance(outcome, Passed) or not self.builds_on:
            return outcome
        with names.lending(self._right_earlier_work, work) as lent:
            again = self._run_once(check, work, names)
        used = [name for name, function in lent.items() if function.calls]
        if not used:
            return outcome  # what was lent made no difference
        if not isinstance(again, Passed):
            return again
        listed = " and ".join(f"`{name}`" for name in used)
        return Passed(f"{CHARGED_EARLIER} {listed}. Mistakes there are charged there.")

    @property
    def _right_earlier_work(self) -> dict[str, Any]:
        return {exercise.solution_name: exercise.reference for exercise in self.builds_on}

    def _run_once(self, check: Check, work: Any, names: Notebook) -> Outcome:
        try:
            note = self._invoke(check, work, names)
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
            self._invoke(check, student_object(self.reference), Notebook())
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
        return self._matcher.matches(work, notebook or Notebook(), probes or self.probes)

    @property
    def pairs(self) -> list[Combination]:
        """Each two misconceptions that can be made at once."""
        return self._matcher.pairs

    def unseen(self) -> list[str]:
        """The misconceptions and pairs that probes can't tell from right work: if there are any, names may be false."""
        return self._matcher.unseen()

    def _named_by(self, results: tuple[CheckResult, ...]) -> tuple[Diagnosis, ...]:
        """The misconceptions that failures give away by themselves."""
        names = [r.outcome.misconception for r in results if isinstance(r.outcome, Failed) and r.outcome.misconception]
        if unknown := set(names) - set(self.misconceptions):
            raise InfraError(f"{self!r}: expected names of its misconceptions, got {', '.join(sorted(unknown))}.")
        return tuple(self.misconceptions[name].diagnosis for name in dict.fromkeys(names))

    def _invoke(self, check: Check, work: Any, names: Notebook) -> str | None:
        note: str | None = invoke(check.code, work, names, self.name, "check", check.name)
        return note


def _notebook(names: Mapping[str, Any] | Notebook | None) -> Notebook:
    return names if isinstance(names, Notebook) else Notebook(names)
