"""Check an assignment while it is written: known right and wrong work, graded as submissions are, in seconds.

`fairgrade verify` is thorough: it grades whole banks for many students, pairs of mistakes, and mutants.
"""

from __future__ import annotations

import inspect
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import nbformat
import numpy as np

from fairgrade.authoring.new_course import released
from fairgrade.autograde.bundle import AssignmentBundle, bundle_of
from fairgrade.autograde.grader import Grader
from fairgrade.course import Course, CourseError
from fairgrade.grading import Exercise, InfraError
from fairgrade.isolation.errors import is_linux
from fairgrade.notebook.cell import AssignmentCell
from fairgrade.verify.findings import Finding, ItemKind, Section
from fairgrade.verify.in_process import RunnableNotebook
from fairgrade.verify.jobs import LoadedAssignment, items, try_visible_tests
from fairgrade.verify.release_checks import check_release
from fairgrade.verify.sandbox_sample import sample_of, source_of, with_solution

SAMPLE_SIZES = {ItemKind.REFERENCE: 1, ItemKind.VARIANT: 4, ItemKind.MISCONCEPTION: 8}
"""A check takes seconds: of a larger bank it grades so many of each kind, spread over it."""

STUDENT = "check"


@dataclass
class CheckReport:
    """What a check found.

    Attributes
    ----------
    graded : int
        How many pieces of work were graded.
    known : int
        How many there are.
    is_graded : bool
        Whether work was graded; where there can be no sandbox, the notebook and its release are inspected only.
    findings : list of Finding
    """

    graded: int = 0
    known: int = 0
    is_graded: bool = True
    findings: list[Finding] = field(default_factory=list)


class _Assignment(LoadedAssignment):
    """An assignment with a release that is made for the check: that on disk may be older."""

    def __init__(self, root: Path, assignment: str, folder: Path) -> None:
        super().__init__(root, assignment)
        self._folder = folder
        for notebook in self.notebooks:
            nbformat.write(released(notebook.node), self.release_of(notebook))

    def release_of(self, notebook: RunnableNotebook) -> Path:
        return self._folder / notebook.path.name


def check(
    course: Course, assignment: str, exercise: str | None = None, progress: Callable[[str], object] = lambda about: None
) -> CheckReport:
    """Check an assignment, or one exercise of it.

    Parameters
    ----------
    course : Course
    assignment : str
    exercise : str, optional
    progress : callable
        Told what is under way.

    Raises
    ------
    CourseError
        If there is no such assignment or exercise, or its configuration can't be used.
    InfraError
        If there is no sandbox, or the source can't be graded.
    """
    os.environ.setdefault("MPLBACKEND", "Agg")
    os.environ["NBGRADER_EXECUTION"] = "autograde"  # as nbgrader tells the cells it runs
    report = CheckReport()
    with tempfile.TemporaryDirectory(prefix="fairgrade-check-") as folder:
        here = _Assignment(course.root, assignment, Path(folder))
        if exercise is not None and exercise not in here.exercises:
            raise CourseError(f"--exercise: expected one of {', '.join(here.exercises)}, got {exercise}.")
        chosen = [one for one in here.exercises.values() if exercise in (None, one.name)]
        progress("the notebook and its release")
        report.findings += [f for f in check_release(here) if exercise is None or exercise in f.where]
        for one in chosen:
            report.findings += _unusable_inputs(here, one)
            if is_linux():
                report.findings += try_visible_tests(course.root, assignment, one.name)
        if not is_linux():
            report.is_graded = False
            return report
        progress("the sandbox")
        try:
            bundle = bundle_of(course, assignment)
            whole = Grader(bundle)
            for one in chosen:
                progress(one.name)
                _check_bank(here, one, bundle, whole, report)
        except (CourseError, InfraError):
            if not report.findings:  # which have the cause, and say more of it
                raise
    return report


