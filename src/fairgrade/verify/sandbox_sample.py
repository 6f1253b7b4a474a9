"""A sample of the banks graded as submissions are: written into the notebook, through intake and the sandbox.

Everything else that verify grades is graded in process, which is a hundred times as fast. Here it is shown that both
ways agree: the same points and the same names for the same work of the same student.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat

from fairgrade.bank_source import cell_source
from fairgrade.grading import Exercise, InfraError, Submission
from fairgrade.notebook.cell import grade_id_of
from fairgrade.verify.findings import Finding, GradedItem, ItemKind, Section
from fairgrade.verify.in_process import RunnableNotebook
from fairgrade.verify.jobs import grade, items, load

SAMPLE_SIZES = {ItemKind.REFERENCE: 1, ItemKind.VARIANT: 1, ItemKind.MISCONCEPTION: 2}
"""So many of each kind are handed in per exercise, spread over the bank."""

STUDENT = "v000"
"""The made-up student who hands in."""


@dataclass
class SandboxSample:
    """The result of handing in.

    Attributes
    ----------
    graded : int
        How many submissions were graded.
    findings : list of Finding
        Where the two ways disagree.
    skipped : str
        Why nothing could be handed in; empty if it could.
    """

    graded: int = 0
    findings: list[Finding] = field(default_factory=list)
    skipped: str = ""


def hand_in(root: Path, assignment: str, exercises: list[str]) -> SandboxSample:
    """Hand in a sample of each exercise's bank, and compare with what it earns in process."""
    # nbgrader takes a second to import, and only this job needs it.
    from fairgrade.autograde.bundle import bundle_of  # noqa: PLC0415
    from fairgrade.autograde.grader import Grader  # noqa: PLC0415

    os.environ["NBGRADER_EXECUTION"] = "autograde"  # as nbgrader says it to the cells it runs
    here, done = load(root, assignment), SandboxSample()
    try:
        bundle = bundle_of(here.course, assignment)
        grader, student = Grader(bundle), Submission(assignment, STUDENT, bundle.secret)
        for exercise in (here.exercises[name] for name in exercises):
            solved = [(nb, test) for nb, test in here.tests_of(exercise) if nb.cell(exercise.solution_cell)]
            for notebook, test in solved:
                for kind, item, code in sample_of(exercise, SAMPLE_SIZES):
                    text = source_of(exercise, code)
                    if text is None:
                        continue
                    source = with_solution(notebook, exercise, text)
                    earned, named = grader.grade_one(notebook.path.stem, source, STUDENT, test.name)
                    names = notebook.run({exercise.solution_cell: (exercise.solution_name, code)})
                    alone = grade(exercise, kind, item, names[exercise.solution_name], student, notebook=names)
                    done.graded += 1
                    done.findings += _compared(exercise, item, alone, earned, named)
    except InfraError as error:
        done.skipped = str(error)
    return done


def sample_of(exercise: Exercise, sizes: Mapping[ItemKind, int]) -> Iterator[tuple[ItemKind, str, Any]]:
    """Yield at most so many items of each kind, spread over the bank."""
    for kind, most in sizes.items():
        some = [item for item in items(exercise) if item[0] is kind]
        yield from some[:: max(1, -(-len(some) // most))][:most]


def source_of(exercise: Exercise, code: Any) -> str | None:
    """Return code of a bank as the text of the solution's cell; None if it does not stand by itself."""
    try:
        return cell_source(code, exercise.solution_name)
    except (ValueError, TypeError, OSError):
        return None


def with_solution(notebook: RunnableNotebook, exercise: Exercise, source: str) -> bytes:
    """Return the file of a notebook that has this text in the solution's cell."""
    submitted = copy.deepcopy(notebook.node)
    for cell in submitted.cells:
        if grade_id_of(cell) == exercise.solution_cell:
            cell.source = source
    return bytes(nbformat.writes(submitted), "utf-8")


def _compared(
    exercise: Exercise, item: str, alone: GradedItem, earned: float, named: tuple[str, ...]
) -> Iterator[Finding]:
    """Yield the difference between both ways, if there is one and grading in process has ended."""
    if alone.broken or alone.is_endless:
        return  # a finding of its own
    if (earned, set(named)) != (alone.earned, set(alone.named)):
        yield Finding(
            Section.SANDBOX,
            f"{exercise.name}, {item}",
            f"handed in: expected {_said(alone.earned, alone.named)}, as in process, got {_said(earned, named)}.",
            "A check that looks at more than values sees a difference: at an object's type, its identity, or what is "
            "printed. Ask for values, or run the test in the sandbox (docs/SECURITY.md, Where it differs).",
        )


def _said(earned: float, named: tuple[str, ...]) -> str:
    return f"{earned:g} points and {' and '.join(named) or 'no name'}"
