"""``fairgrade report``: what a class did not understand, and whether the assignment is any good."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from fairgrade.console import open_console, print_error
from fairgrade.course import Course, CourseError


def report(
    assignment: Annotated[str, typer.Argument(help="The assignment, a folder in source/.")],
    names: Annotated[bool, typer.Option("--names", help="List students; without it, none is named.")] = False,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the figures as data, too.")] = None,
    against: Annotated[
        Path | None, typer.Option("--against", help="An earlier year's course, to compare misconceptions with.")
    ] = None,
    course: Annotated[
        Path, typer.Option("--course", help="The course's folder, or one below it.", show_default="here")
    ] = Path(),
) -> None:
    """Report on a graded class: what it did not understand, which tests to look at, and the work that is left.

    Writes a page to reports/ that needs no network, and shows a summary.
    Example: fairgrade report ps1 --against ../course-2025

    Exit codes: 0 written; 2 wrong usage, or no results yet.
    """
    from fairgrade.report.course_report import report_on_course  # noqa: PLC0415 - nbgrader takes a second to import
    from fairgrade.report.page import write_page  # noqa: PLC0415
    from fairgrade.report.report_summary import data_of, show_summary  # noqa: PLC0415

    console = open_console()
    try:
        home = Course.at(course)
        with console.status("Reading results"):
            found = report_on_course(home, assignment, against)
        page = write_page(found, home.root, with_names=names)
        if json_file is not None:
            json_file.write_text(json.dumps(data_of(found), indent=1) + "\n")
    except (CourseError, OSError) as error:
        print_error(error)
        raise typer.Exit(2) from error
    show_summary(found, console)
    console.print(f"The page: {page}", soft_wrap=True, highlight=False)
