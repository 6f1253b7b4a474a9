"""The relation of wrong work to right work where no misconception fits: a factor, a sign, an order, a place.

A relation is found by value, as a misconception is, and holds on all probes. It tells the student where to look;
it costs nothing of its own, since it says too little of what else is right.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from fairgrade.grading.diagnosis import ATOL, RTOL, Observation, close
from fairgrade.grading.score import Diagnosis

Seen = Mapping[str, Observation]
"""What each probe saw."""

MIN_NUMBERS = 4
"""A relation rests on at least so many numbers: any two numbers are in some relation."""

MAX_DIGITS = 8
"""A result with more decimals does not count as rounded."""

NUMERIC_RELATIONS = {
    "opposite_sign": (
        "The right size with the opposite sign",
        "For everything that was tried your result is the right one with its sign turned round.",
    ),
    "constant_factor": (
        "The right result times a constant",
        "For everything that was tried your result is the right one times one and the same number. Look for a factor "
        "that does not belong there, or for one that is missing.",
    ),
    "constant_offset": (
        "The right result plus a constant",
        "For everything that was tried your result is off by one and the same number. Look for something that is "
        "added or left out.",
    ),
    "rounded": ("The right result, rounded", "Return the result as it is, with all its digits."),
}
"""Titles and hints of relations that hold for all numbers."""

PART_DESCRIPTIONS = {
    "right": "is right",
    "opposite_sign": "has the opposite sign",
    "constant_factor": "is the right one times a constant",
    "constant_offset": "is off by a constant",
    "rounded": "is the right one, rounded",
    "beginning": "begins right and goes on wrong",
    "direction": "points in the right direction and has the wrong length",
    "": "is not right",
}


def relation(work: Seen, right: Seen, parts: tuple[str, ...] = ()) -> Diagnosis | None:
    """Return the first relation that holds between work and right work; None if none does.

    Parameters
    ----------
    work, right : mapping of str to Observation
        What the same probes saw of either.
    parts : tuple of str
        The names of the first things that each probe returns, where work is made of parts.
    """
    return (
        _of_numbers(work, right)
        or _of_form(work, right)
        or _of_parts(work, right, parts)
        or _of_amount(work, right)
        or _of_places(work, right)
    )


def _diagnosis(name: str, title: str, hint: str) -> Diagnosis:
    return Diagnosis(name, title, hint, 0.0, kind="relation")


# -- of all numbers -------------------------------------------------------------------------------


def _of_numbers(work: Seen, right: Seen) -> Diagnosis | None:
    """Find a relation that holds for all numbers."""
    probes = [p for p in right if right[p].numbers.size]  # not those that put a value into words
    if not probes or any(work[p].form != right[p].form or work[p].stopped_by for p in probes):
        return None
    mine, theirs = (np.concatenate([seen[p].numbers for p in probes]) for seen in (work, right))
    kind = kind_of(mine, theirs)
    return _diagnosis(kind, *NUMERIC_RELATIONS[kind]) if kind in NUMERIC_RELATIONS else None


def kind_of(mine: Any, theirs: Any) -> str:
    """Return the relation of some numbers to others: ``"right"``, the name of a relation, or ``""``."""
    if close(mine, theirs, RTOL, ATOL):
        return "right"
    if mine.shape != theirs.shape or mine.size < MIN_NUMBERS or not np.isfinite([mine, theirs]).all():
        return ""
    largest = int(np.argmax(np.abs(theirs)))
    factor = mine[largest] / theirs[largest] if theirs[largest] else 0.0
    if abs(factor) > RTOL and np.ptp(theirs) > ATOL and close(mine, factor * theirs, RTOL, ATOL):
        return "opposite_sign" if math.isclose(factor, -1, rel_tol=RTOL) else "constant_factor"
    if np.ptp(theirs) > ATOL and close(mine, theirs + (mine[largest] - theirs[largest]), RTOL, ATOL):
        return "constant_offset"
    digits = digits_kept(mine)
    return "rounded" if digits and close(mine, np.round(theirs, digits), rtol=0, atol=1e-12) else ""


def digits_kept(values: ArrayLike) -> int | None:
    """Return to how many decimals some numbers are rounded; None if they are not.

    Parameters
    ----------
    values : array_like
        Several results: a single one may end early by chance.
    """
    numbers = np.asarray(values, dtype=np.float64)
    if not np.isfinite(numbers).all():
        return None
    rounded_to = (n for n in range(MAX_DIGITS) if np.allclose(numbers, np.round(numbers, n), rtol=0, atol=1e-12))
    return next(rounded_to, None)


# -- of how they are packed -----------------------------------------------------------------------


def _of_form(work: Seen, right: Seen) -> Diagnosis | None:
    """Find the right numbers in another order or in another form, wherever there is a value."""
    if any(work[p].stopped_by or work[p].numbers.shape != right[p].numbers.shape for p in right):
        return None
    if any(work[p].form != right[p].form for p in right if not _tells(right[p])):
        return None
    if not any(right[p].numbers.size >= MIN_NUMBERS for p in right):
        return None
    if any(not close(np.sort(work[p].numbers), np.sort(right[p].numbers), RTOL, ATOL) for p in right):
        return None
    if any(work[p].form != right[p].form for p in right):
        return _diagnosis(
            "another_form",
            "The right numbers in another form",
            "All numbers are right, but they come back packed otherwise than asked for. Compare the type and the "
            "shape of what you return with the exercise.",
        )
    return _diagnosis(
        "another_order",
        "The right numbers in another order",
        "All numbers are right, but they don't stand where they belong.",
    )


def _of_amount(work: Seen, right: Seen) -> Diagnosis | None:
    """Find all the right numbers among others, or only right numbers of which some are missing."""
    pairs = [(work[p].numbers, right[p].numbers) for p in right if right[p].numbers.size]
    if not pairs or any(work[p].stopped_by for p in right if right[p].numbers.size):
        return None
    if any(min(mine.size, theirs.size) < MIN_NUMBERS or not np.isfinite(mine).all() for mine, theirs in pairs):
        return None
    if all(mine.size > theirs.size and _holds(mine, theirs) for mine, theirs in pairs):
        return _diagnosis(
            "too_much",
            "The right numbers among others",
            "All that is asked for is in your result, but so is something else. Return what is asked for alone.",
        )
    if all(mine.size < theirs.size and _holds(theirs, mine) for mine, theirs in pairs):
        return _diagnosis(
            "too_little",
            "Some of the right numbers are missing",
            "What your result holds is right, but it does not hold all that is asked for.",
        )
    return None


def _holds(many: Any, few: Any) -> bool:
    """Whether each of few numbers is among many."""
    gaps = np.abs(np.subtract.outer(few, many)).min(axis=1)
    return bool((gaps <= ATOL + RTOL * np.abs(few)).all())


# -- of the parts of a result ---------------------------------------------------------------------


def _of_parts(work: Seen, right: Seen, names: tuple[str, ...]) -> Diagnosis | None:
    """Tell which parts of a result are right, and the relation of the others to right ones."""
    kinds = [_kind_of_part(work, right, i) for i in range(len(names))]
    if not any(kinds) or all(kind == "right" for kind in kinds):
        return None
    if len(set(kinds)) == 1 and kinds[0] in NUMERIC_RELATIONS:
        return _diagnosis(kinds[0], *NUMERIC_RELATIONS[kinds[0]])
    hint = "; ".join(f"{name} {PART_DESCRIPTIONS[kind]}" for name, kind in zip(names, kinds, strict=True))
    return _diagnosis("part_of_it", "Right in part", f"{hint[:1].upper()}{hint[1:]}.")


def _kind_of_part(work: Seen, right: Seen, i: int) -> str:
    pairs = [(_part(work[p], i), _part(right[p], i)) for p in right if _part(right[p], i) is not None]
    if not pairs or any(mine is None or mine.shape != theirs.shape for mine, theirs in pairs):
        return ""
    kind = kind_of(*(np.concatenate(numbers) for numbers in zip(*pairs, strict=True)))
    if kind:
        return kind
    if all(_is_along(mine, theirs) for mine, theirs in pairs):
        return "direction"
    begins_right = all(mine.size > 1 and close(mine[:1], theirs[:1], RTOL, ATOL) for mine, theirs in pairs)
    return "beginning" if begins_right else ""


def _part(seen: Observation, i: int) -> Any:
    """Return the numbers of the i-th of several things that a probe saw; None if there is no such thing."""
    return seen.parts[i].numbers if len(seen.parts) > i else None


def _is_along(mine: Any, theirs: Any) -> bool:
    """Whether one vector is a positive multiple of another, which has to have a direction to speak of."""
    if theirs.size < MIN_NUMBERS or not np.isfinite(mine).all() or not np.ptp(theirs) > ATOL:
        return False
    factor = float(mine @ theirs / (theirs @ theirs))
    return factor > RTOL and close(mine, factor * theirs, RTOL, ATOL)


# -- of where it is right -------------------------------------------------------------------------


def _of_places(work: Seen, right: Seen) -> Diagnosis | None:
    """Tell for which probes work is right, where it is for some; the name of a probe says what it tries."""
    good = [p for p in right if _tells(right[p]) and work[p].equals(right[p])]
    bad = [p for p in right if not work[p].equals(right[p])]
    if not good or not bad:
        return None
    hint = f"It is right for {_in_words(good)}, and not for {_in_words(bad)}."
    return _diagnosis("right_in_places", "Right for some inputs", hint)


def besides(probe: str) -> Diagnosis:
    """Return the remark on a probe that sees what a misconception does not explain."""
    hint = f"For {_in_words([probe])} it does something that this mistake does not explain."
    return _diagnosis("something_besides", "And something else", hint)


def _tells(seen: Observation) -> bool:
    """Whether only right work is seen like that; where all is words or zeros, wrong work is as well."""
    return seen.is_evidence and bool(np.any(seen.numbers))


def _in_words(probes: Iterable[str]) -> str:
    """Return the names of probes as words: ``a crawl, a walk and a run``."""
    *first, last = (probe.replace("_", " ") for probe in probes)
    return f"{', '.join(first)} and {last}" if first else last
