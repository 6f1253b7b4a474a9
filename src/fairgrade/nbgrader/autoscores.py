"""The scores that an executed notebook earns: read from its cells, saved in the gradebook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.api import BaseCell, SubmittedNotebook
from nbgrader.preprocessors import AssignLatePenalties, NbGraderPreprocessor, SaveAutoGrades
from sqlalchemy.orm import object_session

from fairgrade.intake.accepted import refusal_of
from fairgrade.nbgrader.gradebook import gradebook_at
from fairgrade.notebook.cell import NOT_GRADABLE, RECORD

AUTOSCORES = "fairgrade_autoscores"
"""The resource that :class:`ReadAutoScores` leaves."""


@dataclass(frozen=True)
class AutoScores:
    """The scores of one notebook, as nbgrader counts them.

    Attributes
    ----------
    scores : mapping of str to float or None
        By the grade_id of graded cells; None where a person has to grade.
    comments : mapping of str to str or None
        By the grade_id of the cells a student writes.
    review : mapping of str to str
        Why a person has to look at a test cell, by its grade_id: its score by tests is not final.
    refused : bool
        Whether intake refused it: then each cell has 0 points, and a person has to look at it.
    """

    scores: Mapping[str, float | None] = field(default_factory=dict)
    comments: Mapping[str, str | None] = field(default_factory=dict)
    review: Mapping[str, str] = field(default_factory=dict)
    refused: bool = False

    def save(self, notebook: SubmittedNotebook) -> None:
        """Write them into the gradebook's entry of the notebook. Points and comments given by hand stay."""
        # One query for the names of all cells; nbgrader's own attribute asks for each cell by itself.
        db = object_session(notebook)
        assert db is not None
        cells = db.query(BaseCell.id, BaseCell.name).filter_by(notebook_id=notebook.notebook_id)
        names = {cell.id: cell.name for cell in cells}
        for grade in notebook.grades:
            name = names.get(grade.cell_id, "")
            if self.refused:
                grade.auto_score, grade.needs_manual_grade = 0.0, True
            elif name in self.scores:
                grade.auto_score = self.scores[name]
                # Who has graded by hand decides again after each run of the tests.
                decided = grade.auto_score is not None and name not in self.review
                grade.needs_manual_grade = grade.manual_score is not None or not decided
        for comment in notebook.comments:
            name = names.get(comment.cell_id, "")
            if name in self.comments:
                comment.auto_comment = self.comments[name]


def give_nothing(notebook: SubmittedNotebook) -> None:
    """Give 0 points for a notebook that was not handed in, with nothing for a person to look at."""
    for grade in notebook.grades:
        grade.auto_score, grade.needs_manual_grade = 0, False


def autoscores_of(nb: NotebookNode) -> AutoScores:
    """Read what an executed notebook earns."""
    scores: dict[str, float | None] = {}
    comments: dict[str, str | None] = {}
    review: dict[str, str] = {}
    for cell in nb.cells:
        if utils.is_grade(cell):
            left = NOT_GRADABLE in cell.metadata.get(RECORD, {})
            scores[cell.metadata.nbgrader["grade_id"]] = None if left else utils.determine_grade(cell)[0]
            if reason := review_of(cell):
                review[cell.metadata.nbgrader["grade_id"]] = reason
        if utils.is_solution(cell) or utils.is_task(cell):
            untouched = cell.metadata.nbgrader.get("checksum") == utils.compute_checksum(cell)
            comment = "No response." if untouched and not utils.is_task(cell) else None
            comments[cell.metadata.nbgrader["grade_id"]] = comment
    if refusal_of(nb):
        return AutoScores(dict.fromkeys(scores, 0.0), comments, refused=True)
    return AutoScores(scores, comments, review)


def review_of(cell: NotebookNode) -> str:
    """Why a person has to look at a test cell; empty if nobody has to."""
    record = cell.metadata.get(RECORD)
    return str(record.get("review", "")) if isinstance(record, dict) and not utils.is_solution(cell) else ""


class ReadAutoScores(NbGraderPreprocessor):
    """Stands for SaveAutoGrades where there is no gradebook: keeps what a notebook earns among the resources."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Read the scores of `nb`."""
        resources[AUTOSCORES] = autoscores_of(nb)
        return nb, resources


class SaveAutoScores(SaveAutoGrades, AssignLatePenalties):
    """SaveAutoGrades and AssignLatePenalties with one transaction a notebook; it flags what was refused."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Save the marks of `nb`, which is left as it is, and what being late costs."""
        ids = resources["nbgrader"]
        with gradebook_at(ids["db_url"]) as gradebook:
            notebook = gradebook.find_submission_notebook(ids["notebook"], ids["assignment"], ids["student"])
            autoscores_of(nb).save(notebook)
            gradebook.db.flush()  # the penalty may depend on the score
            self.init_plugin()
            notebook.late_submission_penalty = late_penalty(self, notebook)
            gradebook.db.commit()
        return nb, resources


def late_penalty(assigner: AssignLatePenalties, notebook: SubmittedNotebook) -> float | None:
    """Return what being late costs, by the plug-in of `assigner`: at least nothing, at most what the notebook earns."""
    submission = notebook.assignment
    late_s = submission.total_seconds_late
    if late_s <= 0:
        return None
    assigner.log.warning("%s is %s seconds late", submission, late_s)
    penalty = assigner.plugin_inst.late_submission_penalty(submission.student_id, notebook.score, late_s)
    assigner.log.warning("Late submission penalty: %s", penalty)
    return None if penalty is None else float(assigner._check_late_penalty(notebook, penalty))
