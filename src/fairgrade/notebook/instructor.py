"""The instructor's names that a test in the sandbox sees in place of the student's, read from the source."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fairgrade.notebook.cell import AssignmentCell
from fairgrade.notebook.code import bound_by


@dataclass(frozen=True)
class InstructorNames:
    """The instructor's names at one test.

    Attributes
    ----------
    imports : tuple of str
        Import statements of the instructor's cells so far.
    functions : tuple of str
        Functions that cells given to the student define.
    taken : tuple of str
        Names that the instructor gives another meaning in any cell; builtins of these names may be the student's.
    context : tuple of str
        Imports, functions, classes and constants of earlier tests.
    """

    imports: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()
    context: tuple[str, ...] = ()


def instructor_names(cells: Sequence[AssignmentCell], test: AssignmentCell) -> InstructorNames:
    """Collect the instructor's names at one test of a notebook with these code cells."""
    solved = set[str]().union(*(cell.names.bound for cell in cells if cell.is_solution))
    meanings = Counter(name for cell in cells for step in cell.tree.body for name in bound_by([step]))
    imported = Counter(name for cell in cells for step in _imports(cell.tree) for name in bound_by([step]))
    with_state = set[str]().union(*(_with_state(cell.tree) for cell in cells))
    imports, functions, context = [], [], []
    for cell in cells:
        if cell.is_solution:
            continue
        imports += [step for step in _imports(cell.tree) if not bound_by([step]) & solved]
        if cell is test:
            break
        if cell.is_test:
            context += [step for step in cell.tree.body if _is_plain(step) and not bound_by([step]) & solved]
        else:
            functions += [
                step for step in cell.tree.body
                if isinstance(step, ast.FunctionDef) and not step.decorator_list
                and meanings[step.name] == 1 and step.name not in with_state
            ]  # fmt: skip
    taken = {name for name in meanings if meanings[name] > imported[name]} | solved
    taken -= {step.name for step in functions}
    return InstructorNames(_texts(imports), _texts(functions), tuple(sorted(taken)), _texts(context))


def _imports(tree: ast.Module) -> list[ast.stmt]:
    return [step for step in tree.body if isinstance(step, ast.Import | ast.ImportFrom)]


def _with_state(tree: ast.Module) -> set[str]:
    """Return the names whose attributes are accessed: a function may count its calls there."""
    return {
        node.value.id for node in ast.walk(tree) if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }


def _is_plain(step: ast.stmt) -> bool:
    """Tell whether a statement does nothing but bind a name, and needs no other name for it."""
    if isinstance(step, ast.Assign):
        try:
            ast.literal_eval(step.value)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            return False
        return all(isinstance(target, ast.Name) for target in step.targets)
    return isinstance(step, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)


def _texts(steps: Iterable[ast.stmt]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(ast.unparse(step) for step in steps))
