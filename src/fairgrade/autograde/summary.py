"""What a run came to, small enough to keep for a class of any size: as counts, a table, JSON."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from fairgrade.autograde.changes import Change
from fairgrade.autograde.result import most_memory_bytes
from fairgrade.autograde.run import SubmissionOutcome
from fairgrade.nbgrader.cell_results import CellResult, runs_of

SLOWEST = 5


@dataclass
class Summary:
    """The sum of a run so far.

    Attributes
    ----------
    graded, unchanged, needs_review : list of str
        Students; who needs review is graded as well.
    broken : dict of str to str
        Why a student's notebook could not be graded and has 0 points; counted as graded, too.
    undecided : dict of str to str
        Why tests can't decide what a cell earns, by ``student, notebook/cell``; a person has to look at it.
    errors : dict of str to str
        Why a student's submission is not graded.
    old_feedback : list of str
        Students whose feedback pages tell of an earlier grading.
    changes : list of Change
    slowest : list of (float, str, str)
        Seconds, student and ``notebook/cell``, the slowest first.
    titles : mapping of str to str
        What to call a cell whose name says nothing, by ``notebook/cell``.
    sandboxes : Counter of str
        How many notebooks ran in which.
    preflight : bool
        Whether the source had to earn its own points first.
    preflight_results : tuple of CellResult
        What it earned, and how its tests run; empty where there was nothing to grade.
    worker_bytes : int
        The most memory a grading process has had.
    coordinator_s : float
        Processor seconds of the process that records.
    """

    graded: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    needs_review: list[str] = field(default_factory=list)
    broken: dict[str, str] = field(default_factory=dict)
    undecided: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    old_feedback: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    slowest: list[tuple[float, str, str]] = field(default_factory=list)
    titles: Mapping[str, str] = field(default_factory=dict)
    sandboxes: Counter[str] = field(default_factory=Counter)
    preflight: bool = True
    preflight_results: tuple[CellResult, ...] = ()
    worker_bytes: int = 0
    coordinator_s: float = 0.0
    _lacks: Counter[str] = field(default_factory=Counter)
    _rows: list[dict[str, Any]] = field(default_factory=list)

    def add(self, done: SubmissionOutcome) -> None:
        """Count one submission."""
        row: dict[str, Any] = {"student": done.student}
        if done.error:
            self.errors[done.student] = done.error
            row |= {"status": "error", "error": done.error}
        elif done.result is None:
            self.unchanged.append(done.student)
            row |= {"status": "unchanged"}
        else:
            self.graded.append(done.student)
            self.worker_bytes = max(self.worker_bytes, done.result.peak_bytes)
            row |= {"status": "graded", "seconds": round(done.result.seconds, 3), "scores": {}, "notes": []}
            self._lacks.update(frozenset().union(*(notebook.lacks for notebook in done.result.notebooks)))
            for notebook in done.result.notebooks:
                self.sandboxes[notebook.sandbox or "not run"] += 1
                row["notes"] += notebook.notes
                if notebook.refused:
                    self.broken[done.student] = row["broken"] = notebook.refused
                review = {f"{notebook.name}/{cell}": why for cell, why in notebook.autoscores.review.items()}
                self.undecided |= {f"{done.student}, {cell}": why for cell, why in review.items()}
                row.setdefault("undecided", {}).update(review)
                scores = notebook.autoscores.scores.items()
                row["scores"] |= {f"{notebook.name}/{cell}": score for cell, score in scores}
                cells = ((s, done.student, f"{notebook.name}/{cell}") for cell, s in notebook.seconds.items())
                self.slowest = heapq.nlargest(SLOWEST, [*self.slowest, *cells])
        if done.recorded is not None:
            row |= asdict(done.recorded)
            if done.recorded.needs_review:
                self.needs_review.append(done.student)
        self.changes += done.changes
        self._rows.append(row)

    def called(self, cell: str) -> str:
        """Return what a person calls a cell, given as ``notebook/cell``."""
        notebook, _, name = cell.partition("/")
        return f"{notebook}/{self.titles.get(cell, name)}"

    @property
    def lacking(self) -> list[str]:
        """The modules that are not installed here and that all of several submissions graded now import."""
        return sorted(name for name, count in self._lacks.items() if count >= max(2, len(self.graded)))

    def to_dict(self) -> Mapping[str, Any]:
        """The summary as JSON-ready data."""
        return {
            "version": 1,
            "graded": len(self.graded),
            "unchanged": len(self.unchanged),
            "needs_review": len(self.needs_review),
            "broken": len(self.broken),
            "errors": len(self.errors),
            "old_feedback": len(self.old_feedback),
            "sandboxes": dict(self.sandboxes),
            "lacking": self.lacking,
            "tests": runs_of(self.preflight_results),
            "titles": dict(self.titles),
            "preflight": "required" if self.preflight else "skipped",
            "worker_bytes": self.worker_bytes,
            "coordinator_bytes": most_memory_bytes(),
            "coordinator_s": round(self.coordinator_s, 3),
            "submissions": sorted(self._rows, key=lambda row: str(row["student"])),
            "changes": [asdict(change) for change in self.changes],
            "slowest_cells": [{"seconds": round(s, 3), "student": who, "cell": cell} for s, who, cell in self.slowest],
        }
