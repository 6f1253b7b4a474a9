"""Which cell of a notebook goes where. The instructor's source notebook decides, never the submission."""

from __future__ import annotations

import ast
import functools
import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property

from nbformat import NotebookNode

from fairgrade.notebook.instructor import Own, SourceCell, own_names
from fairgrade.notebook.names import attributes_of, names_of, shared_classes

SETUP_TAG, SKIP_TAG, SANDBOX_TAG = "setup", "skip-execution", "in-sandbox"


TESTS_RUN = ("isolated", "in-sandbox", "in-order", "nowhere")
"""How a test can be run, from the best protected on; what preflight finds out is one of these words for each test."""


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


_TESTS = (Role.TEST, Role.TEST_IN_SANDBOX, Role.TEST_IN_ORDER, Role.NOT_GRADABLE)
_TEST_ROLES = dict(zip(TESTS_RUN, _TESTS, strict=True))


@dataclass(frozen=True)
class Part:
    """A part of a test cell that students see, or one that is hidden from them.

    Attributes
    ----------
    source : str
        With an empty line for each that belongs to another part, so that lines count as in the cell.
    hidden : bool
    """

    source: str
    hidden: bool


@dataclass(frozen=True)
class CellPlan:
    """What the source notebook says of one of its cells.

    Attributes
    ----------
    role : Role
    source : str
        The instructor's text of the cell.
    points : float
        The most a test can earn.
    parts : tuple of Part
        Of a test, its visible and hidden parts in order.
    metadata : NotebookNode
    own : Own or None
        For a test in the sandbox: what it finds of the instructor's.
    gives : frozenset of str
        Names that tests take from the student's notebook once this cell has run: those the source's solution binds.
    definitions : tuple of str
        Imports, functions and classes that tests take from here and not from the student's notebook.
    """

    role: Role
    source: str
    points: float
    parts: tuple[Part, ...]
    metadata: NotebookNode
    own: Own | None = None
    gives: frozenset[str] = frozenset()
    definitions: tuple[str, ...] = ()

    @property
    def is_test(self) -> bool:
        """Whether what comes of it decides about points."""
        return self.role in _TESTS

    @property
    def runs(self) -> str:
        """How a test runs, in a word of TESTS_RUN; empty for what is no test."""
        return TESTS_RUN[_TESTS.index(self.role)] if self.is_test else ""

    def visible_line(self, number: int) -> str | None:
        """A line of the source, counted from 1, if students have it."""
        lines = self.source.splitlines()
        return lines[number - 1] if 0 < number <= len(lines) and number not in _hidden_lines(self.source) else None

    @cached_property
    def hidden_from(self) -> int:
        """The line, from 1, at which the first hidden part starts; a line beyond the last if there is none."""
        return min(_hidden_lines(self.source), default=len(self.source.splitlines()) + 1)


@dataclass(frozen=True)
class NotebookPlan:
    """What a source notebook says of a submission's cells.

    Attributes
    ----------
    plans : mapping of str to CellPlan
        The cells that have a grade_id, by it.
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

    plans: Mapping[str, CellPlan]
    by_text: Mapping[str, CellPlan]
    preamble: tuple[str, ...]
    modules: frozenset[str]
    instructors_modules: frozenset[str]
    shared: frozenset[str] = frozenset()
    used: frozenset[tuple[str, str]] = frozenset()

    @property
    def runs(self) -> dict[str, str]:
        """How tests run that don't run isolated, by grade_id, in words of TESTS_RUN."""
        return {name: plan.runs for name, plan in self.plans.items() if plan.is_test and plan.role is not Role.TEST}

    def plan(self, cell: NotebookNode) -> CellPlan | None:
        """The plan for a cell of a submission; None for one the student added."""
        grade_id = grade_id_of(cell)
        if grade_id is not None:
            return self.plans.get(grade_id)
        return self.by_text.get(normal(cell.source))


def read_plan(source: NotebookNode, in_sandbox: bool = False, found: Mapping[str, str] | None = None) -> NotebookPlan:
    """What the source notebook says.

    Parameters
    ----------
    source : NotebookNode
    in_sandbox : bool
        Whether all tests run in the sandbox.
    found : mapping of str to str, optional
        How tests run, by grade_id, in words of TESTS_RUN; it goes before all else.
    """
    plans: dict[str, CellPlan] = {}
    by_text: dict[str, CellPlan] = {}
    preamble: list[str] = []
    modules: set[str] = set()
    instructors: set[str] = set()
    code = [cell for cell in source.cells if cell.cell_type == "code"]
    tagged = any(SETUP_TAG in tags_of(cell) for cell in code)
    own = _Owner(code)
    trees = {id(cell): _parse(cell.source) for cell in code}
    names = {id(cell): names_of(trees[id(cell)]) for cell in code}
    works = [cell for cell in code if _flag(cell, "solution")]
    needed = frozenset[str]().union(*(names[id(cell)].uses for cell in works))
    classes = shared_classes((trees[id(cell)] for cell in code if not _flag(cell, "solution")), needed)
    read: set[str] = set()
    for cell in source.cells:
        plan = _plan(cell, in_sandbox, found or {}, own)
        if cell.cell_type == "code":
            imported = imports_of(cell.source)
            modules |= imported
            if not _flag(cell, "solution"):
                instructors |= imported
            if plan.role in (Role.STUDENT, Role.SETUP):
                read |= names[id(cell)].read
            if _flag(cell, "solution"):
                plan = replace(plan, gives=names[id(cell)].bound | names[id(cell)].imported)
            elif not tagged and plan.role is Role.STUDENT:
                # A course from before these tags: what its own cells define is what its tests expect to find.
                plan = replace(plan, definitions=_definitions(trees[id(cell)], classes))
                preamble += plan.definitions
        grade_id = grade_id_of(cell)
        if grade_id is not None:
            plans[grade_id] = plan
        elif plan.role is not Role.TEXT:
            by_text[normal(cell.source)] = plan
    used = attributes_of(trees[id(cell)] for cell in code if not _is_test(cell))
    return NotebookPlan(
        plans, by_text, tuple(preamble), frozenset(modules), frozenset(instructors), shared=frozenset(read), used=used
    )


