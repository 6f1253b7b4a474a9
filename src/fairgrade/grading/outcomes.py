"""The outcomes of a check: passed, failed, not attempted; and the exceptions that stand for them.

A check returns nothing when the property holds. It raises :class:`CheckFailed` (usually through a
helper of :mod:`fairgrade.grading.expect`) when the student's work lacks it. Anything else a check
raises is a fault of the check, and becomes an :class:`InfraError`: it never costs a student points.
"""

from __future__ import annotations

from dataclasses import dataclass


class CheckFailed(AssertionError):
    """The student's work lacks the property a check looks for.

    Parameters
    ----------
    reason : str
        The sentence for the student. It may describe the input and the result, never the expected value
        for a hidden input.
    misconception : str, optional
        The name of the misconception that this failure proves by itself, such as the choice of a
        particular wrong option.
    """

    def __init__(self, reason: str, *, misconception: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.misconception = misconception

    @property
    def stopped_by(self) -> str:
        """The class of the exception that stopped the student's code; empty if it was not that."""
        return ""


class StudentError(CheckFailed):
    """The student's code raised an exception, which is its cause."""

    @property
    def stopped_by(self) -> str:
        """The class of the exception."""
        return "" if self.__cause__ is None else type(self.__cause__).__name__


class NotWritten(CheckFailed):
    """The student's code is still the stub: it raised ``NotImplementedError``, or an answer is blank."""


class InfraError(Exception):
    """A fault of the grader or the machine, never of the student.

    No score may be recorded: the submission has to be graded again once the fault is mended.
    """


@dataclass(frozen=True)
class Passed:
    """The work has the property; `note` says why if that is not obvious."""

    note: str = ""


@dataclass(frozen=True)
class Failed:
    """The work lacks the property, for `reason`; `stopped_by` is the class of an exception of the student's code."""

    reason: str
    misconception: str | None = None
    stopped_by: str = ""


@dataclass(frozen=True)
class NotAttempted:
    """There is no work to look at yet."""

    reason: str = "Not written yet."


Outcome = Passed | Failed | NotAttempted
