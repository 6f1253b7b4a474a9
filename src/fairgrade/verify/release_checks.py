"""Checks of what students get: the source notebook's test cells against the graders, and the release against leaks."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from fairgrade.grading import Exercise
from fairgrade.grading.matching import MIN_PROBES
from fairgrade.notebook.cell import HIDDEN_TESTS, AssignmentCell, regions
from fairgrade.verify.findings import Finding, Section
from fairgrade.verify.in_process import GradedCall, RunnableNotebook
from fairgrade.verify.jobs import LoadedAssignment

SECRET_REGIONS = (HIDDEN_TESTS, "SOLUTION", "MARK SCHEME")
"""The regions that nbgrader strips from the release."""

MIN_SECRET_LENGTH = 20
"""A shorter line of a solution, such as ``return path``, could be anybody's."""

MAX_TEXT_BYTES = 1 << 20
"""A larger file beside a notebook is data."""

_finding = partial(Finding, Section.NOTEBOOK)


def check_release(here: LoadedAssignment) -> Iterator[Finding]:
    """Yield the faults of an assignment's notebooks, and of their release, that show without running anything."""
    graded: set[str] = set()
    for notebook in here.notebooks:
        for cell in notebook.tests:
            call = here.graded_by(cell)
            if call is None:
                yield _finding(
                    cell.name,
                    "a graded cell: expected hidden lines that call a grader, found none.",
                    f"Put `from graders.{here.assignment}.... import exercise` and `exercise.grade(...)` between "
                    "### BEGIN HIDDEN TESTS and ### END HIDDEN TESTS.",
                )
                continue
            graded.add(call.exercise.name)
            yield from too_few_probes(call.exercise)
            yield from _check_call(cell, call)
        yield from _check_leaks(here, notebook)
    yield from _check_files_beside(here)
    for name in here.exercises:
        if name not in graded:
            yield _finding(
                name,
                "an exercise: expected a test cell that grades it, found none.",
                f"Add a graded cell test_{name} to the notebook, or take the exercise out of the package.",
            )


def _check_files_beside(here: LoadedAssignment) -> Iterator[Finding]:
    """Yield the files beside the notebooks that hold solutions or tests: nbgrader copies every file to the release."""
    folder = here.course.root / "source" / here.assignment
    for path in sorted(folder.rglob("*")):
        is_released = path.suffix != ".ipynb" and ".ipynb_checkpoints" not in path.parts
        if not is_released or not path.is_file() or path.stat().st_size > MAX_TEXT_BYTES:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        if name := next((name for name in SECRET_REGIONS if f"BEGIN {name}" in text), ""):
            yield _finding(
                str(path.relative_to(here.course.root)),
                f"a file that students get: expected no solution and no hidden test, found BEGIN {name}.",
                "Move the file out of source/; a script that is paired with the notebook belongs beside source/.",
            )


def _check_call(cell: AssignmentCell, call: GradedCall) -> Iterator[Finding]:
    """Yield the faults between a test cell and the exercise it grades."""
    exercise = call.exercise
    worth = sum(check.points for check in exercise.checks.values())
    if not cell.points == exercise.points == worth:
        yield _finding(
            cell.name,
            f"points: expected the same everywhere, got {cell.points:g} in the notebook, {exercise.points:g} in the "
            f"grader, and {worth:g} in its checks.",
            f"Make the cell's points, Exercise({exercise.name!r}, points=...) and the sum over its checks agree.",
        )
    if call.work != exercise.solution_name:
        yield _finding(
            cell.name,
            f"the work it grades: expected {exercise.solution_name}, got {call.work}.",
            "Pass the student's work to grade(), or mend the exercise's solution_name.",
        )
    if exercise.builds_on and not call.has_names:
        earlier = " and ".join(f"`{one.solution_name}`" for one in exercise.builds_on)
        yield _finding(
            cell.name,
            f"the call of its grader: expected the notebook's names, since {exercise.name} builds on {earlier}; got "
            "none. In the sandbox nothing would be graded.",
            f"Write `exercise.grade({call.work}, notebook=globals())`.",
        )


def _check_leaks(here: LoadedAssignment, notebook: RunnableNotebook) -> Iterator[Finding]:
    """Yield the hidden tests, solutions, mark schemes and outputs that students could read."""
    path = here.release_of(notebook)
    again = f"Make the release again: nbgrader generate_assignment {here.assignment} --force"
    if not path.is_file():
        yield _finding(str(path.relative_to(here.course.root)), "expected the release, found no file.", again)
        return
    release = RunnableNotebook(path)
    released = {cell.name: {line.strip() for line in cell.source.splitlines()} for cell in release.cells}
    for cell in notebook.cells:
        for name in SECRET_REGIONS:
            hidden = [line.strip() for region in regions(cell.source, name) for line in region.splitlines()]
            # A solution may repeat a line of the cell that students see.
            secret = [line for line in hidden if line and (name == HIDDEN_TESTS or len(line) >= MIN_SECRET_LENGTH)]
            seen = released.get(cell.name, set()) - {"raise NotImplementedError()"}
            leaked = next((line for line in secret if line in seen), None)
            if leaked:
                what = f"{name.lower()}: expected nothing of them in the release, found `{leaked}`."
                yield _finding(f"release, {cell.name}", what, again)
    for name in SECRET_REGIONS:
        if f"BEGIN {name}" in path.read_text(encoding="utf-8"):
            yield _finding("release", f"expected no region, found BEGIN {name}.", again)
    if any(cell.node.get("outputs") for cell in release.cells):
        yield _finding("release", "expected no outputs, found some: they may show what is hidden.", again)


def too_few_probes(exercise: Exercise) -> Iterator[Finding]:
    """Yield a finding if an exercise has misconceptions, but too few probes to name them by what they do.

    The checks of a quiz, whose reference is no function or class, name the misconceptions themselves.
    """
    if exercise.misconceptions and callable(exercise.reference) and len(exercise.probes) < MIN_PROBES:
        yield Finding(
            Section.WRONG,
            exercise.name,
            f"probes: expected {MIN_PROBES} or more, got {len(exercise.probes)}: no misconception can be named.",
            "Add @exercise.inputs or @exercise.scenario, which make probes, or write three with @exercise.probe.",
        )
