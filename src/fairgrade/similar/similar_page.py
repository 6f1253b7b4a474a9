"""Similar submissions side by side, on a page that needs no network and no script, for the teacher alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from fairgrade.autograde.results_store import write_whole
from fairgrade.similar.passages import Passage, passages_of
from fairgrade.similar.similar_groups import LEAST_Z, SharedExercise, SimilarGroup, SimilarityReport, SimilarPair
from fairgrade.similar.similar_summary import conclusion

MAX_GROUPS = 50
"""Groups on the page, the first ones."""

MAX_PAIRS = 100
"""Pairs on the page."""

MAX_CHARACTERS = 20_000
"""Of a longer work, only the beginning is shown."""

LEAST_SHARE = 0.1
"""Exercises that share less are named only."""

# Control characters, and those that make text be shown in another order than it stands in the file.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True)
class ComparedWorks:
    """The works of two students in an exercise.

    Attributes
    ----------
    exercise : SharedExercise
    sides : tuple of pairs of str and list of Passage
        Each student and the work, split where the two are alike; none if they share too little.
    """

    exercise: SharedExercise
    sides: tuple[tuple[str, list[Passage]], ...]


def render(report: SimilarityReport) -> str:
    """Return the page; every text in it is escaped."""
    environment = Environment(
        loader=PackageLoader("fairgrade.similar"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    groups = _shown(report)
    return environment.get_template("similar.html.j2").render(
        report=report,
        conclusion=conclusion(report),
        groups=groups,
        left_out=len(report.groups) - len(groups),
        works=lambda pair: [_compared(report, pair, exercise) for exercise in pair.exercises],
        LEAST_Z=LEAST_Z,
        MAX_PAIRS=MAX_PAIRS,
    )


def write_page(report: SimilarityReport, root: Path) -> Path:
    """Write the page to the folder ``reports`` of a course, readable by its owner alone, and return its path."""
    page = root / "reports" / f"{report.assignment}-similar.html"
    write_whole(page, render(report).encode("utf-8", "replace"), 0o600)
    return page


def _shown(report: SimilarityReport) -> list[SimilarGroup]:
    """Return the groups that the page has room for, at least one."""
    pairs = 0
    shown: list[SimilarGroup] = []
    for group in report.groups[:MAX_GROUPS]:
        pairs += len(group.pairs)
        if shown and pairs > MAX_PAIRS:
            break
        shown.append(group)
    return shown


def _compared(report: SimilarityReport, pair: SimilarPair, exercise: SharedExercise) -> ComparedWorks:
    if exercise.share < LEAST_SHARE and not exercise.same_behaviour:
        return ComparedWorks(exercise, ())
    (evidence,) = (one for one in report.exercises if one.name == exercise.name)
    texts = [
        _UNSEEN.sub("\ufffd", report.code.exercises[exercise.name][student][:MAX_CHARACTERS])
        for student in pair.students
    ]
    sides = passages_of(texts[0], texts[1], evidence.rare(*pair.students))
    return ComparedWorks(exercise, tuple(zip(pair.students, sides, strict=True)))
