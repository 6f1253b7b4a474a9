"""Submissions that wait for their results, kept so that a few large ones don't fill the memory."""

from __future__ import annotations

import pickle
from collections.abc import Collection, Mapping
from typing import NamedTuple

from fairgrade.autograde.bundle import SubmissionBundle
from fairgrade.isolation.lost_tests import Attempt

_AHEAD_BYTES_PER_JOB = 16 << 20
"""Read no further submission while those that wait take more."""


class WaitingSubmission(NamedTuple):
    """A submission that is being graded, or will be next; only its packed form is kept, and takes memory once."""

    student: str
    packed: bytes
    attempt: Attempt
    before: Mapping[str, float | None]

    def unpack(self) -> SubmissionBundle:
        """Return what was packed for the executor."""
        submission: SubmissionBundle = pickle.loads(self.packed)  # noqa: S301 - our own
        return submission


def has_room(waiting: Collection[WaitingSubmission], jobs: int) -> bool:
    """Whether to read another one: up to twice as many as are graded at once, so that no process is idle."""
    held = sum(len(each.packed) for each in waiting)
    return not waiting or (len(waiting) < 2 * jobs and held < jobs * _AHEAD_BYTES_PER_JOB)
