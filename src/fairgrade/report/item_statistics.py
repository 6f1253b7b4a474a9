"""Statistics of items and of an assignment, as classical test theory defines them.

S students, p items; x the marks of an item, m its maximum, T the total, O = T - x the rest. What is undefined is None.
The definitions are those of Moodle's quiz statistics (Moodle documentation, "Quiz statistics calculations").
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fairgrade.report.bootstrap import Interval, Marks, alphas, discriminations, draws, interval_of

MIN_STUDENTS = 20
"""With fewer students, statistics say little: no flags are raised."""


@dataclass(frozen=True)
class ItemStatistics:
    """Statistics of one item.

    Attributes
    ----------
    name : str
    n : int
        Students.
    maximum : float
    facility : float or None
        mean(x) / m: the share of its points that the class earned.
    spread : float or None
        The standard deviation of x, as a share of m.
    discrimination : float or None
        The correlation of x and O.
    interval : (float, float) or None
        The bootstrap interval of the discrimination, 95 %; None in a class of fewer than :data:`MIN_STUDENTS`.
    efficiency : float or None
        cov(x, O) as a share of the largest that these marks could have: cov(sorted x, sorted O).
    intended_weight : float
        m / sum of all m.
    effective_weight : float or None
        sqrt(cov(x, T)) as a share of the sum over all items; None if the covariance is negative.
    """

    name: str
    n: int
    maximum: float
    facility: float | None
    spread: float | None
    discrimination: float | None
    interval: Interval | None
    efficiency: float | None
    intended_weight: float
    effective_weight: float | None

    @property
    def flag(self) -> str:
        """Return what a lecturer should look at; empty if nothing, or if the class is small."""
        if self.n < MIN_STUDENTS or self.facility is None:
            return ""
        if self.facility == 0:
            return "Nobody earned a point: is the task clear, and the test right?"
        if self.facility == 1:
            return "Everybody has all points: it tells nobody apart."
        if self.interval is not None and self.interval[1] < 0:
            return "Students who are strong elsewhere fail it: suspect the test or its wording."
        if self.discrimination is not None and self.discrimination < 0.1:
            return "It hardly tells strong from weak work."
        return ""


@dataclass(frozen=True)
class AssignmentStatistics:
    """Statistics of a whole assignment.

    Attributes
    ----------
    n : int
        Students.
    mean, median, sd : float or None
        Of the totals.
    skewness, kurtosis : float or None
        k3 / k2^1.5 and k4 / k2^2, of Fisher's k-statistics.
    alpha : float or None
        Cronbach's alpha, p/(p-1) * (1 - sum of var(x) / var(T)).
    alpha_interval : (float, float) or None
        Its bootstrap interval, 95 %; None in a class of fewer than :data:`MIN_STUDENTS`.
    error_ratio : float or None
        sqrt(1 - alpha): the share of the standard deviation that is chance, as far as alpha tells.
    standard_error : float or None
        error_ratio times sd: how far a total is from what the student would earn on average.
    """

    n: int
    mean: float | None
    median: float | None
    sd: float | None
    skewness: float | None
    kurtosis: float | None
    alpha: float | None
    alpha_interval: Interval | None
    error_ratio: float | None
    standard_error: float | None


def item_statistics(names: list[str], marks: Marks, maxima: Marks) -> list[ItemStatistics]:
    """Return the statistics of each item.

    Parameters
    ----------
    names : list of str
    marks : ndarray of shape (n_students, n_items)
    maxima : ndarray of shape (n_items,)
    """
    n = len(marks)
    totals = marks.sum(axis=1)
    roots = [_root_or_none(_covariance(column, totals)) for column in marks.T]
    weights = sum(root for root in roots if root is not None)
    found = []
    for name, column, maximum, root, interval in zip(names, marks.T, maxima, roots, _intervals(marks), strict=True):
        rest = totals - column
        largest = _covariance(np.sort(column), np.sort(rest))
        covariance = _covariance(column, rest)
        found.append(
            ItemStatistics(
                name=name,
                n=n,
                maximum=float(maximum),
                facility=float(column.mean() / maximum) if n and maximum else None,
                spread=float(column.std(ddof=1) / maximum) if n > 1 and maximum else None,
                discrimination=correlation(column, rest),
                interval=interval,
                efficiency=None if covariance is None or not largest else covariance / largest,
                intended_weight=float(maximum / maxima.sum()) if maxima.sum() else 0.0,
                effective_weight=None if root is None or not weights else root / weights,
            )
        )
    return found


def assignment_statistics(marks: Marks) -> AssignmentStatistics:
    """Return the statistics of the totals.

    Parameters
    ----------
    marks : ndarray of shape (n_students, n_items)
    """
    n, p = marks.shape
    totals = marks.sum(axis=1)
    sd = float(totals.std(ddof=1)) if n > 1 else None
    alpha = None
    if sd and p > 1:
        alpha = float(p / (p - 1) * (1 - marks.var(axis=0, ddof=1).sum() / totals.var(ddof=1)))
    ratio = None if alpha is None else float(np.sqrt(max(0.0, 1 - alpha)))
    k3, k4 = _k3_k4(totals)
    return AssignmentStatistics(
        n=n,
        mean=float(totals.mean()) if n else None,
        median=float(np.median(totals)) if n else None,
        sd=sd,
        skewness=k3 / sd**3 if sd and k3 is not None else None,
        kurtosis=k4 / sd**4 if sd and k4 is not None else None,
        alpha=alpha,
        alpha_interval=None if alpha is None or n < MIN_STUDENTS else _alpha_interval(marks),
        error_ratio=ratio,
        standard_error=None if ratio is None or sd is None else ratio * sd,
    )


def _intervals(marks: Marks) -> list[Interval | None]:
    if len(marks) < MIN_STUDENTS or not marks.shape[1]:
        return [None] * marks.shape[1]
    samples = np.concatenate([discriminations(marks, drawn) for drawn in draws(len(marks))])
    return [interval_of(column) for column in samples.T]


def _alpha_interval(marks: Marks) -> Interval | None:
    return interval_of(np.concatenate([alphas(marks, drawn) for drawn in draws(len(marks))]))


def correlation(x: Marks, y: Marks) -> float | None:
    """Return Pearson's correlation; None if either does not vary."""
    if len(x) < 2 or np.ptp(x) < 1e-12 or np.ptp(y) < 1e-12:
        return None
    return float(np.corrcoef(x, y)[0, 1])


def _covariance(x: Marks, y: Marks) -> float | None:
    return float(np.cov(x, y)[0, 1]) if len(x) > 1 else None


def _root_or_none(value: float | None) -> float | None:
    return None if value is None or value < 0 else float(np.sqrt(value))


def _k3_k4(x: Marks) -> tuple[float | None, float | None]:
    """Return Fisher's third and fourth k-statistics."""
    n = len(x)
    off = x - x.mean() if n else x
    m2, m3, m4 = (float((off**k).mean()) if n else 0.0 for k in (2, 3, 4))
    k3 = n**2 * m3 / ((n - 1) * (n - 2)) if n > 2 else None
    k4 = n**2 * ((n + 1) * m4 - 3 * (n - 1) * m2**2) / ((n - 1) * (n - 2) * (n - 3)) if n > 3 else None
    return k3, k4
