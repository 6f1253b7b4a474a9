"""The memory that a notebook takes is estimated before it is parsed, however wide its text is."""

from __future__ import annotations

import json
import tracemalloc

import pytest

from fairgrade.intake import Cause, NotebookLimits, Refused, parse
from fairgrade.intake.json_memory import decode, takes_more

MIB = 1 << 20
SIZE = 9 * MIB // 4
EMOJI = "\U0001f600"
LETTERS = "x" * SIZE


def notebook(*outputs: str, ascii_only: bool = False) -> bytes:
    """The file of a notebook that shows some texts."""
    cell = {"cell_type": "code", "source": "1", "outputs": [{"text": text} for text in outputs]}
    return json.dumps({"cells": [cell], "nbformat": 4}, ensure_ascii=ascii_only).encode()


WIDE = {
    "a raw emoji at the end": notebook(LETTERS + EMOJI),
    "a raw emoji at the start": notebook(EMOJI + LETTERS),
    "an escaped emoji": notebook(LETTERS + EMOJI, ascii_only=True),
    "an escaped Chinese character": notebook(LETTERS + "\u8a9e", ascii_only=True),
    "line ends before an emoji": notebook("x\n" * (SIZE // 3) + EMOJI),
    "emoji alone": notebook(EMOJI * (SIZE // 4)),
    "more emoji than are escaped": notebook(LETTERS + EMOJI * 70_000),
    "a byte order mark": b"\xef\xbb\xbf" + notebook(LETTERS + EMOJI),
    "UTF-16": notebook(LETTERS + EMOJI).decode().encode("utf-16"),
    "UTF-32": notebook(LETTERS + EMOJI).decode().encode("utf-32"),
    "no encoding at all": notebook(LETTERS + EMOJI, ascii_only=True).replace(b"xx", b"\xff", 1),
    "one wide text of many": notebook(*["x" * 60] * (SIZE // 60), EMOJI),
    "objects": b'{"cells":[{"source":"","outputs":[' + b'{"":1},' * (SIZE // 7) + b"1]}]}",
    "one long number": b'{"cells":[' + b"1" * SIZE + b"]}",
}


@pytest.mark.parametrize("content", WIDE.values(), ids=WIDE.keys())
def test_no_notebook_takes_more_memory_than_estimated(content: bytes):
    """Measured while it is decoded and parsed, with no limit on it."""
    tracemalloc.start()
    try:
        parse(content, NotebookLimits(parsed_bytes=1 << 50))
        taken = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert takes_more(content, taken - MIB // 4)  # which the parser itself, and small objects, may take


def test_one_emoji_makes_a_text_four_times_as_large():
    """So a notebook that is taken without it is refused with it, raw or escaped."""
    limits = NotebookLimits(parsed_bytes=4 * SIZE)
    assert not isinstance(parse(notebook(LETTERS), limits), Refused)
    for content in (notebook(LETTERS + EMOJI), notebook(LETTERS + EMOJI, ascii_only=True)):
        assert parse(content, limits) == Refused(Cause.TOO_MUCH_MEMORY)


def test_one_emoji_makes_only_its_own_text_larger():
    """A notebook with long outputs is still taken with an emoji in a short one."""
    assert not isinstance(parse(notebook(LETTERS, EMOJI), NotebookLimits(parsed_bytes=4 * SIZE)), Refused)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("text", [EMOJI, f"{EMOJI}\u00e9\u8a9e", "\\", '"\n'])
def test_a_long_text_means_the_same_when_it_is_escaped(mark: bytes, text: str):
    """It is ASCII then, one byte a character, and the encoding is told as before."""
    read, encoding = decode(mark + notebook(text + LETTERS, text))
    assert read.isascii()
    assert json.loads(read) == json.loads(notebook(text + LETTERS, text))
    assert encoding == ("UTF-8 with a byte order mark" if mark else "")
