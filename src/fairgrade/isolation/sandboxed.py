"""The tests of a submission that run in its sandbox: put off to the end, and what is believed and shown of them."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable
from dataclasses import dataclass

from nbformat import NotebookNode

from fairgrade.grading.outcomes import InfraError
from fairgrade.isolation.engine import Session
from fairgrade.isolation.in_sandbox import InSandbox, Place, Verdict
from fairgrade.notebook.cell import output_of, text_of
from fairgrade.notebook.code import imports_graders
from fairgrade.notebook.instructor import InstructorNames
from fairgrade.notebook.plan import CellPlan, NotebookPlan, Role

_SHOWN = 2000


@dataclass(frozen=True)
class _Later:
    """A test that waits: where it stands, and who takes its outputs."""

    plan: CellPlan
    name: str
    place: Place | int
    take: Callable[[Verdict], None]


class Sandboxed:
    """The tests of one submission that run in its sandbox.

    Parameters
    ----------
    session : Session
        The submission, before its first cell.
    course : NotebookPlan
    """

    def __init__(self, session: Session, course: NotebookPlan) -> None:
        self._later: list[_Later] = []
        self._cells: list[str] = []
        roles = {plan.role for plan in course.cells.values()}
        wanted = roles & {Role.TEST_IN_SANDBOX, Role.TEST_IN_ORDER}
        self._tests = InSandbox(session, sorted(course.instructors_modules)) if wanted else None
        self._in_order = Role.TEST_IN_ORDER in roles

    def note(self, source: str) -> None:
        """Note a cell, of the student's or a test, where one kernel would run it."""
        if self._in_order:
            self._cells.append(source)

    def test(self, plan: CellPlan, name: str, take: Callable[[Verdict], None]) -> None:
        """Put a test off; `take` is called with what came of it.

        Raises
        ------
        InfraError
            If the test needs what must not be in a sandbox.
        """
        assert self._tests is not None
        if imports_graders(plan.cell.source):
            raise InfraError(
                f"Test cell {name}: expected a test without graders, since it runs in the sandbox, where student code "
                "could read the answers in them. Take its tag `in-sandbox` away (or set IsolatedExecute.tests to "
                '"isolated"), or write the test without graders.'
            )
        place = self._tests.at() if plan.role is Role.TEST_IN_SANDBOX else len(self._cells)
        self._later.append(_Later(plan, name, place, take))

    def finish(self) -> None:
        """Run the tests, after the last cell whose outputs are shown."""
        done = 0
        for later in self._later:
            assert self._tests is not None
            if isinstance(later.place, int):
                # The test itself has been noted as a cell; it runs as one as soon as the next test needs what it did.
                verdict = self._tests.judge_in_order(self._cells[done : later.place], later.plan.cell.parts)
                done = later.place + 1
            else:
                verdict = self._tests.judge(
                    later.place, later.plan.cell.parts, later.plan.instructor or InstructorNames()
                )
            later.take(verdict)
        if self._tests is not None:
            self._tests.close()


def outputs_of(verdict: Verdict, plan: CellPlan, name: str) -> list[NotebookNode]:
    """What is shown of a test that did not end well.

    Student code may have read the test, and worded whatever comes from its process. So of a test with a hidden part
    nothing is shown but what the instructor's own text or Python says, too.
    """
    lines = plan.cell.source.splitlines()
    is_all_shown = plan.cell.hidden_from > len(lines)
    kind = text_of(verdict.error)[:60] or "NoResult"
    message = text_of(verdict.message)[:_SHOWN]
    if not is_all_shown and verdict.is_students:
        kind = kind if isinstance(getattr(builtins, kind, None), type) else "Error"
        message = message if message in _messages(plan.cell.source) else ""
    where = f"In test cell {name}"
    quoted = []
    if 0 < verdict.line < min(plan.cell.hidden_from, len(lines) + 1):
        where += f", line {verdict.line}"
        quoted = [f"----> {verdict.line} {lines[verdict.line - 1]}"] if is_all_shown else []
    error = output_of("error", ename=kind, evalue=message, traceback=[where, *quoted, f"{kind}: {message}"])
    return [*printed(verdict, plan), error]


def printed(verdict: Verdict, plan: CellPlan) -> list[NotebookNode]:
    """What a test printed, unless it has a hidden part."""
    if plan.cell.hidden_from <= len(plan.cell.source.splitlines()):
        return []
    return [output_of("stream", name="stdout", text=o.text) for o in verdict.outputs if o.output_type == "stream"]


def _messages(source: str) -> set[str]:
    """The texts that the test itself may fail with."""
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
