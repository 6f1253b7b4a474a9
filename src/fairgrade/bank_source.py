"""Turn code of a grader's bank back into the source of a notebook cell.

A bank holds functions, classes and values. A student writes text; so the definition is cut out of its
module with whatever it needs from there, without decorators and under the name the notebook expects.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import sys
from types import ModuleType
from typing import Any

LIBRARIES = sys.stdlib_module_names | {"numpy"}
"""A notebook can import from these; what comes from elsewhere has to be in the graders."""


def cell_source(item: Any, name: str) -> str:
    """Source that defines `item` under `name`, self-contained but for NumPy and the standard library.

    Parameters
    ----------
    item : object
        A function or class at the top level of a module, or a value with a literal ``repr``.
    name : str
        What the notebook calls it.

    Raises
    ------
    ValueError
        If it depends on something that is neither in the graders nor in an importable library.
    """
    if not (inspect.isfunction(item) or inspect.isclass(item)):
        return f"{name} = {item!r}"
    parts: dict[str, str] = {}
    _collect(item, name, parts)
    imports = sorted(source for key, source in parts.items() if key.startswith("import "))
    definitions = [source for key, source in parts.items() if not key.startswith("import ")]
    return "\n\n\n".join([*(["\n".join(imports)] if imports else []), *definitions])


def _collect(item: Any, name: str, parts: dict[str, str]) -> None:
    """Add the definition of `item` to `parts`, after those of all it depends on."""
    module = inspect.getmodule(item)
    assert module is not None
    definition = _definition(module, item.__name__)
    definition.decorator_list = []
    _Rename(item.__name__, name).visit(definition)
    for needed in _free_names(definition):
        if needed != name and needed not in parts:
            _collect_name(needed, module, parts)
    parts[name] = ast.unparse(definition)


def _collect_name(name: str, module: ModuleType, parts: dict[str, str]) -> None:
    value = vars(module).get(name)
    if isinstance(value, ModuleType):
        alias = "" if value.__name__ == name else f" as {name}"
        parts[f"import {name}"] = f"import {value.__name__}{alias}"
    elif callable(value) and str(getattr(value, "__module__", "")).partition(".")[0] in LIBRARIES:
        alias = "" if value.__name__ == name else f" as {name}"
        parts[f"import {name}"] = f"from {value.__module__} import {value.__name__}{alias}"
    elif inspect.isfunction(value) or inspect.isclass(value):
        if value.__module__.partition(".")[0] != module.__name__.partition(".")[0]:
            raise ValueError(
                f"{module.__name__}: expected code that needs the graders alone, got {name} of {value.__module__}."
            )
        _collect(value, name, parts)
    elif name in vars(module):
        parts[name] = f"{name} = {value!r}"


def _definition(module: ModuleType, name: str) -> ast.FunctionDef | ast.ClassDef:
    """The syntax tree of a top-level definition; the last of that name, as at run time."""
    tree = ast.parse(inspect.getsource(module))
    found = [n for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef) and n.name == name]
    if not found:
        raise ValueError(f"{module.__name__}: expected {name} at the top level, found it elsewhere.")
    return found[-1]


def _free_names(definition: ast.AST) -> list[str]:
    """The names `definition` reads and does not bind itself, in order; a superset does no harm."""
    nodes = list(ast.walk(definition))
    bound = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    bound |= {n.arg for n in nodes if isinstance(n, ast.arg)}
    bound |= {n.name for n in nodes if isinstance(n, ast.FunctionDef | ast.ClassDef)}
    bound |= {
        alias.asname or alias.name for n in nodes if isinstance(n, ast.Import | ast.ImportFrom) for alias in n.names
    }
    read = [n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)]
    return [name for name in dict.fromkeys(read) if name not in bound and not hasattr(builtins, name)]


class _Rename(ast.NodeTransformer):
    """Give a definition another name, also where it calls itself."""

    def __init__(self, old: str, new: str) -> None:
        self.old, self.new = old, new

    def visit_Name(self, node: ast.Name) -> ast.Name:
        node.id = self.new if node.id == self.old else node.id
        return node

    def _visit_definition(self, node: ast.FunctionDef | ast.ClassDef) -> ast.AST:
        node.name = self.new if node.name == self.old else node.name
        return self.generic_visit(node)

    visit_FunctionDef = _visit_definition  # noqa: N815 - ast.NodeTransformer looks for these names
    visit_ClassDef = _visit_definition  # noqa: N815
