"""Values as bytes: msgpack with extension types for what numerical Python hands around. Never pickle.

What crosses by value is None, bool, int, float, complex, str, bytes, list, tuple, dict, set, range,
slice, and NumPy scalars and arrays of numbers, strings and dates. Everything else crosses as a
reference, if the codec's owner gives it one, or not at all. Decoding builds nothing but plain values
and references, whatever the bytes say: it imports nothing and calls nothing the sender chose.

This does not make the values true. A student's process may send any number it likes.

Decoding in the grading process has a budget, :class:`~fairgrade.isolation.worker.budget.Budget`: what would take more
memory than is left of it is not decoded, and what takes time for its size is charged as if it took memory. Keys are
counted by their hashes before a dict or a set is made of them.
"""

from __future__ import annotations

import functools
import math
import re
import struct
import sys
from collections.abc import Callable
from typing import Any

import msgpack
import numpy as np

from .budget import FREE_BYTES, Budget, TooMuch, check_hashes
from .values import pandas_values, standard

MAX_INT_BYTES = 1 << 16
"""Of one integer: about 150,000 decimal digits."""
MAX_DEPTH = 64
"""Of tuples and sets within one another; msgpack itself stops lists and dicts at 511."""
MAX_ITEMS = 2_000_000
"""Of one list."""
MAX_KEYS = 100_000
"""Of one dict or set."""
MAX_RECORDS = 64
"""Kinds of named tuples, each of which is a class."""

# What is charged for values that cost more than their bytes: time above all, which memory stands for here.
_SET_ITEM, _INT, _RECORD, _FRAME, _RICH, _REFERENCE = 100, 10_000, 200, 20_000, 2_000, 2_000

TUPLE, SET, FROZENSET, INT, COMPLEX, ARRAY, SCALAR, SLICE, RANGE, ELLIPSIS, RECORD, OBJECTS, FRAME, RICH = range(1, 15)
REFERENCE, EXPOSED, NAMED, SAME, BUILT, TIED = range(20, 26)

MAX_EMPTY_BYTES = 1 << 26
"""What an array that holds nothing, such as one of shape ``(0, n)``, could take if its zeros were ones."""

_DTYPE = re.compile(
    r"[<>|=]?(b1|[iuf][1248]|f16|c8|c16|c32|[SU]\d{1,6}|[mM]8(\[([1-9]\d{0,8})?([YMWDhms]|[munpfa]s)\])?)"
)


class WireError(ValueError):
    """Bytes that are no message of ours."""


class TooHeavy(WireError):
    """More than the other side may hand over."""


class CannotCross(TypeError):
    """A value that can't be sent by value and has no reference either."""


