"""Filling the column of an assignment: who is in which row, what would change, and what speaks against it."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fairgrade.lms.dialects import Dialect
from fairgrade.lms.lossless_csv import Table

NAMES = ("first_name", "last_name", "name")
"""Columns of a roster that identify nobody."""


class CantFill(Exception):
    """The file can't be filled; the message says why, and what to do."""


@dataclass(frozen=True)
class CellEdit:
    """A value that is set.

    Attributes
    ----------
    student, before, after : str
    row, column : int
    """

    student: str
    before: str
    after: str
    row: int
    column: int

    @property
    def lowers(self) -> bool:
        """Whether it takes points from somebody who has some there."""
        before = number_of(self.before)
        return before is not None and (number_of(self.after) or 0.0) < before


@dataclass
class Filling:
    """What filling one column comes to.

    Attributes
    ----------
    title : str
        The column's name.
    column : int
        Its place.
    changes : list of CellEdit
    unchanged : int
        How many rows hold the points already.
    blank : int
        How many rows are of students without a graded submission; they stay as they are.
    kept : int
        How many rows hold a value that must stay.
    unmatched_rows : list of str
        Rows that are of no student known here.
    unmatched_students : list of str
        Students with points and without a row.
    """

    title: str
    column: int
    changes: list[CellEdit] = field(default_factory=list)
    unchanged: int = 0
    blank: int = 0
    kept: int = 0
    unmatched_rows: list[str] = field(default_factory=list)
    unmatched_students: list[str] = field(default_factory=list)

    @property
    def lowering(self) -> list[CellEdit]:
        """The changes that take points from somebody."""
        return [change for change in self.changes if change.lowers]


def read_roster(path: Path) -> dict[str, set[str]]:
    """Return what each student may be called in the system, from a roster; none if there is no such file.

    Parameters
    ----------
    path : Path
        Comma-separated values with a column ``id``, nbgrader's, and any others, such as ``email`` or ``sis_id``.

    Raises
    ------
    CantFill
        If it has no column ``id``.
    """
    if not path.is_file():
        return {}
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = csv.DictReader(file)
        if "id" not in (rows.fieldnames or ()):
            raise CantFill(f"{path}: expected a column id, got {', '.join(rows.fieldnames or ()) or 'nothing'}.")
        return {
            row["id"]: {value.strip() for name, value in row.items() if name not in NAMES and value and value.strip()}
            for row in rows
        }


def fill(
    table: Table,
    dialect: Dialect,
    assignment: str,
    points: Mapping[str, float | None],
    roster: Mapping[str, set[str]],
    column: str | None = None,
) -> Filling:
    """Find out what filling an assignment's column changes; nothing is set yet.

    Parameters
    ----------
    table : Table
    dialect : Dialect
    assignment : str
    points : mapping of str to float or None
        By nbgrader's id; None for who has not handed in.
    roster : mapping of str to set of str
    column : str, optional
        The column's name, where it is not the assignment's.

    Raises
    ------
    CantFill
        If the column is not found or can't be written, no column says who a row is of, or two rows or two students
        can't be told apart.
    """
    header = table.row(0)
    ids = dialect.find_ids(header)
    if not ids:
        raise CantFill(
            f"The file has none of the columns {', '.join(dialect.id_columns)}. Download it anew, for {dialect.name}."
        )
    at = _column(table, dialect, assignment, column)
    found, owners, decimal = Filling(header[at], at), _owners(points, roster), decimal_mark(table)
    rows_of: dict[str, int] = {}
    for number in range(1, len(table)):
        row = table.row(number)
        if dialect.skips(row) or at >= len(row):
            continue
        student = _student(row, ids, owners)
        if student is None:
            found.unmatched_rows.append(" ".join(row[i] for i in ids if row[i]) or row[0])
            continue
        if student in rows_of:
            raise CantFill(f"{student} is in two rows, {rows_of[student] + 1} and {number + 1}. Correct the roster.")
        rows_of[student] = number
        _note_change(found, dialect, student, points.get(student), row[at], number, at, decimal)
    found.unmatched_students = sorted(s for s, p in points.items() if p is not None and s not in rows_of)
    return found


def _note_change(
    found: Filling,
    dialect: Dialect,
    student: str,
    points: float | None,
    before: str,
    row: int,
    column: int,
    decimal: str,
) -> None:
    if dialect.keeps(before):
        found.kept += 1
    elif points is None:
        found.blank += 1
    elif number_of(before) == round(points, 4):
        found.unchanged += 1
    else:
        after = f"{round(points, 4):.10g}".replace(".", decimal)
        found.changes.append(CellEdit(student, before, after, row, column))


def _column(table: Table, dialect: Dialect, assignment: str, column: str | None) -> int:
    header = table.row(0)
    found = (
        [i for i, name in enumerate(header) if name == column] if column else dialect.find_columns(header, assignment)
    )
    if len(found) != 1:
        what = f"the column {column}" if column else f"a column of {assignment}"
        named = ", ".join(header)
        raise CantFill(
            f"Expected {what} once, found it {len(found)} times. Name one with --column; there are: {named}."
        )
    marked = dialect.read_only and any(
        dialect.skips(row) and found[0] < len(row) and dialect.read_only in row[found[0]]
        for row in map(table.row, range(1, min(4, len(table))))
    )
    if marked:
        raise CantFill(f"The column {header[found[0]]} is read only for {dialect.name}. Name another with --column.")
    return found[0]


def _owners(points: Mapping[str, float | None], roster: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """Return which students each identifier may be of, in lower case."""
    owners: dict[str, set[str]] = defaultdict(set)
    for student in {*points, *roster}:
        for known in {student, *roster.get(student, ())}:
            owners[known.lower()].add(student)
    return owners


def _student(row: Sequence[str], ids: Sequence[int], owners: Mapping[str, set[str]]) -> str | None:
    """Return whose row it is: the first of its identifiers that is known decides."""
    for i in ids:
        identifier = row[i].strip().lstrip("#").lower() if i < len(row) else ""
        students = owners.get(identifier, set()) if identifier else set()
        if len(students) > 1:
            named = " and ".join(sorted(students))
            raise CantFill(f"{row[i]} may be {named}. Correct the roster: each identifier is of one student.")
        if students:
            return next(iter(students))
    return None


def decimal_mark(table: Table) -> str:
    """Return the mark that the file's numbers have: a comma where all that show one have it, or with semicolons."""
    values = [value for number in range(1, len(table)) for value in table.row(number)]
    commas = sum(bool(re.fullmatch(r"-?\d+,\d+", value)) for value in values)
    dots = sum(bool(re.fullmatch(r"-?\d+\.\d+", value)) for value in values)
    return "," if commas > dots or (commas == dots and table.delimiter == ";") else "."


def number_of(value: str) -> float | None:
    """Return a number that stands in a file; None if there is none."""
    try:
        return round(float(value.strip().replace(",", ".")), 4)
    except ValueError:
        return None
