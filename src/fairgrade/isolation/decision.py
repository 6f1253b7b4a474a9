"""The result of a test cell: outputs, the last of which decides, and whether a person has to look at it.

A test cell has visible and hidden parts, as its regions say. What that means for its points:

- A part that stops with an error does not keep the hidden part after it from being run.
- If the cell ends in a hidden part, and that with a number, the number is the score, whatever the visible part did.
- Else each part has to end well, or the cell earns nothing: as in a cell of plain assertions.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode

from fairgrade.grading.outcomes import InfraError
from fairgrade.grading.score import Score
from fairgrade.grading.seeding import current_submission
from fairgrade.isolation import trusted_cells
from fairgrade.isolation.lost_tests import LOST
from fairgrade.isolation.tester_process import Verdict
from fairgrade.notebook.cell import Part, output_of, text_of
from fairgrade.notebook.plan import CellPlan

NEEDS_REVIEW = "NeedsReview"
"""The name of the error a test cell ends with if tests can't decide what it earns."""

_MAX_MESSAGE = 2000


@dataclass(frozen=True)
class Decision:
    """The result of a test cell.

    Attributes
    ----------
    outputs : list of NotebookNode
        The last of them is its points as a plain number, or an error.
    review : str
        Why a person has to look at it; empty if the points stand.
    """

    outputs: list[NotebookNode]
    review: str = ""


def decide(runs: Sequence[tuple[Part, trusted_cells.TrustedRun]], plan: CellPlan, limit: str = "") -> Decision:
    """Decide what a test cell earns.

    Parameters
    ----------
    runs : sequence of (Part, TrustedRun)
        The parts that were run, in order.
    plan : CellPlan
    limit : str
        What tests could not do with this student's objects, if there was anything.

    Raises
    ------
    InfraError
        If the grader's points are not the cell's.
    """
    last_part, last = runs[-1]
    failed = any(ran.error is not None for _, ran in runs)
    is_score = last_part.hidden and last_part is plan.cell.parts[-1] and trusted_cells.is_number(last.value)
    outputs: list[NotebookNode] = []
    for _, ran in runs:
        if ran.printed:
            outputs.append(output_of("stream", name="stdout", text=text_of(ran.printed)))
        if ran.error is not None:
            limit = limit or trusted_cells.limit_of(ran.error)
            outputs.append(_error(ran, plan))
    earned = 0.0
    if last.error is None and (is_score or not failed):
        outputs = [_as_display(output) for output in outputs]
        try:
            earned = points_of(last, plan)
            outputs.append(_score(last, earned))
        except ValueError as error:
            if (
                float(last.value) > plan.cell.points
            ):  # the test may have counted wrongly, or it asked the student's code
                limit = limit or f"The test ends with more points than the cell has. {error}"
            outputs.append(output_of("error", ename="InvalidScore", evalue=str(error), traceback=[str(error)]))
    if not limit or earned >= plan.cell.points:
        return Decision(outputs)
    if outputs[-1].output_type == "error":
        outputs[-1] = output_of("error", ename=NEEDS_REVIEW, evalue=limit, traceback=[f"{NEEDS_REVIEW}: {limit}"])
    return Decision(outputs, limit)


def lost_test() -> Decision:
    """Return the decision on a test that is skipped, since the grading process was lost in it."""
    error = output_of("error", ename=NEEDS_REVIEW, evalue=LOST, traceback=[f"{NEEDS_REVIEW}: {LOST}"])
    return Decision([error], LOST)


def points_of(ran: trusted_cells.TrustedRun, plan: CellPlan) -> float:
    """Return the points of a test that raised nothing.

    Raises
    ------
    ValueError
        If it ends with a number that is no number of points.
    InfraError
        If it ends with a score out of other points than the cell's.
    """
    if isinstance(ran.value, Score) and abs(ran.value.points - plan.cell.points) > 1e-9:
        raise InfraError(
            f"Test cell {plan.cell.name}: expected as many points as its grader gives, {ran.value.points:g}, "
            f"got {plan.cell.points:g}. Points stand in the grader, which are written into the cell. "
            f"Type: nbgrader generate_assignment {current_submission().assignment} --force"
        )
    return trusted_cells.points(ran, plan.cell.points)


