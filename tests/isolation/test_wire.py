"""Values cross as they are, and nothing that isn't one gets through."""

from __future__ import annotations

import collections
import contextlib
import datetime
import decimal
import fractions
import itertools
import pathlib
import pickle
import re
import struct
import zoneinfo
from typing import Any

import msgpack
import numpy as np
import pandas as pd
import pytest
import scipy.sparse
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from fairgrade.isolation.worker import randomness
from fairgrade.isolation.worker.format import ARRAY, FRAME, OBJECTS, RICH, SCALAR, CannotCross, WireError
from fairgrade.isolation.worker.wire import Codec

codec = Codec()

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.complex_numbers(allow_nan=False)
    | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text() | st.integers(), inner),
    max_leaves=20,
)  # fmt: skip


def same(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray) and one.dtype.kind == "M":
        return one.dtype == other.dtype and np.array_equal(one, other, equal_nan=True)
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
        np.str_(""), np.bytes_(b""), np.array([], dtype=str), np.array([""]), np.zeros((3, 0, 2), dtype="U7"),
        np.array([1.5, -2.25], dtype=np.longdouble), np.array([1.5 + 2j], dtype=np.clongdouble), np.array(["a"], ">U2"),
        np.longdouble(0.1), np.array([3, 4], dtype="timedelta64[25s]"), np.array(["2024", "NaT"], dtype="M8[Y]"),
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

    class Own(np.ndarray):
        pass

    class Table(collections.Counter[str]):
        __module__ = "collections"

    arrived = codec.unpack(codec.pack([Sly(2.5), np.zeros(2).view(Own), Table("aab")]))
    assert [type(item) for item in arrived] == [float, np.ndarray, dict]
    assert arrived[0] == 2.5
    assert arrived[2] == {"a": 2, "b": 1}


RICH_VALUES = [
    datetime.date(2020, 2, 29), datetime.datetime(2020, 1, 1, 2, 3, 4, 5, fold=1), datetime.time(23, 59, 1, 7),
    datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC), datetime.timedelta(-1, 5, 7),
    datetime.datetime(2020, 7, 1, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin")),
    datetime.timezone(datetime.timedelta(hours=2)),
    decimal.Decimal("1.50"), decimal.Decimal("-Infinity"), decimal.Decimal("1E+99"), fractions.Fraction(-2, 6),
    pathlib.Path("a/b.txt"), re.compile("a+", re.IGNORECASE), re.compile(b"x"), np.dtype("f8"),
    np.dtype("O"),
    collections.deque([1, 2], maxlen=3), collections.Counter("aab"), collections.OrderedDict(b=1, a=2),
    collections.defaultdict(list, a=[1]), np.poly1d([1, 2, 3]), np.polynomial.Polynomial([1, 2, 3]),
    np.array([[1, 2], [3, 4]]).view(np.matrix), np.array([(1, 2.0), (3, 4.0)], dtype=[("a", int), ("b", float)]),
]  # fmt: skip


@pytest.mark.parametrize("given", RICH_VALUES, ids=repr)
def test_values_of_the_standard_library_and_numpy_keep_their_class(given: Any) -> None:
    came = codec.unpack(codec.pack(given))
    assert type(came) is type(given)
    assert np.array_equal(came, given) if isinstance(given, np.ndarray) else came == given
    assert str(came) == str(given)


def test_masked_arrays_and_views_of_dicts_keep_their_class() -> None:
    came = codec.unpack(codec.pack(np.ma.masked_invalid([1, np.nan, 3])))
    assert (type(came), came.mean(), came.mask.tolist()) == (np.ma.MaskedArray, 2.0, [False, True, False])
    table = {"a": 1, "b": 2}
    keys, values, items = codec.unpack(codec.pack([table.keys(), table.values(), table.items()]))
    assert (keys, list(values), items) == (table.keys(), [1, 2], table.items())
    assert codec.unpack(codec.pack(collections.defaultdict(int)))["new"] == 0
    own = codec.unpack(codec.pack(collections.defaultdict(lambda: 5, a=1)))
    assert (type(own), own) == (dict, {"a": 1})  # what a student's factory makes is made where it is


def test_a_value_that_would_fill_the_memory_is_none() -> None:
    with pytest.raises(CannotCross):
        codec.pack(decimal.Decimal("1E+99999999"))


