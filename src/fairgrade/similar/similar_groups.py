"""Submissions that are more alike than is usual in their class, in groups: copies of a copy are found once."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from fairgrade.similar.pair_scores import ExerciseEvidence, PairScores
from fairgrade.similar.submitted_code import ClassCode
from fairgrade.similar.unnamed_behaviours import Behaviours

MIN_STUDENTS = 12
"""With fewer, nothing can be called unusual."""

LEAST_Z = 9.0
"""From here on a pair is shown; in composed classes without copies the highest z was 8.1 (benchmarks/similar.py)."""

FEW = 10
"""Wrong behaviour of more than one in so many students, and of more than three, is no evidence."""


@dataclass(frozen=True)
class SharedExercise:
    """What two students share in an exercise.

    Attributes
    ----------
    name : str
    share : float
        How much of what is unusual in the shorter work is in the other one, too; from 0 to 1.
    same_behaviour : int
        How many students' wrong work does the same as that of both, which no misconception explains; 0 if the two do
        not share such behaviour, or many do.
    """

    name: str
    share: float
    same_behaviour: int


@dataclass(frozen=True)
class SimilarPair:
    """Two students whose submissions are unusually alike.

    Attributes
    ----------
    students : tuple of two str
    z : float
    exercises : tuple of SharedExercise
        Those in which both wrote enough to be compared.
    """

    students: tuple[str, str]
    z: float
    exercises: tuple[SharedExercise, ...]

    @property
    def shares_behaviour(self) -> bool:
        """Whether both made the same mistake, one that the graders don't know."""
        return any(exercise.same_behaviour for exercise in self.exercises)


@dataclass(frozen=True)
class SimilarGroup:
    """Students who are joined by pairs.

    Attributes
    ----------
    students : tuple of str
    pairs : tuple of SimilarPair
        One fewer than students: the strongest that hold the group together, the strongest first.
    """

    students: tuple[str, ...]
    pairs: tuple[SimilarPair, ...]

    @property
    def z(self) -> float:
        """Return the highest z."""
        return max(pair.z for pair in self.pairs)

    @property
    def shares_behaviour(self) -> bool:
        """Whether a pair made the same mistake, one that the graders don't know."""
        return any(pair.shares_behaviour for pair in self.pairs)


@dataclass(frozen=True)
class SimilarityReport:
    """What a teacher is shown.

    Attributes
    ----------
    assignment : str
    code : ClassCode
    exercises : tuple of ExerciseEvidence
    groups : tuple of SimilarGroup
        Those with the same unnamed wrong behaviour first, then by z.
    """

    assignment: str
    code: ClassCode
    exercises: tuple[ExerciseEvidence, ...]
    groups: tuple[SimilarGroup, ...]

    @property
    def is_too_small(self) -> bool:
        """Whether too few students wrote enough to say what is usual."""
        return len({student for exercise in self.exercises for student in exercise.students}) < MIN_STUDENTS

    @property
    def compared(self) -> list[str]:
        """Return the exercises that are long enough."""
        return [exercise.name for exercise in self.exercises if exercise.written and not exercise.is_too_short]

    @property
    def too_short(self) -> list[str]:
        """Return the exercises in which most works are too short."""
        return [exercise.name for exercise in self.exercises if exercise.is_too_short]


def find_groups(assignment: str, code: ClassCode, scores: PairScores, behaviours: Behaviours) -> SimilarityReport:
    """Find the groups of a class."""
    report = SimilarityReport(assignment, code, scores.exercises, ())
    if report.is_too_small:
        return report
    rows, columns = np.nonzero(np.triu(scores.z >= LEAST_Z, k=1))
    order = np.argsort(-scores.z[rows, columns], kind="stable")
    group_of: dict[int, list[int]] = {}
    edges: list[tuple[int, int]] = []
    for one, other in zip(rows[order].tolist(), columns[order].tolist(), strict=True):
        mine, theirs = group_of.setdefault(one, [one]), group_of.setdefault(other, [other])
        if mine is not theirs:  # Kruskal's algorithm: what remains is a spanning tree of each group
            edges.append((one, other))
            mine += theirs
            group_of |= dict.fromkeys(theirs, mine)
    found = []
    for members in {id(group): group for group in group_of.values()}.values():
        pairs = [_pair(scores, behaviours, one, other) for one, other in edges if group_of[one] is members]
        found.append(SimilarGroup(tuple(scores.students[place] for place in sorted(members)), tuple(pairs)))
    found.sort(key=lambda group: (not group.shares_behaviour, -group.z))
    return replace(report, groups=tuple(found))


def _pair(scores: PairScores, behaviours: Behaviours, one: int, other: int) -> SimilarPair:
    first, second = scores.students[one], scores.students[other]
    shared = []
    for exercise in scores.exercises:
        if first in exercise.fingerprints and second in exercise.fingerprints:
            of = behaviours.get(exercise.name, {})
            same = of.get(first) is not None and of.get(first) == of.get(second)
            holders = sum(behaviour == of[first] for behaviour in of.values()) if same else 0
            few = holders if holders <= max(3, len(scores.students) // FEW) else 0
            shared.append(SharedExercise(exercise.name, exercise.share(first, second), few))
    return SimilarPair((first, second), float(scores.z[one, other]), tuple(shared))
