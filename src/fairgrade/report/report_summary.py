"""The report as data, and in short on the console."""

from __future__ import annotations

from dataclasses import asdict

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from fairgrade.report.class_report import ClassReport
from fairgrade.report.earlier_year import Comparison
from fairgrade.report.item_statistics import MIN_STUDENTS
from fairgrade.report.lecture import TOP_FINDINGS
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
        "findings": [asdict(one) for one in found.findings],
        "misconceptions": [asdict(one) for one in found.misconceptions],
        "unseen": found.unseen,
        "outcomes": {name: {kind.value: counts[kind] for kind in counts} for name, counts in found.outcomes.items()},
        "totals_by_group": [asdict(group) for group in found.groups],
        "left": {kind.name.lower(): {"count": n, "students": of} for kind, (n, of) in found.left.items()},
        "overridden": dict(found.overridden),
        "late": found.members("is_late"),
        "extensions": found.members("has_extension"),
        "timed_out": found.members("is_timed_out"),
        "crashed": found.members("is_crashed"),
        "damaged": found.damaged,
        "comparison": asdict(found.comparison) if found.comparison else None,
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
    if found.flagged_checks:
        console.print(f"Checks to look at: {len(found.flagged_checks)} of {len(found.checks)}; the page says why.")
    for kind, (count, _) in found.left.items():
        cure = f"fairgrade autograde {found.results.assignment}" if kind.is_for_autograde else "in the formgrader"
        said = f"{kind.value.capitalize()}: {count} ({cure})"
        console.print(said, highlight=False, markup=False, soft_wrap=True)
    if found.findings:
        console.print("What cost the class most (students, points):")
    for one in found.findings:
        costs = f"{one.students:>4} {one.lost:>6.4g}"
        console.print(f"  {costs}  {one.title} ({one.exercise})", highlight=False, markup=False)
    if found.totals.n < MIN_STUDENTS:
        console.print(f"With fewer than {MIN_STUDENTS} students, statistics say little: nothing is flagged.")
    if found.damaged:
        console.print(f"[bold yellow]Warning:[/] {found.damage}", soft_wrap=True, highlight=False)
    if found.comparison:
        _show_comparison(found.comparison, console)


def _show_comparison(found: Comparison, console: Console) -> None:
    changed = [trend for trend in found.trends if trend.now != trend.then][:TOP_FINDINGS]
    what = "share then, now" if changed else "no share has changed"
    console.print(f"Compared with {found.then_n} students of the earlier year ({what}):")
    for trend in changed:
        shares = f"{percent(trend.then):>6} {percent(trend.now):>6}"
        console.print(f"  {shares}  {trend.title} ({trend.exercise})", highlight=False, markup=False)
    if found.remark:
        console.print(f"  {found.remark}", highlight=False)
