"""Static analysis of a cell's code: what it imports, and which names it binds and reads.

Only the instructor's source is analysed. So a submission can't choose which names a test shares with its code.
"""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass

_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef
_COMPREHENSIONS = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


@dataclass(frozen=True)
class GlobalNames:
    """What a cell does with global names.

    Attributes
    ----------
    bound : frozenset of str
        Those it binds by assignments, definitions, loops and imports.
    read : frozenset of str
        Those that its functions read and that are local to none of them.
    uses : frozenset of str
        Those it reads anywhere.
    """

    bound: frozenset[str]
    read: frozenset[str]
    uses: frozenset[str]


def parse(source: str) -> ast.Module:
    """Parse a cell's code without its magics; code that can't be parsed has no statements."""
    return _parsed(source) or ast.Module([], [])


def is_complete(source: str) -> bool:
    """Tell whether the code can be parsed by itself."""
    return _parsed(source) is not None


def _parsed(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except SyntaxError:
        # Magics and shell commands are not Python; the rest of the cell still is.
        kept = ["" if re.match(r"\s*[%!?]", line) else line for line in source.splitlines()]
        try:
            return ast.parse("\n".join(kept))
        except SyntaxError:
            return None


@functools.lru_cache(maxsize=256)  # a class has the same test cells again and again
def imports_of(source: str) -> frozenset[str]:
    """Return the dotted names of the modules that a cell imports, and of what it imports from them."""
    found: set[str] = set()
    for node in ast.walk(parse(source)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                parts = alias.name.split(".")
                found.update(".".join(parts[: i + 1]) for i in range(len(parts)))
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return frozenset(found)


def imports_graders(source: str) -> bool:
    """Tell whether the code imports the course's graders, or what they are written with."""
    return any(name.partition(".")[0] in ("graders", "fairgrade") for name in imports_of(source))


def names_of(tree: ast.Module) -> GlobalNames:
    """Find out what the cell with this tree does with global names."""
    inner = [node for node in _same_scope(tree.body) if isinstance(node, _FUNCTIONS | ast.ClassDef | ast.Lambda)]
    read, uses = (frozenset(_free(nodes, frozenset())) for nodes in (inner, tree.body))
    return GlobalNames(frozenset(bound_by(tree.body)), read, uses)


def bound_by(statements: Iterable[ast.stmt]) -> set[str]:
    """Return the global names that these statements bind when they run."""
    statements = list(statements)
    bound: set[str] = set()
    for node in _same_scope(statements):
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                bound.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                bound.add(name)
            case ast.alias(name=name, asname=other) if name != "*":
                bound.add(other or name.partition(".")[0])
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                bound.add(name)
    walked = (node for statement in statements for node in ast.walk(statement))
    return bound.union(*(node.names for node in walked if isinstance(node, ast.Global)))


def _same_scope(body: Iterable[ast.AST]) -> Iterable[ast.AST]:
    """Yield the nodes in the scope of `body` itself, without those of functions and classes in it."""
    stack = list(body)
    while stack:
        node = stack.pop()
        yield node
        if isinstance(node, _FUNCTIONS | ast.ClassDef | ast.Lambda):
            stack.extend(getattr(node, "decorator_list", ()))
        elif isinstance(node, _COMPREHENSIONS):
            # Its loop's names are its own; what it assigns with := is not.
            stack.extend(part for part in ast.walk(node) if isinstance(part, ast.NamedExpr))
        else:
            stack.extend(ast.iter_child_nodes(node))


def _free(body: Iterable[ast.AST], local: frozenset[str]) -> set[str]:
    """Return the names that `body` and the functions in it read, except their local variables."""
    found: set[str] = set()
    stack = list(body)
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id not in local:
            found.add(node.id)
        elif isinstance(node, _FUNCTIONS | ast.Lambda):
            arguments = node.args
            stack += [*arguments.defaults, *filter(None, arguments.kw_defaults), *getattr(node, "decorator_list", ())]
            within: list[ast.AST] = [*node.body] if isinstance(node.body, list) else [node.body]
            found |= _free(within, local | _locals_of(node, within))
        elif isinstance(node, _COMPREHENSIONS):
            targets = {
                part.id for loop in node.generators for part in ast.walk(loop.target) if isinstance(part, ast.Name)
            }
            found |= _free(ast.iter_child_nodes(node), local | targets)
        else:
            if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
                found.add(node.target.id)
            stack.extend(ast.iter_child_nodes(node))
    return found


def _locals_of(function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, body: list[ast.AST]) -> frozenset[str]:
    a = function.args
    local = {x.arg for x in [*a.posonlyargs, *a.args, *a.kwonlyargs, *filter(None, [a.vararg, a.kwarg])]}
    for node in _same_scope(body):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            local.add(node.id)
        elif isinstance(node, _FUNCTIONS | ast.ClassDef):
            local.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            local.update((alias.asname or alias.name).partition(".")[0] for alias in node.names)
    declared = {name for node in body for part in ast.walk(node) if isinstance(part, ast.Global) for name in part.names}
    return frozenset(local - declared)


def shared_classes(given: Iterable[ast.Module], read: frozenset[str]) -> frozenset[str]:
    """Return the classes of given cells that the student's work uses, with their bases: both sides share them."""
    classes = {
        node.name: {base.id for base in node.bases if isinstance(base, ast.Name)}
        for tree in given
        for node in tree.body
        if isinstance(node, ast.ClassDef)
    }
    shared: set[str] = set()
    waiting = [name for name in classes if name in read]
    while waiting:
        name = waiting.pop()
        if name in classes and name not in shared:
            shared.add(name)
            waiting.extend(classes[name])
    return frozenset(shared)


def attributes_of(trees: Iterable[ast.Module]) -> frozenset[tuple[str, str]]:
    """Return the attributes of modules that these cells use, as ``("random", "random")``: a test may replace them."""
    trees = list(trees)
    modules: dict[str, str] = {}
    found: set[tuple[str, str]] = set()
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                modules[alias.asname or top] = alias.name if alias.asname else top
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            modules.update({alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names})
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Attribute):
            owner = modules.get(ast.unparse(node.value).partition(".")[0])
            if owner is not None:
                found.add((".".join([owner, *ast.unparse(node.value).split(".")[1:]]), node.attr))
        elif isinstance(node, ast.Name) and node.id in ("input", "print", "open"):
            found.add(("builtins", node.id))
    return frozenset(found)
