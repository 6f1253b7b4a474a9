"""Frames, series, indexes and single items of pandas as plain values, and back.

Columns are described by their content (numbers, codes and categories, ordinals and a frequency); names of dtypes come
from a fixed list. pandas is imported when something of it has to be built and not before: a course without frames needs
no pandas.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from ..budget import check_hashes
from ..format import WireError
from . import standard

_DTYPE = re.compile(
    r"bool|u?int(8|16|32|64)|float(16|32|64|128)|complex(64|128|256)|(datetime64|timedelta64)\[(s|ms|us|ns)\]"
    r"|object|str|string|boolean|U?Int(8|16|32|64)|Float(32|64)"
)
"""What pandas may be asked for by name. Some of its names open files (time zones), others make items without a size."""
_FREQUENCY = re.compile(r"-?\d{0,6}[A-Za-z]{1,6}(-[A-Z]{3})?")
_CLOSED = ("left", "right", "both", "neither")
_ITEMS = ("Timestamp", "Timedelta", "Period", "Interval", "NaTType", "NAType", "CategoricalDtype")


MAX_LABELS = 50_000
"""Of one level of an index, or categories of one column: pandas hashes them in a way that can be foreseen."""
MAX_ROWS = 2_000_000
"""Of an index that is a range, which needs no memory of its own to be long."""


class NoPlainForm(TypeError):
    """Something of pandas that can't be described by plain values."""


def is_of_pandas(kind: type) -> bool:
    """Whether `kind` is pandas' own DataFrame, Series, an index, an array, or one of their items."""
    name, module = kind.__name__, kind.__module__
    if not isinstance(module, str) or module.partition(".")[0] != "pandas":  # a class may make it a property
        return False
    if name in ("DataFrame", "Series", "Categorical") or name in _ITEMS:
        return True
    return name.endswith(("Index", "Dtype")) or (name.endswith("Array") and ".arrays" in module) or _is_offset(kind)


def _is_offset(kind: type) -> bool:
    return kind.__module__.startswith("pandas._libs.tslibs.offsets")


def to_plain(value: Any) -> list[Any]:
    """Return a list that says how to build `value` again.

    Raises
    ------
    NoPlainForm
        If it holds something of a kind that does not cross.
    """
    name = type(value).__name__
    if name == "DataFrame":
        columns = [_column(value.iloc[:, i].array) for i in range(value.shape[1])]
        return ["frame", columns, to_plain(value.columns), to_plain(value.index), dict(value.attrs)]
    if name == "Series":
        return ["series", _column(value.array), value.name, to_plain(value.index), dict(value.attrs)]
    if name == "RangeIndex":
        return ["range", value.start, value.stop, value.step, value.name]
    if name == "MultiIndex":
        codes = [np.asarray(code, dtype=np.int64) for code in value.codes]
        return ["levels", [to_plain(level) for level in value.levels], codes, list(value.names)]
    if name.endswith("Index"):
        return ["index", _column(value.array), value.name, _frequency(getattr(value, "freq", None))]
    if hasattr(value, "dtype") and hasattr(value, "take") and not isinstance(value, type):
        return ["array", _column(value)]
    return _item(value)


def _item(value: Any) -> list[Any]:
    name = type(value).__name__
    if name == "Timestamp":
        return ["stamp", value.asm8, _zone(value.tzinfo)]
    if name == "Timedelta":
        return ["delta", value.asm8]
    if name == "Period":
        return ["period", value.ordinal, _frequency(value.freq)]
    if name == "Interval":
        return ["interval", value.left, value.right, value.closed]
    if name in ("NaTType", "NAType"):
        return ["missing", name]
    if _is_offset(type(value)):
        return ["offset", _frequency(value)]
    if name == "CategoricalDtype":
        return ["categories", None if value.categories is None else to_plain(value.categories), bool(value.ordered)]
    if _DTYPE.fullmatch(str(value)):
        return ["dtype", str(value)]
    raise NoPlainForm(f"a {name}")


