"""An exercise: its bank says what is right, also right and wrong; work is graded by it.

>>> exercise = Exercise("mse_loss", points=1, reference=reference)  # doctest: +SKIP
>>> @exercise.check(points=1)  # doctest: +SKIP
... def averages(mse_loss, rng):
...     '''The loss is the mean over the samples.'''
>>> exercise.grade(my_mse_loss)                                        # doctest: +SKIP
"""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from typing import Any, TypeVar

from fairgrade.grading.bank_items import Check, Combination, Misconception
from fairgrade.grading.captured_output import quiet
from fairgrade.grading.explanation import Explanation, common_explanation
from fairgrade.grading.given_names import Names, expect_names, notebook_of
from fairgrade.grading.graded_by_reference import GradedByReference
from fairgrade.grading.input_probes import Inputs
from fairgrade.grading.invocation import invoke
from fairgrade.grading.matching import Matcher
from fairgrade.grading.outcomes import CheckFailed, Failed, InfraError, NotAttempted, NotWritten, Outcome, Passed
from fairgrade.grading.score import CheckResult, Diagnosis, Score, all_of
from fairgrade.grading.seeding import Submission, current_submission, global_random_state_kept
from fairgrade.grading.signature import encode
from fairgrade.grading.student import Notebook, is_same_object, student_object
from fairgrade.grading.time_budget import in_time_shares

MACHINE_ERRORS = (OSError,)
"""A full disk, a lost connection. Other errors of a check may come of being given, say, a string for a model."""

Result = TypeVar("Result")


