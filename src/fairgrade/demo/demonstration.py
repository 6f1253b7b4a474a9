"""Run a demonstration class on the console: progress, a table of scores, where to look next."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from fairgrade.autograde.display import watch
from fairgrade.autograde.run import RUN_ENDING_ERRORS
from fairgrade.autograde.summary import Summary
from fairgrade.course import Course
from fairgrade.demo.class_plan import SubmissionKind
from fairgrade.demo.classroom import LOG, Classroom, StepFailed
from fairgrade.grading import Exercise
from fairgrade.report.course_report import report_on_course
from fairgrade.report.page import write_page
from fairgrade.results import StudentResult, count_misconceptions, read_gradebook


def demonstrate(classroom: Classroom, console: Console, *, afresh: bool = False) -> None:
    """Run all steps of the class, then show the scores, the misconceptions and where to look.

    Raises
    ------
    CourseError, StepFailed
        As the steps of :class:`Classroom` do; what is done by then stays.
    """
    folder = classroom.folder
    with console.status(f"Making a class of {classroom.students} in {_short(folder)}"):
        made = classroom.set_up(afresh=afresh)
    made_or_found = "Made" if made else "Found"
    console.print(f"{made_or_found} a class of {classroom.students} for {classroom.assignment} in {_short(folder)}.")
    if reason := classroom.lacks_sandbox:
        console.print(f"[bold yellow]No sandbox:[/] {reason}", highlight=False, soft_wrap=True)
        console.print("This class is our own code, so it is graded without one. Real submissions are refused.")
    _autograde(classroom, console)
    with console.status("Writing feedback"):
        classroom.give_feedback()
    with console.status("Exporting"):
        grades = classroom.export()
        canvas = classroom.fill_canvas_file()
    with console.status("Writing the report on the class"):
        report = _report(classroom)

    results = read_gradebook(classroom.db_url, classroom.assignment)
    exercises = {f"test_{exercise.name}": exercise for exercise in classroom.course.exercises(classroom.assignment)}
    kinds = {plan.student: plan.kind for plan in classroom.plans()}
    console.print(_scores(results, exercises, kinds))
    console.print(_misconceptions(classroom, exercises.values()))
    page = next(iter(sorted(folder.glob(f"feedback/*/{classroom.assignment}/*.html"))))
    for what, where in {
        "The report on the class": _short(report),
        "A page of feedback": _short(page),
        "All scores": _short(grades),
        "Filled for Canvas": _short(canvas),
        "The commands' own log": _short(folder / LOG),
        "The formgrader": f"cd {_short(folder)} && jupyter lab, then Nbgrader > Formgrader in the menu",
    }.items():
        console.print(f"{what:<24} {where}", soft_wrap=True, highlight=False)


def _autograde(classroom: Classroom, console: Console) -> None:
    """Grade what is not graded yet, and say how it went."""
    summary = Summary()
    try:
        with classroom.autograding() as run:
            watch(run, run.students(), console, summary)
    except RUN_ENDING_ERRORS as error:
        raise StepFailed(str(error)) from error
    if summary.errors:
        student, why = next(iter(summary.errors.items()))
        raise StepFailed(f"{len(summary.errors)} submissions are not graded. {student}: {why}")
    done, before = len(summary.graded), len(summary.unchanged)
    console.print(f"Autograded {done} submissions; {before} were graded already.")


def _report(classroom: Classroom) -> Path:
    """Write what ``fairgrade report`` writes, and return the page."""
    return write_page(report_on_course(Course(classroom.folder), classroom.assignment), classroom.folder)


def _scores(results: list[StudentResult], exercises: dict[str, Exercise], kinds: dict[str, SubmissionKind]) -> Table:
    """The table of points: one row per student, one column per exercise, in the order of the notebook."""
    cells = list(results[0].points) if results else []
    table = Table(title="Points", title_justify="left", header_style="bold", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("student", vertical="bottom", no_wrap=True)
    for cell in cells:
        most = f"\nof {exercises[cell].points:g}" if cell in exercises else "\nby hand"
        table.add_column(
            cell.removeprefix("test_").replace("_", "\n") + most, justify="right", vertical="bottom", overflow="fold"
        )
    table.add_column(
        "total" + (f"\nof {results[0].of:g}" if results else ""), justify="right", style="bold", vertical="bottom"
    )
    for result in results:
        points = [_points(result.points.get(cell), exercises.get(cell)) for cell in cells]
        remark = (
            "late" if result.late else kinds.get(result.student, SubmissionKind.ORDINARY).value.removeprefix("ordinary")
        )
        table.add_row(f"{result.student} [dim]{remark}[/]", *points, f"{result.total:g}")
    return table


def _points(points: float | None, exercise: Exercise | None) -> str:
    if points is None:
        return "[yellow]to do[/]"
    if exercise is None or points >= exercise.points:
        return f"{points:g}"
    return f"[red]{points:g}[/]"


def _misconceptions(classroom: Classroom, exercises: Iterable[Exercise]) -> Table:
    """The misconceptions recognised in the class, the most frequent first."""
    banks = {exercise.name: exercise for exercise in exercises}
    table = Table(title="Misconceptions recognised", title_justify="left", header_style="bold", box=SIMPLE_HEAD)
    table.add_column("students", justify="right")
    table.add_column("exercise")
    table.add_column("misconception", ratio=2)
    table.add_column("hint given", ratio=3)
    for (exercise, name), count in count_misconceptions(
        classroom.folder / "autograded", classroom.assignment
    ).most_common():
        found = banks[exercise].misconceptions[name]
        table.add_row(str(count), exercise, found.diagnosis.title, found.hint)
    return table


def _short(path: Path) -> str:
    """Shorten `path` to what one would type in the current folder."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative
