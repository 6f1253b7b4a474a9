"""Agreement with the reference: an exercise graded from a reference and inputs alone.

>>> exercise = Exercise("mse_loss", points=3, reference=mean_squared_error)     # doctest: +SKIP
>>> @exercise.inputs                                                            # doctest: +SKIP
... def a_batch(rng):
...     return rng.integers(0, 2, 8).astype(float), rng.uniform(0.02, 0.98, 8)
>>> exercise.agrees_with_the_reference(points=3)                                # doctest: +SKIP
"""

from __future__ import annotations

import copy
import functools
import inspect
import itertools
import weakref
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from fairgrade.grading.as_code import call_as_code
from fairgrade.grading.bank import Bank
from fairgrade.grading.equality import expect_same, plain
from fairgrade.grading.expect import expect, random_state_untouched
from fairgrade.grading.invocation import extras_of
from fairgrade.grading.outcomes import CheckFailed, InfraError, NotWritten, StudentError
from fairgrade.grading.student import Notebook, student_object

PROBES_PER_INPUT = 5
"""A name needs evidence on three; what returns one of two values may return the same one that often."""

TOLERANCES = {"exact": (0.0, 0.0), "formula": (1e-6, 1e-9), "iteration": (1e-4, 1e-6), "float32": (1e-4, 1e-6)}
"""Relative and absolute tolerances by the reason for them."""


Scenario = Callable[..., Any]
"""Takes the student's work and any of ``rng`` and ``notebook``, and returns what it saw."""


@dataclass(frozen=True)
class Inputs:
    """A way to draw arguments for the student's function.

    Attributes
    ----------
    name : str
    code : callable
        Takes a generator, and the parameters; returns the argument, or a tuple of the arguments.
    parameters : mapping of str to object
        Further keyword arguments of `code`.
    """

    name: str
    code: Callable[..., Any]
    parameters: Mapping[str, Any]

    def draw(self, rng: np.random.Generator) -> tuple[Any, ...]:
        """Draw the arguments of one call."""
        drawn = self.code(rng, **self.parameters)
        return drawn if isinstance(drawn, tuple) else (drawn,)


def combinations_of(code: Callable[..., Any], parameters: Mapping[str, Any]) -> list[Inputs]:
    """One :class:`Inputs` per combination of the values that the parameters may have.

    Parameters
    ----------
    code : callable
    parameters : mapping of str to iterable
        The values of each parameter.
    """
    combinations = [
        dict(zip(parameters, values, strict=True)) for values in itertools.product(*parameters.values())
    ]  # fmt: skip
    return [
        Inputs("_".join([code.__name__, *(f"{name}_{value}" for name, value in chosen.items())]), code, chosen)
        for chosen in combinations
    ]


@dataclass(frozen=True)
class Call:
    """One call of the student's function, and what the reference makes of it.

    Attributes
    ----------
    arguments : tuple
    result : object
        The reference's; None if it raises.
    error : Exception or None
        What the reference raises.
    after : tuple
        The arguments after the reference was called with them.
    """

    arguments: tuple[Any, ...]
    result: Any
    error: Exception | None
    after: tuple[Any, ...]


def call_of(reference: Callable[..., Any], arguments: tuple[Any, ...]) -> Call:
    """Call the reference, on a copy of the arguments."""
    after = copy.deepcopy(arguments)
    try:
        return Call(arguments, reference(*after), None, after)
    except Exception as error:
        return Call(arguments, None, error, after)


def expect_agreement(
    work: Callable[..., Any], call: Call, reference: Callable[..., Any], *, name: str, rtol: float, atol: float
) -> None:
    """Fail unless the student's function does with the arguments of a call what the reference does.

    It has to return the same, or raise an exception of the same class, and to leave its arguments and the global
    random generators as the reference leaves them.

    Parameters
    ----------
    work : callable
        The student's function.
    call : Call
    reference : callable
        Its parameters' names are used in messages.
    name : str
        What the notebook calls the function.
    rtol, atol : float
        As in :func:`numpy.isclose`.

    Raises
    ------
    CheckFailed
        If it does not. The message shows the call as code where that is short.
    """
    arguments, given = copy.deepcopy(call.arguments), call_as_code(name, call.arguments)
    if call.error is not None:
        expect_raises(type(call.error), lambda: work(*arguments), given=given)
    else:
        with random_state_untouched():
            result = work(*arguments)
        expect_same(result, call.result, what=given, rtol=rtol, atol=atol)
    for parameter, left, right, before in zip(
        parameters_of(reference, len(arguments)), arguments, call.after, call.arguments, strict=True
    ):
        if is_same(before, right):
            expect(
                is_same(left, right), f"Your code changes `{parameter}`, which belongs to the caller: work on a copy."
            )
        else:
            expect_same(left, right, what=f"`{parameter}` after {given}", rtol=rtol, atol=atol)


