"""NumPy's arrays and scalars as bytes: a dtype from a fixed list, a shape, and the content."""

from __future__ import annotations

import functools
import math
import re
import struct
import sys
from typing import Any

import numpy as np

from ..format import CannotCross, WireError

MAX_EMPTY_BYTES = 1 << 26
"""What an array that holds nothing, such as one of shape ``(0, n)``, could take if its zeros were ones."""

_DTYPE = re.compile(
    r"[<>|=]?(b1|[iuf][1248]|f16|c8|c16|c32|[SU]\d{1,6}|[mM]8(\[([1-9]\d{0,8})?([YMWDhms]|[munpfa]s)\])?)"
)


def to_bytes(value: Any) -> bytes | None:
    """Return an array or a scalar as bytes; None if those of its dtype don't cross.

    Raises
    ------
    CannotCross
        If it is too large.
    """
    header = _header(value.dtype, value.shape)
    # A broadcast view may claim terabytes; copying it would fail late.
    if header is not None and (value.nbytes > 1 << 30 or _is_too_wide(value.dtype, value.shape)):
        raise CannotCross(f"an array of shape {value.shape}, too large to send")
    return None if header is None else header + _content(value)


def array_from(data: bytes, writable: bool) -> Any:
    """Return the array in `data`.

    Raises
    ------
    WireError
        If there is none.
    """
    kind, shape, start = _opened(data)
    if not kind.itemsize:  # NumPy would make each item a character wide, of memory that nobody wrote
        raise WireError("an array of items without a size")
    if start == len(data):
        return np.zeros(shape, kind)  # frombuffer refuses what is empty
    array = np.frombuffer(bytearray(data) if writable else data, kind, -1, start)
    return _checked(array, writable).reshape(shape)


def objects_from(shape: Any, content: Any) -> Any:
    """Return the array of objects with this shape and content.

    Raises
    ------
    WireError
        If they don't go together.
    """
    if type(shape) is not list or len(shape) > 32 or not all(type(n) is int and n >= 0 for n in shape):
        raise WireError("an array whose shape is not ints")
    if type(content) is not list or len(content) != math.prod(shape):
        raise WireError("an array whose shape does not fit its content")
    array = np.empty(len(content), dtype=object)
    for i, item in enumerate(content):  # not at once: a list of lists would become more dimensions
        array[i] = item
    return array.reshape(shape)


def scalar_from(data: bytes) -> Any:
    """Return the scalar in `data`.

    Raises
    ------
    WireError
        If there is none.
    """
    kind, shape, start = _opened(data)
    if shape != ():
        raise WireError("a scalar with a shape")
    if not kind.itemsize:
        return kind.type()  # the empty string of an array of strings
    return _checked(np.frombuffer(data, kind, 1, start))[0]


@functools.lru_cache(maxsize=1024)
def _header(dtype: np.dtype[Any], shape: tuple[int, ...]) -> bytes | None:
    """Return what precedes the content; None if arrays of this dtype don't cross."""
    if not _DTYPE.fullmatch(dtype.str):
        return None
    name = dtype.str.encode()
    return bytes((len(name), len(shape))) + name + struct.pack(f">{len(shape)}q", *shape)


def _opened(data: bytes) -> tuple[np.dtype[Any], tuple[int, ...], int]:
    """Return the dtype and shape of an array or a scalar, and where in `data` its content begins."""
    if len(data) < 2:
        raise WireError("an array without a header")
    start = 2 + data[0] + 8 * data[1]
    kind, shape, size = _read_header(data[:start])
    if size != len(data) - start:
        raise WireError("an array whose shape does not fit its content")
    return kind, shape, start


@functools.lru_cache(maxsize=1024)
def _read_header(data: bytes) -> tuple[np.dtype[Any], tuple[int, ...], int]:
    """Return the dtype, shape and number of bytes of content that a header promises."""
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
    """Return the bytes of an array or a scalar.

    A long double of 80 bits lies in 128. The rest holds whatever was in memory before, and is cleared.
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
    """Return `array` if NumPy itself could have written its bytes, which NumPy relies on without looking.

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