def from_plain(content: list[Any]) -> Any:
    """Return the pandas object that :func:`to_plain` described.

    Raises
    ------
    WireError
        If pandas is not installed here.
    ValueError, TypeError, LookupError
        If `content` describes nothing that can be.
    """
    try:
        import pandas as pd
    except ImportError:
        raise WireError("a pandas frame, but pandas is not installed where the tests run") from None
    match content:
        case ["frame", list(columns), list(labels), list(rows), dict(attributes)]:
            index = from_plain(rows)
            frame = pd.DataFrame({i: _array(column) for i, column in enumerate(columns)}, index=index)
            frame.columns = from_plain(labels)
            frame.attrs = attributes
            return frame
        case ["series", list(values), name, list(rows), dict(attributes)]:
            series = pd.Series(_array(values), index=from_plain(rows), name=name)
            series.attrs = attributes
            return series
        case ["range", int(start), int(stop), int(step), name]:
            if abs(stop - start) > MAX_ROWS * abs(step):
                raise ValueError("a range that is too long")  # a test would most likely make an array of it
            return pd.RangeIndex(start, stop, step, name=name)
        case ["levels", list(levels), list(codes), list(names)]:
            return pd.MultiIndex([_labels(level) for level in levels], [_integers(c) for c in codes], names=names)
        case ["index", list(values), name, None]:
            return pd.Index(_array(values), name=name)
        case ["index", list(values), name, str(frequency)]:
            array = _array(values)
            kinds = {"M": pd.DatetimeIndex, "m": pd.TimedeltaIndex}
            kind = kinds.get(np.dtype(array.dtype).kind) if isinstance(array.dtype, np.dtype) else None
            if kind is None:
                kind = pd.DatetimeIndex if isinstance(array.dtype, pd.DatetimeTZDtype) else pd.PeriodIndex
            # pandas checks that the frequency is that of the values.
            return kind(array, freq=_frequency_from(frequency), name=name)
        case ["array", list(values)]:
            return _array(values)
        case _:
            return _item_from(content)


def _item_from(content: list[Any]) -> Any:
    import pandas as pd

    match content:
        case ["stamp", np.datetime64() as when, zone]:
            stamp = pd.Timestamp(when)
            return stamp if zone is None else stamp.tz_localize("UTC").tz_convert(standard.zone_from(zone))
        case ["delta", np.timedelta64() as length]:
            return pd.Timedelta(length)
        case ["period", int(ordinal), str(frequency)]:
            return pd.Period(ordinal=ordinal, freq=_frequency_from(frequency))
        case ["interval", left, right, str(closed)] if closed in _CLOSED:
            return pd.Interval(left, right, closed)
        case ["missing", "NaTType"]:
            return pd.NaT
        case ["missing", "NAType"]:
            return pd.NA
        case ["offset", str(frequency)]:
            return _frequency_from(frequency)
        case ["categories", None, bool(ordered)]:
            return pd.CategoricalDtype(None, ordered)
        case ["categories", list(categories), bool(ordered)]:
            return pd.CategoricalDtype(_labels(categories), ordered)
        case ["dtype", str(name)] if _DTYPE.fullmatch(name):
            return pd.api.types.pandas_dtype(name)
    raise ValueError("nothing of pandas")


def _zone(zone: Any) -> Any:
    try:
        return standard.zone_of(zone)
    except LookupError as error:
        raise NoPlainForm(str(error)) from None


def _frequency(frequency: Any) -> str | None:
    if frequency is None:
        return None
    text = str(getattr(frequency, "freqstr", frequency))
    if not _FREQUENCY.fullmatch(text):
        raise NoPlainForm(f"a frequency of {text}")
    return text


def _frequency_from(text: str) -> Any:
    from pandas.tseries.frequencies import to_offset

    if not _FREQUENCY.fullmatch(text):
        raise ValueError("not a frequency")
    return to_offset(text)


