"""``fairgrade autograde``: from the command line to a run, and from what came of it to an exit code."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from nbgrader.apps.baseapp import NbGrader
from rich.console import Console

from fairgrade.autograde import crew, show
from fairgrade.autograde.grade import blueprints_of
from fairgrade.autograde.inputs import read_kit
from fairgrade.autograde.record import GradebookUnavailable, Recorder
from fairgrade.autograde.run import Run
from fairgrade.autograde.seeds import last_secret
from fairgrade.autograde.shelf import Shelf, write_json
from fairgrade.autograde.summary import Summary
from fairgrade.course import Course, CourseError
from fairgrade.grading import Submission
from fairgrade.isolation.errors import SandboxUnavailable
from fairgrade.nbgrader.isolated_execute import IsolatedExecute

UNPROTECTED = "student code runs as you, and can read and write all you can. Results say so."
NOT_ALL, STOPPED, INTERRUPTED = 1, 3, 130


def autograde(
    assignment: Annotated[str, typer.Argument(help="The assignment, a folder in source/.")],
    student: Annotated[list[str] | None, typer.Option(help="Only this one's submission; can be repeated.")] = None,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Grading processes on this machine.", show_default="one a processor")
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(help="Grade on the Dask cluster with this scheduler, such as tcp://host:8786.")
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
    scheduler gone); **130** stopped by Ctrl-C.
    """
    console = Console()
    if not console.is_terminal:
        console = Console(width=120)  # a log has no width to keep to, but tables need one
    summary = Summary()
    try:
        found = Course.at(course)
        if not (found.root / "source" / assignment).is_dir():
            found.notebooks(assignment)  # says which there are
        with _prepared(found, assignment, unsafe_no_sandbox, jobs, scheduler) as run:
            run.force, run.dry = force, dry_run
            students = _students(run.shelf, student)
            if unsafe_no_sandbox:
                console.print(
                    "[bold red]NO SANDBOX:[/] student code runs as you, and can do all you can. Results say so."
                )
            show.watch(run, students, console, summary)
    except CourseError as error:
        _complain(error)
        raise typer.Exit(2) from error
    except (SandboxUnavailable, GradebookUnavailable, crew.ClusterUnavailable, OSError) as error:
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


@contextlib.contextmanager
def _prepared(course: Course, assignment: str, unsafe: bool, jobs: int | None, scheduler: str | None) -> Iterator[Run]:
    """A run over the course's assignment; its workers end with the block."""
    # nbgrader makes a new gradebook with alembic, which it looks for on the PATH.
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    app = NbGrader(logfile="")
    with contextlib.chdir(course.root):
        app.initialize([], root=str(course.root))
    config, directory = app.config, app.coursedir
    if unsafe:
        config.Isolation.backend = "none"
    shelf = Shelf(directory, assignment, config)
    secret = IsolatedExecute(config=config).secret or Submission.from_environment().secret or last_secret(shelf)
    kit = read_kit(directory, course.root / "graders", assignment, config, secret)
    recorder = Recorder(directory, assignment, config, blueprints_of(kit, config))
    timeout_s = IsolatedExecute(config=config).isolation.notebook_timeout_s * len(kit.notebooks)
    try:
        if scheduler is None:
            workers = crew.local(kit, timeout_s, jobs or len(os.sched_getaffinity(0)))
        else:
            workers = crew.cluster(kit, timeout_s, scheduler)
        try:
            yield Run(kit, shelf, recorder, workers)
        finally:
            workers.close()
    finally:
        recorder.close()


def _students(shelf: Shelf, wanted: list[str] | None) -> list[str]:
    have = shelf.students()
    missing = sorted(set(wanted or ()) - set(have))
    if missing or not have:
        raise CourseError(
            f"{shelf.submitted('*')}: expected a submission of {', '.join(missing) or 'at least one student'}, "
            "found none. Put notebooks there, or collect them with nbgrader."
        )
    return sorted(set(wanted)) if wanted else have


def _conclude(console: Console, summary: Summary, dry: bool, compare: bool) -> None:
    for name, why in summary.errors.items():
        console.print(f"[red]{name}[/] is not graded: {why}", soft_wrap=True, highlight=False)
    for name, why in summary.broken.items():
        console.print(
            f"[yellow]{name}[/] has 0 points until somebody has looked: {why}", soft_wrap=True, highlight=False
        )
    if compare:
        console.print(show.changes(summary.changes) if summary.changes else "No points change.")
    if summary.graded:
        console.print(show.slowest(summary))
    console.print(show.result(summary, dry=dry))


def _complain(error: Exception) -> None:
    Console(stderr=True).print(f"[bold red]Error:[/] {error}", highlight=False, soft_wrap=True)
