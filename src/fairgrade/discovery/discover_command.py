"""``fairgrade discover``: groups of wrong answers that behave alike and have no name yet."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.syntax import Syntax
from rich.table import Table

from fairgrade.console import open_console, print_error, print_stopped
from fairgrade.course import Course, CourseError

if TYPE_CHECKING:
    from fairgrade.discovery.group_cards import GroupCard

SHOWN_GROUPS = 5
"""So many groups are shown in full on the console."""


def discover(
    assignment: Annotated[str, typer.Argument(help="The assignment, a folder in source/.")],
    exercise: Annotated[str | None, typer.Option(help="Only this exercise.", show_default="all")] = None,
    names: Annotated[bool, typer.Option("--names", help="List students, and show code of one or two.")] = False,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the groups as data, too.")] = None,
    course: Annotated[
        Path, typer.Option("--course", help="The course's folder, or one below it.", show_default="here")
    ] = Path(),
) -> None:
    """Find mistakes that the graders don't know: groups of wrong answers that behave alike and have no name.

    Says of each group how many students are in it, what it cost, how its results differ from right ones, the smallest
    input that shows it, and one anonymous answer. Reads the results of fairgrade autograde and runs no student code.
    Example: fairgrade discover ps1 --exercise standard_error
    """
    from fairgrade.discovery.discovery_run import discover_groups  # noqa: PLC0415 - nbgrader takes a second to import

    console = open_console()
    try:
        home = Course.at(course)
        home.notebooks(assignment)  # if there is none, this says which there are
        with console.status("Reading results") as status:
            found = discover_groups(home, assignment, exercise, lambda about: status.update(f"Comparing {about}"))
    except CourseError as error:
        print_error(error)
        raise typer.Exit(2) from error
    except KeyboardInterrupt:
        print_stopped(kept=False)
        raise typer.Exit(130) from None
    if json_file is not None:
        groups = [card.to_dict(with_names=names) for card in found.cards]
        content = {"version": 1, "assignment": assignment, "students": found.students, "groups": groups}
        json_file.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    show_groups(found.cards, console, with_names=names)
    for number, what in (
        (found.without_signature, "Wrong answers that an earlier version graded"),
        (found.damaged, "Graded notebooks that can't be read"),
    ):
        if number:
            again = f"They are left out. To include them: fairgrade autograde {assignment} --force"
            console.print(f"{what}: {number}. {again}", highlight=False, soft_wrap=True)


def show_groups(cards: list[GroupCard], console: Console, *, with_names: bool) -> None:
    """Show all groups in a table, and the first ones in full."""
    if not cards:
        console.print("No wrong answer is without a name: the graders explain all that lost points.", highlight=False)
        return
    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in ("group", "students", "points lost", "its results"):
        table.add_column(column, justify="right" if column in ("students", "points lost") else "left")
    for card in cards:
        table.add_row(escape(card.id), str(card.students), f"{card.lost:g}", escape(card.relation))
    console.print(table)
    for card in cards[:SHOWN_GROUPS]:
        _show(card, console, with_names=with_names)
    if len(cards) > SHOWN_GROUPS:
        console.print(f"\nThe other {len(cards) - SHOWN_GROUPS} in full: --json FILE.", highlight=False)
    console.print(
        f"\nTo add one to the grader: fairgrade promote {cards[0].id} --name NAME --hint HINT", highlight=False
    )
    alone = sum(card.students == 1 for card in cards)
    console.print(f"Groups: {len(cards)}, of one student: {alone}.", highlight=False)


def _show(card: GroupCard, console: Console, *, with_names: bool) -> None:
    console.print(f"\n[bold]{escape(card.id)}[/]: {escape(card.relation)}", highlight=False, soft_wrap=True)
    if with_names:
        console.print(f"  students: {escape(', '.join(card.members))}", highlight=False, soft_wrap=True)
    if card.shown_by is not None:
        shown = card.shown_by
        console.print(f"  {escape(shown.given)}", highlight=False, soft_wrap=True)
        console.print(f"    gives {escape(shown.got)}; right is {escape(shown.right)}", highlight=False, soft_wrap=True)
    if card.named:
        console.print(f"  named in part: {', '.join(card.named)}", highlight=False, soft_wrap=True)
    if card.does_what_is_right:
        failed = "; ".join(card.failed)
        console.print(f"  Look at the checks that it fails: {escape(failed)}", highlight=False, soft_wrap=True)
    if card.example and (card.may_show_code or with_names):
        console.print(Syntax(card.example, "python", background_color="default", word_wrap=True))
    elif card.example:
        console.print("  (code of fewer than three students is shown with --names)", highlight=False)
