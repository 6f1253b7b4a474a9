"""What an executed notebook earns: read from its cells, saved in the gradebook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.api import Gradebook, SubmittedNotebook
from nbgrader.preprocessors import SaveAutoGrades

from fairgrade.intake.taken import is_refused


@dataclass(frozen=True)
class Marks:
    """What one notebook earns, as nbgrader counts it.

    Attributes
    ----------
    scores : mapping of str to float or None
        By the grade_id of graded cells; None where a person has to grade.
    comments : mapping of str to str or None
        By the grade_id of the cells a student writes.
    refused : bool
        Whether intake refused it: then each cell has 0 points, and a person has to look at it.
    """

    scores: Mapping[str, float | None] = field(default_factory=dict)
    comments: Mapping[str, str | None] = field(default_factory=dict)
    refused: bool = False

    def save(self, notebook: SubmittedNotebook) -> None:
        """Write them into the gradebook's entry of the notebook. Points and comments given by hand stay."""
        for grade in notebook.grades:
            if self.refused:
                grade.auto_score, grade.needs_manual_grade = 0.0, True
            elif grade.name in self.scores:
                grade.auto_score = self.scores[grade.name]
                # Who has graded by hand decides again after each run of the tests.
                grade.needs_manual_grade = grade.manual_score is not None or grade.auto_score is None
        for comment in notebook.comments:
            if comment.name in self.comments:
                comment.auto_comment = self.comments[comment.name]


def marks_of(nb: NotebookNode) -> Marks:
    """Read what an executed notebook earns."""
    scores: dict[str, float | None] = {}
    comments: dict[str, str | None] = {}
    for cell in nb.cells:
        if utils.is_grade(cell):
            scores[cell.metadata.nbgrader["grade_id"]] = utils.determine_grade(cell)[0]
        if utils.is_solution(cell) or utils.is_task(cell):
            untouched = cell.metadata.nbgrader.get("checksum") == utils.compute_checksum(cell)
            comment = "No response." if untouched and not utils.is_task(cell) else None
            comments[cell.metadata.nbgrader["grade_id"]] = comment
    if is_refused(nb):
        return Marks(dict.fromkeys(scores, 0.0), comments, refused=True)
    return Marks(scores, comments)


class SaveMarks(SaveAutoGrades):
    """SaveAutoGrades with one transaction a notebook, not one or two a cell; it flags what was refused."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Save the marks of `nb`, which is left as it is."""
        ids = resources["nbgrader"]
        with Gradebook(ids["db_url"]) as gradebook:
            notebook = gradebook.find_submission_notebook(ids["notebook"], ids["assignment"], ids["student"])
            marks_of(nb).save(notebook)
            gradebook.db.commit()
        return nb, resources