class Exercise(GradedByReference):
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
        What the parts of a result are called, if it has parts: each probe returns them first, in that order.
    more_costs : float, optional
        What it costs to return more than the one thing that is asked for; only if one thing is asked for.
    builds_on : iterable of Exercise, optional
        Earlier exercises whose functions the work may call. A check that fails runs again while their references are
        lent to the student's notebook, and passes if it passes then: earlier work that is wrong, missing or unusable is
        charged there alone. The functions take and return numbers, arrays and dictionaries of these.
    has_fact_probes : bool
        Whether probes return dictionaries of facts, such that each mistake shows in facts of its own: several mistakes
        are then recognised by these, and need not be run together.
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
        super().__init__(name, reference, parts, more_costs, has_fact_probes)
        self.points = points
        self.solution_name = solution_name or name
        self.solution_cell = solution_cell or name
        self.builds_on = tuple(builds_on)
        self._matcher = Matcher(self)
        self._right_earlier_work = {earlier.solution_name: earlier.reference for earlier in self.builds_on}
        self._last: tuple[Submission, Any, Notebook, Score] | None = None
        self.all_inputs: list[Inputs] = []

    def __repr__(self) -> str:
        return f"Exercise({self.name!r}, points={self.points:g})"

    @global_random_state_kept()
    def grade(self, solution: Any, *, notebook: Names = None) -> Score:
        """Grade a student's work.

        Parameters
        ----------
        solution : object
            The student's function, class or value; a plain one or a proxy of it.
        notebook : mapping, optional
            The notebook's names (``globals()`` in a test cell); exercises that build on others need them.

        Returns
        -------
        Score
            Shown in a notebook, its text is the plain number nbgrader reads.

        Raises
        ------
        InfraError
            If a check breaks, or the notebook's names are missing: no score may be recorded.
        """
        results = self.run_checks(solution, notebook=notebook)
        with quiet():
            work, names = student_object(solution), notebook_of(notebook)
            found, price = self._explained_and_priced(work, names, results)
        by_probes, by_failures = tuple(one.diagnosis for one in found.misconceptions), self._named_by(results)
        score = Score(
            self.name,
            self.points,
            results,
            by_probes if found.accounts_for_all and by_probes else by_failures or by_probes,
            found.relations,
            None if price is None else all_of(found.diagnoses, price),
            None if found.seen is None or by_failures else encode(found.seen),
        )
        self._last = current_submission(), work, names, score
        return score

    def score_of(self, solution: Any, notebook: Names = None) -> Score:
        """Return the last score of :meth:`grade` if it is of this work in this notebook; else grade the work now.

        For exercises that depend on what another one has charged.
        """
        if self._last is not None:
            submission, work, names, score = self._last
            is_same_work = is_same_object(work, student_object(solution)) and names.is_same_as(notebook_of(notebook))
            if is_same_work and submission == current_submission():
                return score
        return self.grade(solution, notebook=notebook)

    @global_random_state_kept()
    def run_checks(self, solution: Any, *, notebook: Names = None) -> tuple[CheckResult, ...]:
        """Run the checks on a student's work, without a diagnosis; see :meth:`grade`."""
        total = sum(check.points for check in self.checks.values())
        if abs(total - self.points) > 1e-9:
            raise InfraError(f"{self!r}: expected checks worth {self.points:g} points, got {total:g}.")
        with quiet():
            work, names = student_object(solution), notebook_of(notebook)
            if self.builds_on:
                expect_names(notebook, work, self.solution_name, self._right_earlier_work)
            return tuple(self._result(check, work, names) for check in in_time_shares(self.checks.values()))

    def matches(
        self, work: Any, notebook: Notebook | None = None, *, probes: Iterable[str] | None = None
    ) -> list[Misconception]:
        """Return the misconceptions that do the same as the work on all of the probes, or on some of them.

        Parameters
        ----------
        work : object
            The student's work, as a check gets it.
        notebook : Notebook, optional
            For probes that take it.
        probes : iterable of str, optional
            Names of probes; all of them if not given.
        """
        return self._matcher.matches(work, notebook or Notebook(), probes or self.probes)

    @property
    def pairs(self) -> list[Combination]:
        """Each two misconceptions that can be made at once."""
        return self._matcher.candidates.pairs

    def unseen(self) -> list[str]:
        """Return the misconceptions and pairs that no probe tells from right work: with any, names may be false."""
        return self._matcher.unseen()

    # -- one check ----------------------------------------------------------------------------

    def _result(self, check: Check, work: Any, names: Notebook) -> CheckResult:
        begin = time.perf_counter()
        outcome = self._run(check, work, names)
        return CheckResult(check.name, check.sentence, check.points, outcome, time.perf_counter() - begin)

    def _run(self, check: Check, work: Any, names: Notebook) -> Outcome:
        """Run a check in the notebook as it is, then with right earlier work if that makes a difference."""
        outcome = self._run_once(check, work, names)
        if isinstance(outcome, Passed) or not self.builds_on:
            return outcome
        with names.lending(self._right_earlier_work, work) as lent:
            again = self._run_once(check, work, names)
        used = [name for name, function in lent.items() if function.calls]
        if not used:
            return outcome
        if not isinstance(again, Passed):
            return again
        listed = " and ".join(f"`{name}`" for name in used)
        return Passed(f"It passes with right work for {listed}. Mistakes there are charged there.")

    def _run_once(self, check: Check, work: Any, names: Notebook) -> Outcome:
        try:
            note = self._note_of(check, work, names)
        except NotWritten as nothing:
            return NotAttempted(nothing.reason)
        except CheckFailed as failure:
            return Failed(failure.reason, failure.misconception, failure.stopped_by)
        except InfraError:
            raise
        except Exception as error:
            if not isinstance(error, MACHINE_ERRORS) and self._holds_for_the_reference(check):
                return Failed(f"Your work gave the check something it can't work with ({type(error).__name__}).")
            raise InfraError(f"Check {check.name} of {self!r} broke: {type(error).__name__}: {error}") from error
        return Passed(note if isinstance(note, str) else "")

    def _note_of(self, check: Check, work: Any, names: Notebook) -> Any:
        """Run a check once; return its note, or a note on what an earlier exercise has charged."""

        def run(code: Any) -> Any:
            return invoke(check.code, student_object(code), names, self.name, "check", check.name)

        def failure_of(code: Any) -> CheckFailed | None:
            try:
                run(code)
            except CheckFailed as failure:
                return failure
            return None

        try:
            return run(work)
        except NotWritten:
            raise
        except CheckFailed as failure:
            charged = check.unless_charged and check.unless_charged(failure, work, names, failure_of)
            if not charged:
                raise
            return charged

    def _holds_for_the_reference(self, check: Check) -> bool:
        """Whether the check, with the same inputs, is sound on right work: then it broke on odd work."""
        try:
            self._note_of(check, self.reference, Notebook())
        except Exception:
            return False
        return True

    # -- the diagnosis ------------------------------------------------------------------------

    def _explained_and_priced(
        self, work: Any, names: Notebook, results: tuple[CheckResult, ...]
    ) -> tuple[Explanation, float | None]:
        """Explain failed work, and price the explanation together with the checks that it leaves unexplained."""
        if not any(isinstance(result.outcome, Failed) for result in results):
            return Explanation(), None
        found = self._beside_right_work(self._matcher.explain, work, names)
        if found.loses is None:
            return found, None
        price = found.loses + self._unexplained(found, results, names)
        if price > found.loses and found.undone is None:
            # Probes may not see one of two mistakes, because the other one hides it. Then the checks give it away.
            pairs = self._beside_right_work(self._matcher.pairs_like, work, names)
            if pairs := [pair for pair in pairs if pair.loses < price and self._explains_all(pair, results, names)]:
                return common_explanation(pairs, True), min(pair.loses for pair in pairs)
        return found, price

    def _beside_right_work(self, look: Callable[[Any, Notebook], Result], work: Any, names: Notebook) -> Result:
        """Look at the work by itself, whatever is wrong with earlier work."""
        with names.lending(self._right_earlier_work, work) if self.builds_on else nullcontext():
            return look(work, names)

    def _explains_all(self, pair: Combination, results: tuple[CheckResult, ...], names: Notebook) -> bool:
        return not self._unexplained(Explanation(codes=(pair.code,)), results, names)

    def _unexplained(self, found: Explanation, results: tuple[CheckResult, ...], names: Notebook) -> float:
        """Return the points of failed checks that nothing in the explanation fails.

        Work may know the probes by their inputs, and make a cheap mistake there alone.
        """
        failed = [self.checks[result.name] for result in results if isinstance(result.outcome, Failed)]
        tries = 3 if inspect.isclass(self.reference) else 1  # a class may start at random, and pass by chance

        def passes(check: Check, code: Any) -> bool:
            return all(isinstance(self._run_once(check, student_object(code), names), Passed) for _ in range(tries))

        if found.undone is not None:
            failed = [check for check in failed if not passes(check, found.undone)]
        return sum(check.points for check in failed if all(passes(check, code) for code in found.codes))

    def _named_by(self, results: tuple[CheckResult, ...]) -> tuple[Diagnosis, ...]:
        """Return the misconceptions that failures give away by themselves."""
        names = [r.outcome.misconception for r in results if isinstance(r.outcome, Failed) and r.outcome.misconception]
        if unknown := set(names) - set(self.misconceptions):
            raise InfraError(f"{self!r}: expected names of its misconceptions, got {', '.join(sorted(unknown))}.")
        return tuple(self.misconceptions[name].diagnosis for name in dict.fromkeys(names))
