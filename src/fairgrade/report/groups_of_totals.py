"""The totals of students who handed in in time, with an extension, and late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fairgrade.report.class_results import ClassMember

BINS = 10


@dataclass(frozen=True)
class GroupFigures:
    """The totals of a group of students.

    Attributes
    ----------
    name : str
    n : int
    mean, median : float or None
    histogram : list of int
        Students by tenth of the points.
    """

    name: str
    n: int
    mean: float | None
    median: float | None
    histogram: list[int]


def group_figures(graded: Sequence[ClassMember], of: float) -> list[GroupFigures]:
    """Return the figures of each group that has a student; the first one is of those in time.

    Parameters
    ----------
    graded : sequence of ClassMember
    of : float
        The most that a total can be; points beyond it count in the last tenth.
    """
    groups: dict[str, list[float]] = {"in time": [], "with an extension": [], "late": []}
    for one in graded:
        name = "late" if one.is_late else "with an extension" if one.has_extension else "in time"
        if one.total is not None:
            groups[name].append(one.total)
    return [_figures(name, totals, of) for name, totals in groups.items() if totals or name == "in time"]


def _figures(name: str, totals: list[float], of: float) -> GroupFigures:
    highest = of or 1.0
    counts, _ = np.histogram(np.minimum(totals, highest), bins=BINS, range=(0, highest))
    return GroupFigures(
        name,
        len(totals),
        float(np.mean(totals)) if totals else None,
        float(np.median(totals)) if totals else None,
        [int(count) for count in counts],
    )
