"""Values of the standard library and of NumPy that have a class of their own, as plain values and back.

Each kind has a name, a function that returns its parts, and one that builds it again from them. The names are a fixed
list: the other side can choose one of them, and nothing else about which code runs. Parts are checked before anything
is built: a number whose powers of ten would fill the memory is refused.
"""

from __future__ import annotations

import collections
import datetime
import decimal
import fractions
import pathlib
import re
import zoneinfo
from collections.abc import Callable
from typing import Any

import numpy as np

from ..budget import check_hashes
from . import numpy_classes, scipy_sympy
from .checked import Kind, exactly, whole

MOST_DIGITS = 10_000
"""Of a decimal number and of its exponent, and characters of a pattern."""

_ZONE = re.compile(r"UTC|(?!dateutil)[A-Z][A-Za-z_]+(/[A-Z][A-Za-z0-9_+-]+){0,2}")
_FACTORIES = {kind.__name__: kind for kind in (int, float, str, list, dict, set, tuple, bool)}
_VIEWS = ("dict_keys", "dict_values", "dict_items")


def describe(value: Any) -> list[Any] | None:
    """Return the name of its kind and its parts; None if `value` is of no kind that is known here."""
    kind = type(value)
    known = _TO_PLAIN.get(id(kind))  # a class may have a metaclass without a hash
    if known is not None:
        name, to_plain = known
        content = to_plain(value)
        return None if content is None else [name, *content]
    if kind.__name__ in _VIEWS and kind.__module__ == "builtins":
        return [kind.__name__, list(value)]
    if kind is np.ndarray and value.dtype.names is not None:
        return numpy_classes.fields_of(value)
    if kind.__module__ == "numpy.polynomial.polynomial" and kind.__name__ == "Polynomial":
        return ["Polynomial", *(np.asarray(part) for part in (value.coef, value.domain, value.window))]
    return scipy_sympy.describe(value)


def build(content: list[Any]) -> Any:
    """Return the value that :func:`describe` described.

    Raises
    ------
    ValueError, TypeError, LookupError, ArithmeticError
        If `content` describes none.
    """
    name, *parts = content
    if name in ("sparse", "sympy"):
        return scipy_sympy.build(content)
    return _FROM_PLAIN[name](*parts)


# -- times ------------------------------------------------------------------------------------------


def zone_of(zone: datetime.tzinfo | None) -> Any:
    """Return a time zone as a name or as seconds; raise LookupError for one of a class that is not known."""
    if zone is None:
        return None
    if type(zone) is zoneinfo.ZoneInfo and zone.key is not None and _ZONE.fullmatch(zone.key):
        return zone.key
    if type(zone) is datetime.timezone:
        return zone.utcoffset(None).total_seconds()
    raise LookupError(f"a time zone {zone}")


def zone_from(content: Any) -> datetime.tzinfo | None:
    """Return the time zone that :func:`zone_of` described."""
    if content is None:
        return None
    if isinstance(content, str):
        if not _ZONE.fullmatch(content):
            raise ValueError("not a time zone")
        return zoneinfo.ZoneInfo(content)
    return datetime.timezone(datetime.timedelta(seconds=_number(content)))


def _time(value: Any) -> list[Any] | None:
    try:
        zone = zone_of(value.tzinfo)
    except LookupError:
        return None
    clock = [value.hour, value.minute, value.second, value.microsecond, zone, value.fold]
    return [value.year, value.month, value.day, *clock] if isinstance(value, datetime.datetime) else clock


def _time_from(make: Any) -> Callable[..., Any]:
    def built(*parts: Any) -> Any:
        *numbers, zone, fold = parts
        return make(*map(whole, numbers), tzinfo=zone_from(zone), fold=whole(fold))

    return built


# -- numbers ----------------------------------------------------------------------------------------


def _decimal(value: decimal.Decimal) -> list[Any] | None:
    sign, digits, exponent = value.as_tuple()
    small = len(digits) <= MOST_DIGITS and (isinstance(exponent, str) or abs(exponent) <= MOST_DIGITS)
    return [sign, list(digits), exponent] if small else None


