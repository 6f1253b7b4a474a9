"""The commands for authors: ``fairgrade init``, ``new``, ``check`` and ``doctor``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from fairgrade.console import open_console, print_error, print_stopped
from fairgrade.course import Course, CourseError
from fairgrade.grading import InfraError


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def init(
    folder: Annotated[Path, typer.Argument(help="The new course's folder: an empty one, or none.")],
    repository: Annotated[
        str | None,
        typer.Option(
            help="The course's repository on GitHub, ACCOUNT/NAME, for links that open notebooks in Colab.",
            show_default="a placeholder",
        ),
    ] = None,
) -> None:
    """Start a course: a small assignment with graders, six made-up submissions, and a README with four commands.

    Everything in it works at once and is meant to be changed. Nothing is installed, and no gradebook is made yet.
    Example: fairgrade init statistics --repository lecturer/statistics
    """
    from fairgrade.authoring.new_course import commands, create_course  # noqa: PLC0415 - nbgrader takes a second

    console = open_console()
    try:
        with console.status("Writing the course"):
            written = create_course(folder, repository)
    except CourseError as error:
        print_error(error)
        raise typer.Exit(2) from error
    console.print(f"Wrote {len(written)} files to {folder}. Next:", highlight=False)
    console.print(f"  cd {folder}", highlight=False)
    for command, does in commands():
        console.print(f"  {command:<46} # {does}", highlight=False)


def new(
    name: Annotated[str, typer.Argument(help="The assignment: letters, digits and _.")],
    origin: Annotated[
        Path | None, typer.Option("--from", help="A plain notebook, or a percent script.", show_default="one example")
    ] = None,
    exercise: Annotated[
        list[str] | None,
        typer.Option(
            help="A function students write; repeat it for several.", show_default="those that assertions use"
        ),
    ] = None,
    course: Annotated[
        Path, typer.Option("--course", help="The course's folder, or one below it.", show_default="here")
    ] = Path(),
) -> None:
    """Start an assignment: a source notebook and drafts of its graders, from nothing or from a plain notebook.

    Functions that assertions use become exercises. Their bodies become solutions, the assertions become test cells, and
    graders draw inputs like those of the assertions. TODOs say what is left to do. Nothing is overwritten.
    Example: fairgrade new ps1 --from lecture.ipynb
    """
    from fairgrade.authoring.new_assignment import create_assignment  # noqa: PLC0415 - a command loads what it needs

    console = open_console()
    try:
        made = create_assignment(Course.at(course), name, origin, exercise or ())
    except CourseError as error:
        print_error(error)
        raise typer.Exit(2) from error
    console.print(f"Wrote source/{name}/{name}.ipynb and graders/{name}/, with:", highlight=False)
    for draft in made.drafts:
        how = "inputs as in its tests" if draft.is_like_tests else "no test shows its inputs: write them"
        console.print(f"  {draft.name}: {_count(draft.points, 'point')}; {how}", highlight=False)
    if made.given:
        console.print(f"Students get {', '.join(made.given)}; --exercise NAME chooses otherwise.", highlight=False)
    if made.skipped:
        console.print(f"Not run in grading, as they only show work: {_count(made.skipped, 'cell')}.", highlight=False)
    console.print(f"Next: follow the TODOs in graders/{name}/, and type: fairgrade check {name}", highlight=False)


def check(
    assignment: Annotated[str, typer.Argument(help="The assignment, a folder in source/.")],
    exercise: Annotated[str | None, typer.Option(help="Only this exercise.", show_default="all")] = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Check again whenever the source or a grader changes.")
    ] = False,
    course: Annotated[
        Path, typer.Option("--course", help="The course's folder, or one below it.", show_default="here")
    ] = Path(),
) -> None:
    """Check an assignment while you write it, in seconds.

    Grades the solution, the empty stub, right variants and known mistakes as submissions are, in the sandbox, and
    inspects the notebook and what students get. Each finding names file, line or cell, and a cure; the exit code is 1
    if there are any. fairgrade verify takes longer and finds more.
    Example: fairgrade check first_steps --exercise standard_error
    """
    from fairgrade.authoring.watching import run_again_on_changes  # noqa: PLC0415 - a command loads what it needs

    console = open_console()
    try:
        home = Course.at(course)
        home.notebooks(assignment)  # if there is none, this says which there are
        if watch:
            only = [] if exercise is None else ["--exercise", exercise]
            run_again_on_changes(home, ["check", assignment, *only], console)
        from fairgrade.authoring.quick_check import check as check_assignment  # noqa: PLC0415 - nbgrader takes a second

        with console.status("Checking") as status:
            report = check_assignment(home, assignment, exercise, lambda about: status.update(f"Checking {about}"))
    except (CourseError, InfraError) as error:
        print_error(error)
        raise typer.Exit(2) from error
    except KeyboardInterrupt:
        print_stopped(kept=False)
        raise typer.Exit(130) from None
    for finding in report.findings:
        console.print(f"[bold]{escape(finding.where)}[/]: {escape(finding.what)}", highlight=False, soft_wrap=True)
        console.print(f"  {escape(finding.cure)}", highlight=False, soft_wrap=True)
    rest = f" of {report.known}; fairgrade verify grades all" if report.graded < report.known else ""
    found = _count(len(report.findings), "finding") if report.findings else "nothing to mend"
    if not report.is_graded:
        console.print("No work was graded: that takes Linux. In WSL2 or a container, run the same command.")
    console.print(f"{assignment}: {found}; {_count(report.graded, 'piece')} of work graded{rest}.", highlight=False)
    raise typer.Exit(1 if report.findings else 0)


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
    console.print(f"{_count(problems, 'problem')}." if problems else "Ready to grade.", highlight=False)
    raise typer.Exit(1 if problems else 0)
