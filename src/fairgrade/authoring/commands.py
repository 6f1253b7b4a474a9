"""The commands for authors: ``fairgrade init`` and ``fairgrade doctor``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fairgrade.console import open_console, print_error
from fairgrade.course import CourseError


def init(folder: Annotated[Path, typer.Argument(help="The new course's folder: an empty one, or none.")]) -> None:
    """Start a course: a small assignment with graders, six made-up submissions, and a README with four commands.

    Everything in it works at once and is meant to be changed. Nothing is installed, and no gradebook is made yet.
    Example: fairgrade init statistics
    """
    from fairgrade.authoring.new_course import commands, create_course  # noqa: PLC0415 - nbgrader takes a second

    console = open_console()
    try:
        with console.status("Writing the course"):
            written = create_course(folder)
    except CourseError as error:
        print_error(error)
        raise typer.Exit(2) from error
    console.print(f"Wrote {len(written)} files to {folder}. Next:", highlight=False)
    console.print(f"  cd {folder}", highlight=False)
    for command, does in commands():
        console.print(f"  {command:<46} # {does}", highlight=False)


def doctor(
    course: Annotated[Path, typer.Option(help="The course's folder, or one below it.", show_default="here")] = Path(),
) -> None:
    """Find out what this machine and this course lack for grading, and what to type.

    Looks at Python, packages, both sandboxes, commands, permissions and the gradebook. The exit code is 1 if something
    has to be mended before submissions can be graded.
    """
    from rich.table import Table  # noqa: PLC0415 - a command loads what it needs

    from fairgrade.authoring.diagnose_machine import Severity, diagnose  # noqa: PLC0415

    console = open_console()
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    marks = {
        Severity.FINE: "[green]ok[/]",
        Severity.NOTICE: "[yellow]note[/]",
        Severity.PROBLEM: "[bold red]problem[/]",
    }
    symptoms = list(diagnose(course))
    for symptom in symptoms:
        table.add_row(marks[symptom.state], symptom.what, symptom.found, symptom.cure)
    console.print(table)
    problems = sum(symptom.state is Severity.PROBLEM for symptom in symptoms)
    console.print(f"{problems} problems." if problems else "Ready to grade.", highlight=False)
    raise typer.Exit(1 if problems else 0)