@pytest.mark.parametrize(
    "content",
    [
        [], ["os"], ["system", "true"], ["date", 2020, 13, 1], ["date", "2020", 1, 1], ["date", 2020, 1], [["date"], 1],
        ["datetime", 2020, 1, 1, 0, 0, 0, 0, "/etc/hosts", 0], ["datetime", 2020, 1, 1, 0, 0, 0, 0, "../x", 0],
        ["datetime", 2020, 1, 1, 0, 0, 0, 0, 1e9, 0], ["timezone", "dateutil"], ["timedelta", 10**12, 0, 0],
        ["Decimal", 0, [1], 10**9], ["Decimal", 0, [1] * 20_000, 0], ["Decimal", 5, [1], 0], ["Decimal", 0, [77], 0],
        ["Decimal", 0, [1], "N" * 9], ["Fraction", 1, 0], ["Fraction", 1.5, 2], ["Path", 7], ["pattern", "(", 0],
        ["pattern", "a" * 20_000, 0], ["pattern", 5, 0], ["pattern", "a", "i"], ["deque", {}, None], ["deque", [], "x"],
        ["Counter", []], ["OrderedDict", [[1, 2]]], ["defaultdict", "eval", []], ["dict_keys", [[]]],
        ["dict_items", [1]],
        ["matrix", np.zeros(3)], ["matrix", [[1]]], ["masked", np.zeros(2), np.zeros(3, bool)],
        ["poly1d", np.zeros((2, 2)), "x"],
        ["masked", np.zeros(2), np.zeros(2)], ["poly1d", [1], "x"], ["poly1d", np.array(["a"]), "x"], ["dtype", "V9"],
        ["dtype", "i4,f8"], ["fields", [2], [["a", np.zeros(3)]]], ["fields", [1 << 40], []], ["fields", [2],
        [[1, np.zeros(2)]]],
        ["Polynomial", np.zeros(0), np.zeros(2), np.zeros(2)],
    ],
    ids=lambda content: repr(content)[:60],
)  # fmt: skip
def test_no_other_value_is_built(content: list[Any]) -> None:
    with pytest.raises(WireError):
        codec.unpack(msgpack.packb(msgpack.ExtType(RICH, codec.pack(content))))


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
    with pytest.raises(CannotCross, match="too large"):
        codec.pack(np.zeros((0, 10**9)))


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


def sent(dtype: bytes, shape: tuple[int, ...], content: bytes, code: int = ARRAY) -> Any:
    """What a sender's header and content become."""
    header = bytes((len(dtype), len(shape))) + dtype + struct.pack(f">{len(shape)}q", *shape)
    return codec.unpack(msgpack.packb(msgpack.ExtType(code, header + content)))


@pytest.mark.parametrize("dtype", [b"V0", b"|V0", b"S0", b"|S0", b"U0", b"<U0", b"V8", b"S00", b"U000000"])
@pytest.mark.parametrize("shape", [(100_000,), (3, 4), (), (0,), (0, 5)])
def test_an_array_whose_items_have_no_size_is_refused(dtype: bytes, shape: tuple[int, ...]) -> None:
    with pytest.raises(WireError):
        sent(dtype, shape, b"")


def test_no_header_of_an_array_makes_memory_that_was_not_sent() -> None:
    """Every kind of dtype with every kind of shape, without content: what arrives holds nothing at all."""
    kinds = [
        b"b1",
        b"i8",
        b"f16",
        b"c32",
        b"S0",
        b"S1",
        b"U0",
        b"U3",
        b"M8",
        b"m8[s]",
        b"V0",
        b"V3",
        b"O",
        b"T",
        b"f8\n",
    ]
    for dtype, shape in itertools.product(kinds, [(), (0,), (1,), (0, 7), (2, 3), (0, 1 << 39), (1 << 39, 1 << 39)]):
        with contextlib.suppress(WireError):
            assert sent(dtype, shape, b"").size == 0, (dtype, shape)


@given(
    st.sampled_from(
        ["b1", "u1", "i4", "f8", "f16", "c16", "S0", "S3", "U0", "U2", "M8[D]", "m8[0s]", "V0", "V2", "O8"]
    ),
    st.lists(st.integers(0, 4) | st.integers(-2, 1 << 62), max_size=5).map(tuple),
    st.binary(max_size=96),
    st.sampled_from([ARRAY, SCALAR]),
)
@settings(max_examples=2000)
def test_what_arrives_is_as_large_as_what_was_sent(
    dtype: str, shape: tuple[int, ...], content: bytes, code: int
) -> None:
    with contextlib.suppress(WireError, struct.error):
        arrived = sent(dtype.encode(), shape, content, code)
        assert arrived.nbytes == len(content)
        if arrived.dtype.kind != "b" and arrived.nbytes:
            assert arrived.tobytes() == content


