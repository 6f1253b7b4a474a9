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
    course: Annotated[
        Path, typer.Option("--course", help="The course's folder, or one below it.", show_default="here")
    ] = Path(),
) -> None:
    """Report on a graded class: what it did not understand, which tests to look at, and the work that is left.

    Writes a page to reports/ that needs no network, and shows a summary. Example: fairgrade report ps1
    """
    from fairgrade.autograde.bundle import configuration_of  # noqa: PLC0415 - nbgrader takes a second to import
    from fairgrade.report.class_report import report_on  # noqa: PLC0415
    from fairgrade.report.class_results import read_class  # noqa: PLC0415
    from fairgrade.report.page import write_page  # noqa: PLC0415
    from fairgrade.report.report_summary import data_of, show_summary  # noqa: PLC0415
    from fairgrade.results import titles_in  # noqa: PLC0415

    console = open_console()
    try:
        home = Course.at(course)
        directory = configuration_of(home)[1]
        autograded = home.root / directory.autograded_directory
        with console.status("Reading results"):
            results = read_class(directory.db_url, autograded, assignment, titles_in(home.notebooks(assignment)))
        found = report_on(results, home.exercises(assignment) if (home.root / "graders" / assignment).is_dir() else [])
    except CourseError as error:
        print_error(error)
        raise typer.Exit(2) from error
    page = write_page(found, home.root, with_names=names)
    if json_file is not None:
        json_file.write_text(json.dumps(data_of(found), indent=1) + "\n")
    show_summary(found, console)
    console.print(f"The page: {page}", soft_wrap=True, highlight=False)
