"""The relation of wrong work to right work, in a phrase that a lecturer can read out."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from fairgrade.discovery.number_relations import NumberPair, relation_of_numbers
from fairgrade.discovery.reference_views import Lengths, RecordedCall, ReferenceViews
from fairgrade.grading.diagnosis import ATOL, RTOL, Observation, close
from fairgrade.grading.relations import relation

LIKE_RIGHT = "does what right work does for everything that was tried"
NOTHING_KNOWN = "no simple relation to right work"

Seen = Mapping[str, Observation]

MAX_FACTS = 3

MAX_PHRASE = 400
"""A longer relation is cut."""

STOPPED = "StudentError: Your code stopped with "
"""How an error of the work begins that it raised itself."""


def relation_in_words(work: Seen, views: ReferenceViews, parts: tuple[str, ...] = ()) -> str:
    """Return how work differs from right work, as a phrase without a subject.

    Parameters
    ----------
    work : mapping of str to Observation
        What probes saw of the work.
    views : ReferenceViews
        What the same probes see of right work.
    parts : tuple of str
        What the parts of a result are called.
    """
    common = [probe for probe in work if probe in views.seen]
    right = {probe: views.seen[probe] for probe in common}
    differing = [probe for probe in common if not work[probe].equals(right[probe])]
    if not differing:
        return LIKE_RIGHT if common else NOTHING_KNOWN
    stopped = [probe for probe in differing if work[probe].stopped_by and not right[probe].stopped_by]
    others = [probe for probe in differing if probe not in stopped]
    said = [_of_errors(work, stopped), _of_changes(work, right, others)]
    told = [probe for probe in others if not _is_about_arguments(right[probe])]
    told = [probe for probe in told if right[probe].numbers.size or right[probe].keys] or told  # not of kinds, in words
    if told:
        fallback = relation({p: work[p] for p in told}, {p: right[p] for p in told}, parts)
        hint = fallback.title if fallback else ""
        if fallback and fallback.name in ("part_of_it", "right_in_places"):
            hint = fallback.hint.rstrip(".")
        found = (
            _of_facts(work, views, told)
            or _of_nothing(work, right, told)
            or _of_values(work, views, told)
            or (f"{hint[:1].lower()}{hint[1:]}" if hint else NOTHING_KNOWN)
        )
        where = _where(work, right, common, told)
        said.insert(0, f"{found.removeprefix('always ')}{where}" if where else found)
    return printable("; ".join(filter(None, said)), MAX_PHRASE)


def _of_errors(work: Seen, stopped: Sequence[str]) -> str:
    errors = list(dict.fromkeys(work[probe].stopped_by.removeprefix(STOPPED).rstrip(".") for probe in stopped))
    if not errors:
        return ""
    more = f", and {len(errors) - 1} other errors" if len(errors) > 1 else ""
    everywhere = all(seen.stopped_by for seen in work.values())
    return f"stops with {errors[0]}{more}{'' if everywhere else f' for {_in_words(stopped)}'}"


def _is_about_arguments(right: Observation) -> bool:
    """Whether a probe sees what becomes of the arguments: right work leaves all as before."""
    return bool(right.parts) and all(part.form == "as before" for part in right.parts)


def _of_changes(work: Seen, right: Seen, others: Sequence[str]) -> str:
    places: set[int] = set()
    for probe in (probe for probe in others if _is_about_arguments(right[probe])):
        # Arguments of one shape that are all changed look like one array.
        parts = work[probe].parts or (work[probe],) * len(right[probe].parts)
        places |= {place for place, part in enumerate(parts) if part.form != "as before"}
    ordinals = ("first", "second", "third")
    named = [ordinals[place] if place < len(ordinals) else f"{place + 1}th" for place in sorted(places)]
    return f"changes its {' and its '.join(named)} argument" if named else ""


def _of_facts(work: Seen, views: ReferenceViews, told: Sequence[str]) -> str:
    """Say which facts differ, and how, where probes return dictionaries."""
    right = views.seen
    if not all(right[probe].keys and work[probe].keys == right[probe].keys for probe in told):
        return ""
    found: dict[str, list[tuple[Observation, Observation, Lengths]]] = {}
    for probe in told:
        lengths = _lengths(views.calls.get(probe, []))
        for key, mine, theirs in zip(right[probe].keys, work[probe].parts, right[probe].parts, strict=True):
            found.setdefault(key, []).append((mine, theirs, lengths))
    wrong: dict[str, list[str]] = {}
    for key, of in found.items():
        if not all(mine.equals(theirs) for mine, theirs, _ in of):
            wrong.setdefault(_of_fact(of), []).append(key)
    facts = [f"{', '.join(keys)}: {words}" for words, keys in wrong.items()]
    more = f"; and {len(facts) - MAX_FACTS} more" if len(facts) > MAX_FACTS else ""
    return "; ".join(facts[:MAX_FACTS]) + more


def _of_fact(seen: Sequence[tuple[Observation, Observation, Lengths]]) -> str:
    pairs = [pair for one in seen for pair in _pairs(*one)]
    if words := relation_of_numbers(pairs) if pairs else "":
        return words
    mine, theirs = next((mine, theirs) for mine, theirs, _ in seen if not mine.equals(theirs))
    return f"{brief(mine)} in place of {brief(theirs)}"


def _of_nothing(work: Seen, right: Seen, told: Sequence[str]) -> str:
    if not all(work[probe].form is None for probe in told):
        return ""
    printed = [(work[probe].printed, right[probe].numbers) for probe in told]
    is_printed = all(p.size and p.shape == n.shape and close(p, n, rtol=1e-3, atol=5e-4) for p, n in printed)
    return "prints the right result in place of returning it" if is_printed else "returns nothing"


def _of_values(work: Seen, views: ReferenceViews, told: Sequence[str]) -> str:
    seen = [work[probe] for probe in told]
    rights = [views.seen[probe] for probe in told]
    numeric = [s for s in seen if s.numbers.size]
    if len(numeric) > 1 and all(s.equals(numeric[0]) for s in numeric) and not all(r.equals(rights[0]) for r in rights):
        return "always the same, whatever it is given"
    pairs: list[NumberPair] = []
    for probe in told:
        those = list(_pairs(work[probe], views.seen[probe], _lengths(views.calls.get(probe, []))))
        if not those:
            return ""
        pairs += those
    if all(p.shape == p.right_shape and close(p.mine, p.theirs, RTOL, ATOL) for p in pairs):
        return ""
    words = relation_of_numbers(pairs)
    return f"always {words}" if words and len(pairs) > 1 else words


def _lengths(calls: Sequence[RecordedCall]) -> Lengths:
    return calls[0].lengths if len(calls) == 1 else {}


def _pairs(mine: Observation, theirs: Observation, lengths: Lengths) -> Iterator[NumberPair]:
    """Yield the numbers of work and of right work place by place; truth values that agree tell nothing."""
    if theirs.parts and len(mine.parts) == len(theirs.parts):
        for one, other in zip(mine.parts, theirs.parts, strict=True):
            yield from _pairs(one, other, lengths)
        return
    if theirs.shape is None or mine.shape is None or (theirs.numbers.dtype.kind == "b" and mine.equals(theirs)):
        return
    yield NumberPair(_numbers(mine), _numbers(theirs), _shape(mine), _shape(theirs), lengths)


def _shape(seen: Observation) -> tuple[int, ...]:
    """Return the shape of the numbers that were kept."""
    is_whole = seen.shape is not None and math.prod(seen.shape) == seen.numbers.size
    return seen.shape if is_whole and seen.shape is not None else (seen.numbers.size,)


def _numbers(seen: Observation) -> Any:
    return seen.numbers.astype(float) if seen.numbers.dtype.kind == "b" else seen.numbers


def _where(work: Seen, right: Seen, common: Sequence[str], told: Sequence[str]) -> str:
    """Say where work is right, if only right work is seen like that."""
    equal = [probe for probe in common if probe not in told and work[probe].equals(right[probe])]
    bad = {_family(probe) for probe in told}  # of two draws of one kind, one may agree by chance
    good = [probe for probe in equal if np.any(right[probe].numbers) and _family(probe) not in bad]
    return f" (right for {_in_words(good)})" if good else ""


def _in_words(probes: Sequence[str]) -> str:
    names = list(dict.fromkeys(map(_family, probes)))
    shown = names if len(names) <= 3 else [*names[:2], f"{len(names) - 2} more"]
    return " and ".join(filter(None, (", ".join(shown[:-1]), shown[-1])))


def _family(probe: str) -> str:
    """Return the name of a probe in words, without the number of its draw."""
    return re.sub(r"_\d+$", "", probe).replace("_", " ")


def brief(seen: Observation, limit: int = 90) -> str:
    """Return an observation as a short text."""
    return printable(_text(seen), limit)


def printable(text: str, limit: int) -> str:
    """Return a text without what could steer a terminal: errors, texts and keys are a student's own."""
    plain = "".join(c if c.isprintable() else " " for c in text)
    return plain if len(plain) <= limit else f"{plain[: limit - 1]}…"


def _text(seen: Observation) -> str:
    if seen.stopped_by:
        return seen.stopped_by.removeprefix(STOPPED)
    if seen.keys:
        return "; ".join(f"{key}: {_text(part)}" for key, part in zip(seen.keys, seen.parts, strict=True))
    if seen.parts:
        return f"({', '.join(map(_text, seen.parts))})"
    if seen.shape is None:
        printed = ", ".join(f"{number:.4g}" for number in seen.printed)
        return f"nothing, and prints {printed}" if printed else str(seen.form)
    numbers = [str(bool(n)) if seen.numbers.dtype.kind == "b" else f"{n:.4g}" for n in seen.numbers[:8]]
    if seen.shape == ():
        return numbers[0] if numbers else "nothing"
    more = ", …" if seen.numbers.size > 8 else ""
    shape = f" of shape {seen.shape}" if len(seen.shape) > 1 else ""
    return f"[{', '.join(numbers)}{more}]{shape}"
