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
    """A wrong solution people really write, kept as running code.

    Attributes
    ----------
    name : str
        A verb phrase, such as ``adds_up_without_averaging``.
    code : object
        What the student would have written: a function, a class or a value.
    hint : str
        What to look at next; the student reads it.
    loses : float
        Its price. Work that behaves like it loses no more, however many checks it fails.
    same_as : frozenset of str
        Misconceptions that behave the same, so that values can't tell them apart.
    elsewhere : mapping of str to float
        What it costs, at most, in other exercises that can't do without this work; by their name.
    excludes : frozenset of str
        Misconceptions that contradict this one, so that nobody makes both.
    fits : callable, optional
        Takes the student's work and gives the keyword arguments of `code` with which it may do the same, such as the
        number of digits a result is rounded to; None if there are none. Whether it does the same, the probes say.
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
        """Whether it changes what other work is given or gives back: its code takes that work as ``right``."""
        code = self.code.func if isinstance(self.code, partial) else self.code
        return inspect.isfunction(code) and "right" in inspect.signature(code).parameters

    def contradicts(self, other: Misconception) -> bool:
        """Whether nobody can make both, as is declared of either."""
        return other.name in self.excludes or self.name in other.excludes

    def is_same_as(self, other: Misconception) -> bool:
        """Whether either of the two is declared to behave like the other."""
        return other.name in self.same_as or self.name in other.same_as

    @property
    def diagnosis(self) -> Diagnosis:
        """The misconception as a score shows it, its name in words."""
        return Diagnosis(self.name, self.name.replace("_", " ").capitalize(), self.hint, self.loses)


@dataclass(frozen=True)
class Combination:
    """Several misconceptions, and the code that makes all of them at once."""

    members: tuple[Misconception, ...]
    code: Any

    @cached_property
    def name(self) -> str:
        """All names."""
        return " and ".join(member.name for member in self.members)

    @cached_property
    def loses(self) -> float:
        """What they cost together."""
        return sum(member.loses for member in self.members)


@dataclass(frozen=True)
class Variant:
    """An unusual right solution, kept as running code."""

    name: str
    code: Any


@dataclass(frozen=True)
class Equivalent:
    """A change of the reference that no check can see, and need not: the work is as right as before.

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
    """A line of Python in the one layout that :func:`ast.unparse` knows; the head of a block counts as a line."""
    text = line.strip()
    try:
        return ast.unparse(ast.parse(f"{text} pass" if text.endswith(":") else text))
    except SyntaxError:
        return text


def name_of(code: Any) -> str:
    """The name of a function or class in lower case: ``AddsTheGradient`` gives ``adds_the_gradient``, too."""
    name: str = code.__name__
    return "".join(f"_{c.lower()}" if c.isupper() and i else c.lower() for i, c in enumerate(name))
