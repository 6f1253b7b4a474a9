"""Mutants: small changes, each once, of what a computer reads and not of what people read."""

from __future__ import annotations

import pytest

from fairgrade.grading import Equivalent
from fairgrade.verify.mutants import mutants_of


def becomes(line: str) -> set[str]:
    """What the line of a function may become."""
    return {mutant.becomes for mutant in mutants_of(f"def f(x, y, n):\n    {line}\n    return x") if mutant.was == line}


@pytest.mark.parametrize(
    ("line", "changed"),
    [
        ("x = x - y", {"x = x + y", "x = y - x", "x = x", "x = y", ""}),
        ("x = np.mean(y)", {"x = np.sum(y)", "x = y"}),
        ("x = np.sum(y, axis=0)", {"x = np.sum(y, axis=1)", "x = np.sum(y)"}),
        ("x = np.clip(y, 0.5, n)", {"x = y", "x = np.clip(0.5, y, n)", "x = np.clip(y, 1.5, n)"}),
        ("x = y if n >= 0.5 else n", {"x = y if n > 0.5 else n", "x = n if n >= 0.5 else y"}),
        ("x = range(n)", {"x = range(n - 1)", "x = range(n + 1)", "x = range(1, n)"}),
        ("x += y", {"x -= y", ""}),
        ("x = -y", {"x = y"}),
    ],
)
def test_a_line_is_changed_as_slips_change_it(line, changed):
    """Arithmetic, reductions, axes, clips, comparisons, ranges, signs, and lines left out."""
    assert changed <= becomes(line)


def test_each_mutant_is_another_program():
    """None is the original, none is there twice, all can be compiled."""
    source = "def f(x):\n    total = 0\n    for v in x:\n        total += v * 2\n    return total / len(x)"
    sources = [mutant.source for mutant in mutants_of(source)]
    assert len(set(sources)) == len(sources) > 10
    assert source not in sources
    for mutant in sources:
        compile(mutant, "<mutant>", "exec")


def test_what_is_for_people_is_left_alone():
    """Docstrings, and statements that only print."""
    source = 'def f(x):\n    """Returns 2."""\n    if x > 3:\n        print(f"x is {x}", 5)\n    return x'
    assert [mutant.becomes for mutant in mutants_of(source)] == ["return"]


def test_an_equivalent_is_known_however_it_is_laid_out():
    """Spaces and quotes are not what a line says."""
    declared = Equivalent("x = f( a,b )", "", why="It is not used.")
    assert declared.describes("x = f(a, b)", "")
    assert not declared.describes("x = f(a, c)", "")
    assert Equivalent("for i in  range(3):", "for i in range( 4 ):", why="").describes(
        "for i in range(3):", "for i in range(4):"
    )
