"""An assignment under both engines, stock nbgrader's and fairgrade's: its own solution and its stub, cell by cell."""

from __future__ import annotations

import contextlib
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

import nbformat
from nbformat import NotebookNode, ValidationError
from traitlets.config import Config

from fairgrade.adoption.stock_engine import StockFailure, StockScore, grade_by_stock
from fairgrade.autograde.bundle import AssignmentBundle, SubmissionBundle, blueprints_of, sources_of
from fairgrade.autograde.executors import GradingExecutor, local
from fairgrade.autograde.pool import ForkServer
from fairgrade.course import CourseError
from fairgrade.grading import InfraError
from fairgrade.intake import Blueprint
from fairgrade.isolation.errors import SandboxUnavailable
from fairgrade.isolation.settings import Isolation
from fairgrade.nbgrader.cell_results import CellResult, cure, runs_of
from fairgrade.notebook.cell import AssignmentCell
from fairgrade.notebook.code import imports_graders
from fairgrade.notebook.plan import TEST_MODES

ISOLATED, IN_SANDBOX, IN_ORDER, NOWHERE = TEST_MODES

STUB = "the stub"
"""Whose work the stub counts as."""

_LANGUAGE = re.compile(r"i?python\d?", re.IGNORECASE)


class Adoption(Enum):
    """How an assignment works with fairgrade."""

    UNTOUCHED = "works untouched"
    WITH_TAG = "works with a tag"
    NOT = "does not work yet"


@dataclass(frozen=True)
class CellComparison:
    """What a test cell earns by either engine.

    Attributes
    ----------
    result : CellResult
        What the source's own solution earns in fairgrade, and how the test runs.
    stub : float or None
        What the stub earns in fairgrade; None if a person has to say.
    stock_solution, stock_stub : StockScore
        What both earn in stock nbgrader.
    """

    result: CellResult
    stub: float | None
    stock_solution: StockScore
    stock_stub: StockScore

    @property
    def problem(self) -> str:
        """How fairgrade grades this cell otherwise than it should; empty if it does not."""
        most, earned, stock = self.result.points, self.result.earned, self.stock_solution.earned
        if self.result.fault:
            return "it would keep every submission from being graded"
        if _is_less(earned, most) and _is_less(stock, most):
            why = f" ({self.stock_solution.why})" if self.stock_solution.why else ""
            return f"its own solution earns {stock:g} of {most:g} points in stock nbgrader, too{why}"
        if _is_less(earned, most):
            return f"its own solution earns {stock:g} points in stock nbgrader, and {earned:g} in fairgrade"
        if self.stub is not None and not math.isclose(self.stub, self.stock_stub.earned):
            return (
                f"the empty stub earns {self.stock_stub.earned:g} points in stock nbgrader, {self.stub:g} in fairgrade"
            )
        return ""

    @property
    def cause(self) -> str:
        """What fairgrade says about a problem, and what to do."""
        result = self.result
        if not self.problem:
            return ""
        if not result.fault and not _is_less(result.earned, result.points):
            return "Look at what this test does before the work is called: it should fail for the stub."
        if result.why:
            return result.why
        before = f" Before that, {result.before}." if result.before else ""
        return f"{result.error}{before} {cure(f'{result.error} {result.before}')}".strip()

    @property
    def note(self) -> str:
        """What is worth knowing about a cell that works; empty if nothing is."""
        if self.problem:
            return ""
        if _is_less(self.stock_solution.earned, self.result.points):
            return f"stock nbgrader takes points from the solution for {self.stock_solution.why}; fairgrade does not"
        if self.stub:
            return f"the empty stub earns {self.stub:g} of {self.result.points:g} points by either engine"
        return ""


@dataclass(frozen=True)
class AdoptedAssignment:
    """An assignment and how it works with fairgrade.

    Attributes
    ----------
    name : str
    cells : tuple of CellComparison
        Its test cells.
    problem : str
        Why nothing could be compared; empty if it was.
    note : str
        What else there is to say.
    """

    name: str
    cells: tuple[CellComparison, ...] = ()
    problem: str = ""
    note: str = ""

    @property
    def adoption(self) -> Adoption:
        """How it works."""
        if self.problem or any(cell.problem for cell in self.cells):
            return Adoption.NOT
        return Adoption.WITH_TAG if self.in_sandbox else Adoption.UNTOUCHED

    @property
    def in_sandbox(self) -> list[CellResult]:
        """The tests that work among the student's live objects only."""
        return [cell.result for cell in self.cells if cell.result.runs in (IN_SANDBOX, IN_ORDER)]


