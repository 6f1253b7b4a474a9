"""Tests that run among the student's objects: in throwaway processes, and after all of the student's cells.

At a test's place in the notebook the student's process is forked, and the fork waits. Tests are sent to these
processes only once the outputs of all the student's cells are in, so no output can reveal a test. Where a process
can't be forked, or the fork is gone, the cells before the test run again in a fresh process.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fairgrade.grading.outcomes import InfraError
from fairgrade.isolation.engine import Session
from fairgrade.isolation.errors import Stopped
from fairgrade.isolation.tester_process import TesterProcess, Verdict, stopped_verdict
from fairgrade.notebook.code import imports_graders
from fairgrade.notebook.instructor import InstructorNames
from fairgrade.notebook.plan import CellPlan, NotebookPlan, Role


@dataclass(frozen=True)
class _WaitingTest:
    """A test to run later: the callback for its verdict, the cells before it, and the fork that waits, if any."""

    plan: CellPlan
    take: Callable[[Verdict], None]
    cells: Sequence[str]
    fork: socket.socket | None = None


class SandboxTests:
    """The tests of one submission that run in its sandbox.

    Parameters
    ----------
    session : Session
        The submission, before its first cell.
    plan : NotebookPlan
    """

    def __init__(self, session: Session, plan: NotebookPlan) -> None:
        roles = {cell.role for cell in plan.cells.values()}
        self._session = session
        self._modules = sorted(plan.instructors_modules)
        self._waiting: list[_WaitingTest] = []
        self._has_order = Role.TEST_IN_ORDER in roles
        self._cells: list[str] = []
        self._kernel: TesterProcess | None = None
        if roles & {Role.TEST_IN_SANDBOX, Role.TEST_IN_ORDER}:
            session.prepares = self._modules

    def note(self, source: str) -> None:
        """Record a cell, the student's or a test, at the place where a single kernel would run it."""
        if self._has_order:
            self._cells.append(source)

    def postpone(self, plan: CellPlan, take: Callable[[Verdict], None]) -> None:
        """Postpone a test to the end; `take` is then called with its verdict.

        Raises
        ------
        InfraError
            If the test needs what must not be in a sandbox.
        """
        if imports_graders(plan.cell.source):
            raise InfraError(
                f"Test cell {plan.cell.name}: expected a test without graders, since it runs in the sandbox, where "
                "student code could read the answers in them. Take its tag `in-sandbox` away (or set "
                'IsolatedExecute.tests to "isolated"), or write the test without graders.'
            )
        if plan.role is Role.TEST_IN_ORDER:
            cells, self._cells = self._cells, []
            self._waiting.append(_WaitingTest(plan, take, cells))
        else:
            fork = self._session.snapshot()
            self._waiting.append(_WaitingTest(plan, take, self._session.cells, fork))
            self.note(plan.cell.source)

    def finish(self) -> None:
        """Run the postponed tests, after the last cell.

        Raises
        ------
        InfraError
            If the sandbox itself fails.
        """
        try:
            for test in self._waiting:
                run = self._run_in_order if test.plan.role is Role.TEST_IN_ORDER else self._run_alone
                test.take(run(test))
        finally:
            if self._kernel is not None:
                self._kernel.close()

    def _run_alone(self, test: _WaitingTest) -> Verdict:
        """Run a test in a process of its own."""
        names = test.plan.instructor or InstructorNames()
        if test.fork is not None:
            with contextlib.closing(TesterProcess(self._session, self._modules, test.fork)) as process:
                verdict = process.test(test.plan.cell.parts, names)
            if process.has_started:
                return verdict
        with contextlib.closing(TesterProcess(self._session, self._modules)) as process:
            return _run_after(test, process, names)

    def _run_in_order(self, test: _WaitingTest) -> Verdict:
        """Run a test as a single kernel would, after all earlier cells, tests included."""
        if self._kernel is None:
            self._kernel = TesterProcess(self._session, self._modules)
        return _run_after(test, self._kernel, None)


def _run_after(test: _WaitingTest, process: TesterProcess, names: InstructorNames | None) -> Verdict:
    """Run the cells before a test, then the test, in one process."""
    try:
        for cell in test.cells:
            process.run(cell)
    except Stopped as stopped:
        return stopped_verdict(stopped)
    return process.test(test.plan.cell.parts, names)
