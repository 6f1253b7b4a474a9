"""Mistakes that an earlier exercise has charged in the same work, and that may explain why a later check fails.

Where two exercises grade one piece of work, such as a training loop and what it learns, a mistake is paid for once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fairgrade.grading.bank_items import Combination
from fairgrade.grading.exercise import Exercise
from fairgrade.grading.student import Notebook


def charged_mistakes(
    exercise: Exercise, work: Any, notebook: Notebook, probes: Iterable[str] = ()
) -> list[Combination]:
    """Return the misconceptions for which an exercise has charged the work, each alone and two made at once.

    They are suspects, no evidence: whether one of them explains a failure, its code has to show.

    Parameters
    ----------
    exercise : Exercise
        The earlier exercise, which grades the same work.
    work : object
        The student's work, as a check gets it.
    notebook : Notebook
        The student's notebook.
    probes : iterable of str, optional
        Names of probes of `exercise`: misconceptions that do the same as the work on these count as well, for work
        whose other mistakes hide its name.
    """
    score = exercise.score_of(work, notebook)
    if score.earned >= exercise.points:
        return []
    names = [diagnosis.name for diagnosis in score.misconceptions]
    if probes := tuple(probes):
        alike = exercise.matches(work, notebook, probes=probes)
        names += [misconception.name for misconception in alike if misconception.name not in names]
    singles = [exercise.misconceptions[name] for name in names]
    found = [Combination((single,), single.code) for single in singles]
    if len(score.misconceptions) > 1:
        named = {diagnosis.name for diagnosis in score.misconceptions}
        found += [pair for pair in exercise.pairs if {member.name for member in pair.members} == named]
    return found
