"""NumPy's classes of arrays and their like: structured, masked and matrix arrays, polynomials, dtypes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np

from .checked import Kind, exactly, whole

_FIELD = re.compile(r"[<>|=]?(b1|[iuf][1248]|c8|c16|[SU][1-9]\d{0,5})")
_DTYPE = re.compile(r"[<>|=]?([biufcO]\d{0,2}|[SU]\d{1,6}|M8|m8)")


def fields_of(value: Any) -> list[Any] | None:
    """Describe a structured array, field by field; return None if one of them does not cross."""
    dtypes = [(name, value.dtype.fields[name][0]) for name in value.dtype.names]
    if not all(_FIELD.fullmatch(dtype.str) for _, dtype in dtypes):
        return None
    return ["fields", list(value.shape), [[name, np.ascontiguousarray(value[name])] for name, _ in dtypes]]


def fields_from(shape: Any, fields: Any) -> Any:
    """Build the structured array that :func:`fields_of` described."""
    shape = tuple(map(whole, shape))
    if not fields:
        raise ValueError("no fields")
    for name, column in exactly(list, fields):
        if type(name) is not str or type(column) is not np.ndarray or column.shape != shape:
            raise ValueError("not a field")
        if not _FIELD.fullmatch(column.dtype.str):
            raise ValueError("not the dtype of a field")
    made = np.zeros(shape, [(name, column.dtype) for name, column in fields])
    for name, column in fields:
        made[name] = column
    return made


def _masked(value: Any) -> list[Any]:
    return [np.asarray(value.data), np.ma.getmaskarray(value)]


def _masked_from(data: Any, mask: Any) -> Any:
    if type(data) is not np.ndarray or type(mask) is not np.ndarray or mask.dtype != bool:
        raise ValueError("not a masked array")
    if mask.shape != data.shape or data.dtype.kind not in "biufcUSMm":
        raise ValueError("not a masked array")
    return np.ma.MaskedArray(data, mask)


def from_arrays(make: Any, dimensions: int) -> Callable[..., Any]:
    """Return a function that hands arrays of numbers with so many dimensions to `make`."""

    def built(*parts: Any) -> Any:
        for part in parts:
            if type(part) is not np.ndarray or part.ndim != dimensions or part.dtype.kind not in "iufcb":
                raise ValueError("not an array of numbers")
        return make(*parts)

    return built


def _poly1d_from(coefficients: Any, variable: Any) -> Any:
    return np.poly1d(from_arrays(np.asarray, 1)(coefficients), variable=exactly(str, variable))


def _dtype(value: Any) -> list[Any] | None:
    return [value.str] if value.names is None and _DTYPE.fullmatch(value.str) else None


def _dtype_from(text: Any) -> Any:
    if type(text) is not str or not _DTYPE.fullmatch(text):
        raise ValueError("not a dtype")
    return np.dtype(text)


KINDS: list[Kind] = [
    (np.matrix, "matrix", lambda v: [np.asarray(v)], from_arrays(lambda a: a.view(np.matrix), 2)),
    (np.ma.MaskedArray, "masked", _masked, _masked_from),
    (np.poly1d, "poly1d", lambda v: [np.asarray(v.coeffs), v.variable], _poly1d_from),
    *((type(np.dtype(c)), "dtype", _dtype, _dtype_from) for c in "?bhilqBHILQefdgFDGSUOMm"),
]
