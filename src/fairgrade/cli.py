"""The command line: ``fairgrade``, next to nbgrader's own commands."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from fairgrade import __version__
from fairgrade.autograde.command import autograde
from fairgrade.course import Course, CourseError
from fairgrade.demo import show
from fairgrade.demo.classroom import Classroom, StepFailed

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="markdown"
)

app.command()(autograde)

CourseFolder = Annotated[
    Path, typer.Option("--course", help="The course's folder, or one below it.", show_default="here")
]


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
    console = Console()
    if not console.is_terminal:
        console = Console(width=120)  # a log has no width to keep to, but tables need one
    try:
        home = Course.at(course)
        classroom = Classroom(home, assignment, (folder or home.root / "demo_class").resolve(), students, seed)
        show.run(classroom, console, afresh=force)
    except (CourseError, StepFailed) as error:
        Console(stderr=True).print(f"[bold red]Error:[/] {error}", highlight=False, soft_wrap=True)
        raise typer.Exit(1) from error
    except KeyboardInterrupt:
        Console(stderr=True).print("Stopped. What is graded stays; run the same command again to go on.")
        raise typer.Exit(130) from None
