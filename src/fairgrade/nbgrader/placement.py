"""Finding out how each test has to run, by the instructor's own work and before any submission is graded.

A test that earns its points isolated runs so. Else it is tried in the sandbox, among the live objects; else there after
all earlier tests, as one kernel would run it. What earns nothing anywhere is left for a person to grade.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from fairgrade.nbgrader.cell_results import CellResult, cure
from fairgrade.notebook.code import imports_graders
from fairgrade.notebook.plan import TEST_MODES, NotebookPlan

ISOLATED, IN_SANDBOX, IN_ORDER, NOWHERE = TEST_MODES

LOSSES = {
    IN_SANDBOX: "run in the sandbox: student code can read them while they run, and decide how they end if it tries",
    IN_ORDER: "run in the sandbox in one process, as in a kernel: student code can read and change all they use",
    NOWHERE: "are left for a person to grade: the instructor's own work does not pass them",
}
"""What is lost where a test does not run isolated."""


def grade_as_needed(
    grade: Callable[[Mapping[str, str]], Sequence[CellResult]], plan: NotebookPlan
) -> tuple[CellResult, ...]:
    """Grade a source repeatedly, each time with the tests that lost points in their next mode.

    Parameters
    ----------
    grade : callable
        Grades the source with tests in these modes, by grade_id.
    plan : NotebookPlan
        What the source says by itself.

    Returns
    -------
    tuple of CellResult
        Of the last time, with how each test runs and why.
    """
    told: dict[str, str] = {}
    why: dict[str, str] = {}
    while True:
        results = grade(told)
        lost = [result for result in results if not result.holds and told.get(result.cell) != NOWHERE]
        lost = [result for result in lost if result.cell in plan.cells and plan.cells[result.cell].cell.is_test]
        if not lost:
            ways = [told.get(result.cell) or _by_itself(plan, result.cell) for result in results]
            return tuple(
                replace(result, runs=way, why=why.get(result.cell, ""))
                for result, way in zip(results, ways, strict=True)
            )
        for result in lost:
            now = told.get(result.cell, _by_itself(plan, result.cell))
            following = TEST_MODES[TEST_MODES.index(now) + 1]
            # Graders hold the answers, and must not be where student code is.
            told[result.cell] = NOWHERE if imports_graders(plan.cells[result.cell].cell.source) else following
            why.setdefault(result.cell, _cause(result))
            if told[result.cell] == NOWHERE:
                why[result.cell] = f"{_cause(result)} {cure(_cause(result))}"


def _by_itself(plan: NotebookPlan, cell: str) -> str:
    return plan.cells[cell].runs if cell in plan.cells else ISOLATED


def _cause(result: CellResult) -> str:
    earlier = f" Before that, {result.before}." if result.before else ""
    return f"{result.error or f'{result.earned:g} of {result.points:g} points'}{earlier}"[:600]


def sentences(results: Iterable[CellResult]) -> list[str]:
    """Say what protection is lost in which cells; nothing if all tests run isolated."""
    said = []
    for way, lost in LOSSES.items():
        cells = [result for result in results if result.runs == way]
        if not cells:
            continue
        names = [cell.called for cell in cells]
        said.append(f"{len(cells)} of the tests {lost}: {', '.join(names)}.")
        if way == NOWHERE:
            said += [f"  {name}: {cell.why}" for name, cell in zip(names, cells, strict=True)]
    return said
