"""``fairgrade promote``: a group of unnamed wrong answers becomes a misconception of its grader."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.syntax import Syntax

from fairgrade.console import open_console, print_error, print_stopped
from fairgrade.course import Course, CourseError

if TYPE_CHECKING:
    from fairgrade.discovery.promotion import Promotion


def promote(
    group: Annotated[str, typer.Argument(help="The group, as fairgrade discover shows it: ps1/exercise/1a2b3c.")],
    name: Annotated[str, typer.Option(help="The misconception's name, in words joined by _.")],
    hint: Annotated[str, typer.Option(help="What the student reads: where to look, not the answer.")],
    price: Annotated[
        float | None, typer.Option(help="The points that it loses.", show_default="what the group lost")
    ] = None,
    names: Annotated[bool, typer.Option("--names", help="List the students whose feedback changes.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Write the entry; without it, only show it.")] = False,
    course: Annotated[
        Path, typer.Option("--course", help="The course's folder, or one below it.", show_default="here")
    ] = Path(),
) -> None:
    """Add the mistake of a group of students to the grader, as a named and priced misconception.

    Shows what is added and whose feedback changes. Read the code: once it is in the grader, it runs with your rights.
    With --yes it is written and tried; it stays only if it does what the group's answers do, differs from the reference
    and all entries, loses its price, gets its own name, and fairgrade check finds nothing.
    Example: fairgrade promote ps1/standard_error/1a2b3c --name divides_by_n --hint "By how much does a mean vary?"
    """
    from fairgrade.discovery.promotion import promotion_of, write  # noqa: PLC0415 - nbgrader takes a second to import

    console = open_console()
    try:
        with console.status("Reading results") as status:
            promotion = promotion_of(Course.at(course), group, name=name, hint=hint, price=price)
            difference = promotion.difference()
            if yes:
                write(promotion, status.update)
    except CourseError as error:
        print_error(error)
        raise typer.Exit(2) from error
    except KeyboardInterrupt:
        print_stopped(kept=False)
        raise typer.Exit(130) from None
    console.print(Syntax(difference, "diff", background_color="default", word_wrap=True))
    _show_changes(promotion, console, with_names=names)
    assignment = group.partition("/")[0]
    if yes:
        console.print(f"Written. Next: fairgrade autograde {assignment} --compare --dry-run", highlight=False)
    else:
        console.print("Nothing is written. If you have read the code and agree, add --yes.", highlight=False)


def _show_changes(promotion: Promotion, console: Console, *, with_names: bool) -> None:
    changes = promotion.changes()
    console.print(f"Submissions that get the name and the hint: {len(changes)}.", highlight=False)
    for points in sorted({change for change in changes.values() if change}):
        found = [student for student, change in changes.items() if change == points]
        who = ", ".join(found) if with_names else f"{len(found)} of them"
        console.print(f"  {points:+g} points: {who}", highlight=False, markup=False)
    if with_names:
        console.print(f"  students: {', '.join(changes)}", highlight=False, markup=False, soft_wrap=True)