def _decimal_from(sign: Any, digits: Any, exponent: Any) -> decimal.Decimal:
    if type(exponent) is not int and exponent not in ("F", "n", "N"):
        raise ValueError("not an exponent")
    if len(digits) > MOST_DIGITS or (type(exponent) is int and abs(exponent) > MOST_DIGITS):
        raise ValueError("too many digits")
    return decimal.Decimal((whole(sign), tuple(map(whole, digits)), exponent))


def _number(value: Any) -> float:
    if type(value) not in (int, float):
        raise TypeError("not a number")
    return float(value)


# -- collections ------------------------------------------------------------------------------------


def _default_dict(value: Any) -> list[Any] | None:
    factory = value.default_factory
    name = None if factory is None else getattr(factory, "__name__", "")
    known = factory is None or _FACTORIES.get(str(name)) is factory
    return [name, dict(dict.items(value))] if known else ["", dict(dict.items(value))]


def _default_dict_from(name: Any, content: Any) -> Any:
    # A factory of the student's own stays where it is: the items are a plain dict's.
    return (
        collections.defaultdict(_FACTORIES.get(name), exactly(dict, content)) if name != "" else exactly(dict, content)
    )


def _counter_from(content: Any) -> Any:
    made: Any = collections.Counter()
    dict.update(made, exactly(dict, content))  # as they are: a Counter may hold any values
    return made


def _view_from(name: str) -> Callable[[Any], Any]:
    def built(items: Any) -> Any:
        if name == "dict_values":
            return dict(enumerate(exactly(list, items))).values()
        if name == "dict_keys":
            check_hashes(exactly(list, items))
            return dict.fromkeys(items).keys()
        check_hashes([key for key, _ in exactly(list, items)])
        return dict(items).items()

    return built


def _pattern_from(pattern: Any, flags: Any) -> re.Pattern[Any]:
    if type(pattern) not in (str, bytes) or len(pattern) > MOST_DIGITS:
        raise ValueError("not a pattern")
    return re.compile(pattern, whole(flags))


_KINDS: list[Kind] = [
    (datetime.date, "date", lambda v: [v.year, v.month, v.day], lambda *p: datetime.date(*map(whole, p))),
    (datetime.datetime, "datetime", _time, _time_from(datetime.datetime)),
    (datetime.time, "time", _time, _time_from(datetime.time)),
    (
        datetime.timedelta,
        "timedelta",
        lambda v: [v.days, v.seconds, v.microseconds],
        lambda *p: datetime.timedelta(*map(whole, p)),
    ),
    (datetime.timezone, "timezone", lambda v: [zone_of(v)], zone_from),
    (decimal.Decimal, "Decimal", _decimal, _decimal_from),
    (
        fractions.Fraction,
        "Fraction",
        lambda v: [v.numerator, v.denominator],
        lambda *p: fractions.Fraction(*map(whole, p)),
    ),
    (pathlib.PosixPath, "Path", lambda v: [str(v)], lambda p: pathlib.Path(exactly(str, p))),
    (re.Pattern, "pattern", lambda v: [v.pattern, v.flags], _pattern_from),
    (
        collections.deque,
        "deque",
        lambda v: [list(v), v.maxlen],
        lambda items, most: collections.deque(exactly(list, items), None if most is None else whole(most)),
    ),
    (
        collections.Counter,
        "Counter",
        lambda v: [dict(dict.items(v))],
        _counter_from,
    ),
    (
        collections.OrderedDict,
        "OrderedDict",
        lambda v: [dict(dict.items(v))],
        lambda p: collections.OrderedDict(exactly(dict, p)),
    ),
    (collections.defaultdict, "defaultdict", _default_dict, _default_dict_from),
    *numpy_classes.KINDS,
]


_TO_PLAIN = {id(kind): (name, to_plain) for kind, name, to_plain, _ in _KINDS}
_FROM_PLAIN: dict[str, Callable[..., Any]] = {
    **{name: from_plain for _, name, _, from_plain in _KINDS},
    **{name: _view_from(name) for name in _VIEWS},
    "fields": numpy_classes.fields_from,
    "Polynomial": numpy_classes.from_arrays(np.polynomial.Polynomial, 1),
}
