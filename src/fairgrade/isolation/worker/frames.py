"""pandas frames, series and indexes as plain values: columns, labels and the names of dtypes.

pandas is imported where a frame has to be built and not before; who has no frames needs no pandas.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

_DTYPE = re.compile(
    r"bool|u?int(8|16|32|64)|float(16|32|64|128)|complex(64|128|256)|(datetime64|timedelta64)\[(s|ms|us|ns)\]"
    r"|object|str|string|category|boolean|U?Int(8|16|32|64)|Float(32|64)"
    r"|datetime64\[(s|ms|us|ns), (UTC([+-]\d\d:\d\d)?|(?!dateutil)[A-Z][A-Za-z_]+(/[A-Z][A-Za-z0-9_+-]+){0,2})\]"
)
"""What pandas may be asked for by name. Some of its names open files (time zones), others make items without a size."""


class NoPlainForm(TypeError):
    """Something of pandas that can't be described by plain values."""


def is_of_pandas(kind: type) -> bool:
    """Whether `kind` is pandas' own DataFrame, Series or an index."""
    name, module = kind.__name__, kind.__module__
    if not isinstance(module, str) or module.partition(".")[0] != "pandas":  # a class may make it a property
        return False
    return name in ("DataFrame", "Series") or name.endswith("Index")


def to_plain(value: Any) -> list[Any]:
    """`value` as a list that says how to build it again.

    Raises
    ------
    NoPlainForm
        If it holds a column of a kind that does not cross.
    """
    if type(value).__name__ == "DataFrame":
        columns = [_values(value.iloc[:, i]) for i in range(value.shape[1])]
        return ["frame", columns, to_plain(value.columns), to_plain(value.index)]
    if type(value).__name__ == "Series":
        return ["series", _values(value), value.name, to_plain(value.index)]
    if type(value).__name__ == "RangeIndex":
        return ["range", value.start, value.stop, value.step, value.name]
    if type(value).__name__ == "MultiIndex":
        return ["levels", [tuple(row) for row in value.tolist()], list(value.names)]
    return ["index", _values(value), value.name]


def from_plain(content: list[Any]) -> Any:
    """The pandas object that :func:`to_plain` described.

    Raises
    ------
    ImportError
        If pandas is not installed here.
    ValueError, TypeError, LookupError
        If `content` describes nothing that can be.
    """
    import pandas as pd

    match content:
        case ["frame", list(columns), list(labels), list(rows)]:
            index = from_plain(rows)
            frame = pd.DataFrame({i: _array(column) for i, column in enumerate(columns)}, index=index)
            frame.columns = from_plain(labels)
            return frame
        case ["series", list(values), name, list(rows)]:
            return pd.Series(_array(values), index=from_plain(rows), name=name)
        case ["range", int(start), int(stop), int(step), name]:
            return pd.RangeIndex(start, stop, step, name=name)
        case ["levels", list(rows), list(names)]:
            return pd.MultiIndex.from_tuples(rows, names=names)
        case ["index", list(values), name]:
            return pd.Index(_array(values), name=name)
    raise ValueError("not a frame, a series or an index")


def _values(column: Any) -> list[Any]:
    dtype = str(column.dtype)
    if not _DTYPE.fullmatch(dtype):
        raise NoPlainForm(f"a column of dtype {dtype}")
    if isinstance(column.dtype, np.dtype) and column.dtype.kind != "O":
        return [dtype, column.to_numpy()]
    values = np.array([None if _is_missing(item) else _plain(item) for item in column], dtype=object)
    return [dtype, values]


def _is_missing(item: Any) -> bool:
    return type(item).__name__ in ("NAType", "NaTType") or (isinstance(item, float) and item != item)  # noqa: PLR0124


def _plain(item: Any) -> Any:
    return item.to_datetime64() if type(item).__name__ == "Timestamp" and item.tz is None else item


def _array(content: Any) -> Any:
    import pandas as pd

    dtype, values = content
    if not isinstance(values, np.ndarray) or not isinstance(dtype, str) or not _DTYPE.fullmatch(dtype):
        raise ValueError("not a column")
    if values.ndim != 1:
        raise ValueError("not one column")
    made = pd.array(values, dtype=object) if values.dtype.kind == "O" else values.copy()
    return made if str(made.dtype) == dtype else pd.Series(made).astype(dtype).array
