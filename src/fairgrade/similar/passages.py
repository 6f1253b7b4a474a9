"""The passages that two works have in common, marked in the text of both."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from fairgrade.similar.fingerprints import LENGTH, grams_of
from fairgrade.similar.normal_tokens import Token, normal_tokens


@dataclass(frozen=True)
class Passage:
    """A piece of code.

    Attributes
    ----------
    text : str
    number : int
        Of the passage that both works have; 0 for code that only one has.
    """

    text: str
    number: int


@dataclass(frozen=True)
class _Run:
    """Characters that fingerprints of both works cover without a gap."""

    start: int
    end: int
    fingerprints: frozenset[int]


def passages_of(one: str, other: str, shared: Collection[int]) -> tuple[list[Passage], ...]:
    """Split two works into passages.

    Parameters
    ----------
    one, other : str
    shared : collection of int
        The fingerprints that are evidence.

    Returns
    -------
    tuple of two lists of Passage
        Together they are the whole text. Equal numbers mark what belongs together.
    """
    tokens = [normal_tokens(text) for text in (one, other)]
    grams = [grams_of([token.text for token in found]).tolist() for found in tokens]
    common = frozenset(grams[0]) & frozenset(grams[1])
    runs = [_runs(*found, common, frozenset(shared)) for found in zip(tokens, grams, strict=True)]
    numbers: dict[int, int] = {}
    for number, run in enumerate(runs[0], start=1):
        for fingerprint in run.fingerprints:
            numbers.setdefault(fingerprint, number)
    return tuple(_split(text, found, numbers) for text, found in zip((one, other), runs, strict=True))


def _runs(tokens: Sequence[Token], grams: Sequence[int], common: frozenset[int], shared: frozenset[int]) -> list[_Run]:
    """Return where k-grams of both works follow each other, if one of them is evidence."""
    found: list[_Run] = []
    after = -1  # the token after the last run
    for place, gram in enumerate(grams):
        if gram not in common:
            continue
        start, end, evidence = tokens[place].start, tokens[place + LENGTH - 1].end, shared & {gram}
        if place <= after:
            before = found.pop()
            start, evidence = before.start, evidence | before.fingerprints
        found.append(_Run(start, end, evidence))
        after = place + LENGTH
    return [run for run in found if run.fingerprints]


def _split(text: str, runs: list[_Run], numbers: dict[int, int]) -> list[Passage]:
    passages = []
    done = 0
    for run in runs:
        number = min(numbers[fingerprint] for fingerprint in run.fingerprints)
        passages += [Passage(text[done : run.start], 0), Passage(text[run.start : run.end], number)]
        done = run.end
    return [passage for passage in (*passages, Passage(text[done:], 0)) if passage.text]
