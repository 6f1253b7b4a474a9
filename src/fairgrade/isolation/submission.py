"""Running a submitted notebook: the student's code in a sandbox, and the tests outside of it."""

from __future__ import annotations

import contextlib
import hashlib
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt  # here, and not first in a folder whose matplotlibrc a student may have written
import nbformat
from nbformat import NotebookNode
from nbgrader.utils import compute_checksum

from fairgrade.grading.outcomes import InfraError
from fairgrade.grading.seeding import Submission, grading_for, seed_globally
from fairgrade.grading.time_budget import shared_by
from fairgrade.isolation import trusted_cells
from fairgrade.isolation.decision import Decision, decide, decide_in_sandbox, lost_test
from fairgrade.isolation.engine import CellRun, Session, Times
from fairgrade.isolation.errors import SandboxUnavailable
from fairgrade.isolation.in_sandbox import SandboxTests
from fairgrade.isolation.lost_tests import CELL_LOST, CellId, busy_with
from fairgrade.isolation.remote.namespace import Namespace
from fairgrade.isolation.settings import Isolation
from fairgrade.isolation.student_process import zygote_for
from fairgrade.isolation.submission_inputs import SubmissionInputs
from fairgrade.isolation.worker import randomness
from fairgrade.notebook.cell import NOT_GRADABLE, RECORD, Part, add_to_record, grade_id_of, output_of, text_of
from fairgrade.notebook.plan import CellPlan, Role


def run_submission(
    nb: NotebookNode, inputs: SubmissionInputs, settings: Isolation, faults: dict[str, str] | None = None
) -> dict[str, Any]:
    """Run a submitted notebook in place.

    Parameters
    ----------
    nb : NotebookNode
    inputs : SubmissionInputs
    settings : Isolation
    faults : dict of str to str, optional
        Collects what is wrong with single cells of the instructor's, by name, while the rest is run all the same;
        without it the first such error is raised.

    Returns
    -------
    dict
        Seconds: ``total_s``, those of :class:`~fairgrade.isolation.engine.Times`, and ``cells_s`` by grade_id.

    Raises
    ------
    InfraError
        If anything of ours fails.
    """
    plan, submission = inputs.plan, inputs.submission
    began = time.perf_counter()
    zygote = zygote_for(settings, inputs.hidden)
    seed = _seed_of(submission)
    with (
        _environment(inputs.folder, seed),
        Session(zygote, settings, seed, inputs.files) as session,
        grading_for(submission),
    ):
        session.ends -= settings.cell_timeout_s * len(inputs.skipped)  # they have had that, and more
        conductor = _Conductor(inputs, session, settings, faults)
        try:
            conductor.run(nb)
        finally:
            session.link.global_state.restore()
    add_to_record(nb, sandbox=zygote.backend, **({"tests": plan.runs} if plan.runs else {}))
    times = session.times
    times.waited_s, times.questions = session.link.waited_s, session.link.questions
    return {"total_s": time.perf_counter() - began, **asdict(times), "cells_s": conductor.seconds}


def not_run() -> dict[str, Any]:
    """Return what :func:`run_submission` would, for a notebook that was not run."""
    return {"total_s": 0.0, **asdict(Times()), "cells_s": {}}


def _seed_of(submission: Submission) -> int:
    """Derive the seed of the random numbers that a test shares with the student's code."""
    ids = f"{submission.assignment}\0{submission.student}"
    return int.from_bytes(hashlib.sha256(ids.encode()).digest()[:4], "big")


