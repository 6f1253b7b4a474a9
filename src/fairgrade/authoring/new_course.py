"""A new course: a small real assignment with its graders and six made-up submissions, ready to be changed."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from importlib.resources import as_file, files
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, ClearOutput, ClearSolutions

from fairgrade.course import CONFIG, Course, CourseError
from fairgrade.demo.class_plan import plan_class
from fairgrade.demo.submission_files import fill_in, solution_cells

ASSIGNMENT = "first_steps"

STUDENTS = 6

SHOWN_NAMES = {"gitignore": ".gitignore", "github": ".github"}
"""Names with a dot, which tools that build packages would leave out."""


PLACEHOLDER = "YOUR-ACCOUNT/YOUR-COURSE"
"""Stands in links for the repository on GitHub from which students open a notebook in Colab."""


def create_course(folder: Path, repository: str | None = None) -> list[Path]:
    """Write a course to a folder that is empty or does not exist.

    Parameters
    ----------
    folder : Path
    repository : str, optional
        The course's repository on GitHub, ``account/name``; without it, links hold :data:`PLACEHOLDER`.

    Returns
    -------
    list of Path
        The files, in the order of their names, relative to the folder.

    Raises
    ------
    CourseError
        If there is something in the folder already, or the repository's name has another form.
    """
    if repository is not None and not re.fullmatch(r"[\w-]+/[\w.-]+", repository, re.ASCII):
        raise CourseError(
            f"--repository {repository}: expected ACCOUNT/NAME, as on GitHub, such as lecturer/statistics."
        )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CourseError(f"{folder}: expected an empty folder or none, found something. Name another folder.")
    with as_file(files("fairgrade.authoring") / "template") as template:
        shutil.copytree(template, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    for name, shown in SHOWN_NAMES.items():
        (folder / name).rename(folder / shown)
    if repository is not None:
        for notebook in Course(folder).notebooks(ASSIGNMENT):
            text = notebook.read_text(encoding="utf-8").replace(PLACEHOLDER, repository)
            notebook.write_text(text, encoding="utf-8")
    _write_submissions(Course(folder))
    return sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")


def course_to_demonstrate(folder: Path | None) -> Course:
    """Return the course at or above a folder; outside of any course, the one of :func:`create_course`.

    Parameters
    ----------
    folder : Path or None
        None stands for the current folder, the only one in which a course is written: into ``fairgrade_demo``.

    Raises
    ------
    CourseError
        If there is no course at `folder`, or something else is in the way of a new one.
    """
    try:
        return Course.at(folder or Path())
    except CourseError:
        if folder is not None:
            raise
    written = Path("fairgrade_demo")
    if not (written / CONFIG).is_file():
        create_course(written)
    return Course.at(written)


def _write_submissions(course: Course) -> None:
    """Write made-up submissions: right ones, wrong ones, a late, a half-done and a blank one."""
    (source,) = course.notebooks(ASSIGNMENT)
    release = released(nbformat.read(source, as_version=4))
    exercises, questions = course.exercises(ASSIGNMENT), course.written_questions(ASSIGNMENT)
    for plan in plan_class(exercises, questions, solution_cells(release), STUDENTS, seed=1):
        target = course.root / "submitted" / plan.student / ASSIGNMENT
        target.mkdir(parents=True)
        nbformat.write(fill_in(release, plan), target / source.name)


def released(source: NotebookNode) -> NotebookNode:
    """Return the notebook as students get it: without solutions, hidden tests, mark schemes and outputs.

    These are the steps of ``nbgrader generate_assignment`` that change text; none needs a gradebook.

    Parameters
    ----------
    source : NotebookNode
    """
    notebook: NotebookNode = nbformat.from_dict(source)
    for step in (ClearSolutions, ClearHiddenTests, ClearMarkScheme, ClearOutput):
        notebook, _ = step().preprocess(notebook, {"nbgrader": {}})
    return notebook


def commands() -> Iterator[tuple[str, str]]:
    """Yield the commands that come next, each with what it does."""
    yield f"fairgrade check {ASSIGNMENT}", "grade the solution and every known mistake"
    yield f"nbgrader generate_assignment {ASSIGNMENT}", "write the students' version to release/"
    yield f"fairgrade autograde {ASSIGNMENT}", "grade the made-up submissions in submitted/"
    yield f"nbgrader generate_feedback {ASSIGNMENT}", "write a page per student to feedback/"
