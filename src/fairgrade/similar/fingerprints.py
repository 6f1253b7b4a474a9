"""Fingerprints of code: a choice of its k-grams that finds every run of tokens that two texts share, by winnowing.

Winnowing (Schleimer, Wilkerson and Aiken, "Winnowing: local algorithms for document fingerprinting", SIGMOD 2003) keeps
the smallest hash of each window of `WINDOW` consecutive k-grams. Two texts that share a run of at least
``LENGTH + WINDOW - 1`` tokens then share a fingerprint, wherever the run stands.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

LENGTH = 16
"""Tokens per k-gram: the more, the fewer runs that two students write by themselves."""

WINDOW = 4
"""k-grams per window."""

_FACTORS = np.array([pow(1_000_003, power, 1 << 64) for power in range(LENGTH)], dtype=np.uint64)


class Vocabulary:
    """Numbers tokens in the order of their first appearance, so that their hashes are the same for a whole class."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def grams(self, tokens: Sequence[str]) -> NDArray[np.uint64]:
        """Return the hash of each run of `LENGTH` tokens, by where it starts; none if there are fewer tokens."""
        numbers = np.array([self._numbers.setdefault(token, len(self._numbers) + 1) for token in tokens], np.uint64)
        if len(numbers) < LENGTH:
            return np.zeros(0, np.uint64)
        hashes: NDArray[np.uint64] = (np.lib.stride_tricks.sliding_window_view(numbers, LENGTH) * _FACTORS).sum(
            axis=1, dtype=np.uint64
        )
        # The smallest one is kept, so hashes must not grow with the numbers: mix them (the end of MurmurHash3).
        for factor in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
            hashes ^= hashes >> np.uint64(33)
            hashes *= np.uint64(factor)
        hashes ^= hashes >> np.uint64(33)
        return hashes


def winnow(grams: NDArray[np.uint64]) -> NDArray[np.intp]:
    """Return where the fingerprints are: in each window the smallest hash, of equal ones the last."""
    if len(grams) <= WINDOW:
        return np.array([np.argmin(grams)] if len(grams) else [], dtype=np.intp)
    windows = np.lib.stride_tricks.sliding_window_view(grams[::-1], WINDOW)
    starts = np.arange(len(windows)) + windows.argmin(axis=1)
    return np.unique(len(grams) - 1 - starts)
