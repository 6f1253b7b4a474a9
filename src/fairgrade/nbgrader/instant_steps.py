"""Steps of a page that a student gets before the others get theirs: what it leaves out of the ordinary page."""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from fairgrade.grading import SCORE_MIME
from fairgrade.grading.score_html import render_score
from fairgrade.nbgrader.feedback_summary import summary_of
from fairgrade.nbgrader.gradebook import gradebook_at
from fairgrade.notebook.cell import AssignmentCell, grade_id_of

INSTANT_TEMPLATE = "fairgrade_instant"
"""The template of the page without points."""


class HidePoints(NbGraderPreprocessor):
    """Show the score of a test as checks and hints, without points; goes before FairgradeFeedback."""

    def preprocess_cell(self, cell: NotebookNode, resources: Any, index: int) -> tuple[NotebookNode, Any]:
        """Render the scores in a test's outputs anew; what else a test ends with may be points, and is left out."""
        if cell.cell_type == "code" and AssignmentCell(cell).is_test:
            outputs = [output for output in cell.outputs if output.output_type != "execute_result" or _is_score(output)]
            for output in outputs:
                if _is_score(output):
                    output.data = NotebookNode({SCORE_MIME: output.data[SCORE_MIME], "text/html": _fragment(output)})
            cell.outputs = outputs
        return cell, resources


def _is_score(output: NotebookNode) -> bool:
    return SCORE_MIME in output.get("data", {})


def _fragment(output: NotebookNode) -> str:
    """Render a score; one that is not of our making, from a test that ran among student code, is not shown."""
    score = output.data[SCORE_MIME]
    try:
        named = zip(score["titles"], score["hints"], strict=True)
        diagnoses = [{"title": title, "hint": hint} for title, hint in named]
        return render_score(score, diagnoses, by_price=False, with_points=False)
    except Exception:  # whatever is odd about it
        return "<p>Details come with the final feedback.</p>"


class HideManualGrades(NbGraderPreprocessor):
    """Show what tests gave in the place of what a person has given or written; goes after FairgradeFeedback.

    A person may have graded an earlier submission, and has not released it.
    """

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Put scores and comments of tests back into the cells, the summary and the sum."""
        ids = resources["nbgrader"]
        with gradebook_at(ids["db_url"]) as gradebook:
            submitted = gradebook.find_submission_notebook(ids["notebook"], ids["assignment"], ids["student"])
            by_hand = [grade for grade in submitted.grades if grade.manual_score is not None or grade.extra_credit]
            scores = {grade.name: grade.auto_score for grade in by_hand}
            comments = {comment.name: comment.auto_comment for comment in submitted.comments if comment.manual_comment}
            for cell in nb.cells:
                name = grade_id_of(cell)
                if name in scores:
                    earned = scores[name] or 0.0
                    resources["nbgrader"]["score"] += earned - cell.metadata.nbgrader.score
                    cell.metadata.nbgrader.score = earned
                    cell.metadata["fairgrade_waits"] = scores[name] is None
                if name in comments:
                    cell.metadata.nbgrader.comment = comments[name]
            resources["fairgrade"] |= summary_of(nb, submitted)
        return nb, resources
