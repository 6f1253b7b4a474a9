"""A run for somebody who watches: progress, then tables of what it came to."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from fairgrade.autograde.run import Run, SubmissionOutcome
from fairgrade.autograde.summary import Summary
from fairgrade.nbgrader.placement import sentences

_SHOWN = 20


def watch(run: Run, students: list[str], console: Console, summary: Summary) -> None:
    """Grade with a progress bar on a terminal, else with a line for each submission; adds all to `summary`.

    Raises
    ------
    As :meth:`Run.grade` does.
    """
    columns = (
        SpinnerColumn(),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        TextColumn("[dim]{task.fields[running]}"),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=len(students), rate="", running="starting")
        for done in run.grade(students):
            summary.add(done)
            speed = progress.tasks[task].finished_speed or progress.tasks[task].speed
            rate = f"{60 * speed:.0f} a minute" if speed else ""
            progress.update(task, advance=1, rate=rate, running=escape(" ".join(run.running())))
            if not console.is_terminal and (done.result or done.error):
                console.print(_line(done), soft_wrap=True, highlight=False, markup=False)
    for notice in run.notices:
        console.print(notice, soft_wrap=True, highlight=False, markup=False)


def _line(done: SubmissionOutcome) -> str:
    if done.error:
        return f"{done.student}: not graded. {done.error}"
    assert done.result is not None
    scores = [score for notebook in done.result.notebooks for score in notebook.autoscores.scores.values()]
    return f"{done.student}: {sum(filter(None, scores)):g} points by tests, {done.result.seconds:.1f} s"


def conclude(console: Console, summary: Summary, assignment: str, *, dry: bool, compare: bool) -> None:
    """Print what a person has to know or to do after a run, then what it came to."""
    for name, why in summary.errors.items():
        console.print(f"[red]{escape(name)}[/] is not graded: {escape(why)}", soft_wrap=True, highlight=False)
    for name, why in summary.broken.items():
        console.print(
            f"[yellow]{escape(name)}[/] has 0 points until somebody has looked: {why}", soft_wrap=True, highlight=False
        )
    for sentence in sentences(summary.preflight_results):
        console.print(f"[yellow]{escape(sentence)}[/]", soft_wrap=True, highlight=False)
    for name in summary.lacking:
        console.print(
            f"[bold red]Not installed here:[/] all {len(summary.graded)} submissions import {name}, which costs them "
            f"points. Type: {sys.executable} -m pip install {name}\nThen: fairgrade autograde {assignment} --force",
            soft_wrap=True, highlight=False,
        )  # fmt: skip
    for name, why in summary.undecided.items():
        student, _, cell = name.partition(", ")
        console.print(
            f"[yellow]{escape(f'{student}, {summary.called(cell)}')}[/] is for a person to look at: {escape(why)}",
            soft_wrap=True,
            highlight=False,
        )
    if summary.old_feedback:
        console.print(
            f"Feedback pages of before: {len(summary.old_feedback)}. "
            f"To make them again: nbgrader generate_feedback {assignment} --force",
            soft_wrap=True, highlight=False,
        )  # fmt: skip
    if compare:
        console.print(changes(summary) if summary.changes else "No points change.")
    if summary.graded:
        console.print(slowest(summary))
    console.print(result(summary, dry=dry))


def result(summary: Summary, *, dry: bool) -> Table:
    """How many submissions came out how."""
    table = Table(box=SIMPLE_HEAD, header_style="bold", title="Nothing was written" if dry else None)
    table.add_column("submissions", justify="right")
    table.add_column("")
    table.add_column("", overflow="fold")
    rows: list[tuple[str, Collection[str], str]] = [
        ("graded", summary.graded, ""),
        ("unchanged", summary.unchanged, ""),
        ("need review by a person", summary.needs_review, ""),
        ("broken, 0 points", summary.broken, _names(summary.broken)),
        ("errors, not graded", summary.errors, _names(summary.errors)),
    ]
    for name, students, which in rows:
        style = "red" if students is summary.errors and students else None
        table.add_row(str(len(students)), name, which, style=style)
    return table


def slowest(summary: Summary) -> Table:
    """Where the time went."""
    table = Table(box=SIMPLE_HEAD, header_style="bold", title="Slowest cells", title_justify="left")
    table.add_column("seconds", justify="right")
    table.add_column("student")
    table.add_column("cell")
    for seconds, student, cell in summary.slowest:
        table.add_row(f"{seconds:.2f}", escape(student), escape(summary.called(cell)))
    return table


def changes(summary: Summary) -> Table:
    """Who gained or lost points, and why; who lost most comes first."""
    table = Table(box=SIMPLE_HEAD, header_style="bold", title="Points that change", title_justify="left")
    for name in ("student", "cell"):
        table.add_column(name, no_wrap=True)
    for name in ("before", "after", "change"):
        table.add_column(name, justify="right")
    table.add_column("why", overflow="fold")
    for change in sorted(summary.changes, key=lambda c: ((c.after or 0) - (c.before or 0), c.student, c.cell)):
        gain = (change.after or 0) - (change.before or 0)
        style = "red" if gain < 0 else "green"
        numbers = ["-" if points is None else f"{points:g}" for points in (change.before, change.after)]
        student, cell, why = map(escape, (change.student, summary.called(change.cell), change.why))
        table.add_row(student, cell, *numbers, f"[{style}]{gain:+g}[/]", why)
    return table


def _names(students: Iterable[str]) -> str:
    names = sorted(students)
    more = len(names) - _SHOWN
    return escape(", ".join(names[:_SHOWN])) + (f" and {more} more" if more > 0 else "")
