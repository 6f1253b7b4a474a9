"""``fairgrade adopt``: grade an existing nbgrader course with fairgrade, without changing it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from fairgrade.console import open_console, print_error, print_stopped
from fairgrade.course import Course, CourseError
from fairgrade.grading import InfraError


def adopt(
    assignments: Annotated[
        list[str] | None, typer.Argument(metavar="ASSIGNMENT...", help="Only these.", show_default="all")
    ] = None,
    apply: Annotated[
        bool, typer.Option("--apply", help="Add the lines to nbgrader_config.py, and show the difference.")
    ] = False,
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write what was found to this file.")] = None,
    course: Annotated[
        Path, typer.Option("--course", help="The course's folder, or one below it.", show_default="here")
    ] = Path(),
) -> None:
    """Find out how an existing nbgrader course works with fairgrade, and what its configuration lacks.

    Grades the solution and the empty stub of each source notebook, with stock nbgrader and with fairgrade, and compares
    them test by test. Nothing in the course changes: all of it happens in temporary folders, as your own code for stock
    nbgrader, and in the sandbox for fairgrade. With --apply, lines are added at the end of nbgrader_config.py, once; a
    file that sets something they would replace, or that other courses share, is left alone, with the reason.
    Example: fairgrade adopt ps1 ps2, then fairgrade adopt --apply

    Exit codes: 0 all assignments work; 1 some don't, they are listed with the reason; 2 wrong usage, or no sandbox.
    """
    from fairgrade.adoption.adopted_course import course_to_adopt  # noqa: PLC0415 - nbgrader takes a second to import
    from fairgrade.adoption.config_lines import write_no_bytecode  # noqa: PLC0415

    console = open_console()
    write_no_bytecode()
    try:
        works = _compare(course_to_adopt(course), assignments or [], json_file, console, apply=apply)
    except (CourseError, InfraError, OSError) as error:
        print_error(error)
        raise typer.Exit(2) from error
    except KeyboardInterrupt:
        print_stopped(kept=False)
        raise typer.Exit(130) from None
    raise typer.Exit(0 if works else 1)


def _compare(course: Course, names: list[str], json_file: Path | None, console: Console, *, apply: bool) -> bool:
    """Compare, show what came of it, and return whether all assignments work."""
    from fairgrade.adoption.adopted_course import compare_course  # noqa: PLC0415
    from fairgrade.adoption.adoption_report import (  # noqa: PLC0415
        data_of,
        show_assignment,
        show_difference,
        show_lines,
        show_totals,
    )
    from fairgrade.adoption.comparison import Adoption  # noqa: PLC0415
    from fairgrade.adoption.config_lines import add_lines, text_to_add_to  # noqa: PLC0415

    found = []
    with console.status("Reading the course") as status:
        addition, compared = compare_course(course, names, status.update)
        if apply and addition.lines:
            text_to_add_to(addition)  # refuses before minutes have passed
        for one in compared:
            found.append(one)
            show_assignment(one, console)
    show_totals(found, console)
    if json_file is not None:
        json_file.write_text(json.dumps(data_of(found, addition), indent=1) + "\n", encoding="utf-8")
    if not apply or not addition.lines:
        show_lines(addition, console)
    elif all(one.adoption is Adoption.NOT for one in found):
        console.print("Nothing is added, since no assignment works yet.")
    else:
        show_difference(add_lines(course, addition), console)
    return all(one.adoption is not Adoption.NOT for one in found)
