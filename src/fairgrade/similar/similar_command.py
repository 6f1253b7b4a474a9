"""``fairgrade similar``: which submissions of a class are more alike than is usual in it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fairgrade.console import open_console, print_error, print_stopped
from fairgrade.course import Course, CourseError


def similar(
    assignment: Annotated[str, typer.Argument(help="The assignment, a folder in source/.")],
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Also write the results to this file, as JSON. It names students.")
    ] = None,
    course: Annotated[
        Path, typer.Option("--course", help="The course's folder, or one below it.", show_default="here")
    ] = Path(),
) -> None:
    """Show submissions that are more alike than is usual in their class, for the teacher alone.

    Compares what is rare in this class, whatever its names, comments and order, without the code that students were
    given. Submissions are read as text and never run; they need not be graded, but where they are, pairs with the same
    unexplained wrong result come first. Similar is all that this says: a person decides what it means.

    Writes a page to reports/ that shows them side by side and only you can read, and shows a table.

    Example: fairgrade similar ps1

    Exit codes: **0** compared; **2** wrong usage, or the course lacks something; **130** stopped by Ctrl-C.
    """
    from fairgrade.autograde.results_store import write_json  # noqa: PLC0415 - nbgrader takes a second to import
    from fairgrade.similar.class_comparison import compare_class  # noqa: PLC0415
    from fairgrade.similar.similar_page import write_page  # noqa: PLC0415
    from fairgrade.similar.similar_summary import data_of, show_summary  # noqa: PLC0415

    console = open_console()
    try:
        home = Course.at(course)
        home.notebooks(assignment)  # if there is none, this says which there are
        report = compare_class(home, assignment, console)
        page = write_page(report, home.root)
        if json_file is not None:
            write_json(json_file, data_of(report), 0o600)
    except (CourseError, OSError) as error:
        print_error(error)
        raise typer.Exit(2) from error
    except KeyboardInterrupt:
        print_stopped(kept=False)
        raise typer.Exit(130) from None
    show_summary(report, console)
    console.print(f"The page, for you alone: {page}", soft_wrap=True, highlight=False, markup=False)
