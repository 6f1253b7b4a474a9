"""Several mistakes at once, as one piece of code.

Mistakes are independent where they change different places of right work. Classes are joined by
inheriting from both. Functions are merged by their syntax trees, the way a version control system merges
two changes of one text. Where two mistakes change the same place, nobody can make both. A mistake in what work is
given or gives back is made around any other.
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
"""The number of each thing that a node of a definition says."""


def at_once(right: Iterable[Any], members: Sequence[Misconception]) -> list[Any]:
    """The codes that make several mistakes at once; none if nobody can make them.

    There are several where mistakes in what goes in or comes out may be made one around the other.

    Parameters
    ----------
    right : iterable of object
        Right work in the styles that mistakes may be written in; the reference is the first.
    members : sequence of Misconception
    """
    if any(one.contradicts(other) or one.is_same_as(other) for one, other in combinations(members, 2)):
        return []
    styles = list(right)
    around = [member.code for member in members if member.is_wrapper]
    inside = [member.code for member in members if not member.is_wrapper]
    core = together(styles, inside) if inside else styles[0]
    if core is None or (around and inspect.isclass(core)):
        return []
    codes = []
    for order in permutations(around):
        code = core
        for outer in order:
            code = partial(outer, right=code)
        codes.append(code)
    return codes


def together(right: Iterable[Any], codes: Sequence[Any]) -> Any:
    """The code that makes the mistakes of several pieces of code at once; None if there is none.

    Parameters
    ----------
    right : iterable of object
        Right work in the styles they may be written in.
    codes : sequence of object
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
"""Code is written in the style of right work if it says so much of what that says."""


@cache
def _style(code: Any, bases: tuple[Any, ...]) -> Any:
    """The right work in whose style code is written: the first it has much in common with, or else most."""
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
    """The syntax tree of a function, under one name for all, without decorators; float() changes nothing."""
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
    """The function that a tree defines, in the module of one of the two."""
    names = dict(neighbour.__globals__)
    module = ast.fix_missing_locations(ast.Module([tree], []))
    exec(compile(module, "<a pair>", "exec"), names)  # noqa: S102 - both halves are in the grader's own bank
    return names[MERGED_NAME]


def _merged(base: Any, one: Any, other: Any) -> Any:
    """What `one` and what `other` changed of `base`, both; None if they collide."""
    if _same(base, one):
        return None if _same(base, other) else other
    if _same(base, other):
        return one
    for mine, theirs in ((one, other), (other, one)):
        if (inner := _inside(mine, base)) is not None:  # wrapped into something more
            return _replaced(mine, inner, theirs)
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
    """What `theirs` made of the part of `base` that `mine` takes out of what was around it; None if it does not."""
    if isinstance(base, ast.UnaryOp | ast.BinOp) and type(theirs) is type(base) and _same(theirs.op, base.op):
        parts = [(getattr(base, name), getattr(theirs, name)) for name in base._fields]
    elif isinstance(base, ast.Call) and isinstance(theirs, ast.Call) and _same(theirs.func, base.func):
        parts = list(zip(base.args, theirs.args, strict=False))
    else:
        return None
    return next((its for was, its in parts if _same(was, mine)), None)


def _part(base: Any, one: Any, other: Any) -> Any:
    """A part of a merged tree; one that neither changed stays as it is."""
    return base if _same(base, one) and _same(base, other) else _merged(base, one, other)


def _inside(tree: Any, part: Any) -> Any:
    """The node somewhere inside of an expression that is the same as `part`."""
    if not (isinstance(tree, ast.expr) and isinstance(part, ast.expr)) or isinstance(part, ast.Name | ast.Constant):
        return None
    return _nodes_within(tree).get(part.number)  # type: ignore[attr-defined]


@cache
def _nodes_within(tree: Any) -> dict[int, Any]:
    """The nodes inside of a tree by their numbers; of those that say the same, the first."""
    inside: list[Any] = [node for node in ast.walk(tree) if node is not tree]
    return {node.number: node for node in reversed(inside)}


def _replaced(tree: Any, node: Any, by: Any) -> Any:
    """A copy of the tree with another node in place of one."""
    return deepcopy(tree, {id(node): by})


def _same(a: Any, b: Any) -> bool:
    """Whether two parts of definitions say the same."""
    if type(a) is not type(b):
        return False
    if isinstance(a, list):
        return len(a) == len(b) and all(map(_same, a, b))
    if isinstance(a, ast.AST):
        return bool(a.number == b.number)  # type: ignore[attr-defined]
    return bool(a == b)


def _number(tree: Any) -> Any:
    """Give each node a number, the same where it says the same, so that comparing whole trees is comparing numbers."""
    if isinstance(tree, list):
        return tuple(map(_number, tree))
    if not isinstance(tree, ast.AST):
        return type(tree), tree
    what = type(tree), *(_number(getattr(tree, name, None)) for name in tree._fields)
    tree.number = _numbers.setdefault(what, len(_numbers))  # type: ignore[attr-defined]
    return tree.number  # type: ignore[attr-defined]