def _column(array: Any) -> list[Any]:
    """Return the kind and the content of an array of pandas'."""
    dtype = array.dtype
    kind = type(dtype).__name__
    if kind == "CategoricalDtype":
        return ["categories", np.asarray(array.codes), to_plain(array.categories), bool(array.ordered)]
    if kind == "IntervalDtype":
        return ["intervals", to_plain(array.left), to_plain(array.right), array.closed]
    if kind == "PeriodDtype":
        return ["periods", array.asi8, _frequency(dtype.freq)]
    if kind == "DatetimeTZDtype":
        return ["zoned", np.asarray(array.asi8), dtype.unit, _zone(dtype.tz)]
    if kind == "NumpyEADtype":
        array, dtype = array.to_numpy(), array.dtype.numpy_dtype
    name = str(dtype)
    if not _DTYPE.fullmatch(name):
        raise NoPlainForm(f"a column of dtype {name}")
    if isinstance(dtype, np.dtype) and dtype.kind != "O":
        return ["plain", name, np.asarray(array)]
    if name == "object":
        return ["plain", name, np.array([*array, None], dtype=object)[:-1]]  # one more: no item is taken for a row
    missing = np.asarray(array.isna())
    if name in ("str", "string"):
        return ["plain", name, [None if gone else str(item) for item, gone in zip(array, missing, strict=True)]]
    filled = array.fillna(False if name == "boolean" else 0)
    return ["masked", name, filled.to_numpy(dtype=name.lower().replace("boolean", "bool")), missing]


def _array(content: Any) -> Any:
    import pandas as pd

    match content:
        case ["categories", np.ndarray() as codes, list(categories), bool(ordered)]:
            return pd.Categorical.from_codes(_integers(codes), _labels(categories), ordered=ordered)
        case ["intervals", list(left), list(right), str(closed)] if closed in _CLOSED:
            return pd.arrays.IntervalArray.from_arrays(from_plain(left), from_plain(right), closed)
        case ["periods", np.ndarray() as ordinals, str(frequency)]:
            return pd.PeriodIndex.from_ordinals(_integers(ordinals), freq=_frequency_from(frequency)).array
        case ["zoned", np.ndarray() as instants, ("s" | "ms" | "us" | "ns") as unit, zone] if zone is not None:
            utc = pd.DatetimeIndex(_integers(instants).view(f"M8[{unit}]"))
            return utc.tz_localize("UTC").tz_convert(standard.zone_from(zone)).array
        case ["masked", str(name), np.ndarray() as values, np.ndarray() as missing] if _DTYPE.fullmatch(name):
            if values.ndim != 1 or missing.shape != values.shape or missing.dtype != bool:
                raise ValueError("not a column with gaps")
            array = pd.array(values.copy(), dtype=name)
            array[missing] = pd.NA
            return array
        case ["plain", ("str" | "string") as name, list(texts)]:
            if not all(text is None or type(text) is str for text in texts):
                raise ValueError("not a column of text")
            return pd.array(np.array(texts, dtype=object), dtype=name)
        case ["plain", str(name), np.ndarray() as values] if _DTYPE.fullmatch(name) and values.ndim == 1:
            if name == "object":
                return pd.array(values.copy(), dtype=object)
            if str(values.dtype) == name:
                return pd.array(values.copy(), dtype=values.dtype)
    raise ValueError("not a column")


def _labels(content: list[Any]) -> Any:
    """Return an index whose labels have to differ from one another, which pandas checks by their hashes."""
    made = from_plain(content)
    if len(made) > MAX_LABELS:
        raise ValueError("too many labels")
    if made.dtype == object:
        check_hashes(list(made))
    return made


def _integers(values: Any) -> Any:
    if type(values) is not np.ndarray or values.ndim != 1 or values.dtype.kind != "i":
        raise ValueError("not integers")
    return values.astype(np.int64)


def replace(before: Any, after: Any) -> bool:
    """Give `before`, a frame or a series, the content of `after`; False if that can't be."""
    if type(before) is not type(after) or type(before).__name__ not in ("DataFrame", "Series"):
        return False
    before._update_inplace(after)
    before.attrs = after.attrs
    if type(before).__name__ == "Series":
        before.name = after.name
    return True
