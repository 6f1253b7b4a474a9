"""``fairgrade watch``: grade submissions as they arrive, until it is stopped."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from fairgrade.autograde.pool import ForkServer
from fairgrade.console import open_console, print_error
from fairgrade.course import Course, CourseError


def watch(
    assignment: Annotated[str, typer.Argument(help="The assignment, a folder in source/.")],
    once: Annotated[bool, typer.Option("--once", help="Handle the submissions that are there, and end.")] = False,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Grading processes on this machine.", show_default="one per processor")
    ] = None,
    course: Annotated[
        Path, typer.Option("--course", help="The course's folder, or one below it.", show_default="here")
    ] = Path(),
) -> None:
    """Grade submissions as they arrive, within seconds.

    Looks into the exchange's inbound folder and into submitted/ twice a second, collects what has arrived by the due
    date, and grades what is new or changed, as fairgrade autograde does and with the same results: a submission that is
    graded and unchanged is left alone, by either command. Stop it with Ctrl-C or
    SIGTERM; whatever ends it, nothing is lost, and the next start goes on. If the source, a grader or the configuration
    changes, it grades everything again. c.InstantFeedback.shows = "checks" or "points" in nbgrader_config.py releases
    feedback at once; see docs/WATCH.md.
    Example: fairgrade watch ps1

    Exit codes: 0 ended by SIGTERM, or all submissions are graded (--once); 1 some are not, they are listed (--once); 2
    wrong usage, or the course lacks something; 3 it could not begin (the preflight failed, no sandbox, another watcher
    at work); 130 stopped by Ctrl-C.
    """
    console = open_console()
    try:
        home = Course.at(course)
        home.notebooks(assignment)  # if there is none, this says which there are
        with closing(ForkServer()) as server:
            from fairgrade.watch.watching_loop import watch_assignment  # noqa: PLC0415 - nbgrader takes a second

            code = watch_assignment(home, assignment, console, once=once, jobs=jobs, server=server)
    except CourseError as error:
        print_error(error)
        raise typer.Exit(2) from error
    raise typer.Exit(code)