def _score(ran: trusted_cells.TrustedRun, earned: float) -> NotebookNode:
    data: dict[str, Any] = {"text/plain": f"{earned:.10g}"}
    if isinstance(ran.value, Score):
        data = {**ran.value._repr_mimebundle_(), **data}
    return output_of("execute_result", data=data, metadata={}, execution_count=None)


def _as_display(output: NotebookNode) -> NotebookNode:
    """Show an error that costs nothing by itself as text: nbgrader gives no points for a cell with an error output."""
    if output.output_type != "error":
        return output
    return output_of("display_data", data={"text/plain": "\n".join(output.traceback)}, metadata={})


def _error(ran: trusted_cells.TrustedRun, plan: CellPlan) -> NotebookNode:
    """Make the output of a part that failed. It quotes no line of a hidden part."""
    error = ran.error
    kind = type(error).__name__
    try:
        message = text_of(error)[:_MAX_MESSAGE]
    except Exception:
        message = ""
    where = f"In test cell {plan.cell.name}"
    quoted = []
    if ran.line and (line := plan.cell.visible_line(ran.line)) is not None:
        where += f", line {ran.line}"
        quoted = [f"----> {ran.line} {line}"]
    traceback = [where, *quoted, f"{kind}: {message}"]
    return output_of("error", ename=kind, evalue=message, traceback=traceback)


def decide_in_sandbox(verdict: Verdict, plan: CellPlan) -> Decision:
    """Decide what a test cell that ran in the sandbox earns: nothing counts but how it ended, and its number.

    Parameters
    ----------
    verdict : Verdict
    plan : CellPlan
    """
    if not verdict.ok:
        return Decision(_failure(verdict, plan))
    decision = decide([(plan.cell.parts[-1], trusted_cells.TrustedRun(verdict.value, ""))], plan)
    return Decision([*_printed(verdict, plan), *decision.outputs], decision.review)


def _failure(verdict: Verdict, plan: CellPlan) -> list[NotebookNode]:
    """Make the outputs of a test that failed.

    Student code may have read the test and may have worded whatever its process sent. So for a test with a hidden part
    only words of Python or of the instructor's text are shown.
    """
    lines = plan.cell.source.splitlines()
    is_all_shown = plan.cell.hidden_from > len(lines)
    kind = text_of(verdict.error)[:60] or "NoResult"
    message = text_of(verdict.message)[:_MAX_MESSAGE]
    if not is_all_shown and verdict.is_students:
        kind = kind if isinstance(getattr(builtins, kind, None), type) else "Error"
        message = message if message in _messages(plan.cell.source) else ""
    where = f"In test cell {plan.cell.name}"
    quoted = []
    if 0 < verdict.line < min(plan.cell.hidden_from, len(lines) + 1):
        where += f", line {verdict.line}"
        quoted = [f"----> {verdict.line} {lines[verdict.line - 1]}"] if is_all_shown else []
    error = output_of("error", ename=kind, evalue=message, traceback=[where, *quoted, f"{kind}: {message}"])
    return [*_printed(verdict, plan), error]


def _printed(verdict: Verdict, plan: CellPlan) -> list[NotebookNode]:
    """Return what a test printed, or nothing if it has a hidden part."""
    if plan.cell.hidden_from <= len(plan.cell.source.splitlines()):
        return []
    return [output_of("stream", name="stdout", text=o.text) for o in verdict.outputs if o.output_type == "stream"]


def _messages(source: str) -> set[str]:
    """Return the messages in the test's own assertions and exceptions."""
    try:
        tree = ast.parse(source)
    except SyntaxError:  # magics
        return set()
    return {
        node.value
        for step in ast.walk(tree)
        if isinstance(step, ast.Assert | ast.Raise)
        for node in ast.walk(step)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
