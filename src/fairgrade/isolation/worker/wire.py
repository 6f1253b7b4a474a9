"""Values as bytes: msgpack with extension types for what numerical Python hands around. Never pickle.

These cross by value: None, bool, int, float, complex, str, bytes, list, tuple, dict, set, range,
slice, NumPy scalars and arrays of numbers, strings and dates, and the classes in ``values/``. Everything else
crosses as a reference, if the codec's owner gives it one, or not at all. Decoding builds nothing but plain values
and references, whatever the bytes say: it imports nothing and calls nothing the sender chose.

This does not make the values true. A student's process may send any number it likes.

Decoding in the grading process has a budget, :class:`~fairgrade.isolation.worker.budget.Budget`: a message that
would take more memory than is left is not decoded, and values that are slow for their size are charged as if they took
memory. Keys are counted by their hashes before a dict or a set is made of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgpack
import numpy as np

from .budget import FREE_BYTES, Budget, TooMuch, check_hashes
from .format import (
    ARRAY,
    COMPLEX,
    ELLIPSIS,
    FRAME,
    FROZENSET,
    INT,
    MAX_DEPTH,
    MAX_INT_BYTES,
    MAX_ITEMS,
    MAX_KEYS,
    OBJECTS,
    RANGE,
    RECORD,
    RICH,
    SCALAR,
    SET,
    SLICE,
    TUPLE,
    CannotCross,
    TooHeavy,
    WireError,
)
from .values import arrays, pandas_values, standard
from .values.records import RecordClasses

# What is charged for values that cost more than their bytes: time above all, which memory stands for here.
_SET_ITEM, _INT, _RECORD, _FRAME, _RICH, _REFERENCE = 100, 10_000, 200, 20_000, 2_000, 2_000


class Codec:
    """Packs and unpacks values.

    Parameters
    ----------
    refer, resolve : callable, optional
        ``refer(value)`` gives the extension ``(code, payload)`` that stands for a value which can't be copied; it
        raises CannotCross if there is none. ``resolve(code, payload)`` turns it back into an object; it raises
        WireError for one that was never given out. Without them there are no references.
    writable : bool
        Whether arrays that arrive may be written to.
    budget : Budget, optional
        What the values that arrive may take. The end that has one is the grading process's, which doubts
        what it is sent; the other doubts nothing, and refuses to send what could only be refused here.
    """

    def __init__(
        self,
        refer: Callable[[Any], tuple[int, bytes]] | None = None,
        resolve: Callable[[int, bytes], Any] | None = None,
        *,
        writable: bool = False,
        budget: Budget | None = None,
    ) -> None:
        self._refer = refer or _no_reference
        self._resolve = resolve or _nothing_known
        self._writable = writable
        self._budget = budget
        self._records = RecordClasses()
        self._depth = 0
        self._idle: list[msgpack.Packer] = []

    def pack(self, value: Any) -> bytes:
        """Return `value` as bytes.

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
        """Return the value in `data`.

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
            data = arrays.to_bytes(value)
            return msgpack.ExtType(*self._refer(value)) if data is None else msgpack.ExtType(SCALAR, data)
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
        if value.dtype.itemsize and (data := arrays.to_bytes(value)) is not None:
            return msgpack.ExtType(ARRAY, data)
        if value.dtype.kind == "O" and value.size <= MAX_ITEMS:
            return msgpack.ExtType(OBJECTS, self.pack([list(value.shape), list(value.flat)]))
        return msgpack.ExtType(*self._refer(value))

    def _integer(self, value: Any) -> Any:
        plain = int.__pos__(value)
        if -(1 << 63) <= plain < 1 << 64:
            return plain
        size = plain.bit_length() // 8 + 1
        if size > MAX_INT_BYTES:
            raise CannotCross(f"an int of about {int(plain.bit_length() * 0.30103)} digits, too large to send")
        return msgpack.ExtType(INT, plain.to_bytes(size, "big", signed=True))

    # -- receiving ----------------------------------------------------------------------------

    def _charge(self, weight: int) -> None:
        if self._budget is not None:
            self._budget.charge(weight)

    def _extension(self, code: int, data: bytes) -> Any:
        if code == ARRAY:
            return arrays.array_from(data, self._writable)
        if code == OBJECTS:
            return arrays.objects_from(*self._list(data, 2))
        if code == SCALAR:
            return arrays.scalar_from(data)
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
            self._charge(_FRAME)
            return self._described("frame", pandas_values.from_plain, data, 8)
        if code == RECORD:
            self._charge(_RECORD)
            return self._records.build(*self._list(data, 3))
        if code == RICH:
            self._charge(_RICH + 20 * min(len(data), standard.MOST_DIGITS))
            return self._described("value", standard.build, data, 16)
        self._charge(_REFERENCE)
        return self._resolve(code, data)

    def _list(self, data: bytes, longest: int = MAX_ITEMS) -> list[Any]:
        items = self.unpack(data)
        if type(items) is not list or len(items) > longest:
            raise WireError("expected a list")
        return items

    def _described(self, what: str, build: Callable[[list[Any]], Any], data: bytes, most_parts: int) -> Any:
        """Return what `build` makes of the description in `data`."""
        try:
            return build(self._list(data, most_parts))
        except WireError:
            raise
        except Exception as error:  # libraries have many ways to say no
            raise WireError(f"a {what} that can't be: {type(error).__name__}") from None


def _no_reference(value: Any) -> tuple[int, bytes]:
    raise CannotCross(f"a {type(value).__name__}")


def _nothing_known(code: int, payload: bytes) -> Any:
    raise WireError("a reference where there is none")


def _dict_of(pairs: list[tuple[Any, Any]]) -> dict[Any, Any]:
    """Return a dict of pairs that the sender chose."""
    check_hashes([key for key, _ in pairs])
    return dict(pairs)


def _length(numbers: range) -> int:
    """Return the length of a range; ``len`` raises OverflowError for the longest."""
    return max(0, (numbers.stop - numbers.start + numbers.step - (1 if numbers.step > 0 else -1)) // numbers.step)
