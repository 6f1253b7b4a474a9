"""A verification on the console: progress, a table of figures, the findings and their cures."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group
from rich.markup import escape
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from fairgrade.verify import verification
from fairgrade.verify.findings import Section
from fairgrade.verify.verification_report import ExerciseReport, Report

MAX_FINDING_LINES = 24
"""At most so many lines of a finding are printed; all of it is on the page."""


@contextmanager
def progress(console: Console) -> Iterator[verification.Progress]:
    """Show a progress bar within the block, if there is a terminal to draw it."""
    columns = (
        TextColumn("Verifying {task.fields[about]}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("verify", total=None, about="")
        yield lambda done, total, about: bar.update(task, completed=done, total=total, about=about)


def handed_in(report: Report) -> str:
    """Return in words how many gradings went the way of submissions."""
    if report.not_handed_in:
        return f"None of them in the sandbox: {report.not_handed_in}"
    return f"{report.handed_in} of them in the sandbox, the way submissions go."


def show(report: Report, console: Console) -> None:
    """Print the figures, then the findings, then the verdict."""
    console.print(_figures(report))
    for part in Section:
        found = [finding for finding in report.findings if finding.part is part]
        if not found:
            continue
        console.print(f"[bold red]{part.value.capitalize()}[/]: {len(found)} found")
        for finding in found:
            lines = finding.what.splitlines()
            text = "\n".join([*lines[:MAX_FINDING_LINES], *(["..."] if len(lines) > MAX_FINDING_LINES else [])])
            what = f"[bold]{escape(finding.where)}[/] {escape(text)}"
            cure = f"[green]Cure:[/] {escape(finding.cure)}"
            console.print(Padding(Group(what, cure), (0, 0, 1, 2)), highlight=False)
    slowest = max(((row, e) for e in report.exercises for row in e.checks), key=lambda pair: pair[0].milliseconds)
    console.print(
        f"{report.gradings:,} gradings for {report.seeds} students each, {report.wall_s:.0f} s "
        f"({report.cpu_s:.0f} s of processor time). {handed_in(report)} "
        f"The slowest check is {slowest[0].name} of {slowest[1].name}: {slowest[0].milliseconds:.1f} ms.",
        highlight=False,
    )
    if report.findings:
        console.print(f"[bold red]{report.assignment} does not meet its bars:[/] {len(report.findings)} found.")
    else:
        console.print(f"[bold green]{report.assignment} meets its bars.[/]")


def _figures(report: Report) -> Table:
    """Return a table with one row per exercise and one for all."""
    table = Table(title=report.assignment, title_justify="left", header_style="bold", box=SIMPLE_HEAD)
    for heading in (
        "exercise",
        "points",
        "variants\nright",
        "wrong work\npriced",
        "wrong work\nnamed",
        "pairs\nwithin",
        "beside wrong\nno more",
    ):
        table.add_column(heading, justify="left" if heading == "exercise" else "right", vertical="bottom")
    if report.with_mutants:
        table.add_column("mutants killed\n+ equivalent", justify="right", vertical="bottom")
    table.add_column("ms", justify="right", vertical="bottom")
    for exercise in report.exercises:
        table.add_row(*_row(exercise.name, [exercise], report.with_mutants))
    table.add_row(*_row("all", list(report.exercises), report.with_mutants), style="bold")
    return table


def _row(name: str, exercises: list[ExerciseReport], with_mutants: bool) -> list[str]:
    wrong = sum(len(e.wrong) for e in exercises)
    mutants = sum(e.mutants for e in exercises)
    killed, equivalent = sum(e.killed for e in exercises), sum(len(e.equivalents) for e in exercises)
    return [
        name,
        f"{sum(e.points for e in exercises):g}",
        _of(sum(e.variants_right for e in exercises), sum(e.variants for e in exercises)),
        _of(sum(e.priced for e in exercises), wrong),
        _of(sum(e.named for e in exercises), wrong),
        _of(sum(e.pairs_within for e in exercises), sum(e.pairs for e in exercises)),
        _of(sum(e.beside - e.holes for e in exercises), sum(e.beside for e in exercises)),
        *([f"{_of(killed, mutants - equivalent)} + {equivalent}" if mutants else ""] if with_mutants else []),
        f"{sum(e.milliseconds for e in exercises):.1f}",
    ]


def _of(some: int, of: int) -> str:
    return f"{some} of {of}" if some == of else f"[red]{some} of {of}[/]"
