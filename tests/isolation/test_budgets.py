"""What a student's process sends costs the grading process no more time and memory than is set aside for it."""

from __future__ import annotations

import collections
import tracemalloc
from collections.abc import Callable
from typing import Any

import msgpack
import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from fairgrade.isolation.engine import Session
from fairgrade.isolation.errors import LimitMet, ProtocolViolation
from fairgrade.isolation.remote.namespace import Namespace
from fairgrade.isolation.worker.budget import FREE_BYTES, MAX_EQUAL_HASHES, Budget, TooMuch
from fairgrade.isolation.worker.format import (
    INT,
    MAX_ITEMS,
    RANGE,
    RECORD,
    RICH,
    SET,
    TUPLE,
    CannotCross,
    TooHeavy,
    WireError,
)
from fairgrade.isolation.worker.wire import Codec
from tests.attacks.frames import SPEAKS

MIB = 1 << 20
PRIME = 2**61 - 1
"""Python hashes a number to its remainder by it."""


def _nothing(*_: Any) -> Any:
    raise WireError("a reference")


def doubting(most_bytes: int = 192 * MIB) -> Codec:
    """The grading process's end."""
    return Codec(_nothing, _nothing, budget=Budget(most_bytes))


students = Codec(_nothing, _nothing)


def ext(code: int, value: Any) -> msgpack.ExtType:
    return msgpack.ExtType(code, students.pack(value))


numbers = st.integers(-(2**63), 2**64 - 1) | st.floats()
values = st.recursive(
    st.none() | st.booleans() | numbers | st.text(max_size=100) | st.binary(max_size=100),
    lambda inner: (
        st.lists(inner, max_size=30)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(max_size=5) | st.integers(), inner, max_size=20)
        | st.sets(st.text(max_size=5) | st.integers(-(2**63), 2**63), max_size=20)
    ),
    max_leaves=60,
)


@settings(max_examples=60, phases=[Phase.explicit, Phase.generate])
@given(st.lists(values, min_size=20, max_size=40))
def test_a_message_weighs_what_it_takes(value: Any) -> None:
    """At least as much as is allocated for it, and not out of all proportion more."""
    data = students.pack(value)
    codec = doubting()
    tracemalloc.start()
    try:
        decoded = codec.unpack(data)
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert codec._budget is not None
    weight = codec._budget.most_bytes - codec._budget.left
    assert len(decoded) == len(value)
    if len(data) >= FREE_BYTES:
        assert taken <= weight + 2000
        assert weight <= 12 * taken + 20_000


EXPANDING: dict[str, Callable[[], bytes]] = {
    "empty lists": lambda: msgpack.packb([[]] * MAX_ITEMS),
    "empty dicts": lambda: msgpack.packb([{}] * MAX_ITEMS),
    "lists that promise items": lambda: b"\xdd\x00\x1e\x84\x80" * 500 + b"\0" * MAX_ITEMS,
    "short strings": lambda: msgpack.packb([["ab"] * 1_000_000] * 4),
    "empty tuples": lambda: msgpack.packb([ext(TUPLE, [])] * 250_000),
    "tuples around the same bytes": lambda: _wrapped(b"x" * (8 * MIB), 40),
    "small records": lambda: msgpack.packb([ext(RECORD, ["A", ["x"], [0]])] * 150_000),
    "large integers": lambda: msgpack.packb([msgpack.ExtType(INT, b"\1" * 9)] * 100_000),
    "sets": lambda: msgpack.packb([ext(SET, [])] * 250_000),
}


def _wrapped(value: Any, times: int) -> bytes:
    data = msgpack.packb(value)
    for _ in range(times):
        data = msgpack.packb(msgpack.ExtType(TUPLE, b"\x91" + data))
    return bytes(data)


@pytest.mark.parametrize("make", EXPANDING.values(), ids=EXPANDING)
def test_what_expands_is_refused_before_it_is_there(make: Callable[[], bytes]) -> None:
    """A message of some megabytes, within the limit for messages, that would take gigabytes."""
    data = make()
    tracemalloc.start()
    try:
        with pytest.raises(TooHeavy, match="more than 24 MiB of memory"):
            doubting(24 * MIB).unpack(data)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 80 * MIB


def test_answers_are_added_up_until_the_budget_is_renewed() -> None:
    codec = doubting(8 * MIB)
    assert codec._budget is not None
    data = students.pack([0.5] * 50_000)
    codec.unpack(data)
    codec.unpack(data)
    with pytest.raises(TooHeavy):
        codec.unpack(data)
    codec._budget.renew()
    assert codec.unpack(data) == [0.5] * 50_000


def test_a_large_array_weighs_no_more_than_thrice_its_bytes() -> None:
    data = students.pack(np.zeros(500_000))
    assert doubting(12 * MIB).unpack(data).shape == (500_000,)


def test_a_budget_says_how_much_it_was() -> None:
    with pytest.raises(TooMuch, match="more than 3 MiB of memory"):
        Budget(3 * MIB).charge(4 * MIB)


