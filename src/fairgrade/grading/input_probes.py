"""Probes made of inputs: they see what the student's work returns for arguments drawn at random."""

from __future__ import annotations

import contextlib
import copy
import functools
import itertools
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from fairgrade.grading.agreement import GENERATORS
from fairgrade.grading.equality import KINDS, is_same
from fairgrade.grading.student import plain

PROBES_PER_INPUT = 5
"""A name needs evidence on three; what returns one of two values may return the same one that often."""

Scenario = Callable[..., Any]
"""Takes the student's work and any of ``rng`` and ``notebook``, and returns what it saw."""


_OF_INPUTS: weakref.WeakSet[Callable[..., Any]] = weakref.WeakSet()


@dataclass(frozen=True)
class Inputs:
    """A way to draw arguments for the student's function.

    Attributes
    ----------
    name : str
        The name of the function, with the values of the parameters.
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
    """Return one :class:`Inputs` per combination of the values that the parameters may have."""
    combinations = [
        dict(zip(parameters, values, strict=True)) for values in itertools.product(*parameters.values())
    ]  # fmt: skip
    return [
        Inputs("_".join([code.__name__, *(f"{name}_{value}" for name, value in chosen.items())]), code, chosen)
        for chosen in combinations
    ]


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


def arguments_probe(inputs: Inputs) -> Callable[[Any, np.random.Generator], Any]:
    """Make a probe that sees what the student's function leaves of its arguments."""

    def probe(work: Any, rng: np.random.Generator) -> Any:
        arguments = inputs.draw(rng)
        before = copy.deepcopy(arguments)
        work(*arguments)
        # An argument that stays as it is says nothing of the work: its numbers are no evidence.
        return [
            "as before" if isinstance(b, GENERATORS) or is_same(a, b) else plain(a)
            for a, b in zip(arguments, before, strict=True)
        ]

    probe.__name__ = f"{inputs.name}_afterwards"
    return probe


def kind_probe(inputs: Inputs, reference: Callable[..., Any]) -> Callable[[Any, np.random.Generator], Any]:
    """Make a probe that sees of what kind an array's numbers are, where the reference returns whole ones or truths.

    Values alone don't show it: 2.0 is 2, and the other probes take them for the same.
    """

    def probe(work: Any, rng: np.random.Generator) -> str:
        arguments = inputs.draw(rng)
        want = None
        with contextlib.suppress(Exception):  # where the reference raises, there are no numbers
            want = reference(*copy.deepcopy(arguments))
        if not isinstance(want, np.ndarray) or want.dtype.kind not in "biu":
            return "any kind"
        got = plain(work(*arguments))
        is_array = isinstance(got, np.ndarray | list | tuple)
        return KINDS.get(np.asarray(got).dtype.kind, "no numbers") if is_array else "no array"

    probe.__name__ = f"{inputs.name}_kind"
    return probe


def scenario_probe(code: Scenario, number: int) -> Callable[..., Any]:
    """Make a probe that sees what a scenario sees of the work."""

    @functools.wraps(code)
    def probe(work: Any, **extras: Any) -> Any:
        return plain(code(work, **extras))

    probe.__name__ = f"{code.__name__}_{number}"
    _OF_INPUTS.add(probe)
    return probe
