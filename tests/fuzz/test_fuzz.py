"""The decoder of messages, the collector of outputs, the cleaner of HTML, intake, and what lies beside a notebook."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import msgpack
import nbformat
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_notebook

from fairgrade.intake import NotebookLimits, ParsedNotebook, parse, read_source, take_in
from fairgrade.isolation.errors import OutputLimit, ProtocolViolation
from fairgrade.isolation.outputs import CellOutputs, Room
from fairgrade.isolation.worker.budget import Budget
from fairgrade.isolation.worker.format import INT, WireError
from fairgrade.isolation.worker.plain import unpack_plain
from fairgrade.isolation.worker.wire import Codec
from fairgrade.nbgrader.sanitize_html import clean_html, render_markdown
from tests.fuzz.watch import as_long_as_wanted, costs_at_most, few
from tests.intake.lab import filled_in, source_notebook
from tests.intake.randomly import release

MIB = 1 << 20
PRIME = 2**61 - 1


# -- messages -------------------------------------------------------------------------------------


def _nothing(*_: Any) -> Any:
    raise WireError("a reference")


def _ext(code: int, payload: bytes) -> bytes:
    return bytes(msgpack.packb(msgpack.ExtType(code, payload)))


def _many(item: bytes, number: int) -> bytes:
    return b"\xdd" + number.to_bytes(4, "big") + item * number


def _numbered(code: int, factor: int, number: int) -> bytes:
    """A list of numbers as extensions, in even steps."""
    items = b"".join(_ext(code, (i * factor).to_bytes(20, "big")) for i in range(number))
    return b"\xdd" + number.to_bytes(4, "big") + items


def _keys(of: bytes) -> bytes:
    """A dict with the items of a packed list for its keys."""
    head, items = of[:5], msgpack.unpackb(of, ext_hook=msgpack.ExtType, strict_map_key=False)
    return b"\xdf" + head[1:] + b"".join(msgpack.packb(item) + b"\xc0" for item in items)


def _decodable(data: bytes) -> bytes:
    try:
        found = msgpack.unpackb(data, ext_hook=msgpack.ExtType, strict_map_key=False)
    except Exception:
        return _numbered(INT, PRIME, 1000)
    return data if isinstance(found, list) and data[:1] == b"\xdd" else _numbered(INT, PRIME, 1000)


atoms = st.sampled_from(
    [b"\x90", b"\x80", b"\xc0", b"\x01", b"\xcc\x80", b"\xcd\x12\x34", b"\xcb" + bytes(8), b"\xa1a", b"\xa2ab", b"\xa0",
     b"\xc4\x00", b"\xd4\x01\x90", b"\xdd\x00\x01\x00\x00", b"\xdf\x00\x01\x00\x00", b"\xdb\x00\x00\xff\xff"]
) | st.binary(max_size=12)  # fmt: skip
lists = st.builds(_many, atoms, st.integers(0, 20_000)) | st.builds(
    _numbered, st.just(INT), st.sampled_from([1, PRIME, 1 << 64]), st.integers(0, 3000)
)
messages = st.recursive(
    atoms | lists,
    lambda inner: (
        st.builds(_ext, st.integers(0, 30), inner)
        | st.builds(_many, inner, st.integers(0, 30))
        | st.builds(lambda *parts: b"".join([b"\x93", *parts]), inner, inner, inner)
        | st.builds(_keys, lists.filter(lambda data: data[5:6] not in (b"\x90", b"\x80")).map(_decodable))
    ),
    max_leaves=12,
)


@few
@given(messages.filter(lambda data: len(data) < MIB))
def _decode(data: bytes) -> None:
    with costs_at_most(2.0 + 4e-6 * len(data), 24 * MIB + 4 * len(data)), contextlib.suppress(WireError):
        Codec(_nothing, _nothing, budget=Budget(8 * MIB)).unpack(data)
    with costs_at_most(2.0 + 4e-6 * len(data), 24 * MIB + 4 * len(data)), contextlib.suppress(WireError):
        unpack_plain(data, Budget(8 * MIB))


def test_messages() -> None:
    as_long_as_wanted(_decode)


# -- outputs --------------------------------------------------------------------------------------

plain = st.recursive(
    st.just(5000).map(lambda digits: 10**digits) | st.none() | st.booleans() | st.integers() | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["\n" * 5000, "\ud800", "\U0001f600" * 500, [0] * 2000, [{}] * 500, [[]] * 500]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=20), inner, max_size=4),
    max_leaves=10,
)  # fmt: skip
mimes = st.sampled_from(["text/plain", "text/html", "application/json", "application/x+json", "image/png", "x", ""])
fields = {
    "output_type": st.sampled_from(
        ["stream", "display_data", "execute_result", "error", "update_display_data", "clear_output"]
    ),
    "name": st.sampled_from(["stdout", "stderr"]) | plain,
    "text": plain, "data": st.dictionaries(mimes | st.text(max_size=5), plain, max_size=4) | plain, "metadata": plain,
    "ename": plain, "evalue": plain, "traceback": plain, "execution_count": plain, "wait": plain,
    "display_id": st.sampled_from(["a", "b"]) | plain,
}  # fmt: skip


@few
@given(st.lists(st.tuples(st.fixed_dictionaries({}, optional=fields), st.integers(1, 40)), max_size=8))
def _collect(shown: list[tuple[dict[str, Any], int]]) -> None:
    displays: dict[str, Any] = {}
    room = Room(MIB)
    with costs_at_most(5.0):
        cells = []
        for output, times in shown:
            outputs = CellOutputs(displays, 1 << 30, room)
            with contextlib.suppress(OutputLimit, ProtocolViolation):
                for _ in range(times):
                    outputs.add(output)
            cells.append(new_code_cell("", outputs=outputs.nodes))
        notebook = new_notebook(cells=cells)
        written = nbformat.v4.writes(notebook)
    nbformat.validate(notebook)
    assert len(written.encode()) < 1.5 * MIB


def test_outputs() -> None:
    as_long_as_wanted(_collect)


# -- HTML -----------------------------------------------------------------------------------------

names = st.sampled_from(
    ["a", "b", "i", "p", "div", "span", "table", "tr", "td", "li", "ul", "font", "h1", "select", "option", "button",
     "form", "math", "mi", "svg", "textarea", "title", "style", "nobr", "details", "br", "dd", "ruby", "frameset"]
)  # fmt: skip
starts = st.builds(
    lambda name, rest: f"<{name}{rest}>",
    names,
    st.sampled_from(["", " title=x", " title='</div>'", " a b c", "/", ' x"']),
)
ends = names.map(lambda name: f"</{name}>")
others = st.sampled_from(
    ["<!-- ", " -->", "<![CDATA[", "]]>", "<", ">", '"', "'", "&amp;", "$x$", "\n", "<?", "</", "x "]
)
pieces = st.lists(starts | ends | others, min_size=1, max_size=6).map("".join)
nested = st.builds(lambda piece, end, n: piece * n + end * n, pieces, ends | pieces, st.integers(1, 3000))
html = st.lists(nested | st.builds(lambda piece, n: piece * n, pieces, st.integers(1, 6000)), max_size=4).map("".join)


@few
@given(html)
def _clean(text: str) -> None:
    with costs_at_most(1.0 + 4e-6 * len(text)):
        cleaned = clean_html(text)
    assert len(cleaned) <= 12 * len(text) + 200_000
    with costs_at_most(4.0 + 4e-6 * len(text)):
        render_markdown(text[:5000])


def test_html() -> None:
    as_long_as_wanted(_clean)


# -- notebooks ------------------------------------------------------------------------------------

BLUEPRINT = read_source(source_notebook())
HONEST = json.dumps(filled_in(release(source_notebook())))
LIMITS = NotebookLimits(file_bytes=4 * MIB, parsed_bytes=64 * MIB, cells=500, source_bytes=MIB, attachment_bytes=MIB)
texts = st.sampled_from(
    ["", " ", "x", "\r\n", "def square(x):\n    return x\n", "    return x\n", "(" * 50, "'''", "\\"]
)
sources = st.builds(lambda text, n: text * n, texts, st.integers(0, 3000))
cell = st.fixed_dictionaries(
    {"cell_type": st.sampled_from(["code", "markdown", "raw", "heading", 3])},
    optional={
        "source": sources | st.builds(lambda text, n: [text] * n, texts, st.integers(0, 2000)),
        "id": st.text(max_size=3) | st.sampled_from(["square", "handed-in-again-1"]),
        "metadata": st.fixed_dictionaries(
            {}, optional={"nbgrader": st.dictionaries(st.sampled_from(["grade_id", "points", "checksum"]), plain)}
        ),
        "attachments": st.dictionaries(st.text(max_size=3), st.dictionaries(mimes, plain, max_size=3), max_size=3),
        "outputs": plain,
    },
)


@few
@given(st.lists(st.tuples(cell, st.integers(1, 200)), max_size=6), st.booleans())
def _take_in(cells: list[tuple[dict[str, Any], int]], honest: bool) -> None:
    known = json.loads(HONEST)["cells"] if honest else []
    shown = {"cells": [*known, *(each for each, times in cells for _ in range(times))], "nbformat": 4}
    try:
        content = json.dumps(shown).encode()
    except ValueError:  # Python writes no integer of more than 4,300 digits
        return
    content = content[: LIMITS.file_bytes]
    with costs_at_most(3.0 + 1e-5 * len(content), 64 * MIB + 40 * len(content)):
        submitted = parse(content, LIMITS)
        taken = take_in(BLUEPRINT, submitted) if isinstance(submitted, ParsedNotebook) else None
    if taken is not None:
        json.dumps(taken.notebook, ensure_ascii=False).encode()


def test_notebooks() -> None:
    as_long_as_wanted(_take_in)


@few
@given(st.lists(st.tuples(st.binary(max_size=8), st.integers(1, 100_000)), max_size=8))
def _read(parts: list[tuple[bytes, int]]) -> None:
    content = b"".join(part * times for part, times in parts)[: LIMITS.file_bytes]
    with costs_at_most(2.0 + 2e-6 * len(content), 64 * MIB + 40 * len(content)):
        parse(content, LIMITS)


def test_files() -> None:
    as_long_as_wanted(_read)
