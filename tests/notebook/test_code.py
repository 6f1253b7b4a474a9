"""Static analysis of a cell's code."""

from __future__ import annotations

import ast

import pytest

from fairgrade.notebook.code import bound_by, imports_of, names_of, parse


def test_only_what_functions_read_and_do_not_bind_is_read() -> None:
    """Names that functions bind or take as arguments are their own."""
    source = """
import numpy as np
K = 3
def f(x, y=K):
    global total
    total += x * FACTOR
    z = [i * x for i in range(3) if i < LIMIT]
    def g(q): return q + z + OUTER
    return helper(z)
class A(Base):
    def m(self): return CONST
roots = solve(lambda t: t * LAM, 0)
for n in range(3): pass
"""
    found = names_of(ast.parse(source))
    assert found.read == {"total", "FACTOR", "LIMIT", "OUTER", "helper", "Base", "CONST", "LAM", "K", "range"}
    assert found.bound == {"np", "K", "f", "A", "roots", "n", "total"}


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("a = [x for x in y]", {"a"}),
        ("a = [b := x for x in y]", {"a", "b"}),
        ("import os.path, numpy as np\nfrom math import pi as p", {"os", "np", "p"}),
        ("from math import *", set()),
        ("def f():\n    global g\n    g = h = 1", {"f", "g"}),
        ("try: pass\nexcept ValueError as e: pass", {"e"}),
        ("match v:\n    case [first, *rest]: pass", {"first", "rest"}),
        ("del d", {"d"}),
        ("o.attribute = o[0] = 1", set()),
    ],
)
def test_names_are_bound_where_python_binds_them(code: str, names: set[str]) -> None:
    """A comprehension's variables are its own, and what a function declares global is not."""
    assert bound_by(ast.parse(code).body) == names


def test_code_with_magics_is_read_without_them() -> None:
    """Magics, shell commands and help are no Python; code that is none either has no statements."""
    assert ast.unparse(parse("%matplotlib inline\n!ls\n?print\na = 1")) == "a = 1"
    assert parse("def f(:").body == []


def test_imports_are_found_wherever_they_stand() -> None:
    """Relative imports name no module."""
    code = "import a.b\ndef f():\n    from c import d\n    from . import e"
    assert imports_of(code) == {"a", "a.b", "c", "c.d"}
