"""The rules of ARCHITECTURE.md, held over the source: who may import whom, one meaning per name, short modules."""

from __future__ import annotations

import ast
from collections import Counter
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PATHS = {
    ".".join(path.relative_to(ROOT / "src").with_suffix("").parts).removesuffix(".__init__"): path
    for path in (ROOT / "src").rglob("*.py")
    if "template" not in path.parts  # the files of a new course
}
TREES = {module: ast.parse(path.read_text()) for module, path in PATHS.items()}

LEAVES = ("bank_source", "console", "course", "results")
"""Small modules beside the packages, which import `grading` and `notebook` at most."""

MAY_IMPORT: dict[str, set[str]] = {
    "grading": set(),
    "notebook": set(),
    "intake": {"notebook"},
    "isolation": {"grading", "notebook"},
    "nbgrader": {"grading", "intake", "isolation", "notebook", *LEAVES},
    "autograde": {"grading", "intake", "isolation", "nbgrader", "notebook", *LEAVES},
    "verify": {"autograde", "grading", "isolation", "notebook", *LEAVES},
    "discovery": {"autograde", "grading", "notebook", *LEAVES},
    "demo": {"autograde", "grading", "isolation", "notebook", "report", *LEAVES},
    "lms": {"autograde", *LEAVES},
    "similar": {"autograde", "intake", "nbgrader", "notebook", *LEAVES},
    "report": {"autograde", "grading", "notebook", *LEAVES},
    "watch": {"autograde", "grading", "intake", "isolation", "nbgrader", *LEAVES},
    "adoption": {"autograde", "grading", "intake", "isolation", "nbgrader", "notebook", *LEAVES},
    "authoring": {"autograde", "demo", "grading", "isolation", "nbgrader", "notebook", "verify", *LEAVES},
    **{leaf: {"grading", "notebook"} for leaf in LEAVES},
}
"""Which packages and modules of the kit a package may import; everything above it is out of its sight."""

TABLES = {"fairgrade.isolation.worker.seccomp"}
"""Modules that one table fills."""


def imported(tree: ast.AST) -> set[str]:
    """Every name a module imports, anywhere in it: within functions and for the type checker, too."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@cache
def depends_on(module: str) -> set[str]:
    """The kit's modules that a module imports; a package's `__init__` only where nothing more exact is named."""
    found = {name for name in imported(TREES[module]) if name in PATHS and name != module}
    return {name for name in found if not any(other.startswith(f"{name}.") for other in found)} | {
        name for name in found if PATHS[name].name != "__init__.py"
    }


def package_of(module: str) -> str:
    """The part of the kit that a module belongs to."""
    return module.removeprefix("fairgrade").lstrip(".").partition(".")[0]


def test_no_module_imports_itself_by_way_of_others() -> None:
    """There is an order in which every module comes after those it imports."""
    tuple(TopologicalSorter({module: depends_on(module) for module in PATHS}).static_order())


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_packages_import_what_is_below_them(package: str) -> None:
    """Data flows one way: intake, isolation, nbgrader, autograde."""
    used = {
        package_of(name) for module in PATHS if package_of(module) == package for name in depends_on(module)
    } - {package, ""}  # fmt: skip
    assert used <= MAY_IMPORT[package]


def test_the_students_process_imports_nothing_of_the_kit() -> None:
    """It holds no grader, no test and no gradebook, and nothing that could read them."""
    worker = "fairgrade.isolation.worker"
    for module in PATHS:
        if module.startswith(worker):
            assert {name for name in depends_on(module) if not name.startswith(worker)} == set(), module


def test_graders_use_the_vocabulary_and_the_kit_uses_no_grader() -> None:
    """A grader imports `fairgrade.grading` and nothing else of the kit; the kit imports no grader."""
    for path in (ROOT / "graders").rglob("*.py"):
        ours = {name for name in imported(ast.parse(path.read_text())) if name.startswith("fairgrade")}
        assert all(name == "fairgrade" or name.startswith("fairgrade.grading") for name in ours), path
    for module, tree in TREES.items():
        assert not any(name.split(".")[0] == "graders" for name in imported(tree)), module


def test_a_name_has_one_meaning() -> None:
    """No two classes, and no two modules, have the same name."""
    classes = Counter(node.name for tree in TREES.values() for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
    modules = Counter(module.rpartition(".")[2] for module in PATHS if not PATHS[module].name.startswith("__"))
    assert {name: count for name, count in (classes | modules).items() if count > 1} == {}


def test_functions_fit_on_a_screen() -> None:
    """A function has at most 50 lines, docstring included."""
    assert {
        f"{module}.{node.name}": node.end_lineno - node.lineno + 1
        for module, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno >= 50
    } == {}


def test_modules_are_one_idea() -> None:
    """A module has at most 300 lines, unless one table fills it."""
    assert {
        module: lines
        for module, path in PATHS.items()
        if module not in TABLES and (lines := len(path.read_text().splitlines())) > 300
    } == {}
