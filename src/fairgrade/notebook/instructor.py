"""What a test in the sandbox finds of the instructor's in the place of the student's names, read from the source."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


@dataclass(frozen=True)
class Own:
    """Names of the instructor's at one test.

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


@dataclass(frozen=True)
class SourceCell:
    """A code cell of the source: the tree of its text, and whether it is a solution or a test; else it is given."""

    tree: ast.Module
    is_solution: bool
    is_test: bool


def own_names(cells: Sequence[SourceCell], at: int) -> Own:
    """The instructor's names at the test that is number `at` of all code cells."""
    solved = set[str]().union(*(names_of(cell.tree) for cell in cells if cell.is_solution))
    meanings = Counter(name for cell in cells for step in cell.tree.body for name in names_of(step))
    imported = Counter(name for cell in cells for step in _imports(cell.tree) for name in names_of(step))
    with_state = set[str]().union(*(_with_state(cell.tree) for cell in cells))
    imports, functions, context = [], [], []
    for i, cell in enumerate(cells[: at + 1]):
        if cell.is_solution:
            continue
        imports += [step for step in _imports(cell.tree) if not names_of(step) & solved]
        if cell.is_test and i < at:
            context += [step for step in cell.tree.body if _is_plain(step) and not names_of(step) & solved]
        if not cell.is_test:
            functions += [
                step for step in cell.tree.body
                if isinstance(step, ast.FunctionDef) and not step.decorator_list
                and meanings[step.name] == 1 and step.name not in with_state
            ]  # fmt: skip
    taken = {name for name in meanings if meanings[name] > imported[name]} | solved
    taken -= {step.name for step in functions}
    return Own(_texts(imports), _texts(functions), tuple(sorted(taken)), _texts(context))


def names_of(tree: ast.AST) -> set[str]:
    """The names that running the code gives a meaning in the notebook."""
    return {name for node in _in_scope(tree) for name in _names(node)}


def _names(node: ast.AST) -> list[str]:
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            return [name]
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.alias(name=name, asname=other) if name != "*":
            return [other or name.partition(".")[0]]
        case ast.ExceptHandler(name=str(name)):
            return [name]
        case ast.Global(names=found):
            return found
    return []


def _in_scope(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes but those of functions and classes; of these only what they declare global."""
    yield tree
    inside = isinstance(tree, _SCOPES)
    for node in ast.walk(tree) if inside else ast.iter_child_nodes(tree):
        if not inside:
            yield from _in_scope(node)
        elif isinstance(node, ast.Global):
            yield node


def _imports(tree: ast.Module) -> list[ast.stmt]:
    return [step for step in tree.body if isinstance(step, ast.Import | ast.ImportFrom)]


def _with_state(tree: ast.Module) -> set[str]:
    """Names whose attributes are looked at: a function may count its calls there."""
    return {
        node.value.id for node in ast.walk(tree) if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }


def _is_plain(step: ast.stmt) -> bool:
    """Whether a statement only gives something a name, whatever else there is."""
    if isinstance(step, ast.Assign):
        try:
            ast.literal_eval(step.value)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            return False
        return all(isinstance(target, ast.Name) for target in step.targets)
    return isinstance(step, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)


def _texts(steps: Iterable[ast.stmt]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(ast.unparse(step) for step in steps))