class _Conductor:
    """Runs the cells of one submission in order, each where its plan says."""

    def __init__(
        self, inputs: SubmissionInputs, session: Session, settings: Isolation, faults: dict[str, str] | None = None
    ) -> None:
        self._inputs = inputs
        self._plan = plan = inputs.plan
        self._faults = faults
        self._session = session
        self._settings = settings
        self._names = Namespace(session.link, plan.shared, plan.used)
        self._in_sandbox = SandboxTests(session, plan)
        session.link.modules = plan.modules
        self._graded: set[str] = set()
        self._given = False
        self.seconds: dict[str, float] = {}

    def run(self, nb: NotebookNode) -> None:
        for definition in self._plan.preamble:
            self._set_up(definition, "imports and definitions")
        for cell in nb.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
            plan = self._plan.of(cell)
            role = plan.role if plan is not None else Role.STUDENT if cell.cell_type == "code" else Role.TEXT
            grade_id = grade_id_of(cell)
            if grade_id in self._graded:
                del cell.metadata["nbgrader"]
                continue  # the second cell of that name
            if grade_id is not None:
                _restore(cell, plan)
            began = time.perf_counter()
            try:
                self._run_or_skip(cell, role, plan, grade_id)
            except SandboxUnavailable:
                raise
            except InfraError as error:
                if self._faults is None:
                    raise
                self._faults.setdefault(grade_id or "setup", str(error))
            if grade_id is not None:
                self.seconds[grade_id] = time.perf_counter() - began
        self._in_sandbox.finish()

    def _run_or_skip(self, cell: NotebookNode, role: Role, plan: CellPlan | None, grade_id: str | None) -> None:
        """Run a cell, unless it is one that the grading process was lost in."""
        name = self._inputs.notebook
        if role not in (Role.TEST, Role.STUDENT) or cell.cell_type != "code":
            self._run_cell(cell, role, plan, grade_id)
        elif CellId(name, cell.id) not in self._inputs.skipped:
            with busy_with(name, cell.id):
                self._run_cell(cell, role, plan, grade_id)
        elif role is Role.TEST and grade_id is not None:
            self._graded.add(grade_id)
            self._take(cell, lost_test())
        else:
            cell.outputs = [output_of("error", ename="NotRun", evalue=CELL_LOST, traceback=[CELL_LOST])]

    def _run_cell(self, cell: NotebookNode, role: Role, plan: CellPlan | None, grade_id: str | None) -> None:
        match role:
            case Role.TEST if plan is not None and grade_id is not None:
                self._graded.add(grade_id)
                self._in_sandbox.note(plan.cell.source)
                self._names.history.append(plan.cell.source)
                self._take(cell, self._test(plan, grade_id))
            case Role.TEST_IN_SANDBOX | Role.TEST_IN_ORDER if plan is not None and grade_id is not None:
                self._graded.add(grade_id)
                cell.outputs = []
                self._in_sandbox.postpone(plan, lambda verdict: self._take(cell, decide_in_sandbox(verdict, plan)))
            case Role.NOT_GRADABLE if plan is not None and grade_id is not None:
                self._graded.add(grade_id)
                self._in_sandbox.note(plan.cell.source)
                cell.outputs = [_not_gradable()]
                cell.metadata[RECORD] = {NOT_GRADABLE: True}
            case Role.SETUP if plan is not None:
                self._set_up(plan.cell.source, grade_id or "setup")
                self._in_sandbox.note(plan.cell.source)
                self._show(cell, self._session.run_cell(plan.cell.source))
            case Role.STUDENT if cell.cell_type == "code":
                self._in_sandbox.note(cell.source)
                self._names.history.append(cell.source)
                self._show(cell, self._session.run_cell(cell.source))
                if plan is not None:
                    self._names.give(plan.gives)
                    for definition in plan.definitions if self._given else ():
                        self._set_up(definition, "imports and definitions")
                    self._given |= bool(plan.gives)

    def _show(self, cell: NotebookNode, ran: CellRun) -> None:
        cell.outputs, cell.execution_count = ran.outputs, ran.count

    def _take(self, cell: NotebookNode, decision: Decision) -> None:
        cell.outputs = decision.outputs
        if decision.review:
            cell.metadata[RECORD] = NotebookNode(review=text_of(decision.review))

    def _set_up(self, source: str, name: str) -> None:
        began = time.perf_counter()
        self._session.link.budget.renew()
        assigned = set(self._names.assigned)
        ran = trusted_cells.run(source, self._names, name, self._settings.cell_timeout_s)
        self._names.assigned &= assigned  # the cell runs on the other side as well
        self._session.times.tests_s += time.perf_counter() - began
        if ran.error is not None and not self._plan.preamble:
            raise InfraError(f"Setup cell {name} broke: {type(ran.error).__name__}: {ran.error}") from ran.error

    def _test(self, plan: CellPlan, name: str) -> Decision:
        began = time.perf_counter()
        link = self._session.link
        limit_s = self._settings.cell_timeout_s
        ends = link.deadline = min(time.monotonic() + limit_s, self._session.ends)

        def share(to_come: int) -> None:
            """Give a check the time that is left, less a thirtieth of the limit per check still to come."""
            kept = limit_s / 30
            link.deadline = max(ends - to_come * kept, min(time.monotonic() + kept, self._session.ends))

        @contextlib.contextmanager
        def paused() -> Iterator[None]:
            """Extend all time limits by the time that the block takes."""
            nonlocal ends
            began = time.monotonic()
            try:
                with trusted_cells.time_stands_still():
                    yield
            finally:
                took = time.monotonic() - began
                ends, link.deadline, self._session.ends = ends + took, link.deadline + took, self._session.ends + took

        link.budget.renew()
        link.limit = ""
        try:
            with link.near(), shared_by(share, paused):
                runs = self._run_parts(plan, name)
        finally:
            link.deadline = float("inf")
            link.tidy()
            self._session.times.tests_s += time.perf_counter() - began
        return decide(runs, plan, link.limit)

    def _run_parts(self, plan: CellPlan, name: str) -> list[tuple[Part, trusted_cells.TrustedRun]]:
        """Run a test's parts in order; after one that failed only a hidden one."""
        runs: list[tuple[Part, trusted_cells.TrustedRun]] = []
        for part in plan.cell.parts:
            if any(ran.error is not None and (before.hidden or not part.hidden) for before, ran in runs):
                continue
            ran = trusted_cells.run(part.source, self._names, name, self._settings.cell_timeout_s)
            if ran.error is not None and trusted_cells.broke_on_import(ran.error, name):
                raise InfraError(
                    f"Test cell {name}: expected its imports to work, got {type(ran.error).__name__}: {ran.error}. "
                    "If it imports what students hand in, tag the cell `in-sandbox`."
                ) from ran.error
            runs.append((part, ran))
        return runs


