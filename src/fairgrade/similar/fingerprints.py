"""Fingerprints of code: a choice of its k-grams that finds every run of tokens that two texts share, by winnowing.

Winnowing (Schleimer, Wilkerson and Aiken, "Winnowing: local algorithms for document fingerprinting", SIGMOD 2003) keeps
the smallest hash of each window of `WINDOW` consecutive k-grams. Two texts that share a run of at least
``LENGTH + WINDOW - 1`` tokens then share a fingerprint, wherever the run stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

LENGTH = 16
"""Tokens per k-gram: the more, the fewer runs that two students write by themselves."""

WINDOW = 4
"""k-grams per window."""

_FACTORS = np.array([pow(1_000_003, power, 1 << 64) for power in range(LENGTH)], dtype=np.uint64)


def grams_of(tokens: Sequence[str]) -> NDArray[np.uint64]:
    """Return the hash of each run of `LENGTH` tokens, by where it starts; none if there are fewer tokens."""
    numbers = np.array([_number(token) for token in tokens], dtype=np.uint64)
    if len(numbers) < LENGTH:
        return np.zeros(0, np.uint64)
    runs = np.lib.stride_tricks.sliding_window_view(numbers, LENGTH)
    hashes: NDArray[np.uint64] = (runs * _FACTORS).sum(axis=1, dtype=np.uint64)
    return hashes


def winnow(grams: NDArray[np.uint64]) -> NDArray[np.intp]:
    """Return where the fingerprints are: in each window the smallest hash, of equal ones the last."""
    if len(grams) <= WINDOW:
        return np.array([np.argmin(grams)] if len(grams) else [], dtype=np.intp)
    windows = np.lib.stride_tricks.sliding_window_view(grams[::-1], WINDOW)
    starts = np.arange(len(windows)) + windows.argmin(axis=1)
    return np.unique(len(grams) - 1 - starts)


@lru_cache(maxsize=1 << 16)
def _number(token: str) -> int:
    """Return the same 64 bits for the same token, which nobody can make equal to those of another one."""
    return int.from_bytes(blake2b(token.encode("utf-8", "surrogatepass"), digest_size=8).digest())
