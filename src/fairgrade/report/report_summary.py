"""The report as data, and in short on the console."""

from __future__ import annotations

from dataclasses import asdict

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from fairgrade.report.class_report import ClassReport
from fairgrade.report.page import number, percent


def data_of(found: ClassReport) -> dict[str, object]:
    """Return the figures without students."""
    return {
        "version": 1,
        "assignment": found.results.assignment,
        "stages": {stage.value: count for stage, count in found.stages.items()},
        "totals": asdict(found.totals),
        "items": [asdict(item) | {"flag": item.flag, "title": found.results.called(item.name)} for item in found.items],
        "checks": [asdict(check) for check in found.checks],
        "misconceptions": [asdict(one) for one in found.misconceptions],
        "unseen": found.unseen,
        "histogram": found.histogram,
        "waiting": found.waiting,
    }


def show_summary(found: ClassReport, console: Console) -> None:
    """Show what matters most."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in ("exercise", "facility", "discrimination", "look at"):
        table.add_column(column, justify="left" if column in ("exercise", "look at") else "right")
    for item in found.items:
        name = found.results.called(item.name)
        table.add_row(escape(name), percent(item.facility), number(item.discrimination), item.flag)
    console.print(table)
    stages = "; ".join(f"{count} {stage.value}" for stage, count in found.stages.items() if count)
    console.print(f"{len(found.results.members)} students: {stages}. Alpha {number(found.totals.alpha)}.")
    for one in found.top:
        console.print(f"  {one.students:>4}  {one.title} ({one.exercise})", highlight=False)
