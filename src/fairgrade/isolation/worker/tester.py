"""Runs a test among the student's objects, with the names of Python, libraries and the instructor in their places.

Student code has run in this process before. The steps here keep a patched library, a shadowed name and a leftover hook
from deciding about a test. They do not stop code that looks for this module and changes it.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import importlib
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from .pristine import Pristine
from .shell import CellShell

_PREFIX = "_fairgrade_"
_MOST_TEXT = 10_000


class Tester:
    """Runs tests in a process whose state it noted before student code ran there.

    Parameters
    ----------
    shell : CellShell
    pristine : Pristine
        Taken before this process was forked.
    modules : sequence of str
        What the tests, and the instructor's other cells, import; imported now, while nobody can have changed it.
    """

    def __init__(self, shell: CellShell, pristine: Pristine, modules: Sequence[str]) -> None:
        self._shell = shell
        self._pristine = pristine
        _import(modules)
        pristine.take()
        # super() works only by its own name; the compiler looks for it.
        self._builtins = {k: v for k, v in vars(builtins).items() if not k.startswith("_") and k != "super"}
        self._callbacks = {name: list(calls) for name, calls in shell.events.callbacks.items()}
        self._excepthook = sys.excepthook

    def run(self, order: Mapping[str, Any], run_cell: Callable[[str], Any]) -> list[Any]:
        """Run the test of `order`.

        Parameters
        ----------
        order : mapping
            The test's ``parts``, each with whether it is hidden, and whether to ``protect`` it. If so: the ``imports``
            and ``functions`` of the instructor's that it finds in the place of the student's names, except for those
            ``taken`` by the student with the instructor's consent; and the ``context``, statements of earlier tests,
            for names that have no meaning yet.
        run_cell : callable
            Runs a cell of the shell and returns IPython's result.

        Returns
        -------
        list
            Whether it ended well; the number it ends with, or None; and its error, or None.
        """
        if order["protect"]:
            self._clear_hooks()
            self._pristine.restore()
            self._define(order["context"])
            self._shell.ast_transformers = [_Redirect(self._instructors(order), self._shell.user_ns)]
        failed: list[Any] | None = None
        is_score, number = False, None
        for source, hidden in order["parts"]:
            if failed is not None and not hidden:
                is_score = False
                continue
            self._shell.last_shown = None
            result = run_cell(source)
            error = None if result is None else result.error_before_exec or result.error_in_exec
            error = error or self._shell.last_shown
            if result is None or not result.success or error is not None:
                failed = failed or [False, None, self._error(error)]
                if hidden:
                    return failed
            else:
                number = _number(result.result)
                is_score = hidden and number is not None
        # A hidden part that ends in a number decides, whatever went wrong in a visible one.
        return [True, number, None] if failed is None or is_score else failed

    def _clear_hooks(self) -> None:
        """Take away what student code has hung into IPython."""
        shell = self._shell
        for name in [name for name in vars(shell) if callable(getattr(type(shell), name, None))]:
            del vars(shell)[name]
        for name, calls in self._callbacks.items():
            shell.events.callbacks[name] = list(calls)
        shell.input_transformer_manager = type(shell.input_transformer_manager)()
        shell.input_transformers_post = []
        shell.custom_exceptions = ()
        sys.excepthook = self._excepthook
        shell.user_ns["__builtins__"] = builtins

    def _define(self, statements: Sequence[str]) -> None:
        names = self._shell.user_ns
        for statement in statements:
            with contextlib.suppress(Exception):
                if not _bound(ast.parse(statement)) & names.keys():
                    exec(statement, names)

    def _instructors(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values of the instructor's names."""
        found = dict(self._builtins)
        for statement in order["imports"]:
            with contextlib.suppress(Exception):
                imported: dict[str, Any] = {}
                exec(statement, imported)
                del imported["__builtins__"]
                found |= imported
        for name in order["taken"]:
            found.pop(name, None)
        for source in order["functions"]:
            with contextlib.suppress(Exception):
                tree = _Redirect(found, self._shell.user_ns).visit(ast.parse(source))
                defined: dict[str, Any] = {}
                # Its globals are the notebook's, where it finds what the instructor's cells have computed.
                exec(compile(tree, "<given>", "exec"), self._shell.user_ns, defined)
                found |= defined
        return found

    def _error(self, error: BaseException | None) -> list[Any]:
        if error is None:
            return [["Error"], "", 0]
        try:
            message = str(error)[:_MOST_TEXT]
        except BaseException:
            message = ""
        return [[str(base.__name__) for base in type(error).__mro__][:20], message, self._line(error)]

    def _line(self, error: BaseException) -> int:
        if isinstance(error, SyntaxError):
            return error.lineno or 0
        steps = [
            (frame.f_code.co_filename, line)
            for frame, line in traceback.walk_tb(error.__traceback__)
            if frame.f_globals is self._shell.user_ns
        ]
        return next((line for file, line in reversed(steps) if file == steps[0][0]), 0)


def _import(modules: Sequence[str]) -> None:
    """Import what there is; a file beside the notebook is not taken for a library of the same name."""
    path = list(sys.path)
    missing = []
    try:
        sys.path[:] = [entry for entry in path if entry not in ("", ".")]
        for name in modules:
            try:
                importlib.import_module(name)
            except Exception:
                missing.append(name)
    finally:
        sys.path[:] = path
    for name in missing:
        with contextlib.suppress(Exception):
            importlib.import_module(name)


class _Redirect(ast.NodeTransformer):
    """Makes a cell find the values of the instructor's names, whatever else the notebook calls by these names.

    The student's code goes on to find its own.
    """

    def __init__(self, values: Mapping[str, Any], namespace: dict[str, Any]) -> None:
        self._values = values
        self._namespace = namespace
        self._own: set[str] = set()

    def visit_Module(self, node: ast.Module) -> ast.AST:
        self._own |= _bound(node)  # a later part of the test finds what an earlier one has bound
        return self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if not isinstance(node.ctx, ast.Load) or node.id in self._own or node.id not in self._values:
            return node
        hidden = _PREFIX + node.id
        self._namespace[hidden] = self._values[node.id]
        return ast.copy_location(ast.Name(hidden, node.ctx), node)


def _bound(tree: ast.AST) -> set[str]:
    """All names that the code gives a meaning, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                names.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.arg(arg=name) | ast.ExceptHandler(name=str(name)):
                names.add(name)
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
                names.add(name)
            case ast.alias(name=name, asname=other):
                names.add(other or name.partition(".")[0])
            case ast.Global(names=found) | ast.Nonlocal(names=found):
                names.update(found)
    return names


def _number(value: Any) -> float | None:
    """Return a plain number as a float; None for anything else, truth values included."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | float | np.integer | np.floating):
        return None
    try:
        # Not float(value): a class derived from float may answer that as it likes.
        return float.__float__(value) if isinstance(value, float) else float(int.__index__(int(value)))
    except OverflowError:
        return float("inf")
