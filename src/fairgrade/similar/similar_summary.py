"""Similar submissions as data, and as a table on the console."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from fairgrade.similar.similar_groups import LEAST_Z, MIN_STUDENTS, SharedExercise, SimilarGroup, SimilarityReport

MAX_SHOWN = 20

READ = (
    "z says how far a pair is from what is usual between the closest classmates. Similar work has many causes, such as "
    "allowed collaboration or a common source: a person decides, after reading both."
)


def data_of(report: SimilarityReport) -> dict[str, Any]:
    """Return the results as JSON-ready data."""
    return {
        "version": 1,
        "assignment": report.assignment,
        "students": list(report.code.students),
        "skipped": report.code.skipped,
        "compared": report.compared,
        "too_short": report.too_short,
        "compared_in_part": report.code.cut,
        "too_few_students": report.is_too_small,
        "least_z": LEAST_Z,
        "groups": [
            {
                "students": list(group.students),
                "pairs": [asdict(pair) | {"z": round(pair.z, 3)} for pair in group.pairs],
            }
            for group in report.groups
        ],
    }


def show_summary(report: SimilarityReport, console: Console) -> None:
    """Show the groups, or say why there are none."""
    console.print(conclusion(report), highlight=False)
    if report.groups:
        table = Table(box=None, padding=(0, 2, 0, 0))
        for column in ("similar", "z", "share of what is unusual, by exercise"):
            table.add_column(column, justify="right" if column == "z" else "left")
        for group in report.groups[:MAX_SHOWN]:
            _add(table, group)
        console.print(table)
        if len(report.groups) > MAX_SHOWN:
            console.print(f"... and {len(report.groups) - MAX_SHOWN} more groups, on the page.", highlight=False)
        console.print(READ, highlight=False)
    if report.too_short:
        console.print(f"Mostly too short to say: {', '.join(report.too_short)}.", highlight=False, markup=False)
    if report.code.cut:
        console.print(f"Very long, so compared in part: {', '.join(report.code.cut)}.", highlight=False, markup=False)
    for student, cause in list(report.code.skipped.items())[:MAX_SHOWN]:
        console.print(f"Not compared: {student}, {cause}.", highlight=False, markup=False)
    if len(report.code.skipped) > MAX_SHOWN:
        console.print(f"... and {len(report.code.skipped) - MAX_SHOWN} more not compared.", highlight=False)


def conclusion(report: SimilarityReport) -> str:
    """Say in a sentence or two what was found."""
    n = len(report.code.students)
    if report.groups:
        students = sum(len(group.students) for group in report.groups)
        groups = "1 group is" if len(report.groups) == 1 else f"{len(report.groups)} groups are"
        return (
            f"Of {n} submissions, {students} in {groups} more alike than is usual in this class "
            f"(z of {LEAST_Z:.0f} or more)."
        )
    if not report.compared:
        return f"Nothing is shown: what was written in {n} submissions is too short to say whose it is."
    if report.is_too_small:
        return (
            f"Nothing is shown: fewer than {MIN_STUDENTS} of {n} submissions hold enough code to be compared, so that "
            "nobody can say what is usual in this class."
        )
    return f"Nothing to see: among {n} submissions, no two are more alike than is usual in this class."


def _add(table: Table, group: SimilarGroup) -> None:
    for number, pair in enumerate(group.pairs):
        shared = "; ".join(described(exercise) for exercise in pair.exercises if exercise.share >= 0.005)
        table.add_row(escape(" ~ ".join(pair.students)), f"{pair.z:.1f}", escape(shared))
        if number == len(group.pairs) - 1 and len(group.pairs) > 1:
            table.add_row(escape(f"one group: {', '.join(group.students)}"), "", "")


def described(exercise: SharedExercise) -> str:
    """Return what two students share in an exercise, in words."""
    same = f" and a wrong result that {exercise.same_behaviour} students have" if exercise.same_behaviour else ""
    return f"{exercise.name} {exercise.share:.2f}{same}"