@pytest.mark.parametrize("shape", [(1 << 40,), (-1,), (1 << 32, 1 << 32), (1 << 63 - 1,), (3,), (0, 1 << 27)])
def test_a_shape_that_does_not_fit_its_content_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(WireError, match="shape"):
        sent(b"<f8", shape, b"")


@pytest.mark.parametrize("dtype", [b"M8[0D]", b"M8[]", b"M8[QQ]", b"m8[99999999999D]", b"M8[25s/3]", b"M8[D]\n"])
def test_a_unit_of_time_that_is_none_is_refused(dtype: bytes) -> None:
    with pytest.raises(WireError):
        sent(dtype, (1,), bytes(8))


def test_truth_is_one_whatever_byte_it_was() -> None:
    arrived = sent(b"|b1", (2, 2), bytes([0, 1, 2, 255]))
    assert arrived.view(np.uint8).tolist() == [[0, 1], [1, 1]]
    assert not arrived.flags.writeable
    assert sent(b"|b1", (), b"\x07", SCALAR).tobytes() == b"\x01"


@pytest.mark.parametrize(("dtype", "content"), [(b"<U1", "<I"), (b">U1", ">I")])
def test_characters_that_are_none_are_refused(dtype: bytes, content: str) -> None:
    assert sent(dtype, (1,), struct.pack(content, 0x10FFFF)).tolist() == ["\U0010ffff"]
    with pytest.raises(WireError, match="characters"):
        sent(dtype, (1,), struct.pack(content, 0x110000))


@pytest.mark.parametrize("dtype", [np.dtype(np.longdouble), np.dtype(np.longdouble).newbyteorder(), np.dtype("c32")])
def test_the_unused_bytes_of_a_long_double_are_sent_as_zeros(dtype: np.dtype[Any]) -> None:
    """They hold what was in memory before: parts of addresses, say."""
    dirty = np.frombuffer(b"\xff" * 64, np.uint8).copy().view(dtype)
    dirty[...] = 1
    sent_bytes = codec.pack(dirty)[-64:]
    if np.finfo(np.longdouble).nmant == 63:
        used = {tuple(np.flatnonzero(np.frombuffer(sent_bytes, np.uint8).reshape(-1, 16).max(axis=0)))}
        assert used <= {(7, 8, 9), (6, 7, 8)}
    assert codec.unpack(codec.pack(dirty)).tolist() == dirty.tolist()


@pytest.mark.parametrize(
    ("shape", "content"),
    [([2], [1]), ([2, 0], [1]), ([-1], []), ([1.0], [1]), ([1 << 70, 0], []), ([1] * 33, [1]), (1, [1]), ([1], 1)],
)
def test_an_array_of_objects_whose_shape_does_not_fit_is_refused(shape: Any, content: Any) -> None:
    with pytest.raises(WireError):
        codec.unpack(msgpack.packb(msgpack.ExtType(OBJECTS, codec.pack([shape, content]))))


def frame(*content: Any) -> Any:
    return codec.unpack(msgpack.packb(msgpack.ExtType(FRAME, codec.pack(list(content)))))


OF_PANDAS = [
    pd.DataFrame(
        {
            "whole": [1, 2], "text": ["x", None], "times": pd.to_datetime(["2024-01-01", "2024-06-01"]),
            "floats": [0.5, np.nan], "gaps": pd.array([1, None], dtype="Int64"), "kinds": pd.Categorical(["u", "v"]),
            "true": [True, False], "maybe": pd.array([True, None], dtype="boolean"), "mixed": [1, "a"],
        },
        index=["p", "q"],
    ),
    pd.DataFrame({"a": [1, 1, 2], "b": ["x", "y", "x"], "v": [1.0, 2, 3]}).groupby(["a", "b"]).agg(["mean", "sum"]),
    pd.DataFrame(), pd.DataFrame({"a": []}), pd.Series(dtype=object),
    pd.Series(pd.Categorical(["b", "a"], ["b", "a"], ordered=True)),
    pd.cut(pd.Series([1, 5, 9]), [0, 5, 10]),
    pd.Series([1, 2], index=pd.period_range("2020", periods=2, freq="M"), name="n"),
    pd.Series(pd.date_range("2020", periods=3, tz="Europe/Berlin", freq="h")),
    pd.Series([pd.Timestamp("2020"), "x", None, [1, 2]]),
    pd.date_range("2020", periods=3, freq="ME"), pd.timedelta_range("1D", periods=3), pd.RangeIndex(2, 8, 3, name="r"),
    pd.date_range("2020", periods=3, freq="2h", tz="UTC"), pd.IntervalIndex.from_breaks([0, 1, 2], closed="left"),
    pd.MultiIndex.from_product([["a", "b"], [1, 2]], names=["x", None]),
    pd.Timestamp("2020-02-03 04:05:06.789"), pd.Timestamp("2020", tz="Europe/Berlin"), pd.Timedelta("3h"),
    pd.Period("2020Q1"), pd.Interval(0, 5, "both"), pd.offsets.MonthEnd(2), pd.CategoricalDtype(["a"], True),
    pd.Int64Dtype(), pd.array([1.5, None], dtype="Float64"),
]  # fmt: skip


