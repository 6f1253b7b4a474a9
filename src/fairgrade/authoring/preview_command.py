"""``fairgrade preview``: what a student with a known mistake, or none, will read."""

from __future__ import annotations

import re
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fairgrade.console import open_console, print_error, print_stopped
from fairgrade.course import Course, CourseError
from fairgrade.grading import InfraError

if TYPE_CHECKING:
    from fairgrade.authoring.preview_cases import PreviewCase


def preview(
    assignment: Annotated[str, typer.Argument(help="The assignment, a folder in source/.")],
    case: Annotated[
        str | None,
        typer.Option("--as", help="EXERCISE/NAME or NAME of a misconception or variant; right; blank."),
    ] = None,
    page: Annotated[
        Path | None, typer.Option(help="Write the page here.", show_default="reports/preview_ASSIGNMENT_CASE.html")
    ] = None,
    list_cases: Annotated[bool, typer.Option("--list", help="Print the cases, and do nothing else.")] = False,
    open_page: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
    course: Annotated[
        Path, typer.Option("--course", help="The course's folder, or one below it.", show_default="here")
    ] = Path(),
) -> None:
    """Write the feedback page that a student with a known mistake will read.

    The mistake goes into a notebook that is right otherwise, and is graded in the sandbox in a temporary course. So are
    variants, references (EXERCISE/reference), the source's own solution (right) and the untouched release (blank).
    Submissions, gradebook and feedback of your course stay as they are.
    Example: fairgrade preview first_steps --as standard_error/forgets_the_root_of_n
    """
    console = open_console()
    try:
        home = Course.at(course)
        home.notebooks(assignment)  # if there is none, this says which there are
        from fairgrade.authoring.preview_cases import cases_of, find_case  # noqa: PLC0415 - it loads the graders

        cases = cases_of(home.exercises(assignment) if home.has_graders(assignment) else [])
        if list_cases:
            for name in cases:
                console.print(name, highlight=False, markup=False, soft_wrap=True)
            return
        if case is None:
            raise CourseError("--as: expected a case, got none. --list prints all.")
        chosen = find_case(cases, case)
        name = re.sub(r"[^\w.-]+", "_", chosen.name)
        target = page or home.root / "reports" / f"preview_{assignment}_{name}.html"
        with console.status(f"Grading {chosen.name}"):
            written = _write(home, assignment, chosen, target)
    except (CourseError, InfraError, OSError) as error:
        print_error(error)
        raise typer.Exit(2) from error
    except KeyboardInterrupt:
        print_stopped(kept=False)
        raise typer.Exit(130) from None
    for path in written:
        console.print(str(path), soft_wrap=True, highlight=False, markup=False)
        if open_page:
            webbrowser.open(path.resolve().as_uri())


def _write(course: Course, assignment: str, case: PreviewCase, target: Path) -> list[Path]:
    """Write the pages; those of several notebooks get the notebooks' names as well."""
    from fairgrade.authoring.preview import preview as pages_of  # noqa: PLC0415 - nbgrader takes a second to import

    pages = pages_of(course, assignment, case)
    target.parent.mkdir(parents=True, exist_ok=True)
    written = []
    for notebook, content in pages.items():
        path = target if len(pages) == 1 else target.with_stem(f"{target.stem}_{notebook}")
        path.write_bytes(content)
        written.append(path)
    return written