def expect_raises(
    kind: type[BaseException] | tuple[type[BaseException], ...],
    action: Callable[[], Any],
    *,
    match: str = "",
    given: str = "your function",
) -> None:
    """Fail unless `action` raises an exception of the given class; a subclass counts.

    Parameters
    ----------
    kind : type or tuple of types
    action : callable
        Calls the student's work.
    match : str
        Text that the exception's message has to contain, in any case.
    given : str
        The call in words or as code; it begins the message.

    Raises
    ------
    CheckFailed
        If it raises nothing or something else.
    NotWritten
        If the work is still the stub.
    """
    kinds = kind if isinstance(kind, tuple) else (kind,)
    wanted = " or ".join(one.__name__ for one in kinds)
    try:
        result = action()
    except NotWritten:
        if NotImplementedError in kinds:
            return
        raise
    except StudentError as failure:
        raised = failure.__cause__
        if not isinstance(raised, kinds):
            raise CheckFailed(f"{given}: expected {wanted}, got {type(raised).__name__}.") from None
        expect(match.lower() in str(raised).lower(), f"{given} raises {wanted}, but its message lacks {match!r}.")
        return
    raise CheckFailed(f"{given}: expected {wanted} to be raised, got {type(plain(result)).__name__}.")


def is_same(one: Any, other: Any) -> bool:
    """Whether two values agree exactly."""
    try:
        expect_same(one, other, rtol=0, atol=0)
    except CheckFailed:
        return False
    return True


def parameters_of(function: Callable[..., Any], number: int) -> list[str]:
    """The names of a function's first parameters; those beyond are numbered."""
    names = list(inspect.signature(function).parameters)
    return [names[i] if i < len(names) else f"argument {i + 1}" for i in range(number)]


def value_probe(inputs: Inputs, number: int) -> Callable[[Any, np.random.Generator], Any]:
    """Make a probe that sees what the student's function returns for the inputs."""

    def probe(work: Any, rng: np.random.Generator) -> Any:
        return plain(work(*inputs.draw(rng)))

    probe.__name__ = f"{inputs.name}_{number}"
    _OF_INPUTS.add(probe)
    return probe


def is_of_inputs(probe: Callable[..., Any]) -> bool:
    """Return whether a probe shows the function's result as it is, so that text in it is evidence, too."""
    return probe in _OF_INPUTS


_OF_INPUTS: weakref.WeakSet[Callable[..., Any]] = weakref.WeakSet()


def arguments_probe(inputs: Inputs) -> Callable[[Any, np.random.Generator], Any]:
    """Make a probe that sees what the student's function leaves of its arguments."""

    def probe(work: Any, rng: np.random.Generator) -> Any:
        arguments = inputs.draw(rng)
        before = copy.deepcopy(arguments)
        work(*arguments)
        # An argument that stays as it is says nothing of the work: its numbers are no evidence.
        return ["as before" if is_same(a, b) else plain(a) for a, b in zip(arguments, before, strict=True)]

    probe.__name__ = f"{inputs.name}_afterwards"
    return probe


def _scenario_probe(code: Scenario, number: int) -> Callable[..., Any]:
    @functools.wraps(code)
    def probe(work: Any, **extras: Any) -> Any:
        return plain(code(work, **extras))

    probe.__name__ = f"{code.__name__}_{number}"
    _OF_INPUTS.add(probe)
    return probe


def tolerances(tolerance: str | float) -> tuple[float, float]:
    """Return the relative and the absolute tolerance that a word stands for; a number is the relative one.

    Raises
    ------
    ValueError
        If there is no such word.
    """
    if not isinstance(tolerance, str):
        return tolerance, 1e-9
    if tolerance not in TOLERANCES:
        raise ValueError(f"tolerance: expected a number or one of {', '.join(TOLERANCES)}, got {tolerance!r}.")
    return TOLERANCES[tolerance]


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
                self.probe(_scenario_probe(code, number))
            return code

        return register

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
            chosen = [one for one in self.all_inputs if not inputs or one.code in inputs]
            if not chosen:
                raise InfraError(f"{self!r}: expected inputs, got none. Decorate a function with @exercise.inputs.")
            for arguments in (one.draw(rng) for one in chosen for _ in range(cases)):
                call = call_of(self.reference, arguments)
                expect_agreement(work, call, self.reference, name=self.solution_name, rtol=rtol, atol=atol)

        check.__name__ = "_".join(["agrees_with_the_reference", *(code.__name__ for code in inputs)])
        check.__doc__ = sentence
        self.check(points)(check)