@pytest.mark.parametrize("given", OF_PANDAS, ids=lambda value: type(value).__name__)
def test_what_pandas_has_arrives_as_it_is(given: Any) -> None:
    came = codec.unpack(codec.pack(given))
    assert type(came) is type(given)
    if isinstance(given, pd.DataFrame):
        pd.testing.assert_frame_equal(came, given)
    elif isinstance(given, pd.Series):
        pd.testing.assert_series_equal(came, given)
    elif isinstance(given, pd.Index):
        pd.testing.assert_index_equal(came, given, exact=True)
        assert getattr(came, "freq", None) == getattr(given, "freq", None)
    elif isinstance(given, pd.api.extensions.ExtensionArray):
        pd.testing.assert_extension_array_equal(came, given)
    else:
        assert came == given


def test_attributes_of_a_frame_and_gaps_arrive() -> None:
    frame = pd.DataFrame({"a": [1]})
    frame.attrs["unit"] = "m"
    assert codec.unpack(codec.pack(frame)).attrs == {"unit": "m"}
    assert codec.unpack(codec.pack(pd.NaT)) is pd.NaT
    assert codec.unpack(codec.pack(pd.NA)) is pd.NA


@pytest.mark.parametrize(
    "content",
    [
        *(["index", ["plain", dtype, np.array([1.0, 2.0])], None, None] for dtype in (
            "V0", "V10", "S0", "U0", "V1000000000", "datetime64[ns, dateutil//etc/hosts]", "datetime64[ns, /etc/hosts]",
            "category", "interval", "float32",
        )),
        *(["array", ["zoned", np.array([1]), unit, zone]] for unit, zone in (
            ("ns", "/etc/hosts"), ("ns", "../../etc/x"), ("ns", "dateutil//etc/hosts"), ("Y", "UTC"), ("ns", None),
        )),
        ["stamp", np.datetime64("2020"), "/etc/hosts"], ["stamp", 5, None], ["delta", "1D"],
        ["array", ["categories", np.array([5]), ["range", 0, 2, 1, None], False]],
        ["array", ["categories", np.array([0.5]), ["range", 0, 2, 1, None], False]],
        ["levels", [["range", 0, 2, 1, None]], [np.array([7])], [None]], ["period", 1, "__import__('os')"],
        ["period", 1.5, "M"], ["interval", 3, 1, "right"], ["interval", 1, 3, "up"], ["missing", "os"],
        ["dtype", "category"], ["dtype", "period[X]"], ["offset", "x" * 100],
        ["series", ["plain", "int64", [1]], None, [], {}],
        ["array", ["masked", "Int64", np.array([1]), np.array([1])]], ["array", ["plain", "str", [1]]], ["frame"], [],
        ["frame", [["plain", "float64", np.zeros(2)]], ["range", 0, 1, 1, None], ["range", 0, 3, 1, None], {}],
        ["index", ["plain", "datetime64[ns]", np.array([1, 5, 6], "M8[ns]")], None, "D"],
    ],
    ids=repr,
)  # fmt: skip
def test_nothing_else_is_asked_of_pandas(content: list[Any]) -> None:
    with pytest.raises(WireError, match="frame"):
        frame(*content)


def test_a_column_that_has_no_plain_form_is_refused_by_name() -> None:
    with pytest.raises(CannotCross, match=r"a Series with a column of dtype Sparse\[int64, 0\]"):
        codec.pack(pd.Series(pd.arrays.SparseArray([0, 1])))