def _check_bank(
    here: LoadedAssignment, exercise: Exercise, bundle: AssignmentBundle, whole: Grader, report: CheckReport
) -> None:
    """Hand in the stub, right work and misconceptions of an exercise, each in a notebook that is right otherwise.

    References go into the whole notebook, which `whole` grades, and the rest into the part of it that the test needs.
    """
    report.known += sum(1 for _ in items(exercise))
    for notebook, test in here.tests_of(exercise):
        solution = notebook.cell(exercise.solution_cell)
        if solution is None:
            report.findings.append(
                Finding(
                    Section.NOTEBOOK,
                    f"{_place(exercise.reference, here)}, {exercise.name}",
                    f"its solution's cell: expected {exercise.solution_cell}, found none of that name.",
                    "Give the cell this grade_id, or the exercise solution_cell=...",
                )
            )
            continue
        stub = next(c for c in RunnableNotebook(here.release_of(notebook)).cells if c.name == solution.name)
        part = _part_for(notebook, test, here.release_of(notebook).parent)
        quick = Grader(replace(bundle, notebooks={part.path.stem: part.path.read_bytes()}))
        earned, _ = _graded(quick, part, exercise, stub.source, test)
        if earned:
            report.findings.append(
                Finding(
                    Section.NOTEBOOK,
                    f"{notebook.path.name}, {test.name}",
                    f"the untouched stub: expected 0 points, got {earned:g}.",
                    "Let the stub raise NotImplementedError, and no check pass before it has called the work.",
                )
            )
        for kind, item, code in sample_of(exercise, SAMPLE_SIZES):
            source = source_of(exercise, code)
            if source is None:
                continue
            at = (whole, notebook) if kind is ItemKind.REFERENCE else (quick, part)
            earned, named = _graded(*at, exercise, source, test)
            report.graded += 1
            report.findings += _judged(exercise, kind, item, _place(code, here), earned, named)


def _part_for(notebook: RunnableNotebook, test: AssignmentCell, folder: Path) -> RunnableNotebook:
    """Return what decides a test: the cells before it, without other tests, but for those whose names are read."""
    kept, read = [test], set(test.names.uses)
    before = notebook.cells[: [cell.name for cell in notebook.cells].index(test.name)]
    for cell in reversed(before):
        if not cell.is_test or cell.names.bound & read:
            kept.append(cell)
            read |= cell.names.uses
    path = folder / test.name / notebook.path.name
    path.parent.mkdir()
    nbformat.write(nbformat.from_dict({**notebook.node, "cells": [cell.node for cell in kept[::-1]]}), path)
    return RunnableNotebook(path)


def _unusable_inputs(here: LoadedAssignment, exercise: Exercise) -> Iterator[Finding]:
    """Yield inputs that can't be drawn or don't fit the reference: all work that raises TypeError would agree."""
    for inputs in exercise.all_inputs:
        where = f"{_place(inputs.code, here)}, {inputs.name}"
        try:
            arguments = inputs.draw(np.random.default_rng(0))
        except Exception as error:
            what = f"inputs: expected arguments, got {type(error).__name__}: {error}."
            cure = "Let the function take rng first, then the parameters that @exercise.inputs(...) names."
            yield Finding(Section.RIGHT, where, what, cure)
            continue
        try:
            inspect.signature(exercise.reference).bind(*arguments)
        except TypeError as error:
            what = f"inputs: expected arguments of the reference, got {len(arguments)}: {error}."
            yield Finding(Section.RIGHT, where, what, "Return as many as the reference takes, several as a tuple.")


def _graded(
    grader: Grader, notebook: RunnableNotebook, exercise: Exercise, source: str, test: AssignmentCell
) -> tuple[float, tuple[str, ...]]:
    """Return what a test cell says of a notebook with this text in the solution's cell."""
    content = with_solution(notebook, exercise, source)
    return grader.grade_one(notebook.path.stem, content, STUDENT, test.name)


def _judged(
    exercise: Exercise, kind: ItemKind, item: str, place: str, earned: float, named: tuple[str, ...]
) -> Iterator[Finding]:
    """Yield what is wrong with the points and the names that an item got."""
    where = f"{place}, {item}"
    if kind is not ItemKind.MISCONCEPTION:
        if earned != exercise.points:
            what = f"right work: expected {exercise.points:g} points, got {earned:g}."
            yield Finding(Section.RIGHT, where, what, "Run exercise.grade(...) on it in a REPL, and mend the check.")
        return
    misconception = exercise.misconceptions[item]
    expected = exercise.points - misconception.loses
    if earned == exercise.points:
        what = "a misconception: expected it to lose points, got all of them."
        yield Finding(Section.WRONG, where, what, "Add inputs or a check on which it differs from right work.")
    elif earned != expected:
        what = f"its price: expected {expected:g} points, got {earned:g}."
        yield Finding(Section.WRONG, where, what, f"State loses={exercise.points - earned:g}, or mend the checks.")
    if not any(name == item or item in misconception.same_as for name in named):
        what = f"its name: expected {item}, got {' and '.join(named) or 'none'}."
        yield Finding(
            Section.WRONG, where, what, "Let inputs or probes tell it from others, or declare same_as=(...,)."
        )


def _place(code: Any, here: LoadedAssignment) -> str:
    """Return file and line of code in the course, as far as they can be told."""
    try:
        path, (_, line) = Path(inspect.getsourcefile(code) or ""), inspect.getsourcelines(code)
    except (TypeError, OSError):
        return f"graders/{here.assignment}"
    shown = path.relative_to(here.course.root) if path.is_relative_to(here.course.root) else path
    return f"{shown}:{line}"
