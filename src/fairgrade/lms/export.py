"""``fairgrade export``: the points into the file of a learning management system."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table as Grid

from fairgrade.console import open_console, print_error
from fairgrade.course import Course, CourseError
from fairgrade.lms.assignment_points import AssignmentPoints
from fairgrade.lms.dialects import DIALECTS
from fairgrade.lms.filling import CantFill, Filling, fill, read_roster
from fairgrade.lms.lossless_csv import NotATable, Table

MAX_SHOWN = 20
"""So many changes are listed one by one."""


UNMATCHED_CURE = "add them to the roster, or go on without them by --skip-unmatched"


class Target(StrEnum):
    """The systems that there is a file for."""

    CANVAS = "canvas"
    MOODLE = "moodle"
    BRIGHTSPACE = "brightspace"
    BLACKBOARD = "blackboard"
    CSV = "csv"


def export(
    assignments: Annotated[list[str], typer.Argument(metavar="ASSIGNMENT...", help="One assignment, or several.")],
    to: Annotated[Target, typer.Option("--to", help="The system; csv writes a file of its own.")],
    template: Annotated[Path | None, typer.Option(help="The gradebook file downloaded from the system.")] = None,
    column: Annotated[
        str | None, typer.Option(help="The column to fill, if it is not called as the assignment.")
    ] = None,
    roster: Annotated[
        Path | None,
        typer.Option(help="Who is called what in the system: columns id, and any others.", show_default="roster.csv"),
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="The file to write.", show_default="exports/, named as the template")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Write the file; without it the changes are only shown.")] = False,
    allow_lower: Annotated[bool, typer.Option("--allow-lower", help="Also replace points by fewer.")] = False,
    skip_unmatched: Annotated[
        bool, typer.Option("--skip-unmatched", help="Go on if rows or students have no counterpart.")
    ] = False,
    course: Annotated[
        Path, typer.Option("--course", help="The course's folder, or one below it.", show_default="here")
    ] = Path(),
) -> None:
    """Fill the gradebook file of a learning management system with the points of an assignment.

    Only the assignment's column changes; all else stays byte for byte. Students who have not handed in stay blank, and
    late penalties are taken off. With --to csv, a file with a column per question and the comments is written.
    Example: fairgrade export ps1 --to canvas --template grades.csv, then again with --yes

    Exit codes: 0 written, or it could be; 1 not written, for the reasons listed; 2 wrong usage, or the file can't be
    filled.
    """
    console = open_console()
    assignments = list(dict.fromkeys(assignments))
    try:
        home = Course.at(course)
        if to is Target.CSV:
            target = output or home.root / "exports" / f"{'-'.join(assignments)}.csv"
            code = _write_own_file(home, assignments, target, console, is_wanted=yes)
        else:
            code = _fill_template(
                home, assignments, to, template, column, roster or home.root / "roster.csv", output, console,
                yes=yes, allow_lower=allow_lower, skip_unmatched=skip_unmatched,
            )  # fmt: skip
    except (CourseError, CantFill, NotATable, OSError) as error:
        print_error(error)
        raise typer.Exit(2) from error
    raise typer.Exit(code)


def _fill_template(
    course: Course, assignments: Sequence[str], to: Target, template: Path | None, column: str | None, roster: Path,
    output: Path | None, console: Console, *, yes: bool, allow_lower: bool, skip_unmatched: bool,
) -> int:  # fmt: skip
    if template is None:
        raise CantFill(f"--template: expected the file downloaded from {to}, got none; the system takes no other.")
    if column is not None and len(assignments) > 1:
        raise CantFill("--column: expected with one assignment, got several. Export one after the other.")
    table, known = Table.read(template), read_roster(roster)
    fillings = []
    for assignment in assignments:
        found = _points(course, assignment)
        fillings.append(fill(table, DIALECTS[to], assignment, found.points, known, column))
        if fillings[-1].column in {before.column for before in fillings[:-1]}:
            title = fillings[-1].title
            raise CantFill(f"The column {title} would be filled twice. Export one assignment after the other.")
        _show(fillings[-1], found.waiting, console)
    against = _objections(fillings, allow_lower=allow_lower, skip_unmatched=skip_unmatched)
    for sentence in against:
        console.print(f"[bold red]{escape(sentence)}[/]", soft_wrap=True, highlight=False)
    if against:
        return 1
    if not yes:
        console.print("Nothing is written; add --yes to write it.")
        return 0
    for change in (change for filling in fillings for change in filling.changes):
        table.set(change.row, change.column, change.after)
    target = output or course.root / "exports" / template.name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(table.to_bytes())
    console.print(f"Wrote {target}", soft_wrap=True, highlight=False)
    return 0


def _objections(fillings: Sequence[Filling], *, allow_lower: bool, skip_unmatched: bool) -> list[str]:
    """Return what speaks against writing, in sentences with what would help."""
    against = []
    for filling in fillings:
        lowering = [change.student for change in filling.lowering]
        for named, fault, cure, is_allowed in (
            (lowering, "would have fewer points than now", "--allow-lower allows it", allow_lower),
            (filling.unmatched_rows, "rows are of nobody in the course", UNMATCHED_CURE, skip_unmatched),
            (filling.unmatched_students, "students with points have no row", UNMATCHED_CURE, skip_unmatched),
        ):
            if named and not is_allowed:
                more = ", ..." if len(named) > MAX_SHOWN else ""
                some = ", ".join(named[:MAX_SHOWN])
                against.append(f"{filling.title}: {len(named)} {fault}: {some}{more}. Cure: {cure}.")
    return against


def _show(filling: Filling, waiting: Sequence[str], console: Console) -> None:
    grid = Grid("student", "now", "then", title=filling.title, title_justify="left", box=None, padding=(0, 2, 0, 0))
    for change in filling.changes[:MAX_SHOWN]:
        grid.add_row(change.student, change.before or "-", change.after)
    console.print(grid)
    if len(filling.changes) > MAX_SHOWN:
        console.print(f"... and {len(filling.changes) - MAX_SHOWN} more.")
    counts = {
        "set": len(filling.changes), "unchanged": filling.unchanged, "not handed in, stay blank": filling.blank,
        "excused, stay so": filling.kept, "still to be graded by hand": len(waiting),
    }  # fmt: skip
    console.print("; ".join(f"{number} {what}" for what, number in counts.items() if number) or "Nothing to do.")


def _write_own_file(
    course: Course, assignments: Sequence[str], target: Path, console: Console, *, is_wanted: bool
) -> int:
    """Write a file with a row per student, and a column per question of each assignment."""
    rows: dict[str, dict[str, str]] = {}
    columns = ["student"]
    for assignment in assignments:
        found = _points(course, assignment)
        cells = list(dict.fromkeys(cell for of in found.cells.values() for cell in of))
        titles = {cell: title for cell, title in _titles(course, assignment).items() if title not in cells}
        columns += [
            assignment, *(f"{assignment}: {titles.get(cell, cell)}" for cell in cells), f"{assignment}: comments",
        ]  # fmt: skip
        for student, points in found.points.items():
            row = rows.setdefault(student, {"student": student})
            row[assignment] = "" if points is None else f"{points:.10g}"
            for cell, of in found.cells.get(student, {}).items():
                row[f"{assignment}: {titles.get(cell, cell)}"] = _number(of)
            row[f"{assignment}: comments"] = found.comments.get(student, "")
    if not is_wanted:
        console.print(f"{len(rows)} students, {len(columns)} columns. Nothing is written; add --yes to write {target}.")
        return 0
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows[student] for student in sorted(rows))
    console.print(f"Wrote {target}", soft_wrap=True, highlight=False)
    return 0


def _number(points: float | None) -> str:
    return "" if points is None else f"{points:.10g}"


def _titles(course: Course, assignment: str) -> dict[str, str]:
    """Return what questions are called whose name says nothing; nothing if the source is gone."""
    from fairgrade.results import titles_in  # noqa: PLC0415 - nbgrader takes a second to import

    return titles_in(sorted((course.root / "source" / assignment).glob("*.ipynb")))


def _points(course: Course, assignment: str) -> AssignmentPoints:
    from fairgrade.autograde.bundle import configuration_of  # noqa: PLC0415 - nbgrader takes a second to import
    from fairgrade.lms.gradebook_points import read_points  # noqa: PLC0415

    try:
        return read_points(configuration_of(course)[1].db_url, assignment)
    except CourseError:
        course.notebooks(assignment)  # if the name is mistyped, this says which there are
        raise