def _restore(cell: NotebookNode, plan: CellPlan | None) -> None:
    """Give a cell the instructor's marks again, and a test cell the instructor's text, whatever was submitted."""
    if plan is None:
        del cell.metadata["nbgrader"]
        return
    marks = {**plan.cell.node.metadata["nbgrader"]}
    if plan.cell.is_test:
        cell.cell_type, cell.source = "code", plan.cell.source
        cell.metadata = nbformat.from_dict({**plan.cell.node.metadata, "nbgrader": marks})
        cell.metadata["nbgrader"]["checksum"] = compute_checksum(cell)
        cell.outputs, cell.execution_count = [], None
        cell.pop("attachments", None)
    else:
        # The released text's checksum says whether the student wrote anything.
        marks["checksum"] = cell.metadata["nbgrader"].get("checksum")
        cell.metadata["nbgrader"] = nbformat.from_dict({k: v for k, v in marks.items() if v is not None})


def _not_gradable() -> NotebookNode:
    """Make the output that decides a test which no work can pass here."""
    message = "This test can't be graded automatically: the instructor's own work does not pass it."
    return output_of("error", ename="NotGradable", evalue=message, traceback=[message])


@contextlib.contextmanager
def _environment(folder: Path, seed: int) -> Iterator[None]:
    """Give tests what they find in a kernel: their data files, and random numbers shared with the student's code."""
    before = randomness.capture()
    # A folder with submitted files must not be one that modules are imported from.
    path, sys.path[:] = list(sys.path), [entry for entry in sys.path if entry not in ("", ".")]
    seed_globally(seed)
    try:
        with contextlib.chdir(folder) if folder.is_dir() else contextlib.nullcontext():
            yield
    finally:
        randomness.restore(before)
        sys.path[:] = ["" for entry in path if entry == ""] + sys.path
        plt.close("all")