class Codec:
    """Packs and unpacks values.

    Parameters
    ----------
    refer : callable
        ``refer(value)`` gives the extension ``(code, payload)`` that stands for a value which can't
        be copied; it raises CannotCross if there is none.
    resolve : callable
        ``resolve(code, payload)`` turns such an extension back into an object; it raises WireError
        for one that was never given out.
    writable : bool
        Whether arrays that arrive may be written to.
    budget : Budget, optional
        What the values that arrive may take. The end that has one is the grading process's, which doubts
        what it is sent; the other doubts nothing, and refuses to send what could only be refused here.
    """

    def __init__(
        self,
        refer: Callable[[Any], tuple[int, bytes]],
        resolve: Callable[[int, bytes], Any],
        *,
        writable: bool = False,
        budget: Budget | None = None,
    ) -> None:
        self._refer = refer
        self._resolve = resolve
        self._writable = writable
        self._budget = budget
        self._records: dict[tuple[str, ...], Any] = {}
        self._depth = 0
        self._idle: list[msgpack.Packer] = []

    def pack(self, value: Any) -> bytes:
        """`value` as bytes.

        Raises
        ------
        CannotCross
            If it holds something that can't be sent, itself, or too many levels.
        """
        # A packer allocates a large buffer, so they are kept; values within values need one each.
        packer = self._idle.pop() if self._idle else self._packer()
        try:
            data: bytes = packer.pack(value)
        except (ValueError, OverflowError, RecursionError) as error:
            raise CannotCross(f"a {type(value).__name__} that holds itself or is nested too deeply ({error})") from None
        self._idle.append(packer)  # after an exception it is dropped with what it holds
        return data

    def _packer(self) -> msgpack.Packer:
        return msgpack.Packer(default=self._default, strict_types=True, unicode_errors="surrogatepass", buf_size=4096)

    def unpack(self, data: bytes | memoryview) -> Any:
        """The value in `data`.

        Raises
        ------
        WireError
            Whatever is wrong with the bytes; TooHeavy if the budget does not allow for them.
        """
        self._depth += 1
        try:
            if self._depth > MAX_DEPTH:
                raise WireError("nested too deeply")
            if self._budget is not None and (self._depth > 1 or len(data) >= FREE_BYTES):
                self._budget.charge_message(data)
            return msgpack.unpackb(
                data,
                ext_hook=self._extension,
                strict_map_key=False,
                unicode_errors="surrogatepass",
                timestamp=1,  # as a float, and not as an object of msgpack's own
                max_array_len=min(MAX_ITEMS, len(data)),
                max_map_len=min(MAX_KEYS, len(data)),
                object_pairs_hook=None if self._budget is None else _dict_of,
            )
        except WireError:
            raise
        except TooMuch as error:
            raise TooHeavy(str(error)) from None
        except RecursionError:
            raise WireError("nested too deeply") from None
        # msgpack raises its own kinds, ValueError and TypeError (a list as a key) for malformed data.
        except Exception as error:
            raise WireError(f"malformed: {type(error).__name__}: {error}"[:200]) from None
        finally:
            self._depth -= 1

    # -- sending ------------------------------------------------------------------------------

    def _default(self, value: Any) -> Any:
        kind = type(value)
        if kind is tuple:
            return msgpack.ExtType(TUPLE, self.pack(list(value)))
        if kind is not np.ndarray or value.dtype.names is not None:
            described = standard.describe(value)
            if described is not None:
                return msgpack.ExtType(RICH, self.pack(described))
        if issubclass(kind, np.ndarray):
            return self._array(value)
        if issubclass(kind, np.generic):
            return self._scalar(value)
        if issubclass(kind, int):
            return self._integer(value)
        if issubclass(kind, float):
            return float.__pos__(value)  # a subclass arrives as the number it holds
        if issubclass(kind, complex):
            value = complex.__pos__(value)
            return msgpack.ExtType(COMPLEX, self.pack([value.real, value.imag]))
        if kind is set or kind is frozenset:
            return msgpack.ExtType(SET if kind is set else FROZENSET, self.pack(list(value)))
        if issubclass(kind, str):
            return str.__str__(value)
        if issubclass(kind, bytes):
            return bytes.__getitem__(value, slice(None))
        if issubclass(kind, dict) and kind.__module__ == "collections":  # Counter, OrderedDict, defaultdict
            return dict(dict.items(value))
        if kind is slice:
            return msgpack.ExtType(SLICE, self.pack([value.start, value.stop, value.step]))
        if kind is range:
            if self._budget is None and _length(value) > MAX_ITEMS:
                raise CannotCross(f"a range of {_length(value)} numbers, too long to send")
            return msgpack.ExtType(RANGE, self.pack([value.start, value.stop, value.step]))
        if value is Ellipsis:
            return msgpack.ExtType(ELLIPSIS, b"")
        if issubclass(kind, tuple) and isinstance(getattr(kind, "_fields", None), tuple):
            return msgpack.ExtType(RECORD, self.pack([kind.__name__, list(value._fields), list(tuple.__iter__(value))]))
        if pandas_values.is_of_pandas(kind):
            try:
                content = pandas_values.to_plain(value)
            except pandas_values.NoPlainForm as error:
                if kind.__name__ in ("DataFrame", "Series"):
                    raise CannotCross(f"a {kind.__name__} with {error}") from None
                return msgpack.ExtType(*self._refer(value))
            return msgpack.ExtType(FRAME, self.pack(content))
        return msgpack.ExtType(*self._refer(value))

    def _array(self, value: Any) -> Any:
        if type(value) is not np.ndarray:
            value = np.ndarray.view(value, np.ndarray)
        header = _header(value.dtype, value.shape) if value.dtype.itemsize else None
        if header is None:
            if value.dtype.kind == "O" and value.size <= MAX_ITEMS:
                return msgpack.ExtType(OBJECTS, self.pack([list(value.shape), list(value.flat)]))
            return msgpack.ExtType(*self._refer(value))
        if value.nbytes > 1 << 30 or _is_too_wide(
            value.dtype, value.shape
        ):  # a broadcast view may claim terabytes; copying it would fail late
            raise CannotCross(f"an array of shape {value.shape}, too large to send")
        return msgpack.ExtType(ARRAY, header + _content(value))

    def _scalar(self, value: Any) -> Any:
        header = _header(value.dtype, ())
        if header is None:
            return msgpack.ExtType(*self._refer(value))
        return msgpack.ExtType(SCALAR, header + _content(value))

    def _integer(self, value: Any) -> Any:
        plain = int.__pos__(value)
        if -(1 << 63) <= plain < 1 << 64:
            return plain
        return self.big_integer(plain)

    def big_integer(self, value: int) -> Any:
        """An integer beyond 64 bits as an extension."""
        size = value.bit_length() // 8 + 1
        if size > MAX_INT_BYTES:
            raise CannotCross(f"an int of about {int(value.bit_length() * 0.30103)} digits, too large to send")
        return msgpack.ExtType(INT, value.to_bytes(size, "big", signed=True))

    # -- receiving ----------------------------------------------------------------------------

    def _charge(self, weight: int) -> None:
        if self._budget is not None:
            self._budget.charge(weight)

    def _extension(self, code: int, data: bytes) -> Any:
        if code == ARRAY:
            return self._to_array(data)
        if code == OBJECTS:
            return self._to_objects(data)
        if code == SCALAR:
            return self._to_scalar(data)
        if code == TUPLE:
            return tuple(self._list(data))
        if code in (SET, FROZENSET):
            items = self._list(data, MAX_KEYS)
            self._charge(_SET_ITEM * len(items))
            check_hashes(items)
            return set(items) if code == SET else frozenset(items)
        if code == INT:
            if len(data) > MAX_INT_BYTES:
                raise WireError("an int that is too large")
            # Only large ones can be chosen to have one hash, and a test may well make a set of them, or a fraction.
            self._charge(_INT + len(data) ** 2 // 256)
            return int.from_bytes(data, "big", signed=True)
        if code == COMPLEX:
            real, imaginary = self._list(data)
            if type(real) is not float or type(imaginary) is not float:
                raise WireError("a complex that is not two floats")
            return complex(real, imaginary)
        if code == SLICE:
            return slice(*self._list(data, 3))
        if code == RANGE:
            parts = self._list(data, 3)
            if not all(type(part) is int for part in parts):
                raise WireError("a range that is not of ints")
            made = range(*parts)
            if self._budget is not None and _length(made) > MAX_ITEMS:
                raise WireError("a range that is too long")  # a test would most likely make an array of it
            return made
        if code == ELLIPSIS:
            return Ellipsis
        if code == FRAME:
            return self._to_frame(data)
        if code == RECORD:
            return self._to_record(data)
        if code == RICH:
            return self._to_rich(data)
        self._charge(_REFERENCE)
        return self._resolve(code, data)

    def _list(self, data: bytes, longest: int = MAX_ITEMS) -> list[Any]:
        items = self.unpack(data)
        if type(items) is not list or len(items) > longest:
            raise WireError("expected a list")
        return items

    def _to_array(self, data: bytes) -> Any:
        kind, shape, start = _opened(data)
        if not kind.itemsize:  # NumPy would make each item a character wide, of memory that nobody wrote
            raise WireError("an array of items without a size")
        if start == len(data):
            return np.zeros(shape, kind)  # frombuffer refuses what is empty
        array = np.frombuffer(bytearray(data) if self._writable else data, kind, -1, start)
        return _checked(array, self._writable).reshape(shape)

    def _to_objects(self, data: bytes) -> Any:
        shape, content = self._list(data, 2)
        if type(shape) is not list or len(shape) > 32 or not all(type(n) is int and n >= 0 for n in shape):
            raise WireError("an array whose shape is not ints")
        if type(content) is not list or len(content) != math.prod(shape):
            raise WireError("an array whose shape does not fit its content")
        array = np.empty(len(content), dtype=object)
        for i, item in enumerate(content):  # not at once: a list of lists would become more dimensions
            array[i] = item
        return array.reshape(shape)

    def _to_scalar(self, data: bytes) -> Any:
        kind, shape, start = _opened(data)
        if shape != ():
            raise WireError("a scalar with a shape")
        if not kind.itemsize:
            return kind.type()  # the empty string of an array of strings
        return _checked(np.frombuffer(data, kind, 1, start))[0]

    def _to_frame(self, data: bytes) -> Any:
        self._charge(_FRAME)
        try:
            return pandas_values.from_plain(self._list(data, 8))
        except ImportError:
            raise WireError("a pandas frame, but pandas is not installed where the tests run") from None
        except WireError:
            raise
        except Exception as error:  # pandas has many ways to say no
            raise WireError(f"a frame that can't be: {type(error).__name__}") from None

    def _to_rich(self, data: bytes) -> Any:
        self._charge(_RICH + 20 * min(len(data), standard.MOST_DIGITS))
        try:
            return standard.build(self._list(data, 16))
        except WireError:
            raise
        except Exception as error:  # there are many ways not to be a date
            raise WireError(f"a value that can't be: {type(error).__name__}") from None

    def _to_record(self, data: bytes) -> Any:
        from collections import namedtuple

        name, fields, values = self._list(data, 3)
        if not isinstance(name, str) or not isinstance(fields, list) or not isinstance(values, list):
            raise WireError("a record that is not a name, fields and values")
        if len(fields) != len(values) or len(fields) > 64:
            raise WireError("a record whose fields do not fit its values")
        if not all(type(text) is str and len(text) <= 200 for text in (name, *fields)):
            raise WireError("a record whose fields have no names")
        self._charge(_RECORD)
        kind = (name, *fields)
        if kind not in self._records:
            if len(self._records) >= MAX_RECORDS:
                raise WireError("too many kinds of records")
            # namedtuple itself refuses what is not an identifier, and a keyword, and a name twice.
            self._records[kind] = namedtuple(name, fields)
        return self._records[kind](*values)


def _dict_of(pairs: list[tuple[Any, Any]]) -> dict[Any, Any]:
    """A dict of pairs that the sender chose."""
    check_hashes([key for key, _ in pairs])
    return dict(pairs)


def _length(numbers: range) -> int:
    """Its length, which ``len`` can't tell of the longest."""
    return max(0, (numbers.stop - numbers.start + numbers.step - (1 if numbers.step > 0 else -1)) // numbers.step)


def unpack_plain(data: bytes, budget: Budget) -> Any:
    """The value in a message of what JSON can hold: no extension but large integers, and no key but text.

    Raises
    ------
    WireError
        Whatever is wrong with the bytes; TooHeavy if the budget does not allow for them.
    """

    def large(code: int, payload: bytes) -> int:
        if code != INT or len(payload) > MAX_INT_BYTES:
            raise WireError("a value that is not plain")
        return int.from_bytes(payload, "big", signed=True)

    try:
        budget.charge_message(data)
        return msgpack.unpackb(
            data, ext_hook=large, strict_map_key=True, unicode_errors="surrogatepass", timestamp=1,
            max_array_len=min(MAX_ITEMS, len(data)), max_map_len=min(MAX_KEYS, len(data)),
        )  # fmt: skip
    except WireError:
        raise
    except TooMuch as error:
        raise TooHeavy(str(error)) from None
    except Exception as error:
        raise WireError(f"malformed: {type(error).__name__}: {error}"[:200]) from None


@functools.lru_cache(maxsize=1024)
def _header(dtype: np.dtype[Any], shape: tuple[int, ...]) -> bytes | None:
    """What precedes the content of an array, or of a scalar with shape (); None if those of this dtype don't cross."""
    if not _DTYPE.fullmatch(dtype.str):
        return None
    name = dtype.str.encode()
    return bytes((len(name), len(shape))) + name + struct.pack(f">{len(shape)}q", *shape)


def _opened(data: bytes) -> tuple[np.dtype[Any], tuple[int, ...], int]:
    """The dtype and shape of an array or a scalar, and where in `data` its content begins."""
    if len(data) < 2:
        raise WireError("an array without a header")
    start = 2 + data[0] + 8 * data[1]
    kind, shape, size = _read_header(data[:start])
    if size != len(data) - start:
        raise WireError("an array whose shape does not fit its content")
    return kind, shape, start


@functools.lru_cache(maxsize=1024)
def _read_header(data: bytes) -> tuple[np.dtype[Any], tuple[int, ...], int]:
    """The dtype, shape and number of bytes of content that a header promises."""
    try:
        start = 2 + data[0]
        kind = _dtype(data[2:start].decode("ascii"))
        shape = struct.unpack_from(f">{data[1]}q", data, start)
    except (UnicodeDecodeError, struct.error):
        raise WireError("an array without a header") from None
    if len(shape) > 64 or any(not 0 <= n < 1 << 40 for n in shape):
        raise WireError("an array whose shape can't be")
    if _is_too_wide(kind, shape):
        raise WireError("an array whose shape can't be")
    return kind, shape, math.prod(shape) * kind.itemsize


def _is_too_wide(dtype: np.dtype[Any], shape: tuple[int, ...]) -> bool:
    """Whether an array that holds nothing would make a test that sums it, say, allocate without measure."""
    return 0 in shape and math.prod(n or 1 for n in shape) * dtype.itemsize > MAX_EMPTY_BYTES


@functools.lru_cache(maxsize=256)
def _dtype(text: str) -> np.dtype[Any]:
    if not _DTYPE.fullmatch(text):
        raise WireError("an unknown dtype")
    return np.dtype(text)


def _content(value: Any) -> bytes:
    """The bytes of an array or a scalar, and none that belong to no number.

    A long double of 80 bits lies in 128; what is in the rest is whatever was in memory before.
    """
    if not value.dtype.itemsize:  # an empty string would give a byte, too
        return b""
    data: bytes = value.tobytes()
    if value.dtype.str[1:] not in ("f16", "c32") or np.finfo(np.longdouble).nmant != 63:
        return data
    words = np.frombuffer(bytearray(data), np.uint8).reshape(-1, 16)
    words[:, slice(6) if value.dtype.str[0] == ">" else slice(10, None)] = 0
    return words.tobytes()


def _checked(array: Any, writable: bool = False) -> Any:
    """`array` if its bytes are what NumPy itself could have written, which it relies on without looking.

    Raises
    ------
    WireError
        If a character of its strings is none.
    """
    if array.dtype.kind == "b":  # any byte but 0 is True, which NumPy counts as one only if it is 1
        array = array.view(np.uint8) != 0
        array.flags.writeable = writable
    elif array.dtype.kind == "U" and (array.view(array.dtype.byteorder + "u4") > sys.maxunicode).any():
        raise WireError("a string of characters that are none")
    return array