@pytest.mark.parametrize(
    "change",
    [
        {5: 10**6}, {5: -5}, {5: 625}, {5: True}, {4: b""}, {4: bytes(2492)}, {1: bytes(2496)}, {2: "x"}, {6: 7},
        {7: None}, {3: "PCG64"},
    ],
    ids=repr,
)  # fmt: skip
def test_a_random_state_that_is_none_is_refused_before_anything_is_set(change: dict[int, Any]) -> None:
    """NumPy takes a position outside of the state, and would draw numbers from what lies there in memory."""
    before = randomness.capture()
    state = [change.get(i, part) for i, part in enumerate(before)]
    with pytest.raises((ValueError, TypeError)):
        randomness.restore(state)
    assert randomness.capture() == before


X, Y = sympy.symbols("x y")
OF_SCIENCE = [
    X, sympy.Symbol("n", integer=True, positive=True),
    3 * X**2 + sympy.sin(Y) / 7, sympy.sqrt(2) * sympy.pi, sympy.Integer(-5),
    sympy.Rational(3, 7), sympy.Float("1.25", 30), sympy.Matrix([[1, X], [Y, 4]]), sympy.Eq(X, 2), sympy.oo, sympy.true,
    sympy.exp(-(X**2)), X**Y, sympy.ImmutableMatrix([[1]]), sympy.S.Half, sympy.I + 1,
]  # fmt: skip


@pytest.mark.parametrize("given", OF_SCIENCE, ids=str)
def test_expressions_arrive_as_they_are(given: Any) -> None:
    came = codec.unpack(codec.pack(given))
    assert type(came) is type(given)
    assert came == given
    assert sympy.srepr(came) == sympy.srepr(given)


@pytest.mark.parametrize("form", ["csr", "csc", "coo", "lil", "dok", "dia", "bsr"])
@pytest.mark.parametrize("kind", ["matrix", "array"])
def test_sparse_matrices_arrive_as_they_are(form: str, kind: str) -> None:
    given = getattr(scipy.sparse, f"{form}_{kind}")(np.array([[1.0, 0], [0, 2], [0, 3]]))
    came = codec.unpack(codec.pack(given))
    assert type(came) is type(given)
    assert came.toarray().tolist() == [[1, 0], [0, 2], [0, 3]]


TEN = ["rational", 10, 1]


@pytest.mark.parametrize(
    "content",
    [
        ["sympy", ["Pow", TEN, ["rational", 10**9, 1]]],
        ["sympy", ["Pow", ["Pow", ["symbol", "x", {}], ["rational", 900, 1]], ["rational", 900, 1]]],
        ["sympy", ["Pow", TEN, ["Pow", ["symbol", "x", {}], ["symbol", "y", {}]]]],
        ["sympy", ["rational", 2**5000, 1]], ["sympy", ["rational", 1, 0]],
        ["sympy", ["factorial", ["rational", 10**9, 1]]],
        ["sympy", ["__class__"]], ["sympy", ["sympify", "__import__('os')"]], ["sympy", ["Lambda", "x"]], ["sympy", 5],
        ["sympy", ["symbol", "x", {"nothing": True}]], ["sympy", ["symbol", 5, {}]],
        ["sympy", ["float", "1" * 5000, 53]],
        ["sympy", ["float", "1.0", 10**9]], ["sympy", ["matrix", "MutableDenseMatrix", 2, 2, []]],
        ["sympy", ["constant", "os"]],
        ["sympy", ["Add", *[TEN] * 6000]],
        ["sparse", "csr_matrix", [1 << 40, 2], np.ones(1), np.zeros(1, int), np.zeros(1, int)],
        ["sparse", "csr_matrix", [2, 2], np.ones(1), np.array([7]), np.array([0])],
        ["sparse", "csr_matrix", [2, 2], np.ones(1), np.array([-1]), np.array([0])],
        ["sparse", "csr_matrix", [2, 2], np.ones(2), np.array([0]), np.array([0])],
        ["sparse", "csr_matrix", [2, 2], np.array(["a"]), np.array([0]), np.array([0])],
        ["sparse", "dia_matrix", [2000, 40_000], np.ones(2000), np.arange(2000), np.zeros(2000, int)],
        ["sparse", "load_npz", [2, 2], np.ones(1), np.array([0]), np.array([0])], ["sparse"],
    ],
    ids=lambda content: repr(content)[:60],
)  # fmt: skip
def test_no_other_expression_or_matrix_is_built(content: list[Any]) -> None:
    with pytest.raises(WireError):
        codec.unpack(msgpack.packb(msgpack.ExtType(RICH, codec.pack(content))))
