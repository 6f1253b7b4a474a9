"""The steps of a comparison, with their progress: read, score, group."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from fairgrade.autograde.bundle import configuration_of
from fairgrade.course import Course
from fairgrade.similar.pair_scores import score_pairs
from fairgrade.similar.similar_groups import SimilarityReport, find_groups
from fairgrade.similar.submitted_code import read_class_code
from fairgrade.similar.unnamed_behaviours import read_behaviours


def compare_class(course: Course, assignment: str, console: Console) -> SimilarityReport:
    """Compare the submissions of an assignment.

    Raises
    ------
    CourseError
        If there is no submission, or the graders can't be imported.
    """
    config, directory = configuration_of(course)
    graders = course.exercises(assignment) if (course.root / "graders" / assignment).is_dir() else []
    cells = {exercise.name: exercise.solution_cell for exercise in graders}
    with _progress(console) as advance:
        code = read_class_code(course, directory, config, assignment, advance("Reading submissions"))
        autograded = course.root / directory.autograded_directory
        behaviours = read_behaviours(autograded, assignment, cells, code.exercises, advance("Reading results"))
    with console.status("Comparing"):
        return find_groups(assignment, code, score_pairs(code), behaviours)


@contextmanager
def _progress(console: Console) -> Iterator[Callable[[str], Callable[[int], None]]]:
    """Show a bar per step; a step is told each time that one of so many is done."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:

        def advance(description: str) -> Callable[[int], None]:
            task = progress.add_task(description, total=None)
            return lambda total: progress.update(task, advance=1, total=total)

        yield advance
