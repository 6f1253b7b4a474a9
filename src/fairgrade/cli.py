"""The command line: ``fairgrade``, next to nbgrader's own commands."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from fairgrade import __version__
from fairgrade.autograde.command import autograde
from fairgrade.course import Course, CourseError

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="markdown"
)

app.command()(autograde)

CourseFolder = Annotated[
    Path, typer.Option("--course", help="The course's folder, or one below it.", show_default="here")
]


def _console() -> Console:
    # This very stream, as grading redirects what sys.stdout is; a log has no width to keep to, but tables need one.
    console = Console(file=sys.stdout)
    return console if console.is_terminal else Console(file=sys.stdout, width=120)


def _print_error(error: Exception) -> None:
    Console(stderr=True).print(f"[bold red]Error:[/] {error}", highlight=False, soft_wrap=True)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"fairgrade {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Fair, safe and fast grading of numerical-Python assignments on nbgrader.

    These commands work next to nbgrader's own: nbgrader generate_assignment, autograde,
    generate_feedback, export and the formgrader go on working as you know them.
    """


@app.command()
def demo(
    students: Annotated[int, typer.Option(min=1, max=999, help="How many students the class has.")] = 24,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same class.")] = 0,
    assignment: Annotated[str, typer.Option(help="The assignment to demonstrate.")] = "part5_training",
    folder: Annotated[
        Path | None,
        typer.Option(help="Where the class goes; never your own submitted/.", show_default="COURSE/demo_class"),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Make and grade the class again, whatever is there.")] = False,
    course: CourseFolder = Path(),
) -> None:
    """Grade a made-up class, to see the whole course work.

    Makes submissions from the assignment's own variants and misconceptions (among them a late, a
    half-done and a blank one), grades them as fairgrade autograde does, and runs nbgrader's generate_feedback
    and export on them. Run again, it grades only what is not graded yet.
    """
    from fairgrade.demo import show  # noqa: PLC0415 - nbgrader takes a second to import
    from fairgrade.demo.classroom import Classroom, StepFailed  # noqa: PLC0415

    console = _console()
    try:
        home = Course.at(course)
        classroom = Classroom(home, assignment, (folder or home.root / "demo_class").resolve(), students, seed)
        show.run(classroom, console, afresh=force)
    except (CourseError, StepFailed) as error:
        _print_error(error)
        raise typer.Exit(1) from error
    except KeyboardInterrupt:
        Console(stderr=True).print("Stopped. What is graded stays; run the same command again to go on.")
        raise typer.Exit(130) from None


@app.command()
def verify(
    assignment: Annotated[str, typer.Argument(help="The assignment whose tests are tested.")],
    exercise: Annotated[str | None, typer.Option(help="Only this exercise.", show_default="all")] = None,
    seeds: Annotated[
        int,
        typer.Option(
            min=1,
            help="For how many made-up students all work is graded; with more, more pairs of mistakes are tried, too.",
        ),
    ] = 20,
    mutants: Annotated[
        bool, typer.Option("--mutants", help="Also grade the reference with one small change, each in turn.")
    ] = False,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the report as data, too.")] = None,
    course: CourseFolder = Path(),
) -> None:
    """Test the tests of an assignment.

    Is right work right, and does wrong work pay what it should? Grades the reference, all variants and all
    misconceptions of the graders, and looks at the notebook and its release. What keeps the assignment from meeting
    its bars is listed with a cure, and the exit code is 1. All of it is also written as a page to reports/.
    """
    from fairgrade.verify import run, show  # noqa: PLC0415 - a command loads what it needs
    from fairgrade.verify.page import write_page  # noqa: PLC0415

    console = _console()
    try:
        home = Course.at(course)
        with show.progress(console) as progress:
            report = run.verify(home, assignment, exercise=exercise, seeds=seeds, mutants=mutants, progress=progress)
    except CourseError as error:
        _print_error(error)
        raise typer.Exit(2) from error
    except KeyboardInterrupt:
        Console(stderr=True).print("Stopped.")
        raise typer.Exit(130) from None
    show.show(report, console)
    page = write_page(report, home.root / "reports")
    console.print(f"The page: {page}", soft_wrap=True, highlight=False)
    if json_file is not None:
        json_file.write_text(json.dumps(asdict(report), indent=1) + "\n")
    raise typer.Exit(1 if report.findings else 0)