def compare_engines(
    bundle: AssignmentBundle, stock: Config, config: Config, server: ForkServer, progress: Callable[[str], object]
) -> AdoptedAssignment:
    """Grade an assignment's own solution and its stub by both engines.

    Parameters
    ----------
    bundle : AssignmentBundle
        The assignment, with the configuration that fairgrade would grade it with.
    stock, config : Config
        The course's configuration as it is, and that of the bundle.
    server : ForkServer
        Where grading processes are forked from.
    progress : callable
        Told what is under way.

    Raises
    ------
    SandboxUnavailable
        If there is no sandbox here.
    """
    name = bundle.assignment
    try:
        return _compare(bundle, stock, config, server, progress)
    except SandboxUnavailable:
        raise
    except StockFailure as error:
        return AdoptedAssignment(name, problem=f"Stock nbgrader could not grade it: {error}")
    except (CourseError, InfraError, ValueError, ValidationError, KeyError, AttributeError) as error:
        return AdoptedAssignment(name, problem=str(error) or type(error).__name__)


def _compare(
    bundle: AssignmentBundle, stock: Config, config: Config, server: ForkServer, progress: Callable[[str], object]
) -> AdoptedAssignment:
    name = bundle.assignment
    sources, blueprints = sources_of(bundle), blueprints_of(bundle, config)
    for notebook, source in sources.items():
        _expect_python(notebook, source)
    if any(_uses_graders(source) for source in sources.values()):
        return AdoptedAssignment(
            name, note=f"its tests use graders already, which are tested by: fairgrade check {name}"
        )
    stubs = {notebook: _stub(source, blueprints[notebook]) for notebook, source in sources.items()}
    with _grading(bundle, config, server) as executor:
        progress(f"{name}: its solution, by fairgrade")
        results = executor.preflight().result()
        executor.runs = runs_of(results)
        progress(f"{name}: its stub, by fairgrade")
        ours = _grade_stubs(executor, stubs, bundle)
    progress(f"{name}: its solution, by stock nbgrader")
    files = {**bundle.replaceable, **bundle.files}
    solved = {notebook: grade_by_stock(source, files, stock) for notebook, source in sources.items()}
    progress(f"{name}: its stub, by stock nbgrader")
    unsolved = {notebook: grade_by_stock(stub, files, stock) for notebook, stub in stubs.items()}

    def pair(result: CellResult) -> CellComparison:
        stub = ours[result.notebook].get(result.cell)
        theirs = (scores[result.notebook].get(result.cell, StockScore(0.0)) for scores in (solved, unsolved))
        return CellComparison(result, stub, *theirs)

    return AdoptedAssignment(name, tuple(map(pair, results)))


def _is_less(earned: float, most: float) -> bool:
    return earned < most and not math.isclose(earned, most)


def _expect_python(name: str, source: NotebookNode) -> None:
    metadata = source.metadata
    said = metadata.get("language_info", {}).get("name") or metadata.get("kernelspec", {}).get("language")
    if not _LANGUAGE.match(language := str(said or "python")):
        raise CourseError(f"{name}: expected a notebook for Python, got one for {language}. fairgrade grades no other.")


def _uses_graders(source: NotebookNode) -> bool:
    return any(cell.is_test and imports_graders(cell.source) for cell in map(AssignmentCell, source.cells))


def _stub(source: NotebookNode, blueprint: Blueprint) -> NotebookNode:
    """Return the source with the text that students are given in its solution cells; its tests are complete."""
    stub: NotebookNode = nbformat.from_dict(source)
    for cell, known in zip(stub.cells, blueprint.cells, strict=True):
        if known.is_solution:
            cell.source = known.released
    return stub


@contextlib.contextmanager
def _grading(bundle: AssignmentBundle, config: Config, server: ForkServer) -> Iterator[GradingExecutor]:
    timeout_s = Isolation(config=config).of(bundle.assignment).notebook_timeout_s * len(bundle.notebooks)
    with contextlib.closing(local(bundle, timeout_s, 1, server)) as executor:
        yield executor


def _grade_stubs(
    executor: GradingExecutor, stubs: dict[str, NotebookNode], bundle: AssignmentBundle
) -> dict[str, dict[str, float | None]]:
    """Return what each test cell of the stubs earns, by notebook."""
    handed_in = {f"{name}.ipynb": nbformat.writes(stub).encode() for name, stub in stubs.items()}
    graded = executor.grade(SubmissionBundle(STUB, handed_in, bundle.replaceable, (), "", "")).result()
    return {notebook.name: dict(notebook.autoscores.scores) for notebook in graded.notebooks}
