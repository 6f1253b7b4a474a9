"""Where each cell of a notebook runs. The instructor's source notebook decides, never the submission."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from nbformat import NotebookNode

from fairgrade.notebook.cell import (
    SANDBOX_TAG,
    SETUP_TAG,
    SKIP_TAG,
    AssignmentCell,
    grade_id_of,
    normalized,
)
from fairgrade.notebook.code import attributes_of, imports_of, shared_classes
from fairgrade.notebook.instructor import InstructorNames, instructor_names

TEST_MODES = ("isolated", "in-sandbox", "in-order", "nowhere")
"""How a test can run, best protected first; the preflight finds one of these modes for each test."""


class Role(Enum):
    """What is done with a cell."""

    STUDENT = "runs in the sandbox"
    SETUP = "runs in the sandbox, and from the source in the grading process"
    TEST = "runs in the grading process"
    TEST_IN_SANDBOX = "runs in a throwaway process of the sandbox, and is graded by how it ends"
    TEST_IN_ORDER = "runs in the sandbox after all cells before it, earlier tests among them"
    NOT_GRADABLE = "does not run, and is left for a person to grade"
    SKIPPED = "does not run"
    TEXT = "has nothing to run"


_TEST_ROLES = dict(
    zip(TEST_MODES, (Role.TEST, Role.TEST_IN_SANDBOX, Role.TEST_IN_ORDER, Role.NOT_GRADABLE), strict=True)
)
_WORDS = {role: word for word, role in _TEST_ROLES.items()}


@dataclass(frozen=True)
class CellPlan:
    """What is done with a cell.

    Attributes
    ----------
    cell : AssignmentCell
        The cell of the source notebook.
    role : Role
    instructor : InstructorNames or None
        For a test in the sandbox: what it finds of the instructor's.
    gives : frozenset of str
        Names that tests take from the student's notebook once this cell has run: those the source's solution binds.
    definitions : tuple of str
        Imports, functions and classes that tests take from here and not from the student's notebook.
    """

    cell: AssignmentCell
    role: Role
    instructor: InstructorNames | None = None
    gives: frozenset[str] = frozenset()
    definitions: tuple[str, ...] = ()

    @property
    def runs(self) -> str:
        """How a test runs, one of TEST_MODES; empty for other cells."""
        return _WORDS.get(self.role, "")


@dataclass(frozen=True)
class NotebookPlan:
    """What is done with the cells of a submission.

    Attributes
    ----------
    cells : mapping of str to CellPlan
        Those that have a grade_id, by it.
    by_text : mapping of str to CellPlan
        The instructor's cells without one, by their text: nbgrader leaves them to the student.
    preamble : tuple of str
        Imports, functions and classes of the instructor's cells that no tag calls setup.
    modules : frozenset of str
        What the notebook imports.
    instructors_modules : frozenset of str
        What its cells import that are no solutions.
    shared : frozenset of str
        Names that functions of the student's cells read, as the source has them: a test may set them.
    used : frozenset of pairs of str
        What the cells use of modules, as the source has them: a test may replace it.
    """

    cells: Mapping[str, CellPlan]
    by_text: Mapping[str, CellPlan]
    preamble: tuple[str, ...]
    modules: frozenset[str]
    instructors_modules: frozenset[str]
    shared: frozenset[str] = frozenset()
    used: frozenset[tuple[str, str]] = frozenset()

    @property
    def runs(self) -> dict[str, str]:
        """The modes of tests that don't run isolated, by grade_id."""
        return {name: plan.runs for name, plan in self.cells.items() if plan.runs and plan.role is not Role.TEST}

    def of(self, cell: NotebookNode) -> CellPlan | None:
        """Return the plan for a cell of a submission; None for one that the student added."""
        grade_id = grade_id_of(cell)
        if grade_id is not None:
            return self.cells.get(grade_id)
        return self.by_text.get(normalized(cell.source))


def read_plan(source: NotebookNode, in_sandbox: bool = False, found: Mapping[str, str] | None = None) -> NotebookPlan:
    """Plan a notebook by its source.

    Parameters
    ----------
    source : NotebookNode
    in_sandbox : bool
        Whether all tests run in the sandbox.
    found : mapping of str to str, optional
        The modes of tests by grade_id; they override tags and `in_sandbox`.
    """
    cells = [AssignmentCell(node) for node in source.cells]
    code = [cell for cell in cells if cell.is_code]
    given = [cell for cell in code if not cell.is_solution]
    used_by_solutions = frozenset[str]().union(*(cell.names.uses for cell in code if cell.is_solution))
    classes = shared_classes((cell.tree for cell in given), used_by_solutions)
    has_setup = any(SETUP_TAG in cell.tags for cell in code)
    plans = []
    for cell in cells:
        role = _role(cell, in_sandbox, found or {})
        # A course from before these tags: what its own cells define is what its tests expect to find.
        defines = role is Role.STUDENT and not cell.is_solution and not has_setup
        plans.append(
            CellPlan(
                cell,
                role,
                instructor=instructor_names(code, cell) if role is Role.TEST_IN_SANDBOX else None,
                gives=cell.names.bound if cell.is_code and cell.is_solution else frozenset(),
                definitions=_definitions(cell.tree, classes) if defines else (),
            )
        )
    own = [plan for plan in plans if plan.role in (Role.STUDENT, Role.SETUP)]
    return NotebookPlan(
        cells={plan.cell.grade_id: plan for plan in plans if plan.cell.grade_id is not None},
        by_text={
            normalized(plan.cell.source): plan
            for plan in plans
            if plan.cell.grade_id is None and plan.role is not Role.TEXT
        },
        preamble=tuple(definition for plan in plans for definition in plan.definitions),
        modules=frozenset[str]().union(*(imports_of(cell.source) for cell in code)),
        instructors_modules=frozenset[str]().union(*(imports_of(cell.source) for cell in given)),
        shared=frozenset[str]().union(*(plan.cell.names.read for plan in own)),
        used=attributes_of(cell.tree for cell in code if not cell.is_test),
    )


def _role(cell: AssignmentCell, in_sandbox: bool, found: Mapping[str, str]) -> Role:
    if not cell.is_code:
        return Role.TEXT
    if cell.is_test:
        told = "in-sandbox" if in_sandbox or SANDBOX_TAG in cell.tags else "isolated"
        return _TEST_ROLES[found.get(cell.grade_id or "", told)]
    if cell.is_solution:
        return Role.STUDENT
    if SKIP_TAG in cell.tags:
        return Role.SKIPPED
    return Role.SETUP if SETUP_TAG in cell.tags else Role.STUDENT


def _definitions(tree: ast.Module, shared: frozenset[str]) -> tuple[str, ...]:
    """Return its imports, functions and classes one by one, so that one that fails does not take the others along."""
    return tuple(
        ast.unparse(node)
        for node in tree.body
        if isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not (isinstance(node, ast.ClassDef) and node.name in shared)
    )
