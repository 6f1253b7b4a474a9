"""The typical answer of a group: normalised, so that it shows the mistake and nothing of the person.

Comments, docstrings, annotations and texts without effect are left out. Names that the student chose are replaced.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections import Counter
from collections.abc import Iterable

MAX_CHARACTERS = 20_000
"""A longer cell is no example that anybody reads."""


def typical_answer(sources: Iterable[str], name: str, known: str, parameters: Iterable[str] = ()) -> str | None:
    """Return the normalised answer that most members of a group gave; of equally many the shortest.

    Parameters
    ----------
    sources : iterable of str
        The texts of solution cells.
    name : str
        What the notebook calls the function or class.
    known : str
        The course's own code: its names and texts are kept, as they are nobody's.
    parameters : iterable of str
        What the reference calls its parameters.

    Returns
    -------
    str or None
        None if no cell defines the name.
    """
    names, given = words_of(known), list(parameters)
    answers = Counter(filter(None, (normalised(source, name, names, given) for source in sources)))
    if not answers:
        return None
    most = max(answers.values())
    return min((answer for answer, count in answers.items() if count == most), key=lambda answer: (len(answer), answer))


def normalised(source: str, name: str, known: Iterable[str], parameters: Iterable[str] = ()) -> str | None:
    """Return the definition of `name` in a cell, with the definitions and imports that it needs; None if there is none.

    For the parameters see :func:`typical_answer`; `known` are the course's words.
    """
    if len(source) > MAX_CHARACTERS:
        return None
    try:
        tree = ast.parse(source)
        needed = _needed(tree, name)
        if needed is None:
            return None
        module = _Plain(set(known)).visit(ast.Module(needed, []))
        _rename(module, name, set(known), list(parameters))
        return ast.unparse(ast.fix_missing_locations(module))
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # a student's text may be anything
        return None


def words_of(text: str) -> set[str]:
    """Return the words of a text that could be names, and its whole numbers."""
    return set(re.findall(r"\w+", text))


def _needed(tree: ast.Module, name: str) -> list[ast.stmt] | None:
    """Return the last definition of a name, after what it needs of the rest of the cell."""
    bound: dict[str, ast.stmt] = {}
    for step in tree.body:
        bound |= dict.fromkeys(_bound_by(step), step)
    if name not in bound:
        return None
    wanted = [name]
    needed: set[ast.stmt] = set()
    while wanted:
        found = bound.get(wanted.pop())
        if found is not None and found not in needed:
            needed.add(found)
            wanted += [node.id for node in ast.walk(found) if isinstance(node, ast.Name)]
    return [step for step in tree.body if step in needed]


def _bound_by(step: ast.stmt) -> list[str]:
    if isinstance(step, ast.FunctionDef | ast.ClassDef):
        return [step.name]
    if isinstance(step, ast.Import | ast.ImportFrom):
        return [alias.asname or alias.name.partition(".")[0] for alias in step.names]
    return [node.id for node in ast.walk(step) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]


class _Plain(ast.NodeTransformer):
    """Leaves out docstrings, annotations and texts that nobody but a reader sees."""

    def __init__(self, known: set[str]) -> None:
        self._known = known

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns, node.decorator_list = None, []
        return self._body(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return self._body(node)

    def _body(self, node: ast.FunctionDef | ast.ClassDef) -> ast.AST:
        node.body = [step for step in node.body if not _is_text(step)] or [ast.Pass()]
        return self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        if node.value is None:
            return None
        return self.generic_visit(ast.copy_location(ast.Assign([node.target], node.value), node))

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        if isinstance(node.exc, ast.Call):
            node.exc = node.exc.func
        node.cause = None
        return self.generic_visit(node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        return ast.copy_location(ast.Constant("..."), node)

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if isinstance(node.value, str) and not self._says_nothing_new(node.value):
            return ast.copy_location(ast.Constant("..."), node)
        if type(node.value) is int and abs(node.value) >= 10_000 and str(node.value) not in self._known:
            return ast.copy_location(ast.Constant(0), node)  # as long as a student's number
        return ast.copy_location(ast.Constant("..."), node) if isinstance(node.value, bytes) else node

    def _says_nothing_new(self, text: str) -> bool:
        """Whether a text is the course's, such as a key, or an option of a library, such as the axes of einsum."""
        words = words_of(text)
        return words <= self._known | OPTIONS or bool(re.fullmatch(r"[a-z]{0,3}(,[a-z]{0,3})*(->[a-z]{0,3})?", text))


