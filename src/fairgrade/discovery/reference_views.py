"""What probes see of right work on the inputs that a class shares, and the calls they make on the way."""

from __future__ import annotations

import copy
import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from fairgrade.grading import Exercise, InfraError, Notebook, Submission, grading_for, student_object
from fairgrade.grading.diagnosis import Observation
from fairgrade.grading.observed_work import ObservedWork
from fairgrade.grading.seeding import global_random_state_kept
from fairgrade.grading.signature import decode, encode

Lengths = Mapping[str, float]
"""The lengths of the axes of a call's arguments, by their names."""


@dataclass(frozen=True)
class RecordedCall:
    """A call that a probe made of the reference.

    Attributes
    ----------
    arguments : tuple
        As they were before the call.
    lengths : mapping of str to float
        Of the axes of arrays among them, in words such as ``the length of x``.
    result : object
    """

    arguments: tuple[Any, ...]
    lengths: Lengths
    result: Any

    @property
    def size(self) -> int:
        """How many values the arguments hold."""
        return sum(int(np.size(argument)) for argument in self.arguments)


@dataclass(frozen=True)
class ReferenceViews:
    """What probes see of an exercise's reference.

    Attributes
    ----------
    seen : dict of str to Observation
    calls : dict of str to list of RecordedCall
        By probe; none for classes.
    """

    seen: dict[str, Observation]
    calls: dict[str, list[RecordedCall]]


def views_of_reference(exercise: Exercise, submission: Submission) -> ReferenceViews:
    """Run the probes of an exercise on its reference; both are the course's own code.

    Parameters
    ----------
    exercise : Exercise
    submission : Submission
        The assignment and the secret decide on which inputs; the student does not.
    """
    calls: list[RecordedCall] = []
    of_probes: dict[str, list[RecordedCall]] = {}

    def keep(probe: str) -> None:
        of_probes[probe] = [*calls]
        calls.clear()

    seen = observed(exercise, _recorded(exercise.reference, calls), submission, keep)
    return ReferenceViews(seen, {probe: of_probes[probe] for probe in seen})


@global_random_state_kept()
def observed(
    exercise: Exercise, code: Any, submission: Submission, after: Callable[[str], None] = lambda probe: None
) -> dict[str, Observation]:
    """Run the probes of an exercise on code of its bank, in this process, on the inputs that a class shares.

    Parameters
    ----------
    exercise : Exercise
    code : object
        A function or class.
    submission : Submission
    after : callable
        Told of each probe when it has ended.
    """
    seen: dict[str, Observation] = {}
    with grading_for(submission.of_anybody()):
        work = ObservedWork(exercise, student_object(code), Notebook())
        for probe in exercise.probes:
            try:
                # As it would come back from a result, in which long arrays are cut.
                seen.update(decode(encode({probe: work.seen(probe)})))
            except InfraError:  # it needs more of a notebook than there is here
                continue
            finally:
                after(probe)
    return seen


def _recorded(reference: Any, calls: list[RecordedCall]) -> Any:
    if not inspect.isfunction(reference):
        return reference
    names = list(inspect.signature(reference).parameters)

    @functools.wraps(reference)
    def recorded(*arguments: Any, **named: Any) -> Any:
        before = copy.deepcopy(arguments)
        result = reference(*arguments, **named)
        calls.append(RecordedCall((*before, *named.values()), _lengths(names, before), result))
        return result

    return recorded


def _lengths(names: list[str], arguments: tuple[Any, ...]) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, argument in zip(names, arguments, strict=False):
        shape = np.shape(argument) if isinstance(argument, np.ndarray | list) else ()
        if len(shape) == 1:
            found[f"the length of `{name}`"] = float(shape[0])
        else:
            found |= {f"`{name}.shape[{axis}]`": float(length) for axis, length in enumerate(shape)}
    return found
