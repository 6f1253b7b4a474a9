"""Seeding of random inputs that differ between students, can't be known in advance, and can be made again.

Every check draws from a generator seeded by (course secret, assignment, student, exercise, check),
so adding a check leaves the inputs of the others alone, and grading a submission twice gives the
same score. The code that runs a grader names the submission with :func:`grading_for`; a process for
one submission (the kernel of stock nbgrader) reads it from its environment instead.
"""

from __future__ import annotations

import hashlib
import os
import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True)
class Submission:
    """Whose work is being graded.

    Attributes
    ----------
    assignment, student : str
        nbgrader's ids; empty when a grader is tried out by hand.
    secret : str
        A course's own salt. Without it, anybody who has the graders can work out a student's inputs.
    """

    assignment: str = ""
    student: str = ""
    secret: str = ""

    @classmethod
    def from_environment(cls) -> Submission:
        """Read the ids that :meth:`environment` wrote."""
        return cls(*(os.environ.get(name, "") for name in _VARIABLES))

    def environment(self) -> Mapping[str, str]:
        """Return the environment variables that carry the ids into a grading process."""
        return dict(zip(_VARIABLES, (self.assignment, self.student, self.secret), strict=True))

    def of_anybody(self) -> Submission:
        """Return the same with no student, so that the same is drawn for the whole course."""
        return replace(self, student="")

    def generator(self, *purpose: str) -> np.random.Generator:
        """Return a random generator that depends on the submission and on `purpose` alone.

        Parameters
        ----------
        *purpose : str
            The use of the numbers, such as the exercise's and the check's names.
        """
        parts = (self.secret, self.assignment, self.student, *purpose)
        # The lengths keep ("ab", "c") and ("a", "bc") apart.
        message = "".join(f"{len(part)}:{part}" for part in parts)
        digest = hashlib.sha256(message.encode()).digest()
        return np.random.default_rng(int.from_bytes(digest, "big"))


def seed_globally(seed: int) -> None:
    """Seed the global generators of ``random`` and NumPy.

    Parameters
    ----------
    seed : int
        Below 2**32.
    """
    random.seed(seed)
    np.random.seed(seed)
    _last.seed = seed


def last_global_seed() -> int | None:
    """Return the last seed of :func:`seed_globally` in this process; None if there is none."""
    return _last.seed


@contextmanager
def global_random_state_kept() -> Iterator[None]:
    """Restore the global generators after the block; also a decorator.

    Reading and writing the state takes longer than many a probe, so the outermost of such blocks does it for all.
    """
    if _last.is_kept:
        yield
        return
    before = np.random.get_state(), random.getstate(), _last.seed
    _last.is_kept = True
    try:
        yield
    finally:
        np.random.set_state(before[0])
        random.setstate(before[1])
        _last.seed, _last.is_kept = before[2], False


@dataclass
class _Last:
    seed: int | None = None
    is_kept: bool = False


_last = _Last()

_VARIABLES = ("FAIRGRADE_ASSIGNMENT", "FAIRGRADE_STUDENT", "FAIRGRADE_SECRET")
_current: ContextVar[Submission | None] = ContextVar("fairgrade_submission", default=None)


def current_submission() -> Submission:
    """Return the submission being graded: that of :func:`grading_for`, else the environment's."""
    return _current.get() or Submission.from_environment()


@contextmanager
def grading_for(submission: Submission) -> Iterator[None]:
    """Grade on behalf of `submission` within the ``with`` block."""
    token = _current.set(submission)
    try:
        yield
    finally:
        _current.reset(token)