OPTIONS = frozenset(
    (
        *("same", "valid", "full", "float", "int", "bool", "float64", "float32", "int64", "ignore", "raise", "warn"),
        *("linear", "sum", "mean"),
    )
)
"""Words that libraries take as options."""


def _is_text(step: ast.stmt) -> bool:
    return isinstance(step, ast.Expr) and isinstance(step.value, ast.Constant)


def _rename(module: ast.Module, name: str, known: set[str], parameters: list[str]) -> None:
    """Give names that the student chose other ones: parameters as in the reference, the rest by number."""
    used = {node.id for node in ast.walk(module) if isinstance(node, ast.Name)}
    chosen = _chosen(module) | (used - known - set(dir(builtins)) - _imported(module))
    main = next((s for s in module.body if isinstance(s, ast.FunctionDef) and s.name == name), None)
    own = [argument.arg for argument in (*main.args.posonlyargs, *main.args.args)] if main else []
    renamed = dict(zip(own, parameters, strict=False)) | {name: name}
    taken = {*renamed.values(), *(used - chosen), *dir(builtins), *_imported(module)}
    number = 0
    for old in _in_order(module, chosen):
        if old in renamed or (old.startswith("__") and old.endswith("__")):
            continue
        if old in known and old not in taken:
            renamed[old] = old
        else:
            number += 1
            while f"v{number}" in taken:
                number += 1
            renamed[old] = f"v{number}"
        taken.add(renamed[old])
    _Renamed(renamed, chosen).visit(module)


def _imported(module: ast.Module) -> set[str]:
    imports = [node for node in ast.walk(module) if isinstance(node, ast.Import | ast.ImportFrom)]
    return {name for step in imports for name in _bound_by(step)}


def _chosen(module: ast.Module) -> set[str]:
    """Return the names that the code itself binds, attributes and methods among them, but for imports."""
    found = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del):
            found.add(node.id if isinstance(node, ast.Name) else node.attr)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef | ast.ExceptHandler) and node.name:
            found.add(node.name)
    return found - {"self"}


def _in_order(module: ast.Module, names: set[str]) -> list[str]:
    """Return names in the order in which they first stand in the code."""
    places: dict[str, tuple[int, int]] = {}
    for node in ast.walk(module):
        for field in ("id", "arg", "name", "attr"):
            said = getattr(node, field, None)
            if isinstance(said, str) and said in names:
                place = (getattr(node, "lineno", 0), getattr(node, "col_offset", 0))
                places[said] = min(places.get(said, place), place)
    return sorted(names, key=lambda name: (places.get(name, (0, 0)), name))


class _Renamed(ast.NodeTransformer):
    """Replaces names wherever they stand; `chosen` are those that the code itself defines."""

    def __init__(self, names: dict[str, str], chosen: set[str]) -> None:
        self._names = names
        self._chosen = chosen

    def generic_visit(self, node: ast.AST) -> ast.AST:
        for field in ("id", "name", "attr"):
            said = getattr(node, field, None)
            if isinstance(said, str) and not isinstance(node, ast.alias):
                setattr(node, field, self._names.get(said, said))
        if isinstance(node, ast.arg):
            node.arg = self._names.get(node.arg, node.arg)
        if isinstance(node, ast.Global | ast.Nonlocal):
            node.names = [self._names.get(name, name) for name in node.names]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in self._chosen:
            for keyword in node.keywords:
                keyword.arg = keyword.arg and self._names.get(keyword.arg, keyword.arg)
        return super().generic_visit(node)
