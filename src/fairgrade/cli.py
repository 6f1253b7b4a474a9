"""The command line: ``fairgrade``, next to nbgrader's own commands."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from fairgrade import __version__
from fairgrade.adoption.adopt_command import adopt
from fairgrade.authoring.commands import check, doctor, init, new
from fairgrade.authoring.preview_command import preview
from fairgrade.autograde.pool import ForkServer
from fairgrade.console import open_console, print_error, print_stopped
from fairgrade.course import Course, CourseError
from fairgrade.discovery.discover_command import discover
from fairgrade.discovery.promote_command import promote
from fairgrade.isolation.errors import SandboxUnavailable, expect_linux
from fairgrade.lms.export import export
from fairgrade.report.class_report_command import report
from fairgrade.similar.similar_command import similar
from fairgrade.watch.watch_command import watch

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="markdown"
)

CourseFolder = Annotated[
    Path, typer.Option("--course", help="The course's folder, or one below it.", show_default="here")
]
Student = Annotated[
    list[str] | None, typer.Option(help="Grade only this student's submission; can be given several times.")
]
Jobs = Annotated[
    int | None, typer.Option(min=1, help="Grading processes on this machine.", show_default="one per processor")
]
Scheduler = Annotated[
    str | None, typer.Option(help="Grade on the Dask cluster of this scheduler instead, such as tcp://host:8786.")
]
Compare = Annotated[
    bool, typer.Option("--compare", help="Show who gains or loses points, late penalties included, and why.")
]
NoSandbox = Annotated[
    bool,
    typer.Option("--unsafe-no-sandbox", help="Run student code unprotected, with all your rights. The results say so."),
]
NoPreflight = Annotated[
    bool,
    typer.Option("--no-preflight", help="Grade even if the source does not earn all points. The results say so."),
]
ClassFolder = Annotated[
    Path | None, typer.Option(help="Where the class goes; never your own submitted/.", show_default="COURSE/demo_class")
]
Seeds = Annotated[
    int, typer.Option(min=1, help="Grade all work for this many made-up students; more find more pairs of mistakes.")
]
Mutants = Annotated[
    bool, typer.Option("--mutants", help="Also grade the reference with one small change, each change in turn.")
]
Holes = Annotated[
    bool,
    typer.Option(
        "--holes", help="Combine all wrong work, and its mutants, with all wrong earlier work. Without it, a sample."
    ),
]
JsonFile = Annotated[Path | None, typer.Option("--json", help="Also write the results to this file, as JSON.")]


GRADING = frozenset({"adopt", "autograde", "demo", "preview", "verify", "watch"})
"""The commands that run student code."""


@contextmanager
def _reporting(*, error_code: int, kept: bool) -> Iterator[None]:
    """Report what stops a command, and end with its exit code; `kept` if what was graded so far stays."""
    try:
        yield
    except (CourseError, SandboxUnavailable) as error:
        print_error(error)
        raise typer.Exit(error_code) from error
    except KeyboardInterrupt:
        print_stopped(kept=kept)
        raise typer.Exit(130) from None


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"fairgrade {__version__}")
        raise typer.Exit


@app.callback()
def main(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Fair, safe and fast grading of numerical-Python assignments on nbgrader.

    These commands work next to nbgrader's own: nbgrader generate_assignment, autograde,
    generate_feedback, export and the formgrader go on working as you know them.
    """
    if context.invoked_subcommand in GRADING and "--help" not in sys.argv:
        with _reporting(error_code=2, kept=False):
            expect_linux()


