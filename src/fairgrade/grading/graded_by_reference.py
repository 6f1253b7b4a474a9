"""An exercise graded by agreement with its reference, from inputs or scenarios alone.

>>> exercise = Exercise("mse_loss", points=3, reference=mean_squared_error)     # doctest: +SKIP
>>> @exercise.inputs                                                            # doctest: +SKIP
... def a_batch(rng):
...     return rng.integers(0, 2, 8).astype(float), rng.uniform(0.02, 0.98, 8)
>>> exercise.agrees_with_the_reference(points=3)                                # doctest: +SKIP
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from fairgrade.grading.agreement import call_of, expect_agreement, expect_answers, tolerances
from fairgrade.grading.as_code import call_as_code
from fairgrade.grading.bank import Bank
from fairgrade.grading.equality import expect_same
from fairgrade.grading.input_probes import (
    PROBES_PER_INPUT,
    Inputs,
    Scenario,
    arguments_probe,
    combinations_of,
    kind_probe,
    scenario_probe,
    value_probe,
)
from fairgrade.grading.invocation import extras_of
from fairgrade.grading.outcomes import CheckFailed, InfraError, NotWritten
from fairgrade.grading.student import Notebook, plain, student_object


class GradedByReference(Bank):
    """The part of an exercise that needs nothing but a reference and inputs."""

    solution_name: str
    all_inputs: list[Inputs]

    def inputs(self, code: Callable[..., Any] | None = None, /, **parameters: Iterable[Any]) -> Any:
        """Register a function that draws inputs of the student's function, for checks and for probes.

        It takes a generator and returns the argument, or a tuple of the arguments. Values of further parameters may be
        given, ``@exercise.inputs(n=(1, 5))``: then it is called with each combination.
        """

        def register(code: Callable[..., Any]) -> Callable[..., Any]:
            for one in combinations_of(code, parameters):
                self.all_inputs.append(one)
                for number in range(1, PROBES_PER_INPUT + 1):
                    self.probe(value_probe(one, number))
                self.probe(arguments_probe(one))
                self.probe(kind_probe(one, self.reference))
            return code

        return register if code is None else register(code)

    def scenario(self, points: float, tolerance: str | float = "formula") -> Callable[[Scenario], Scenario]:
        """Register a use of the student's work that must end as with the reference: a check, and probes.

        The function takes the work and any of ``rng`` and ``notebook``, does something with it, such as making an
        instance and calling methods, and returns what it saw as plain values. The student reads the first line of its
        docstring.
        """
        rtol, atol = tolerances(tolerance)

        def register(code: Scenario) -> Scenario:
            extras = extras_of(code)

            def check(work: Any, rng: np.random.Generator, notebook: Notebook) -> None:
                seed = int(rng.integers(2**32))

                def outcome_of(which: Any) -> Any:
                    given = {"rng": np.random.default_rng(seed), "notebook": notebook}
                    return plain(code(which, **{name: given[name] for name in extras}))

                got = outcome_of(work)
                expect_same(got, outcome_of(student_object(self.reference)), what="your work", rtol=rtol, atol=atol)

            check.__name__, check.__doc__ = code.__name__, code.__doc__
            self.check(points)(check)
            for number in range(1, PROBES_PER_INPUT + 1):
                self.probe(scenario_probe(code, number))
            return code

        return register

    def property(
        self, points: float, *inputs: Callable[..., Any], cases: int = 4
    ) -> Callable[[Callable[..., None]], Callable[..., None]]:
        """Register a property that must hold for drawn inputs, such as that the order of samples does not matter.

        The function takes the student's work, ``rng``, and the arguments of a call, and fails the check with any of the
        ``expect`` helpers. The student reads the first line of its docstring, and the failing call as code. Work that
        returns nothing, or the same for all inputs, has no property: it fails before the function is called.

        Parameters
        ----------
        points : float
            What the check is worth.
        *inputs : callable
            Functions registered with :meth:`inputs`; all if none is given.
        cases : int
            How many calls are drawn from each function.
        """

        def register(code: Callable[..., None]) -> Callable[..., None]:
            def check(work: Any, rng: np.random.Generator) -> None:
                calls = self._drawn(rng, inputs, cases)
                expect_answers(work, self.reference, calls)
                for arguments in calls:
                    given = call_as_code(self.solution_name, arguments)
                    try:
                        code(work, rng, *copy.deepcopy(arguments))
                    except NotWritten:
                        raise
                    except CheckFailed as failure:
                        raise CheckFailed(f"{failure.reason} The call is {given}.") from None

            check.__name__, check.__doc__ = code.__name__, code.__doc__
            self.check(points)(check)
            return code

        return register

    def _drawn(
        self, rng: np.random.Generator, inputs: tuple[Callable[..., Any], ...], cases: int
    ) -> list[tuple[Any, ...]]:
        """Draw the arguments of some calls from the given inputs, or from all."""
        chosen = [one for one in self.all_inputs if not inputs or one.code in inputs]
        if not chosen:
            raise InfraError(f"{self!r}: expected inputs, got none. Decorate a function with @exercise.inputs.")
        return [one.draw(rng) for one in chosen for _ in range(cases)]

    def agrees_with_the_reference(
        self,
        points: float,
        *inputs: Callable[..., Any],
        sentence: str = "It returns what is asked for, whatever the input, and changes nothing else.",
        tolerance: str | float = "formula",
        cases: int = 4,
    ) -> None:
        """Register a check that the student's function does what the reference does, for each of the inputs.

        It returns the same value (type, shape, kind of numbers, numbers within the tolerance) or raises an exception of
        the same class, and leaves its arguments and the global random generators as the reference leaves them.

        Parameters
        ----------
        points : float
            What the check is worth.
        *inputs : callable
            Functions registered with :meth:`inputs`; all if none is given.
        sentence : str
            What the student reads.
        tolerance : str or float
            ``"exact"``, ``"formula"`` (a formula that the text gives), ``"iteration"`` (a method that converges),
            ``"float32"``, or a relative tolerance.
        cases : int
            How many calls are drawn from each function.
        """
        rtol, atol = tolerances(tolerance)

        def check(work: Any, rng: np.random.Generator) -> None:
            for arguments in self._drawn(rng, inputs, cases):
                call = call_of(self.reference, arguments)
                expect_agreement(work, call, self.reference, name=self.solution_name, rtol=rtol, atol=atol)

        check.__name__ = "_".join(["agrees_with_the_reference", *(code.__name__ for code in inputs)])
        check.__doc__ = sentence
        self.check(points)(check)
