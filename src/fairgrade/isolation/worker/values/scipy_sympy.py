"""Sparse matrices of SciPy and expressions of SymPy as plain values, and back.

An expression is built from a fixed list of classes, bottom up. Numbers in it are small and its exponents are numbers or
plain: what SymPy would work out on the way, or a test when it puts in a value, must not fill the memory.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

MOST_NODES = 5000
MOST_BITS = 4096
MOST_EXPONENT = 1000
MOST_CELLS = 1 << 22
"""Rows and columns of a sparse matrix, together."""

_FORMATS = ("csr", "csc", "coo", "lil", "dok", "dia", "bsr")
_SPARSE = frozenset(f"{form}_{kind}" for form in _FORMATS for kind in ("matrix", "array"))
_FUNCTIONS = frozenset(
    [
        "Add",
        "Mul",
        "sin",
        "cos",
        "tan",
        "asin",
        "acos",
        "atan",
        "sinh",
        "cosh",
        "tanh",
        "exp",
        "log",
        "Abs",
        "sign",
        "sqrt",
        "Equality",
        "Unequality",
        "StrictLessThan",
        "LessThan",
        "StrictGreaterThan",
        "GreaterThan",
        "Tuple",
    ]
)
_CONSTANTS = {
    "Zero": "Zero", "One": "One", "NegativeOne": "NegativeOne", "Half": "Half", "Pi": "Pi", "Exp1": "Exp1",
    "ImaginaryUnit": "ImaginaryUnit", "Infinity": "Infinity", "NegativeInfinity": "NegativeInfinity", "NaN": "NaN",
    "ComplexInfinity": "ComplexInfinity", "BooleanTrue": "true", "BooleanFalse": "false",
}  # fmt: skip


def describe(value: Any) -> list[Any] | None:
    """Return `value` as plain values; None if it is of another class, or can't be described."""
    kind = type(value)
    module = kind.__module__
    top = module.partition(".")[0] if isinstance(module, str) else ""  # a class may make it a property
    if top == "scipy" and kind.__name__ in _SPARSE:
        found = value.tocoo()
        if found.ndim != 2 or sum(found.shape) > MOST_CELLS or found.dtype.kind not in "biufc":
            return None
        rows, columns = (np.asarray(part, dtype=np.int64) for part in (found.row, found.col))
        return ["sparse", kind.__name__, list(map(int, found.shape)), np.asarray(found.data), rows, columns]
    if top == "sympy":
        try:
            return ["sympy", _tree(value, [MOST_NODES])]
        except LookupError:
            return None
    return None


def build(content: list[Any]) -> Any:
    """Return the value that :func:`describe` described.

    Raises
    ------
    ValueError, TypeError, LookupError, ArithmeticError
        If `content` describes none.
    """
    match content:
        case ["sparse", str(name), [int(height), int(width)], *parts] if len(parts) == 3:
            if not all(type(part) is np.ndarray for part in parts):
                raise ValueError("not a sparse matrix")
            return _matrix(name, (height, width), *parts)
        case ["sympy", tree]:
            return _expression(tree, [MOST_NODES])
    raise ValueError("nothing of SciPy or SymPy")


def _matrix(name: str, shape: tuple[int, int], data: Any, rows: Any, columns: Any) -> Any:
    import scipy.sparse

    if name not in _SPARSE or min(shape) < 0 or sum(shape) > MOST_CELLS or data.dtype.kind not in "biufc":
        raise ValueError("not a sparse matrix")
    if not data.shape == rows.shape == columns.shape or data.ndim != 1 or rows.dtype.kind + columns.dtype.kind != "ii":
        raise ValueError("not the entries of a sparse matrix")
    if name.startswith("dia") and len(np.unique(columns - rows)) * shape[1] > MOST_CELLS:
        raise ValueError("too many diagonals")
    coo = scipy.sparse.coo_array if name.endswith("array") else scipy.sparse.coo_matrix
    return coo((data, (rows, columns)), shape=shape).asformat(name.partition("_")[0])


def _count(left: list[int]) -> None:
    left[0] -= 1
    if left[0] < 0:
        raise LookupError("too large")


def _tree(value: Any, left: list[int]) -> list[Any]:
    """Return an expression as nested lists; raise LookupError for a class that is not known here."""
    _count(left)
    sympy: Any = sys.modules["sympy"]
    kind = type(value)
    name = kind.__name__
    if name in _CONSTANTS:
        return ["constant", name]
    if kind is sympy.Symbol:
        asked = getattr(value, "_assumptions_orig", value.assumptions0)
        return ["symbol", value.name, {key: known for key, known in asked.items() if type(known) is bool}]
    if isinstance(value, sympy.Integer):
        return ["rational", _small(int(value)), 1]
    if isinstance(value, sympy.Rational):
        return ["rational", _small(int(value.p)), _small(int(value.q))]
    if kind is sympy.Float:
        return ["float", str(value), int(value._prec)]
    if name in ("MutableDenseMatrix", "ImmutableDenseMatrix"):
        return ["matrix", name, value.rows, value.cols, [_tree(item, left) for item in value.flat()]]
    if name != "Pow" and name not in _FUNCTIONS:
        raise LookupError(name)
    return [name, *(_tree(part, left) for part in value.args)]


def _expression(tree: Any, left: list[int]) -> Any:
    import sympy
    from sympy.core.assumptions import _assume_defined

    _count(left)
    match tree:
        case ["constant", str(name)]:
            return getattr(sympy.S, _CONSTANTS[name])
        case ["symbol", str(name), dict(known)] if len(name) < 200 and len(known) < 100:
            if not all(key in _assume_defined and type(fact) is bool for key, fact in known.items()):
                raise ValueError("not a symbol")
            return sympy.Symbol(name, **_asked(known))
        case ["rational", int(above), int(below)] if type(above) is int and type(below) is int and below > 0:
            return sympy.Rational(_small(above), _small(below))
        case ["float", str(digits), int(bits)] if len(digits) < 1500 and 0 < bits <= MOST_BITS:
            return sympy.Float(digits, precision=bits)
        case ["matrix", ("MutableDenseMatrix" | "ImmutableDenseMatrix") as name, int(rows), int(columns), list(items)]:
            if len(items) != rows * columns or rows < 0 or columns < 0:
                raise ValueError("not a matrix")
            made = sympy.Matrix(rows, columns, [_expression(item, left) for item in items])
            return made if name.startswith("Mutable") else made.as_immutable()
        case ["Pow", base, exponent]:
            return _power(_expression(base, left), _expression(exponent, left))
        case [str(name), *parts] if name in _FUNCTIONS:
            return getattr(sympy, name)(*(_expression(part, left) for part in parts))
    raise ValueError("not an expression")


def _power(base: Any, exponent: Any) -> Any:
    import sympy

    if exponent.is_number:
        if abs(complex(exponent)) > MOST_EXPONENT:
            raise ValueError("too large an exponent")
    elif base != sympy.E and exponent.has(sympy.Pow):
        raise ValueError("a tower of powers")
    made = sympy.Pow(base, exponent)
    if any(abs(complex(p.exp)) > MOST_EXPONENT for p in made.atoms(sympy.Pow) if p.exp.is_number):
        raise ValueError("too large an exponent")
    return made


def _asked(facts: dict[str, bool]) -> dict[str, bool]:
    """Return the assumptions a symbol was made with; SymPy draws the same conclusions from them again."""
    return {} if facts == {"commutative": True} else facts


def _small(value: int) -> int:
    if value.bit_length() > MOST_BITS:
        raise LookupError("too large a number")
    return value
