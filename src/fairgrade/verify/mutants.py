"""Mutants: the reference with one small change, of the kind that slips of the pen and of the mind make.

The operators of mutation testing (Jia and Harman, "An analysis and survey of the development of mutation
testing", 2011) and some of numerical Python: reductions, clipping, ranges, arguments in another order.
The libraries for it (cosmic-ray, mutmut) mutate files for a test runner and know none of the latter;
cosmic-ray's operators would bring seventeen packages along.
"""

from __future__ import annotations

import ast
import copy
import difflib
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Mutant:
    """A changed reference.

    Attributes
    ----------
    operator : str
        The name of what was done.
    was, becomes : str
        The changed line, before and after; empty where a line is dropped.
    source : str
        The whole source, changed.
    diff : str
        The change in its surroundings.
    """

    operator: str
    was: str
    becomes: str
    source: str
    diff: str


# -- operators: from a node to those that could stand in its place ----------------------------------

ARITHMETIC: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult,),
    ast.Pow: (ast.Mult,),
    ast.Mod: (ast.Mult,),
    ast.FloorDiv: (ast.Div,),
    ast.MatMult: (ast.Mult,),
}

COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
}

OTHER_FUNCTIONS = {
    "mean": ("sum", "median", "max"),
    "sum": ("mean", "max"),
    "max": ("min",),
    "min": ("max",),
    "maximum": ("minimum",),
    "minimum": ("maximum",),
    "log": ("log2", "log10", "log1p"),
    "exp": ("expm1", "exp2"),
    "square": ("abs",),
    "argmax": ("argmin",),
    "argmin": ("argmax",),
    "zeros": ("ones",),
    "ones": ("zeros",),
}
"""Functions by what is taken for them."""

LEFT_OUT = {"clip", "abs", "min", "max", "minimum", "maximum", "sqrt", "square", "exp", "log", "mean", "sum", "sigmoid"}
"""Functions whose call is forgotten, so that their argument stands there alone. Conversions such as float are not
among them: in what form a number comes back is free."""


def other_arithmetic(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.BinOp | ast.AugAssign):
        for operator in ARITHMETIC.get(type(node.op), ()):
            yield _with(node, op=operator())


def one_operand_alone(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.BinOp):
        yield node.left
        yield node.right


def operands_swapped(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub | ast.Div | ast.Pow):
        yield _with(node, left=node.right, right=node.left)


def without_its_sign(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Not):
        yield node.operand


def other_constant(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value)):
            yield ast.Constant(value + 1)
            yield ast.UnaryOp(ast.USub(), ast.Constant(1)) if value == 0 else ast.Constant(value - 1)
        case ast.Constant(value=float(value)):
            yield ast.Constant(value + 1)
            yield ast.Constant(float(f"{1.1 * value:.3g}") or -1.0)


