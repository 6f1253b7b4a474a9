"""What is handed out: the source notebook's test cells against the graders, and the release against leaks."""

from __future__ import annotations

from collections.abc import Iterator

from fairgrade.course import Course
from fairgrade.grading import Exercise
from fairgrade.notebook.cell import HIDDEN_TESTS, AssignmentCell, regions
from fairgrade.verify.findings import Finding, Section
from fairgrade.verify.in_process import RunnableNotebook, graded_call

SECRET_REGIONS = (HIDDEN_TESTS, "SOLUTION", "MARK SCHEME")
"""The regions that nbgrader strips from the release."""

MIN_SECRET_LENGTH = 20
"""Lines of a solution with fewer characters than this, such as ``return path``, could be anybody's."""


def inspect_handout(course: Course, assignment: str, exercises: list[Exercise]) -> Iterator[Finding]:
    """Faults of the notebooks of an assignment, and of their release, that show without running anything."""
    graded: set[str] = set()
    for path in course.notebooks(assignment):
        notebook = RunnableNotebook(path)
        for cell in notebook.tests:
            found = graded_call(cell, course.graders(assignment))
            if found is None:
                yield Finding(
                    Section.NOTEBOOK,
                    cell.name,
                    "a graded cell: expected hidden lines that call a grader, found none.",
                    f"Put `from graders.{assignment}.... import exercise` and `exercise.grade(...)` between "
                    "### BEGIN HIDDEN TESTS and ### END HIDDEN TESTS.",
                )
                continue
            exercise, work = found
            graded.add(exercise.name)
            yield from _inspect_call(cell, exercise, work)
        yield from _inspect_release(course, assignment, notebook)
    for exercise in exercises:
        if exercise.name not in graded:
            yield Finding(
                Section.NOTEBOOK,
                exercise.name,
                "an exercise: expected a test cell that grades it, found none.",
                f"Add a graded cell test_{exercise.name} to the notebook, or take the exercise out of the package.",
            )


def _inspect_call(cell: AssignmentCell, exercise: Exercise, work: str) -> Iterator[Finding]:
    """Faults between a test cell and the exercise it grades."""
    worth = sum(check.points for check in exercise.checks.values())
    if not cell.points == exercise.points == worth:
        yield Finding(
            Section.NOTEBOOK,
            cell.name,
            f"points: expected the same everywhere, got {cell.points:g} in the notebook, {exercise.points:g} in the "
            f"grader, and {worth:g} in its checks.",
            f"Make the cell's points, Exercise({exercise.name!r}, points=...) and the sum over its checks agree.",
        )
    if work != exercise.solution_name:
        yield Finding(
            Section.NOTEBOOK,
            cell.name,
            f"the work it grades: expected {exercise.solution_name}, got {work}.",
            "Pass the student's work to grade(), or mend the exercise's solution_name.",
        )


def _inspect_release(course: Course, assignment: str, notebook: RunnableNotebook) -> Iterator[Finding]:
    """Hidden tests, solutions, mark schemes and outputs that students could read."""
    path = course.root / "release" / assignment / notebook.path.name
    again = f"Make the release again: nbgrader generate_assignment {assignment} --force"
    if not path.is_file():
        yield Finding(
            Section.NOTEBOOK, str(path.relative_to(course.root)), "expected the release, found no file.", again
        )
        return
    release = RunnableNotebook(path)
    released = {cell.name: cell.source for cell in release.cells}
    for cell in notebook.cells:
        for name in SECRET_REGIONS:
            hidden = [line.strip() for region in regions(cell.source, name) for line in region.splitlines()]
            # A solution may repeat a line of the cell that students see.
            secret = [line for line in hidden if name == HIDDEN_TESTS or len(line) >= MIN_SECRET_LENGTH]
            leaked = [line for line in secret if line and line in _lines(released.get(cell.name, ""))]
            leaked = [line for line in leaked if line != "raise NotImplementedError()"]
            if leaked:
                yield Finding(
                    Section.NOTEBOOK,
                    f"release, {cell.name}",
                    f"{name.lower()}: expected nothing of them in the release, found `{leaked[0]}`.",
                    again,
                )
    for name in SECRET_REGIONS:
        if f"BEGIN {name}" in path.read_text(encoding="utf-8"):
            yield Finding(Section.NOTEBOOK, "release", f"expected no region, found BEGIN {name}.", again)
    if any(cell.node.get("outputs") for cell in release.cells):
        yield Finding(
            Section.NOTEBOOK, "release", "expected no outputs, found some: they may show what is hidden.", again
        )


def _lines(source: str) -> set[str]:
    return {line.strip() for line in source.splitlines()}
