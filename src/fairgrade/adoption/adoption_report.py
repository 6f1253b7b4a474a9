"""What came of comparing a course's assignments: for a person, and as data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.markup import escape

from fairgrade.adoption.comparison import IN_ORDER, IN_SANDBOX, AdoptedAssignment, Adoption
from fairgrade.adoption.config_lines import COMMENT, ConfigAddition
from fairgrade.nbgrader.cell_results import CellResult

STYLES = {Adoption.UNTOUCHED: "green", Adoption.WITH_TAG: "yellow", Adoption.NOT: "bold red"}


def show_assignment(found: AdoptedAssignment, console: Console) -> None:
    """Show how an assignment works, and why if it does not."""
    words = f"[{STYLES[found.adoption]}]{found.adoption.value}[/]"
    _show(console, f"[bold]{escape(found.name)}[/] {words}: {escape(_in_short(found))}")
    for line in _details(found):
        _show(console, f"  {escape(line)}")


def _show(console: Console, text: str) -> None:
    console.print(text, soft_wrap=True, highlight=False)


def _in_short(found: AdoptedAssignment) -> str:
    if found.problem:
        return found.problem
    if found.note:
        return found.note
    tests = f"{len(found.cells)} test{'' if len(found.cells) == 1 else 's'}"
    if not found.cells:
        return "no tests, all of it is graded by hand"
    wrong = sum(bool(cell.problem) for cell in found.cells)
    if wrong:
        return f"{wrong} of {tests} {'comes' if wrong == 1 else 'come'} out otherwise"
    if found.in_sandbox:
        count = len(found.in_sandbox)
        verbs = ("needs", "runs") if count == 1 else ("need", "run")
        return f"{count} of {tests} {verbs[0]} the student's live objects, so {verbs[1]} beside them in the sandbox"
    return f"{tests}, each apart from student code"


def _details(found: AdoptedAssignment) -> Iterator[str]:
    for cell in found.cells:
        if cell.problem:
            yield f"{cell.result.called}: {cell.problem}."
            if cell.cause:
                yield f"  {cell.cause}"
        elif cell.note:
            yield f"{cell.result.called}: {cell.note}."
    tagged = [result for result in found.in_sandbox if result.runs == IN_SANDBOX]
    ordered = [result for result in found.in_sandbox if result.runs == IN_ORDER]
    if tagged:
        yield f'with the tag in-sandbox, or by tests = "auto": {_names(tagged)}'
    if ordered:
        yield f'after all cells before, by tests = "auto" alone: {_names(ordered)}'


def _names(results: Iterable[CellResult]) -> str:
    return ", ".join(result.called for result in results)


def show_totals(found: Sequence[AdoptedAssignment], console: Console) -> None:
    """Show how many assignments work how."""
    counts = Counter(one.adoption for one in found)
    untouched, tagged, not_yet = (counts[adoption] for adoption in Adoption)
    said = f"{untouched} untouched, {tagged} with a tag, {not_yet} not yet"
    console.print(f"\n{len(found)} assignment{'' if len(found) == 1 else 's'}: {said}.", highlight=False)


def show_lines(addition: ConfigAddition, console: Console) -> None:
    """Show what to add to the configuration."""
    if not addition.lines:
        _show(console, f"{addition.path.name} needs nothing more.")
        return
    _show(console, f"Add at the end of {addition.path.name}:\n")
    console.print("\n".join([COMMENT, *addition.lines]), markup=False, highlight=False, soft_wrap=True)
    for conflict in addition.conflicts:
        _show(
            console,
            f"\n[yellow]{escape(conflict)}:[/] what comes last counts. Decide which, and add the lines by hand.",
        )


def show_difference(difference: str, console: Console) -> None:
    """Show what has been added to the configuration, and what comes next."""
    console.print(f"Added:\n\n{difference}\n", markup=False, highlight=False, soft_wrap=True)
    _show(console, "Release and collect as before; then, for each assignment: fairgrade autograde ASSIGNMENT")


def data_of(found: Sequence[AdoptedAssignment], addition: ConfigAddition) -> dict[str, Any]:
    """Return all of it as JSON-ready data."""
    return {
        "version": 1,
        "assignments": [
            {
                "name": one.name,
                "adoption": one.adoption.name.lower(),
                "problem": one.problem,
                "note": one.note,
                "tests": [
                    {
                        "notebook": cell.result.notebook,
                        "cell": cell.result.cell,
                        "title": cell.result.title,
                        "points": cell.result.points,
                        "runs": cell.result.runs,
                        "fairgrade": {"solution": cell.result.earned, "stub": cell.stub},
                        "stock": {"solution": asdict(cell.stock_solution), "stub": asdict(cell.stock_stub)},
                        "problem": cell.problem,
                        "cause": cell.cause,
                        "note": cell.note,
                    }
                    for cell in one.cells
                ],
            }
            for one in found
        ],
        "lines": list(addition.lines),
        "conflicts": list(addition.conflicts),
    }