@app.command()
def autograde(
    assignment: Annotated[str, typer.Argument(help="The assignment, a folder in source/.")],
    student: Student = None,
    jobs: Jobs = None,
    scheduler: Scheduler = None,
    force: Annotated[
        bool, typer.Option("--force", help="Regrade everything, including unchanged submissions.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Grade, but write nothing.")] = False,
    compare: Compare = False,
    json_file: JsonFile = None,
    unsafe_no_sandbox: NoSandbox = False,
    no_preflight: NoPreflight = False,
    course: CourseFolder = Path(),
) -> None:
    """Grade the submissions of a class, with the same scores as nbgrader autograde.

    First comes the preflight: the source's own solution is graded as submissions are. It runs again only when the
    source, the graders or the configuration change. If the solution does not earn all points, nothing is graded,
    and you read which cell, why, and what to do.

    Submissions that are graded and unchanged are skipped: a result stands as long as the submission, the
    source, the graders, the limits and fairgrade itself are the same. You can stop it at any time; the next
    run resumes.

    Exit codes: **0** all submissions are graded; **1** some are not, they are listed; **2** wrong usage, or
    the course lacks something; **3** the run could not go on (the preflight failed, no sandbox, gradebook locked,
    disk full, scheduler gone, another run at work); **130** stopped by Ctrl-C.
    """
    with _reporting(error_code=2, kept=False):
        home = Course.at(course)
        home.notebooks(assignment)  # if there is none, this says which there are
        with nullcontext() if scheduler else closing(ForkServer()) as server:
            # This import takes seconds, in which the server loads as well; the garbage collector would add a third.
            gc.disable()
            from fairgrade.autograde.command import grade_class, open_run  # noqa: PLC0415

            gc.freeze()
            gc.enable()
            run = open_run(
                home, assignment, jobs=jobs, scheduler=scheduler, unsafe=unsafe_no_sandbox, preflight=not no_preflight,
                server=server,
            )  # fmt: skip
            code = grade_class(
                run, assignment, open_console(), students=student, force=force, dry=dry_run, compare=compare,
                json_file=json_file, unsafe=unsafe_no_sandbox,
            )  # fmt: skip
    raise typer.Exit(code)


@app.command()
def demo(
    students: Annotated[int, typer.Option(min=1, max=999, help="How many students the class has.")] = 24,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same class.")] = 0,
    assignment: Annotated[
        str | None, typer.Option(help="The assignment to demonstrate.", show_default="the course's first")
    ] = None,
    folder: ClassFolder = None,
    force: Annotated[bool, typer.Option("--force", help="Make and grade the class again, even if it exists.")] = False,
    course: Annotated[
        Path | None, typer.Option(help="The course's folder, or one below it.", show_default="here, or a new one")
    ] = None,
) -> None:
    """Grade a made-up class, to see the whole course work.

    Outside of a course, writes a small one to fairgrade_demo/ first, as fairgrade init does, and grades a class of it.

    Makes submissions from the assignment's own variants and misconceptions (among them a late, a
    half-done and a blank one), grades them as fairgrade autograde does, and runs nbgrader's generate_feedback
    and export on them, and reports on the class. A second run grades only what is not graded yet.
    """
    from fairgrade.authoring.new_course import course_to_demonstrate  # noqa: PLC0415 - nbgrader takes a second to import
    from fairgrade.demo.classroom import Classroom  # noqa: PLC0415
    from fairgrade.demo.demonstration import demonstrate  # noqa: PLC0415

    with _reporting(error_code=1, kept=True):
        home = course_to_demonstrate(course)
        shown = assignment or next(iter(home.assignments()), "")
        classroom = Classroom(home, shown, (folder or home.root / "demo_class").resolve(), students, seed)
        demonstrate(classroom, open_console(), afresh=force)


@app.command()
def verify(
    assignment: Annotated[str, typer.Argument(help="The assignment whose tests are tested.")],
    exercise: Annotated[str | None, typer.Option(help="Only this exercise.", show_default="all")] = None,
    seeds: Seeds = 20,
    mutants: Mutants = False,
    holes: Holes = False,
    json_file: JsonFile = None,
    course: CourseFolder = Path(),
) -> None:
    """Test the tests of an assignment: right work must earn all points, and wrong work what it should.

    Grades the reference, all variants and all misconceptions of the graders, and checks the notebook and its
    release. Everything that keeps the assignment from meeting its standards is listed with a remedy, and the exit
    code is then 1. The report is also written as a page to reports/.
    """
    from fairgrade.verify import console_report, verification  # noqa: PLC0415 - a command loads what it needs
    from fairgrade.verify.html_report import write_page  # noqa: PLC0415

    console = open_console()
    with _reporting(error_code=2, kept=False):
        home = Course.at(course)
        with console_report.progress(console) as progress:
            report = verification.verify(
                home, assignment, exercise=exercise, seeds=seeds, mutants=mutants, holes=holes, progress=progress
            )
    console_report.show(report, console)
    page = write_page(report, home.root / "reports")
    console.print(f"The page: {page}", soft_wrap=True, highlight=False)
    if json_file is not None:
        json_file.write_text(json.dumps(asdict(report), indent=1) + "\n")
    raise typer.Exit(1 if report.findings else 0)


app.command()(init)
app.command()(new)
app.command()(check)
app.command()(preview)
app.command()(doctor)
app.command()(adopt)
app.command()(export)
app.command()(report)
app.command()(watch)
app.command()(discover)
app.command()(promote)
app.command()(similar)
