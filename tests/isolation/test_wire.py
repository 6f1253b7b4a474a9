"""Values cross as they are, and nothing that isn't one gets through."""

from __future__ import annotations

import collections
import contextlib
import pickle
from typing import Any

import msgpack
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairgrade.isolation.worker.wire import CannotCross, Codec, WireError


def _no_reference(value: Any) -> tuple[int, bytes]:
    raise CannotCross(f"a {type(value).__name__}")


def _unknown(code: int, payload: bytes) -> Any:
    raise WireError("unknown")


codec = Codec(_no_reference, _unknown)

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.complex_numbers(allow_nan=False)
    | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text() | st.integers(), inner),
    max_leaves=20,
)  # fmt: skip


def same(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and one.shape == other.shape and np.array_equal(one, other)
    return type(one) is type(other) and bool(one == other)


@given(plain)
def test_plain_values_arrive_as_they_are(value: Any) -> None:
    assert same(codec.unpack(codec.pack(value)), value)


@pytest.mark.parametrize(
    "value",
    [
        np.arange(6.0).reshape(2, 3), np.array(3), np.zeros((0, 4)), np.array(["a", "bc"]), np.array([True, False]),
        np.array([1 + 2j]), np.arange(3, dtype=">i2"), np.asfortranarray(np.eye(3)), np.arange(10)[::2],
        np.array(["2024-01-01"], dtype="datetime64[D]"), np.float32(1.5), np.int8(-3), np.bool_(True),
        {1, 2}, frozenset({"a"}), range(1, 9, 2), slice(None, 3), Ellipsis, 10**100, -(2**63) - 1, 2**64,
    ],
    ids=repr,
)  # fmt: skip
def test_numpy_and_the_rest_arrive_as_they_are(value: Any) -> None:
    assert same(codec.unpack(codec.pack(value)), value)


def test_arrays_arrive_read_only() -> None:
    arrived = codec.unpack(codec.pack(np.zeros(3)))
    with pytest.raises(ValueError, match="read-only"):
        arrived[0] = 1.0


def test_subclasses_arrive_as_the_plain_value() -> None:
    class Sly(float):
        def __eq__(self, other: object) -> bool:
            return True

        def __pos__(self) -> float:
            return 99.0

        __hash__ = float.__hash__

    arrived = codec.unpack(codec.pack([Sly(2.5), np.zeros(2).view(np.matrix), collections.Counter("aab")]))
    assert [type(item) for item in arrived] == [float, np.ndarray, dict]
    assert arrived[0] == 2.5
    assert arrived[2] == {"a": 2, "b": 1}


def test_named_tuples_keep_their_fields() -> None:
    Point = collections.namedtuple("Point", ["x", "y"])
    arrived = codec.unpack(codec.pack(Point(1, 2)))
    assert (arrived.x, arrived.y, arrived) == (1, 2, (1, 2))


def test_an_object_is_refused_by_name() -> None:
    with pytest.raises(CannotCross, match="a object"):
        codec.pack([1, {"a": object()}])


def test_a_list_that_holds_itself_is_refused() -> None:
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(CannotCross, match="holds itself"):
        codec.pack(loop)


def test_a_view_of_a_million_millions_is_refused_without_making_it() -> None:
    with pytest.raises(CannotCross, match="too large"):
        codec.pack(np.broadcast_to(0.0, (10**6, 10**6)))


def test_a_number_of_ten_million_digits_is_refused() -> None:
    with pytest.raises(CannotCross, match="digits"):
        codec.pack(1 << 33_000_000)


@given(st.binary(max_size=300))
@settings(max_examples=1000)
def test_random_bytes_give_a_value_or_a_wire_error(data: bytes) -> None:
    with contextlib.suppress(WireError):
        codec.unpack(data)


@given(st.integers(0, 30), st.binary(max_size=60))
@settings(max_examples=1000)
def test_random_extensions_give_a_value_or_a_wire_error(code: int, payload: bytes) -> None:
    with contextlib.suppress(WireError):
        codec.unpack(msgpack.packb([msgpack.ExtType(code, payload)]))


@given(plain, st.data())
@settings(max_examples=500)
def test_a_mutated_message_gives_a_value_or_a_wire_error(value: Any, data: st.DataObject) -> None:
    message = bytearray(codec.pack(["ok", value, np.arange(5.0), (1, {2}), 2**70]))
    for _ in range(data.draw(st.integers(1, 4))):
        message[data.draw(st.integers(0, len(message) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(WireError):
        codec.unpack(bytes(message))


def test_a_pickle_is_no_message() -> None:
    with pytest.raises(WireError):
        codec.unpack(pickle.dumps({"a": 1}))


@pytest.mark.parametrize("code", [1, 2, 3])
def test_extensions_within_extensions_end_in_a_wire_error(code: int) -> None:
    data = msgpack.packb([])
    for _ in range(5000):
        data = msgpack.packb([msgpack.ExtType(code, data)])
    with pytest.raises(WireError, match="nested too deeply"):
        codec.unpack(data)
