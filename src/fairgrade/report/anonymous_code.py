"""A typical answer of several students, in a form that shows none of them."""

from __future__ import annotations

import ast
import builtins
import io
import itertools
import keyword
import sys
import tokenize
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

MIN_HOLDERS = 3
"""Code of fewer students is not shown, and names and texts that fewer of them use are replaced."""

MAX_LINES, MAX_CHARACTERS = 30, 20_000

_LIBRARY = (np, np.ndarray, np.random, np.random.Generator, np.linalg, list, dict, str)
_COMMON = frozenset(
    {*keyword.kwlist, *keyword.softkwlist, *dir(builtins), *sys.stdlib_module_names}
    | {"self", "numpy", "np", "plt", "matplotlib", "pyplot", "pandas", "pd", "scipy"}
).union(*map(dir, _LIBRARY))
"""Names of Python and of libraries, which tell nothing of a person."""


@dataclass(frozen=True)
class TypicalAnswer:
    """An answer that stands for several.

    Attributes
    ----------
    code : str
        Without comments, docstrings, and names and texts that few students use.
    alike : int
        Students whose answers read the same in this form.
    of : int
        Students it stands for.
    """

    code: str
    alike: int
    of: int


def common_words(answers: Iterable[str], known: Iterable[str] = ()) -> frozenset[str]:
    """Return the names and texts of answers that tell nothing of a person.

    Parameters
    ----------
    answers : iterable of str
        The answers of all students to one exercise.
    known : iterable of str
        Code of the instructor's, whose names may be shown.
    """
    uses = Counter(word for text in answers if (tree := _parsed(text)) for word in _words(tree))
    own = {word for text in known if (tree := _parsed(text)) for word in _words(tree)}
    return frozenset({word for word, count in uses.items() if count >= MIN_HOLDERS} | own)


def typical_answer(answers: Sequence[str], common: Collection[str]) -> TypicalAnswer | None:
    """Return the answer that most students gave; None if they are few, or if none is Python.

    Parameters
    ----------
    answers : sequence of str
        One per student.
    common : collection of str
        The names and texts that are kept; see :func:`common_words`.
    """
    if len(answers) < MIN_HOLDERS:
        return None
    forms = Counter(form for text in answers if (form := anonymous(text, common)))
    if not forms:
        return None
    code, alike = min(forms.items(), key=lambda found: (-found[1], len(found[0]), found[0]))
    return TypicalAnswer(code, alike, len(answers))


def shortened(code: str, usual: Collection[str]) -> str:
    """Cut code of more than :data:`MAX_LINES` lines down to what is unusual in it.

    Parameters
    ----------
    code : str
    usual : collection of str
        Lines of right answers, without indentation. Other lines are kept, with the heads of the blocks they are in.
    """
    lines = code.splitlines()
    if len(lines) <= MAX_LINES:
        return code
    kept: set[int] = set()
    heads: list[int] = []
    for number, line in enumerate(lines):
        if not line.strip():
            continue
        heads = [head for head in heads if _indentation(lines[head]) < _indentation(line)]
        if line.strip() not in usual:
            kept |= {*heads, number}
        heads.append(number)
    shown: list[str] = []
    for number, line in enumerate(lines):
        if number in kept:
            shown.append(line)
        elif line.strip() and shown[-1:] != ["..."]:
            shown.append("...")
    return "\n".join(shown if len(shown) <= MAX_LINES else [*shown[:MAX_LINES], "..."])


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip())


def anonymous(code: str, common: Collection[str]) -> str:
    """Return code without comments and docstrings, other names and texts replaced; empty if it is no Python."""
    tree = _parsed(code)
    if tree is None:
        return ""
    try:
        plain = ast.unparse(ast.fix_missing_locations(_WithoutTexts(common).visit(tree)))
    except RecursionError:
        return ""
    called: dict[str, str] = {}
    found, at = "", 0
    starts = [0, *itertools.accumulate(len(line) for line in plain.splitlines(keepends=True))]
    for token in tokenize.generate_tokens(io.StringIO(plain).readline):
        if token.type == tokenize.NAME and token.string not in _COMMON and token.string not in common:
            begin = starts[token.start[0] - 1] + token.start[1]
            found += plain[at:begin] + called.setdefault(token.string, f"v{len(called) + 1}")
            at = begin + len(token.string)
    return found + plain[at:]


def _parsed(code: str) -> ast.Module | None:
    try:
        return ast.parse(code) if len(code) <= MAX_CHARACTERS else None
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _words(tree: ast.AST) -> set[str]:
    """Return the names and texts in code, each once."""
    words = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant):
            words |= {repr(node.value)} if _is_text(node.value) else set()
        for field in ("id", "arg", "attr", "name", "asname"):
            value = getattr(node, field, None)
            words |= set(value.split(".")) if isinstance(value, str) else set()
    return words


def _is_text(value: object) -> bool:
    """Tell whether a constant may tell of a person: a text, or a number as long as a student's."""
    return isinstance(value, str | bytes) or (type(value) is int and abs(value) >= 10_000)


class _WithoutTexts(ast.NodeTransformer):
    """Removes docstrings, and replaces texts that are not common."""

    def __init__(self, common: Collection[str]) -> None:
        self._common = common

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        if getattr(node, "body", None) == [] and not isinstance(node, ast.Module):
            node.body = [ast.Expr(ast.Constant(...))]  # type: ignore[attr-defined]
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        is_text = isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        return None if is_text else self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if not _is_text(node.value) or repr(node.value) in self._common:
            return node
        return ast.Constant(0 if isinstance(node.value, int) else "...")

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        return ast.Constant("...")
