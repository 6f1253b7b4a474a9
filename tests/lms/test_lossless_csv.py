"""What is not set in a table stays byte for byte as it was."""

from __future__ import annotations

import codecs
import csv
import io
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairgrade.lms.lossless_csv import NotATable, Table

VALUES = st.text(st.characters(codec="utf-8", exclude_characters="\x00", exclude_categories=("Cs",)), max_size=8)


@st.composite
def files(draw: st.DrawFn) -> tuple[bytes, str]:
    """A file of separated values, as programs write it, and its delimiter."""
    delimiter = draw(st.sampled_from(",;\t"))
    width = draw(st.integers(2, 4))
    rows = draw(st.lists(st.lists(VALUES, min_size=width, max_size=width), min_size=1, max_size=5))
    text = io.StringIO()
    quoting = draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]))
    end = draw(st.sampled_from(["\n", "\r\n"]))
    csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows([["head"] * width, *rows])
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
    return text.getvalue().encode(encoding), delimiter


@given(files())
@settings(deadline=None)
def test_a_file_that_is_only_read_is_the_same(file: tuple[bytes, str]) -> None:
    content, delimiter = file
    table = Table(content)
    assert table.delimiter == delimiter
    assert table.to_bytes() == content


@given(files(), VALUES, st.randoms())
@settings(deadline=None)
def test_only_what_is_set_changes(file: tuple[bytes, str], value: str, random: Random) -> None:
    content, _ = file
    table, before = Table(content), Table(content)
    row, column = random.randrange(len(table)), random.randrange(2)
    table.set(row, column, value.strip())
    after = Table(table.to_bytes())
    assert after.row(row)[column] == value.strip()
    for number in range(len(before)):
        for at, old in enumerate(before.row(number)):
            assert (number, at) == (row, column) or after.row(number)[at] == old


def test_the_encoding_of_old_programs_is_kept() -> None:
    """Neither UTF-8 nor marked: each byte stays."""
    content = "Name;Note\r\nMüller;1,5\r\n".encode("latin-1")
    table = Table(content)
    table.set(1, 1, "2,5")
    assert table.to_bytes() == content.replace(b"1,5", b"2,5")


def test_a_byte_order_mark_and_quotes_are_kept() -> None:
    content = codecs.BOM_UTF8 + b'"ID","ps1"\n"7",""\n'
    table = Table(content)
    table.set(1, 1, "3")
    assert table.to_bytes() == codecs.BOM_UTF8 + b'"ID","ps1"\n"7","3"\n'


def test_a_line_break_in_a_column_name_does_not_hide_the_delimiter() -> None:
    table = Table(b'"Task\n1";Note\n3;x\n')
    assert (table.delimiter, table.row(0), table.row(1)) == (";", ["Task\n1", "Note"], ["3", "x"])


@pytest.mark.parametrize("content", [b"", b"\n\n", b'a,"b\n'])
def test_what_is_no_table_is_refused(content: bytes) -> None:
    with pytest.raises(NotATable):
        Table(content)
