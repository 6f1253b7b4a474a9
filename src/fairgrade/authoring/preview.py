"""The feedback page of a known piece of work, from the real commands' parts in a temporary course.

Nothing of the author's course is written: submission, gradebook, graded notebook and page are made elsewhere.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbgrader.converters import BaseConverter, GenerateAssignment, GenerateFeedback
from nbgrader.converters.base import NbGraderException

from fairgrade.authoring.new_course import released
from fairgrade.authoring.preview_cases import BLANK, RIGHT, PreviewCase
from fairgrade.autograde.bundle import configuration_of
from fairgrade.autograde.command import open_run
from fairgrade.autograde.run import RUN_ENDING_ERRORS
from fairgrade.bank_source import cell_source
from fairgrade.course import CONFIG, Course, CourseError
from fairgrade.notebook.cell import AssignmentCell
from fairgrade.verify.in_process import RunnableNotebook
from fairgrade.verify.sandbox_sample import with_solution

STUDENT = "preview"

_MARKER = re.compile(r"^[ \t]*### (?:BEGIN|END) SOLUTION[ \t]*\n?", re.MULTILINE)

_CONFIG = """from pathlib import Path

c = get_config()
load_subconfig({config!r}, path={root!r})
c.CourseDirectory.root = str(Path(__file__).resolve().parent)
c.CourseDirectory.db_url = "sqlite:///" + c.CourseDirectory.root + "/gradebook.db"
# Whatever the course says of its folders, none of them is used here.
c.CourseDirectory.source_directory = "source"
c.CourseDirectory.release_directory = "release"
c.CourseDirectory.submitted_directory = "submitted"
c.CourseDirectory.autograded_directory = "autograded"
c.CourseDirectory.feedback_directory = "feedback"
c.NbGrader.logfile = ""
"""


def preview(course: Course, assignment: str, case: PreviewCase) -> dict[str, bytes]:
    """Grade a case as a submission is, and return its feedback pages by the name of their notebooks.

    Parameters
    ----------
    course : Course
    assignment : str
    case : PreviewCase

    Returns
    -------
    dict of str to bytes
        HTML: one page per notebook for the cases of the whole notebook, otherwise that of the exercise's notebook.

    Raises
    ------
    CourseError
        If the case can't be written into a notebook, the source loses points itself, or there is no sandbox.
    """
    os.environ.setdefault("MPLBACKEND", "Agg")
    handed_in = dict(_submitted(course, assignment, case))
    with tempfile.TemporaryDirectory(prefix="fairgrade-preview-") as folder:
        copy = _temporary_course(course, assignment, Path(folder).resolve())
        _convert(copy, assignment, GenerateAssignment)  # the gradebook has to know it
        target = copy.root / "submitted" / STUDENT / assignment
        target.mkdir(parents=True)
        for name, content in handed_in.items():
            (target / f"{name}.ipynb").write_bytes(content)
        try:
            with open_run(copy, assignment, jobs=1) as run:
                errors = [outcome.error for outcome in run.grade(run.students()) if outcome.error]
        except RUN_ENDING_ERRORS as error:
            raise CourseError(str(error)) from error
        if errors:
            raise CourseError(f"{case.name}: expected it to be graded, got: {errors[0]}")
        _convert(copy, assignment, GenerateFeedback)
        pages = copy.root / "feedback" / STUDENT / assignment
        shown = [_notebook_of(course, assignment, case).path.stem] if case.exercise else list(handed_in)
        return {name: (pages / f"{name}.html").read_bytes() for name in shown}


def _submitted(course: Course, assignment: str, case: PreviewCase) -> Iterator[tuple[str, bytes]]:
    """Yield the notebooks of a submission: the case in its cell, everything else as the source solves it."""
    answered = _notebook_of(course, assignment, case).path if case.exercise else None
    for path in course.notebooks(assignment):
        notebook = RunnableNotebook(path)
        if case.name == BLANK:
            notebook.node = released(notebook.node)
        for cell in notebook.node.cells:
            if AssignmentCell(cell).is_solution:
                cell.source = _MARKER.sub("", cell.source)  # students see none of these lines
        if case.exercise and path == answered:
            yield path.stem, with_solution(notebook, case.exercise, _source(case))
        else:
            yield path.stem, nbformat.writes(notebook.node).encode()


def _source(case: PreviewCase) -> str:
    assert case.exercise is not None
    try:
        return cell_source(case.code, case.exercise.solution_name)
    except (ValueError, TypeError, OSError) as error:
        raise CourseError(f"{case.name}: expected code that can be written into a cell, got none: {error}") from error


def _notebook_of(course: Course, assignment: str, case: PreviewCase) -> RunnableNotebook:
    """Return the notebook in which a case's exercise is answered."""
    assert case.exercise is not None
    cell = case.exercise.solution_cell
    for notebook in map(RunnableNotebook, course.notebooks(assignment)):
        if notebook.cell(cell):
            return notebook
    raise CourseError(
        f"{case.name}: expected a cell {cell} in source/{assignment}/, found none. Give the solution's cell this "
        f"grade_id, or the exercise solution_cell=...; --as {RIGHT} and --as {BLANK} need none."
    )


def _temporary_course(course: Course, assignment: str, folder: Path) -> Course:
    """Make a course with the assignment, the graders and the configuration of another, and no student."""
    shutil.copytree(course.root / "source" / assignment, folder / "source" / assignment)
    if (course.root / "graders").is_dir():
        (folder / "graders").symlink_to(course.root / "graders")
    (folder / CONFIG).write_text(_CONFIG.format(config=CONFIG, root=str(course.root)), encoding="utf-8")
    return Course(folder)


def _convert(course: Course, assignment: str, converter: type[BaseConverter]) -> None:
    """Run a step of nbgrader's, as its command does."""
    config, directory = configuration_of(course)
    directory.assignment_id = assignment
    step = converter(coursedir=directory, config=config)
    step.log.setLevel("ERROR")
    try:
        step.start()
    except NbGraderException as error:
        raise CourseError(f"{assignment}, {converter.__name__}: expected it to succeed, got: {error}") from error
