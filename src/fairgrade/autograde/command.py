"""``fairgrade autograde``: from the command line to a run, and from what came of it to an exit code."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from fairgrade.autograde import show
from fairgrade.autograde.prepare import prepared, students_of
from fairgrade.autograde.run import STOPS
from fairgrade.autograde.shelf import write_json
from fairgrade.autograde.summary import Summary
from fairgrade.course import Course, CourseError

UNPROTECTED = "student code runs as you, and can read and write all you can. Results say so."
NOT_ALL, STOPPED, INTERRUPTED = 1, 3, 130


def autograde(
    assignment: Annotated[str, typer.Argument(help="The assignment, a folder in source/.")],
    student: Annotated[list[str] | None, typer.Option(help="Only this one's submission; can be repeated.")] = None,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Grading processes on this machine.", show_default="one a processor")
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(help="Grade on the Dask cluster of this scheduler instead, such as tcp://host:8786.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Grade what is graded and unchanged, too.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Grade, but write nothing.")] = False,
    compare: Annotated[
        bool, typer.Option("--compare", help="Show who gains or loses points over what is recorded, and why.")
    ] = False,
    json: Annotated[Path | None, typer.Option(help="Write what came of each submission to this file.")] = None,
    unsafe_no_sandbox: Annotated[
        bool, typer.Option("--unsafe-no-sandbox", help="Run student code unprotected, as you. Results say so.")
    ] = False,
    course: Annotated[Path, typer.Option(help="The course's folder, or one below it.", show_default="here")] = Path(),
) -> None:
    """Grade the submissions of a class, with the same scores as nbgrader autograde.

    What is graded and unchanged is skipped: a result stands as long as the submission, the source, the
    graders, the limits and fairgrade itself are the same. Stop it as you like, and run it again: it goes on
    where it was.

    Exit codes: **0** all submissions are graded; **1** some are not, they are listed; **2** wrong usage, or
    the course lacks something; **3** the run could not go on (no sandbox, gradebook locked, disk full,
    scheduler gone, another run at work); **130** stopped by Ctrl-C.
    """
    console = Console()
    if not console.is_terminal:
        console = Console(width=120)  # a log has no width to keep to, but tables need one
    summary = Summary()
    try:
        found = Course.at(course)
        found.notebooks(assignment)  # if there is none, this says which there are
        with prepared(found, assignment, jobs=jobs, scheduler=scheduler, unsafe=unsafe_no_sandbox) as run:
            run.force, run.dry = force, dry_run
            students = students_of(run, student)
            if unsafe_no_sandbox:
                console.print(f"[bold red]NO SANDBOX:[/] {UNPROTECTED}")
            began = time.process_time()
            try:
                show.watch(run, students, console, summary)
            finally:
                summary.coordinator_s = time.process_time() - began
    except CourseError as error:
        _complain(error)
        raise typer.Exit(2) from error
    except STOPS as error:
        _complain(error)
        code = STOPPED
    except KeyboardInterrupt:
        Console(stderr=True).print("Stopped. What is graded stays; run the same command again to go on.")
        code = INTERRUPTED
    else:
        code = NOT_ALL if summary.errors else 0
    _conclude(console, summary, dry_run, compare)
    if json is not None:
        write_json(json, summary.to_dict())
    raise typer.Exit(code)


def _conclude(console: Console, summary: Summary, dry: bool, compare: bool) -> None:
    for name, why in summary.errors.items():
        console.print(f"[red]{escape(name)}[/] is not graded: {escape(why)}", soft_wrap=True, highlight=False)
    for name, why in summary.broken.items():
        console.print(
            f"[yellow]{escape(name)}[/] has 0 points until somebody has looked: {why}", soft_wrap=True, highlight=False
        )
    if compare:
        console.print(show.changes(summary.changes) if summary.changes else "No points change.")
    if summary.graded:
        console.print(show.slowest(summary))
    console.print(show.result(summary, dry=dry))


def _complain(error: Exception) -> None:
    Console(stderr=True).print(f"[bold red]Error:[/] {escape(str(error))}", highlight=False, soft_wrap=True)
