"""What a test cell comes to: outputs of which the last one decides, and whether a person has to look at it.

A test cell has visible and hidden parts, as its regions say. What that means for its points:

- A part that stops with an error does not keep the hidden part after it from being run.
- If the cell ends in a hidden part, and that with a number, the number is the score, whatever the visible part did.
- Else each part has to end well, or the cell earns nothing: as in a cell of plain assertions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode

from fairgrade.grading.outcomes import InfraError
from fairgrade.grading.score import Score
from fairgrade.grading.seeding import current_submission
from fairgrade.isolation import trusted_cells
from fairgrade.notebook.cell import Part, output_of, text_of
from fairgrade.notebook.plan import CellPlan

NEEDS_REVIEW = "NeedsReview"
"""The name of the error a test cell ends with if tests can't decide what it earns."""


@dataclass(frozen=True)
class Decision:
    """What a test cell came to.

    Attributes
    ----------
    outputs : list of NotebookNode
        The last of them is its points as a plain number, or an error.
    review : str
        Why a person has to look at it; empty if the points stand.
    """

    outputs: list[NotebookNode]
    review: str = ""


def decide(
    runs: Sequence[tuple[Part, trusted_cells.TrustedRun]], plan: CellPlan, name: str, limit: str = ""
) -> Decision:
    """Decide what a test cell earns.

    Parameters
    ----------
    runs : sequence of (Part, TrustedRun)
        The parts that were run, in order.
    plan : CellPlan
    name : str
        The cell's grade_id.
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
            outputs.append(_error(ran, plan, name))
    earned = 0.0
    if last.error is None and (is_score or not failed):
        outputs = [_as_display(output) for output in outputs]
        try:
            earned = points_of(last, plan, name)
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


def points_of(ran: trusted_cells.TrustedRun, plan: CellPlan, name: str) -> float:
    """What a test that raised nothing earns.

    Raises
    ------
    ValueError
        If it ends with a number that is no number of points.
    InfraError
        If it ends with a score out of other points than the cell's.
    """
    if isinstance(ran.value, Score) and abs(ran.value.points - plan.cell.points) > 1e-9:
        raise InfraError(
            f"Test cell {name}: expected as many points as its grader gives, {ran.value.points:g}, "
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
    """An error that costs nothing by itself: nbgrader gives no points for an output that is one."""
    if output.output_type != "error":
        return output
    return output_of("display_data", data={"text/plain": "\n".join(output.traceback)}, metadata={})


def _error(ran: trusted_cells.TrustedRun, plan: CellPlan, name: str) -> NotebookNode:
    """The output of a part that failed. It quotes no line of the hidden part."""
    error = ran.error
    kind = type(error).__name__
    try:
        message = text_of(error)[:2000]
    except Exception:
        message = ""
    where = f"In test cell {name}"
    quoted = []
    if ran.line and (line := plan.cell.visible_line(ran.line)) is not None:
        where += f", line {ran.line}"
        quoted = [f"----> {ran.line} {line}"]
    traceback = [where, *quoted, f"{kind}: {message}"]
    return output_of("error", ename=kind, evalue=message, traceback=traceback)
