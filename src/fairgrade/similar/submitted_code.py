"""The code of a class by exercise, as it was handed in: read as text, never run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from fairgrade.autograde.results_store import ResultsStore
from fairgrade.course import Course, CourseError
from fairgrade.intake import Blueprint, NotebookLimits, take_in_folder
from fairgrade.nbgrader.intake_exporter import Intake
from fairgrade.notebook.cell import normalized
from fairgrade.similar.normal_tokens import MAX_CHARACTERS


@dataclass(frozen=True)
class ClassCode:
    """What a class wrote.

    Attributes
    ----------
    students : tuple of str
        Those whose notebooks could be read.
    exercises : dict of str to dict of str to str
        By exercise, the code of each student. An exercise is a cell that students write; code that a student has added
        belongs to the exercise before it.
    released : tuple of str
        The code that students were given.
    skipped : dict of str to str
        Why submissions were left out, by student.
    """

    students: tuple[str, ...]
    exercises: dict[str, dict[str, str]]
    released: tuple[str, ...]
    skipped: dict[str, str]

    @property
    def cut(self) -> list[str]:
        """Return the students who wrote more than is compared: nobody may hide work behind a lot of text unnoticed."""
        long = {
            student for of in self.exercises.values() for student, text in of.items() if len(text) >= MAX_CHARACTERS
        }
        return sorted(long)


def read_class_code(
    course: Course, directory: CourseDirectory, config: Config, assignment: str, advance: Callable[[int], None]
) -> ClassCode:
    """Read the submissions of an assignment.

    Parameters
    ----------
    course : Course
    directory : CourseDirectory
        The course as nbgrader knows it.
    config : Config
        nbgrader's; it limits how much a notebook may hold.
    assignment : str
    advance : callable
        Called with the number of submissions, once each is read.

    Raises
    ------
    CourseError
        If there is no submission.
    """
    intake = Intake(config=config)
    blueprints = {path.stem: intake.blueprint(nbformat.read(path, 4)) for path in course.notebooks(assignment)}
    store = ResultsStore(directory, assignment, config)
    students = store.students()
    if not students:
        raise CourseError(
            f"{store.submitted('STUDENT')}: expected a submission of each student, found none. "
            "Collect them first, or check c.CourseDirectory.submitted_directory."
        )
    cells = [cell for blueprint in blueprints.values() for cell in blueprint.cells if cell.is_code]
    exercises: dict[str, dict[str, str]] = {
        _name(blueprints, notebook, str(cell.grade_id)): {}
        for notebook, blueprint in blueprints.items()
        for cell in blueprint.cells
        if cell.is_code and cell.is_solution
    }
    skipped = {}
    for student in students:
        code = _code_of(blueprints, store.submitted(student), intake.limits)
        if isinstance(code, str):
            skipped[student] = code
        else:
            for name, text in code.items():
                exercises[name][student] = text
        advance(len(students))
    read = tuple(student for student in students if student not in skipped)
    return ClassCode(read, exercises, tuple(cell.released for cell in cells), skipped)


def _code_of(blueprints: Mapping[str, Blueprint], folder: Path, limits: NotebookLimits) -> dict[str, str] | str:
    """Return a student's code by exercise, or why there is none."""
    try:
        taken = take_in_folder(blueprints, folder, limits)
    except Exception as error:  # whatever a file holds, the others are compared
        return f"it could not be read ({type(error).__name__})"
    code: dict[str, str] = {}
    refusals = [accepted.refused.cause.value for accepted in taken.values() if accepted.refused]
    for notebook, accepted in taken.items():
        if accepted.refused:
            continue
        blueprint = blueprints[notebook]
        names = [str(cell.grade_id) for cell in blueprint.cells if cell.is_code and cell.is_solution]
        given = {normalized(text) for cell in blueprint.cells for text in (cell.released, cell.source)}
        here = names[0] if names else ""
        parts: dict[str, list[str]] = {name: [] for name in names}
        for cell in accepted.notebook.cells:
            grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
            here = grade_id if grade_id in parts else here
            if cell.cell_type == "code" and here and normalized(cell.source) not in given:
                parts[here].append(cell.source)
        code |= {
            _name(blueprints, notebook, name): "\n\n".join(texts)[:MAX_CHARACTERS] for name, texts in parts.items()
        }
    return code or (refusals or ["there is no code in it"])[0]


def _name(blueprints: Mapping[str, Blueprint], notebook: str, grade_id: str) -> str:
    return grade_id if len(blueprints) == 1 else f"{notebook}: {grade_id}"