class _Owner:
    """Finds what tests see of the instructor's; reads the notebook's code only if there is a test that asks."""

    def __init__(self, code: Sequence[NotebookNode]) -> None:
        self._code = code
        self._read: list[SourceCell] | None = None

    def at(self, cell: NotebookNode) -> Own:
        if self._read is None:
            self._read = [SourceCell(_parse(c.source), _flag(c, "solution"), _is_test(c)) for c in self._code]
        return own_names(self._read, next(i for i, c in enumerate(self._code) if c is cell))


def _is_test(cell: NotebookNode) -> bool:
    return _flag(cell, "grade") and not _flag(cell, "solution")


def _plan(cell: NotebookNode, in_sandbox: bool, found: Mapping[str, str], owner: _Owner) -> CellPlan:
    tags = tags_of(cell)
    most = float(cell.metadata.get("nbgrader", {}).get("points") or 0)
    if cell.cell_type != "code":
        role = Role.TEXT
    elif _is_test(cell):
        told = "in-sandbox" if in_sandbox or SANDBOX_TAG in tags else "isolated"
        role = _TEST_ROLES[found.get(grade_id_of(cell) or "", told)]
    elif _flag(cell, "solution"):
        role = Role.STUDENT
    elif SKIP_TAG in tags:
        role = Role.SKIPPED
    elif SETUP_TAG in tags:
        role = Role.SETUP
    else:
        role = Role.STUDENT
    own = owner.at(cell) if role is Role.TEST_IN_SANDBOX else None
    return CellPlan(role, cell.source, most, _parts(cell.source), cell.metadata, own)


def _hidden_lines(source: str) -> dict[int, int]:
    """The lines of hidden regions, from 1, and for each the number of its region."""
    hidden: dict[int, int] = {}
    region, inside = 0, False
    for number, line in enumerate(source.splitlines(), 1):
        if "BEGIN HIDDEN TESTS" in line:
            region, inside = region + 1, True
        if inside:
            hidden[number] = region
        if "END HIDDEN TESTS" in line:
            inside = False
    return hidden


def _parts(source: str) -> tuple[Part, ...]:
    """A test's parts; it is one part if a region begins or ends within a statement, and if it is magic as a whole."""
    hidden = _hidden_lines(source)
    lines = source.splitlines()
    parts: list[Part] = []
    for is_hidden, group in itertools.groupby(range(1, len(lines) + 1), key=lambda number: hidden.get(number, 0)):
        mine = set(group)
        text = "\n".join(line if number in mine else "" for number, line in enumerate(lines, 1))
        if not _is_complete(text) or source.startswith("%%"):
            return (Part(source, hidden=False),)
        if any(line.strip() and not line.lstrip().startswith("#") for line in text.splitlines()):
            parts.append(Part(text, hidden=is_hidden > 0))
    return tuple(parts) or (Part(source, hidden=False),)


def grade_id_of(cell: NotebookNode) -> str | None:
    """The cell's grade_id, if nbgrader knows it."""
    metadata = cell.metadata.get("nbgrader")
    grade_id = metadata.get("grade_id") if isinstance(metadata, Mapping) else None
    return grade_id if isinstance(grade_id, str) and grade_id else None


def tags_of(cell: NotebookNode) -> frozenset[str]:
    """The cell's tags."""
    tags = cell.metadata.get("tags", [])
    return frozenset(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else frozenset()


def _flag(cell: NotebookNode, name: str) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get(name, False))


def normal(source: str) -> str:
    """The text without blanks at the ends of its lines and of the whole."""
    return "\n".join(line.rstrip() for line in source.split("\n")).strip()


def _parse(source: str) -> ast.Module:
    return _parsed(source) or ast.Module([], [])


def _is_complete(source: str) -> bool:
    return _parsed(source) is not None


def _parsed(source: str) -> ast.Module | None:
    """The cell's statements, if they can be read."""
    try:
        return ast.parse(source)
    except SyntaxError:
        # Magics and shell commands are not Python; the rest of the cell still is.
        kept = ["" if re.match(r"\s*[%!?]", line) else line for line in source.splitlines()]
        try:
            return ast.parse("\n".join(kept))
        except SyntaxError:
            return None


def imports_graders(source: str) -> bool:
    """Whether the code imports the course's graders, or what they are written with."""
    return any(name.partition(".")[0] in ("graders", "fairgrade") for name in imports_of(source))


@functools.lru_cache(maxsize=256)  # a class has the same test cells again and again
def imports_of(source: str) -> frozenset[str]:
    """The modules that a cell imports, and what it imports from them, by their dotted names."""
    found: set[str] = set()
    for node in ast.walk(_parse(source)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                parts = alias.name.split(".")
                found.update(".".join(parts[: i + 1]) for i in range(len(parts)))
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return frozenset(found)


def _definitions(tree: ast.Module, shared: frozenset[str]) -> tuple[str, ...]:
    """Its imports, functions and classes one by one: where one fails, the others are there."""
    return tuple(
        ast.unparse(node)
        for node in tree.body
        if isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not (isinstance(node, ast.ClassDef) and node.name in shared)
    )
