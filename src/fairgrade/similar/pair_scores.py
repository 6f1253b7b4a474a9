"""How alike the submissions of a class are, pair by pair, measured by what is unusual in this class.

Fingerprints of the released code are left out. Each other one counts ``log2(n / holders) ** 2`` in its exercise, where
n is the number of students who wrote something: what everybody writes counts nothing. These are the weights of TF-IDF
vectors (Salton and Buckley, "Term-weighting approaches in automatic text retrieval", 1988). A pair's score in an
exercise is the sum over what both have, divided by the length of the shorter work's vector, which is the square root of
the sum over what it has; the score of the pair is the sum over the exercises.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from statistics import median

import numpy as np
from numpy.typing import NDArray

from fairgrade.similar.fingerprints import LENGTH, grams_of, winnow
from fairgrade.similar.normal_tokens import normal_tokens
from fairgrade.similar.submitted_code import ClassCode

MIN_TOKENS = 30
"""A work with fewer tokens, the released ones left out, is too short to say whose it is."""

RARE = np.log2(4) ** 2
"""The weight of a fingerprint that a quarter of the class has."""

MIN_DEVIATION = 1.0
"""Where hardly anything is shared, a single passage is no wonder."""

FEW_HOLDERS = 64
"""Up to here, adding a fingerprint to the pairs of its holders is faster than multiplying matrices."""

CHUNK = 1024
"""Fingerprints per product of matrices; bounds the memory."""


@dataclass(frozen=True)
class ExerciseEvidence:
    """What is compared of an exercise.

    Attributes
    ----------
    name : str
    students : tuple of str
        Those whose work is long enough.
    written : int
        How many students wrote something.
    median_tokens : float
        Of their works, the released ones left out.
    weights : dict of int to float
        What each fingerprint counts.
    fingerprints : dict of str to frozenset of int
        By student.
    """

    name: str
    students: tuple[str, ...]
    written: int
    median_tokens: float
    weights: dict[int, float]
    fingerprints: dict[str, frozenset[int]]

    @property
    def is_too_short(self) -> bool:
        """Whether most of the class wrote too little."""
        return self.written > 0 and self.median_tokens < MIN_TOKENS

    def length(self, student: str) -> float:
        """Return the length of a work's vector."""
        return float(np.sqrt(sum(self.weights[one] for one in self.fingerprints.get(student, ()))))

    def share(self, one: str, other: str) -> float:
        """Return how much of what is unusual in the shorter work is in the other one, too; from 0 to 1."""
        shorter = min(self.length(one), self.length(other))
        shared = sum(self.weights[name] for name in self.shared(one, other))
        return min(1.0, shared / shorter**2) if shorter else 0.0

    def rare(self, one: str, other: str) -> frozenset[int]:
        """Return the fingerprints of both works that no more than a quarter of the class has."""
        return frozenset(name for name in self.shared(one, other) if self.weights[name] >= RARE)

    def shared(self, one: str, other: str) -> frozenset[int]:
        """Return the fingerprints of both works."""
        return self.fingerprints.get(one, frozenset()) & self.fingerprints.get(other, frozenset())


@dataclass(frozen=True)
class PairScores:
    """The scores of all pairs of a class.

    Attributes
    ----------
    students : tuple of str
    exercises : tuple of ExerciseEvidence
    scores : ndarray of shape (students, students)
        Symmetric, with a diagonal of 0.
    z : ndarray of shape (students, students)
        How far a score is above the usual, in standard deviations; the usual is the median of the students' highest
        scores.
    """

    students: tuple[str, ...]
    exercises: tuple[ExerciseEvidence, ...]
    scores: NDArray[np.float32]
    z: NDArray[np.float32]


def score_pairs(code: ClassCode) -> PairScores:
    """Compare all pairs of a class."""
    released = frozenset(chain.from_iterable(_grams(text).tolist() for text in code.released))
    exercises = tuple(_evidence(name, texts, released) for name, texts in code.exercises.items())
    places = {student: place for place, student in enumerate(code.students)}
    scores = np.zeros((len(places), len(places)), dtype=np.float32)
    for exercise in exercises:
        scores += _scores_in(exercise, places)
    usual, deviation = _usual(scores.max(axis=1, initial=0.0))
    return PairScores(code.students, exercises, scores, (scores - np.float32(usual)) / np.float32(deviation))


def _usual(closest: NDArray[np.float32]) -> tuple[float, float]:
    """Return what is usual of the highest scores of the students, and the standard deviation.

    It is estimated from the lower half, since copies change the upper one: the median of a normal distribution is
    1.2816 standard deviations above its tenth percentile. Students who share nothing with anybody are left out.
    """
    some = closest[closest > 0]
    if not len(some):
        return 0.0, MIN_DEVIATION
    tenth, usual = np.quantile(some, [0.1, 0.5])
    return float(usual), max(float(usual - tenth) / 1.2816, MIN_DEVIATION)


def _grams(text: str) -> NDArray[np.uint64]:
    return grams_of([token.text for token in normal_tokens(text)])


def _evidence(name: str, texts: Mapping[str, str], released: frozenset[int]) -> ExerciseEvidence:
    fingerprints: dict[str, frozenset[int]] = {}
    lengths = []
    for student, text in texts.items():
        grams = _grams(text)
        own = sum(gram not in released for gram in grams.tolist())
        length = own + LENGTH - 1 if own else 0
        if text.strip():
            lengths.append(length)
        if length >= MIN_TOKENS:
            fingerprints[student] = frozenset(grams[winnow(grams)].tolist()) - released
    holders: dict[int, int] = defaultdict(int)
    for found in fingerprints.values():
        for one in found:
            holders[one] += 1
    weights = {one: float(np.log2(len(lengths) / count) ** 2) for one, count in holders.items()}
    return ExerciseEvidence(name, tuple(fingerprints), len(lengths), median(lengths or [0]), weights, fingerprints)


def _scores_in(exercise: ExerciseEvidence, places: Mapping[str, int]) -> NDArray[np.float32]:
    """Return the scores of all pairs in an exercise."""
    shared = np.zeros((len(places), len(places)), dtype=np.float32)
    holders: dict[int, list[int]] = defaultdict(list)
    for student in exercise.students:
        for one in exercise.fingerprints[student]:
            holders[one].append(places[student])
    many = [one for one, of in holders.items() if len(of) > FEW_HOLDERS]
    for one, of in holders.items():
        if 2 <= len(of) <= FEW_HOLDERS:
            shared[np.ix_(of, of)] += exercise.weights[one]
    for start in range(0, len(many), CHUNK):
        chunk = many[start : start + CHUNK]
        has = np.zeros((len(places), len(chunk)), dtype=np.float32)
        for column, one in enumerate(chunk):
            has[holders[one], column] = np.sqrt(exercise.weights[one])
        shared += has @ has.T
    lengths = np.zeros(len(places), dtype=np.float32)
    for student in exercise.students:
        lengths[places[student]] = exercise.length(student)
    shorter = np.minimum(lengths[:, None], lengths[None, :])
    np.fill_diagonal(shared, 0)
    return np.divide(shared, shorter, out=np.zeros_like(shared), where=shorter > 0)
