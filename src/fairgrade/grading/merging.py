"""Merging several mistakes into one piece of code.

Mistakes are independent where they change different places of right work. Classes are joined by
inheriting from both. Functions are merged by their syntax trees, the way a version control system merges
two changes of one text. Where two mistakes change the same place, nobody can make both. A mistake in the arguments or
the result of work is wrapped around any other.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterable, Sequence
from copy import deepcopy
from functools import cache, partial
from itertools import combinations, permutations
from typing import Any

from fairgrade.grading.bank_items import Misconception

MERGED_NAME = "both_at_once"

_numbers: dict[Any, int] = {}
"""A number for each meaning of a syntax tree: equal trees have equal numbers."""


def combine(right: Iterable[Any], members: Sequence[Misconception]) -> list[Any]:
    """Return the codes that make several mistakes at once; none if nobody can make them.

    There are several where wrappers may be put around one another in any order.

    Parameters
    ----------
    right : iterable of object
        Right work in the styles that mistakes may be written in; the reference is the first.
    members : sequence of Misconception
        The mistakes.
    """
    if any(one.contradicts(other) or one.is_same_as(other) for one, other in combinations(members, 2)):
        return []
    styles = list(right)
    around = [member.code for member in members if member.is_wrapper]
    inside = [member.code for member in members if not member.is_wrapper]
    core = merge(styles, inside) if inside else styles[0]
    if core is None or (around and inspect.isclass(core)):
        return []
    codes = []
    for order in permutations(around):
        code = core
        for outer in order:
            code = partial(outer, right=code)
        codes.append(code)
    return codes


def merge(right: Iterable[Any], codes: Sequence[Any]) -> Any:
    """Return the code that makes the mistakes of several pieces of code at once; None if there is none.

    Parameters
    ----------
    right : iterable of object
        Right work in the styles they may be written in.
    codes : sequence of object
        Functions, or two classes.
    """
    if len(codes) == 1:
        return codes[0]
    if all(map(inspect.isclass, codes)):
        return _class_of_both(*codes) if len(codes) == 2 else None
    if not all(map(inspect.isfunction, codes)):
        return None
    bases = tuple(filter(inspect.isfunction, right))
    styles = {_style(code, bases) for code in codes}
    if len(styles) != 1:
        return None  # what is another style would count as a change
    base = _definition(styles.pop())
    tree, *others = map(_definition, codes)
    for other in others:
        tree = _merged(base, tree, other)
        if tree is None:
            return None
        _number(tree)
    return _compiled(tree, codes[0])


MIN_COMMON_SHARE = 0.5
"""Code is written in the style of right work if it has at least this share of its syntax trees in common."""


@cache
def _style(code: Any, bases: tuple[Any, ...]) -> Any:
    """Return the right work in whose style code is written: the first with much in common, or else with most."""
    said = _all_said(_definition(code))

    def common(base: Any) -> float:
        return len(said & _all_said(_definition(base))) / len(_all_said(_definition(base)))

    return next((base for base in bases if common(base) >= MIN_COMMON_SHARE), max(bases, key=common))


@cache
def _all_said(tree: Any) -> frozenset[int]:
    return frozenset(node.number for node in ast.walk(tree))  # type: ignore[attr-defined]


def _class_of_both(one: type, other: type) -> Any:
    if any(isinstance(value, list | dict | set) for each in (one, other) for value in vars(each).values()):
        return None  # what all instances share depends on which were made before, so it can't be compared
    for name in set(vars(one)) & set(vars(other)):
        method = vars(one)[name]
        # A method that does not hand on to the next class hides what the other one does there.
        if inspect.isfunction(method) and "__class__" not in method.__code__.co_freevars:
            return None
    try:
        return type(MERGED_NAME, (one, other), {})
    except TypeError:  # one of them inherits from the other
        return None


@cache
def _definition(function: Any) -> Any:
    """Return the syntax tree of a function, under one name for all, without decorators and calls of float."""
    definition = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    assert isinstance(definition, ast.FunctionDef)
    definition.name, definition.decorator_list = MERGED_NAME, []
    definition = _WithoutFloat().visit(definition)
    _number(definition)
    return definition


class _WithoutFloat(ast.NodeTransformer):
    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        return node.args[0] if isinstance(node.func, ast.Name) and node.func.id == "float" else node


def _compiled(tree: Any, neighbour: Any) -> Any:
    """Return the function that a tree defines, with the globals of one of the merged ones."""
    names = dict(neighbour.__globals__)
    module = ast.fix_missing_locations(ast.Module([tree], []))
    exec(compile(module, "<a pair>", "exec"), names)  # noqa: S102 - both halves are in the grader's own bank
    return names[MERGED_NAME]


def _merged(base: Any, one: Any, other: Any) -> Any:
    """Apply to `base` the changes of `one` and of `other`; return None if they conflict."""
    if _same(base, one):
        return None if _same(base, other) else other
    if _same(base, other):
        return one
    for mine, theirs in ((one, other), (other, one)):
        if (inner := _inside(mine, base)) is not None:  # wrapped into something more
            return deepcopy(mine, {id(inner): theirs})  # a copy with `theirs` in the place of `inner`
        if (left := _taken_out(base, mine, theirs)) is not None:
            return left
    if isinstance(base, list):
        if not (isinstance(one, list) and isinstance(other, list) and len(base) == len(one) == len(other)):
            return None
        parts = [_part(*three) for three in zip(base, one, other, strict=True)]
        return None if any(part is None for part in parts) else parts
    if not (isinstance(base, ast.AST) and type(base) is type(one) is type(other)):
        return None
    fields = {}
    for name in base._fields:
        was, mine, theirs = (getattr(node, name, None) for node in (base, one, other))
        fields[name] = _part(was, mine, theirs)
        if fields[name] is None and not was is mine is theirs is None:
            return None
    return type(base)(**fields)


def _taken_out(base: Any, mine: Any, theirs: Any) -> Any:
    """Return what `theirs` makes of `mine`, if `mine` is an operand or an argument of `base` alone; else None."""
    if isinstance(base, ast.UnaryOp | ast.BinOp) and type(theirs) is type(base) and _same(theirs.op, base.op):
        parts = [(getattr(base, name), getattr(theirs, name)) for name in base._fields]
    elif isinstance(base, ast.Call) and isinstance(theirs, ast.Call) and _same(theirs.func, base.func):
        parts = list(zip(base.args, theirs.args, strict=False))
    else:
        return None
    return next((its for was, its in parts if _same(was, mine)), None)


def _part(base: Any, one: Any, other: Any) -> Any:
    """Merge a part of a tree; a part that neither changed stays as it is."""
    return base if _same(base, one) and _same(base, other) else _merged(base, one, other)


def _inside(tree: Any, part: Any) -> Any:
    """Return the node somewhere inside of an expression that is the same as `part`."""
    if not (isinstance(tree, ast.expr) and isinstance(part, ast.expr)) or isinstance(part, ast.Name | ast.Constant):
        return None
    return _nodes_within(tree).get(part.number)  # type: ignore[attr-defined]


@cache
def _nodes_within(tree: Any) -> dict[int, Any]:
    """Return the nodes inside of a tree by their numbers; of equal ones the first."""
    inside: list[Any] = [node for node in ast.walk(tree) if node is not tree]
    return {node.number: node for node in reversed(inside)}


def _same(a: Any, b: Any) -> bool:
    """Whether two parts of definitions are equal."""
    if type(a) is not type(b):
        return False
    if isinstance(a, list):
        return len(a) == len(b) and all(map(_same, a, b))
    if isinstance(a, ast.AST):
        return bool(a.number == b.number)  # type: ignore[attr-defined]
    return bool(a == b)


def _number(tree: Any) -> Any:
    """Give equal nodes equal numbers, so that whole trees are compared by their numbers."""
    if isinstance(tree, list):
        return tuple(map(_number, tree))
    if not isinstance(tree, ast.AST):
        return type(tree), tree
    what = type(tree), *(_number(getattr(tree, name, None)) for name in tree._fields)
    tree.number = _numbers.setdefault(what, len(_numbers))  # type: ignore[attr-defined]
    return tree.number  # type: ignore[attr-defined]