def other_comparison(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        for operator in COMPARISONS.get(type(node.ops[0]), ()):
            yield _with(node, ops=[operator()])


def other_logic(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.BoolOp(op=ast.And()):
            yield _with(node, op=ast.Or())
        case ast.BoolOp(op=ast.Or()):
            yield _with(node, op=ast.And())
        case ast.IfExp():
            yield _with(node, body=node.orelse, orelse=node.body)
            yield node.body
            yield node.orelse
        case ast.If() | ast.While():
            yield _with(node, test=ast.UnaryOp(ast.Not(), node.test))


def arguments_swapped(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Call):
        for i in range(len(node.args) - 1):
            args = list(node.args)
            args[i], args[i + 1] = args[i + 1], args[i]
            yield _with(node, args=args)


def other_function(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Call(func=ast.Attribute(attr=name)):
            for other in OTHER_FUNCTIONS.get(name, ()):
                yield _with(node, func=_with(node.func, attr=other))
        case ast.Call(func=ast.Name(id=name)):
            for other in OTHER_FUNCTIONS.get(name, ()):
                yield _with(node, func=ast.Name(other, ast.Load()))


def call_left_out(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name), args=[argument, *_]) if name in LEFT_OUT:
            yield argument


def keyword_left_out(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Call):
        for keyword in node.keywords:
            yield _with(node, keywords=[k for k in node.keywords if k is not keyword])


def range_off_by_one(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Call(func=ast.Name(id="range"), args=[end]):
            yield _with(node, args=[ast.BinOp(end, ast.Sub(), ast.Constant(1))])
            yield _with(node, args=[ast.BinOp(end, ast.Add(), ast.Constant(1))])
            yield _with(node, args=[ast.Constant(1), end])


def loop_over_fewer(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.For):
        items = ast.Call(ast.Name("list", ast.Load()), [node.iter], [])
        for part in (ast.Slice(ast.Constant(1)), ast.Slice(None, ast.UnaryOp(ast.USub(), ast.Constant(1)))):
            yield _with(node, iter=ast.Subscript(items, part, ast.Load()))


def leaves_the_loop(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.For | ast.While):
        yield _with(node, body=[*node.body, ast.Break()])


def returns_nothing(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Return) and node.value is not None:
        yield ast.Return()


def statement_left_out(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Expr | ast.Break | ast.Continue):
        yield ast.Pass()


Operator = Callable[[ast.AST], Iterator[ast.AST]]

OPERATORS: tuple[Operator, ...] = (
    other_arithmetic,
    one_operand_alone,
    operands_swapped,
    without_its_sign,
    other_constant,
    other_comparison,
    other_logic,
    arguments_swapped,
    other_function,
    call_left_out,
    keyword_left_out,
    range_off_by_one,
    loop_over_fewer,
    leaves_the_loop,
    returns_nothing,
    statement_left_out,
)


# -- applying them --------------------------------------------------------------------------------


def mutants_of(source: str) -> Iterator[Mutant]:
    """All mutants of a piece of source, each different from it and from the others.

    What is written for people is left alone: docstrings, strings, and statements that only print.
    """
    tree = ast.parse(source)
    original = ast.unparse(tree)
    seen = {original}
    for parent, field, index, node in list(_places(tree)):
        for operator in OPERATORS:
            for replacement in operator(node):
                _put(parent, field, index, replacement)
                changed = ast.unparse(ast.fix_missing_locations(tree))
                _put(parent, field, index, node)
                if changed not in seen:
                    seen.add(changed)
                    yield _mutant(operator.__name__, original, changed)


def _mutant(operator: str, original: str, changed: str) -> Mutant:
    before, after = original.splitlines(), changed.splitlines()
    lines = list(difflib.unified_diff(before, after, lineterm="", n=2))[2:]
    was = "\n".join(line[1:].strip() for line in lines if line.startswith("-"))
    becomes = "\n".join(line[1:].strip() for line in lines if line.startswith("+"))
    if becomes == "pass":
        becomes = ""
    return Mutant(operator.replace("_", " "), was, becomes, changed, "\n".join(lines[1:]))


Place = tuple[ast.AST, str, int | None, ast.AST]


def _places(node: ast.AST) -> Iterator[Place]:
    """Each place in the tree that may be changed: parent, field, position in the field's list, node."""
    for field, value in ast.iter_fields(node):
        children = list(enumerate(value)) if isinstance(value, list) else [(None, value)]
        for index, child in children:
            if isinstance(child, ast.AST) and not _is_for_people(child) and field != "annotation":
                yield node, field, index, child
                yield from _places(child)


def _put(parent: ast.AST, field: str, index: int | None, node: ast.AST) -> None:
    if index is None:
        setattr(parent, field, node)
    else:
        getattr(parent, field)[index] = node


def _is_for_people(node: ast.AST) -> bool:
    match node:
        case ast.Expr(value=ast.Constant() | ast.Call(func=ast.Name(id="print"))) | ast.JoinedStr():
            return True
        case ast.If(body=body, orelse=[]):
            return all(_is_for_people(statement) for statement in body)
    return False


def _with(node: ast.AST, **fields: object) -> ast.AST:
    """A copy of the node with other fields."""
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed
