"""The items of an exercise's bank: checks, misconceptions, variants, and mutants declared equivalent."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

from fairgrade.grading.score import Diagnosis

CheckCode = Callable[..., str | None]
"""Takes the student's work and any of ``rng`` and ``notebook``; returns None or a note to students who pass."""


@dataclass(frozen=True)
class Check:
    """One property of right work, worth some points.

    Attributes
    ----------
    name : str
        The name of its function.
    points : float
        What work with the property earns.
    sentence : str
        The sentence that the student reads about it.
    code : callable
        Raises :class:`~fairgrade.grading.CheckFailed` unless the work has the property.
    false_rejection : float
        The highest rate at which it fails right work, if it depends on chance.
    unless_charged : callable, optional
        Says whether an earlier exercise has charged a failure already; see :meth:`Bank.check`.
    """

    name: str
    points: float
    sentence: str
    code: CheckCode
    false_rejection: float = 0.0
    unless_charged: Callable[..., str | None] | None = None


@dataclass(frozen=True)
class Misconception:
    """A wrong solution as students really write it, kept as running code.

    Attributes
    ----------
    name : str
        A verb phrase, such as ``adds_up_without_averaging``.
    code : object
        The code of a student who has it: a function, a class or a value.
    hint : str
        Where to look next; the student reads it.
    loses : float
        Its price: work that behaves like it loses no more, however many checks it fails.
    same_as : frozenset of str
        Misconceptions that behave the same, so that values can't tell them apart.
    elsewhere : mapping of str to float
        The most it costs in other exercises, by their names, that can't do without this work.
    excludes : frozenset of str
        Misconceptions that contradict this one, so that nobody makes both.
    fits : callable, optional
        Takes the student's work and returns the keyword arguments with which `code` may do the same, such as the
        number of digits to which it rounds; None if there are none. The probes decide whether it does the same.
    """

    name: str
    code: Any
    hint: str
    loses: float
    same_as: frozenset[str] = frozenset()
    elsewhere: Mapping[str, float] = field(default_factory=dict)
    excludes: frozenset[str] = frozenset()
    fits: Callable[[Any], Mapping[str, Any] | None] | None = None

    @cached_property
    def is_wrapper(self) -> bool:
        """Whether it changes the arguments or the result of other work, which its code takes as ``right``."""
        code = self.code.func if isinstance(self.code, partial) else self.code
        return inspect.isfunction(code) and "right" in inspect.signature(code).parameters

    def contradicts(self, other: Misconception) -> bool:
        """Whether nobody can make both, as either declares."""
        return other.name in self.excludes or self.name in other.excludes

    def is_same_as(self, other: Misconception) -> bool:
        """Whether either of the two is declared to behave like the other."""
        return other.name in self.same_as or self.name in other.same_as

    @property
    def diagnosis(self) -> Diagnosis:
        """The misconception as a score shows it, with its name in words."""
        return Diagnosis(self.name, self.name.replace("_", " ").capitalize(), self.hint, self.loses)


@dataclass(frozen=True)
class Combination:
    """Several misconceptions, and the code that makes all of them at once."""

    members: tuple[Misconception, ...]
    code: Any

    @cached_property
    def name(self) -> str:
        """The names of all members."""
        return " and ".join(member.name for member in self.members)

    @cached_property
    def loses(self) -> float:
        """The sum of their prices."""
        return sum(member.loses for member in self.members)


@dataclass(frozen=True)
class Variant:
    """An unusual right solution, kept as running code."""

    name: str
    code: Any


@dataclass(frozen=True)
class Equivalent:
    """A change of the reference that leaves it right, so that no check has to see it.

    Attributes
    ----------
    was, becomes : str
        The changed line before and after; `becomes` is empty where the line is dropped.
    why : str
        Why it makes no difference that matters.
    """

    was: str
    becomes: str
    why: str

    def describes(self, was: str, becomes: str) -> bool:
        """Whether a change from `was` to `becomes` is this one, however the lines are laid out."""
        return (laid_out(self.was), laid_out(self.becomes)) == (laid_out(was), laid_out(becomes))


def laid_out(line: str) -> str:
    """Return a line of Python in the layout of :func:`ast.unparse`; the head of a block counts as a line."""
    text = line.strip()
    try:
        return ast.unparse(ast.parse(f"{text} pass" if text.endswith(":") else text))
    except SyntaxError:
        return text


def name_of(code: Any) -> str:
    """Return the name of a function or class in snake case: ``AddsTheGradient`` gives ``adds_the_gradient``."""
    name: str = code.__name__
    return "".join(f"_{c.lower()}" if c.isupper() and i else c.lower() for i, c in enumerate(name))
