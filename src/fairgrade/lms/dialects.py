"""What the files of different learning management systems look like: who a row is of, and which column is filled."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Dialect:
    """The shape of one system's file.

    Attributes
    ----------
    name : str
    id_columns : tuple of str
        Columns that say who a row is of, the most certain first; a file need not have all of them.
    column : str
        A regular expression for the column of an assignment; ``{name}`` stands for the assignment's name.
    skipped_rows : str
        A regular expression for the first value of rows that are of no student.
    kept : str
        A regular expression for values that stay as they are, such as that of who is excused.
    read_only : str
        A word by which a skipped row marks columns that the system does not take back.
    """

    name: str
    id_columns: tuple[str, ...]
    column: str
    skipped_rows: str = r"(?!)"
    kept: str = r"(?!)"
    read_only: str = ""

    def find_ids(self, header: Sequence[str]) -> list[int]:
        """Return the columns that say who a row is of, the most certain first."""
        lower = [name.lower() for name in header]
        return [lower.index(name.lower()) for name in self.id_columns if name.lower() in lower]

    def find_columns(self, header: Sequence[str], assignment: str) -> list[int]:
        """Return the columns that may be an assignment's."""
        wanted = re.compile(self.column.replace("{name}", re.escape(assignment)), re.IGNORECASE)
        return [number for number, name in enumerate(header) if wanted.fullmatch(name.strip())]

    def skips(self, row: Sequence[str]) -> bool:
        """Whether a row is of no student."""
        return not any(row) or bool(re.match(self.skipped_rows, row[0].strip(), re.IGNORECASE))

    def keeps(self, value: str) -> bool:
        """Whether a value must stay."""
        return bool(re.fullmatch(self.kept, value.strip(), re.IGNORECASE))


DIALECTS = {
    dialect.name: dialect
    for dialect in (
        Dialect(
            "canvas",
            ("ID", "SIS User ID", "SIS Login ID", "Integration ID"),
            column=r"{name}( \(\d+\))?",
            skipped_rows=r"points possible|student, test$|$",
            kept=r"EX",
            read_only="(read only)",
        ),
        Dialect("moodle", ("Identifier", "ID number", "Email address", "Username"), column=r"grade"),
        Dialect("brightspace", ("OrgDefinedId", "Username", "Email"), column=r"{name} Points Grade.*"),
        Dialect("blackboard", ("Username", "Student ID"), column=r"{name}( \[.*\])?( ?\|.*)?"),
    )
}
