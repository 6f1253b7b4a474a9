"""``fairgrade autograde``: a class is graded, what came of it is told, and the exit code says whether that is all."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from fairgrade.autograde import display
from fairgrade.autograde.pool import ForkServer
from fairgrade.autograde.prepare import prepared, students_of
from fairgrade.autograde.results_store import write_json
from fairgrade.autograde.run import RUN_ENDING_ERRORS
from fairgrade.autograde.summary import Summary
from fairgrade.console import print_error, print_stopped
from fairgrade.course import Course
from fairgrade.isolation.sandbox.start import filter_weakness
from fairgrade.nbgrader.placement import sentences

UNPROTECTED = "student code runs as you, and can read and write all you can. Results say so."
UNPROVEN = "nobody has seen whether right work earns all points. Results say so."
NOT_ALL, STOPPED, INTERRUPTED = 1, 3, 130


def grade_class(
    course: Course,
    assignment: str,
    console: Console,
    *,
    students: list[str] | None = None,
    jobs: int | None,
    scheduler: str | None = None,
    force: bool = False,
    dry: bool = False,
    compare: bool = False,
    json_file: Path | None = None,
    unsafe: bool = False,
    preflight: bool = True,
    server: ForkServer | None = None,
) -> int:
    """Grade a class, with words to who watches, and return the command's exit code.

    Parameters
    ----------
    course, assignment
        What to grade.
    console : Console
        Where it is told.
    students : list of str, optional
        Only theirs.
    jobs, scheduler, unsafe, preflight, server
        As for :func:`~fairgrade.autograde.prepare.prepared`.
    force, dry : bool
        As for :class:`~fairgrade.autograde.run.Run`.
    compare : bool
        Show whose points change.
    json_file : Path, optional
        Where to write the summary as data.

    Raises
    ------
    CourseError
        If the course lacks something; then nothing is graded.
    """
    summary = Summary()
    try:
        with prepared(
            course, assignment, jobs=jobs, scheduler=scheduler, unsafe=unsafe, preflight=preflight, server=server
        ) as run:
            run.force, run.dry = force, dry
            wanted = students_of(run, students)
            if unsafe:
                console.print(f"[bold red]NO SANDBOX:[/] {UNPROTECTED}")
            elif scheduler is None and (weakness := filter_weakness()):
                console.print(f"[bold yellow]A weaker sandbox:[/] {weakness}", soft_wrap=True, highlight=False)
            summary.preflight = run.preflight
            if not run.preflight:
                console.print(f"[bold red]NO PREFLIGHT:[/] {UNPROVEN}")
            began = time.process_time()
            try:
                display.watch(run, wanted, console, summary)
            finally:
                summary.old_feedback = [] if dry else [name for name in summary.graded if run.store.has_feedback(name)]
                summary.coordinator_s = time.process_time() - began
                summary.preflight_results = run.preflight_results
    except RUN_ENDING_ERRORS as error:
        print_error(error)
        code = STOPPED
    except KeyboardInterrupt:
        print_stopped(kept=True)
        code = INTERRUPTED
    else:
        code = NOT_ALL if summary.errors or summary.lacking else 0
    _conclude(console, summary, assignment, dry, compare)
    if json_file is not None:
        write_json(json_file, summary.to_dict())
    return code


def _conclude(console: Console, summary: Summary, assignment: str, dry: bool, compare: bool) -> None:
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
        console.print(
            f"[yellow]{escape(name)}[/] is for a person to look at: {escape(why)}", soft_wrap=True, highlight=False
        )
    if summary.old_feedback:
        console.print(
            f"Feedback pages of before: {len(summary.old_feedback)}. "
            f"To make them again: nbgrader generate_feedback {assignment} --force",
            soft_wrap=True, highlight=False,
        )  # fmt: skip
    if compare:
        console.print(display.changes(summary.changes) if summary.changes else "No points change.")
    if summary.graded:
        console.print(display.slowest(summary))
    console.print(display.result(summary, dry=dry))