@pytest.mark.parametrize("size", [MAX_EQUAL_HASHES + 1, 100_000])
@pytest.mark.parametrize(
    "key",
    [
        lambda i: i * PRIME, lambda i: (i * PRIME, 1), lambda i: frozenset([i * PRIME]),
        lambda i: complex(-1000003 * i, i), lambda i: range(0, 1 + i * PRIME, 1 + i * PRIME),
    ],
    ids=["ints", "tuples", "sets", "complex numbers", "ranges"],
)  # fmt: skip
def test_keys_of_one_hash_are_refused_without_being_compared(key: Callable[[int], Any], size: int) -> None:
    """Each of them would be compared with all before it: minutes, for a hundred thousand."""
    keys = [key(i) for i in range(size)]
    pairs = b"\xdf" + size.to_bytes(4, "big") + b"".join(students.pack(each) + b"\0" for each in keys)
    for data in (pairs, msgpack.packb(msgpack.ExtType(SET, students.pack(keys)))):
        with pytest.raises(WireError, match=r"one hash|memory"):
            doubting().unpack(data)


def test_views_of_dicts_are_made_of_keys_that_differ_in_hash() -> None:
    """They cross as lists, of which a dict is made."""
    keys = [i * PRIME for i in range(1000)]
    for content in (["dict_keys", keys], ["dict_items", [(key, 0) for key in keys]]):
        with pytest.raises(WireError, match="can't be"):
            doubting().unpack(msgpack.packb(ext(RICH, content)))
    assert list(doubting().unpack(students.pack(dict.fromkeys(range(1000)).keys()))) == list(range(1000))


def test_honest_keys_are_taken() -> None:
    """Also those whose hashes have much in common."""
    for keys in (range(100_000), [n << 40 for n in range(100_000)], [float(n) for n in range(50_000)]):
        value = dict.fromkeys(keys, 0)
        assert doubting().unpack(students.pack(value)) == value
    grid = {(x, y) for x in range(100) for y in range(-50, 50)}
    assert doubting().unpack(students.pack(grid)) == grid


def test_a_range_is_no_longer_than_a_list() -> None:
    """A test would make an array of it. What a test passes may be longer: student code has its own memory."""
    with pytest.raises(CannotCross, match="a range of 300000000 numbers"):
        students.pack(range(3 * 10**8))
    for long in ([0, 3 * 10**8, 1], [0, -(10**30), -1], [0, 10**30, 10**6]):
        with pytest.raises(WireError, match="too long"):
            doubting().unpack(msgpack.packb(msgpack.ExtType(RANGE, students.pack(long))))
    assert doubting().unpack(students.pack(range(9, 1, -3))) == range(9, 1, -3)
    far = students.pack(range(10**30, 10**30 + 4, 2))
    assert doubting().unpack(far) == range(10**30, 10**30 + 4, 2)
    assert students.unpack(doubting().pack(range(10**12))) == range(10**12)


def test_records_of_one_kind_share_a_class() -> None:
    point = collections.namedtuple("Point", "x y")
    one, other = doubting().unpack(students.pack([point(1, 2), point(3, 4)]))
    assert type(one) is type(other)
    assert (one.x, other.y) == (1, 4)


def test_kinds_of_records_are_few() -> None:
    data = msgpack.packb([ext(RECORD, [f"A{i}", ["x"], [0]]) for i in range(1000)])
    with pytest.raises(WireError, match="too many kinds of records"):
        doubting().unpack(data)


# -- through a sandbox ----------------------------------------------------------------------------


def test_a_call_that_hands_over_too_much_costs_only_itself(session: Session, names: Namespace) -> None:
    budget = session.link.budget = Budget(2 * MIB)
    session.run_cell("def heavy():\n    return [[] for _ in range(100_000)]\ndef fine(): return 5")
    with pytest.raises(ProtocolViolation, match="values too large to hand over: it would take more than 2 MiB"):
        names["heavy"]()
    budget.renew()
    assert names["fine"]() == 5


def test_colliding_keys_cost_only_their_call(session: Session, names: Namespace) -> None:
    session.run_cell(
        f"def dense():\n    return {{i * {PRIME}: 0 for i in range(1000)}}\ndef fine(): return 5"
    )  # fmt: skip
    with pytest.raises(ProtocolViolation, match="too many keys of one hash"):
        names["dense"]()
    assert names["fine"]() == 5


def test_a_long_range_is_named(session: Session, names: Namespace) -> None:
    session.run_cell("def far(): return range(3 * 10**8)")
    with pytest.raises(LimitMet, match="a range of 300000000 numbers, too long to send"):
        names["far"]()


@pytest.mark.parametrize(
    "frames",
    [
        "send(['done', True, -5, []])",
        "send(['done', True, 2**40, []])",
        "send(['out', {'output_type': 'stream', 'name': 'stdout', 'text': {}}, 1])",
        "send(['out', [1]])",
        "send(['out', {1: 2}])",
        "send(None, b'\\x92\\xa3out' + b'\\x91' * 600 + b'\\x90')",
    ],
)
def test_a_malformed_message_costs_only_its_cell(session: Session, frames: str) -> None:
    session.run_cell("kept = 1")
    ran = session.run_cell(SPEAKS + frames)
    assert [node.ename for node in ran.outputs] == ["ProtocolViolation"]
    assert session.run_cell("kept").outputs[0].data["text/plain"] == "1"
