"""Agreement of the student's function with the reference: the same result or exception, and the same side effects."""

from __future__ import annotations

import contextlib
import copy
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from fairgrade.grading.as_code import call_as_code
from fairgrade.grading.equality import expect_same, is_same
from fairgrade.grading.expect import expect
from fairgrade.grading.outcomes import CheckFailed, InfraError, NotWritten, StudentError
from fairgrade.grading.side_effects import random_state_untouched
from fairgrade.grading.student import plain

TOLERANCES = {"exact": (0.0, 0.0), "formula": (1e-6, 1e-9), "iteration": (1e-4, 1e-6), "float32": (1e-4, 1e-6)}
"""Relative and absolute tolerances by the reason for them."""


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


GENERATORS = (np.random.Generator, np.random.RandomState)
"""Arguments to draw from, such as `rng`."""


@dataclass(frozen=True)
class Call:
    """One call of the student's function, and the result of the reference.

    Attributes
    ----------
    arguments : tuple
        The arguments of the call.
    result : object
        The value that the reference returns; None if it raises.
    error : Exception or None
        The exception that the reference raises.
    after : tuple
        The arguments after the reference was called with them.
    """

    arguments: tuple[Any, ...]
    result: Any
    error: Exception | None
    after: tuple[Any, ...]


def call_of(reference: Callable[..., Any], arguments: tuple[Any, ...]) -> Call:
    """Call the reference, on a copy of the arguments.

    Raises
    ------
    InfraError
        If it does not take so many: all work that raises TypeError would agree with it.
    """
    with contextlib.suppress(ValueError):  # a function without a signature, such as some of Python's own
        try:
            inspect.signature(reference).bind(*arguments)
        except TypeError as error:
            raise InfraError(
                f"Inputs: expected arguments of {reference.__name__}, got {len(arguments)}: {error}."
            ) from error
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
        The arguments, and what the reference does with them.
    reference : callable
        The names of its parameters are used in messages.
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
        if isinstance(before, GENERATORS):
            continue  # how far it is drawn from follows from the result; the sandbox draws from a copy
        if is_same(before, right):
            expect(
                is_same(left, right), f"Your code changes `{parameter}`, which belongs to the caller: work on a copy."
            )
        else:
            expect_same(left, right, what=f"`{parameter}` after {given}", rtol=rtol, atol=atol)


def expect_answers(work: Callable[..., Any], reference: Callable[..., Any], calls: list[tuple[Any, ...]]) -> None:
    """Fail if the student's function returns nothing, or the same for all calls where the reference does not.

    A constant has most properties that one can ask for.

    Raises
    ------
    CheckFailed
    """
    wants = [call.result for call in (call_of(reference, arguments) for arguments in calls) if call.error is None]
    if len(wants) < len(calls):
        return  # an exception may be right
    results = [plain(work(*copy.deepcopy(arguments))) for arguments in calls]
    for result, want in zip(results, wants, strict=True):
        expect(result is not None or want is None, "Your function returns None: is there a `return`?")
    varies = not all(is_same(want, wants[0]) for want in wants)
    expect(
        not varies or not all(is_same(result, results[0]) for result in results),
        "Your function returns the same for different arguments.",
    )


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
        The exception's class, or several that are all right.
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


def parameters_of(function: Callable[..., Any], number: int) -> list[str]:
    """Return the names of a function's first parameters; those beyond are numbered."""
    names = list(inspect.signature(function).parameters)
    return [names[i] if i < len(names) else f"argument {i + 1}" for i in range(number)]
