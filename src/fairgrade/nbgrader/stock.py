"""What nbgrader's own Execute lacks for our graders: whose work it is, and which errors are ours."""

from __future__ import annotations

import os

from nbconvert.exporters.exporter import ResourcesDict
from nbformat.notebooknode import NotebookNode
from nbgrader import utils
from nbgrader.preprocessors import NbGraderPreprocessor

from fairgrade.grading import InfraError, Submission


class SeedForSubmission(NbGraderPreprocessor):
    """Tell the kernel whose work it grades; goes before Execute, whose kernel inherits the environment.

    The secret of the course, ``FAIRGRADE_SECRET``, is passed on as it is set.
    """

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        """Set the environment variables of :class:`fairgrade.grading.Submission`."""
        ids = resources["nbgrader"]
        secret = Submission.from_environment().secret
        os.environ.update(Submission(ids["assignment"], ids["student"], secret).environment())
        return nb, resources


class RefuseInfraErrors(NbGraderPreprocessor):
    """Let no score be recorded where a grader broke; goes after Execute and before SaveAutoGrades.

    nbgrader then removes what it wrote for the submission, goes on with the next one, lists it at the
    end, and exits with an error, so that it can be graded again.
    """

    def preprocess_cell(
        self, cell: NotebookNode, resources: ResourcesDict, index: int
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Look for an InfraError among the outputs of a test cell.

        Raises
        ------
        InfraError
            If there is one.
        """
        if cell.cell_type == "code" and utils.is_grade(cell):
            for output in cell.outputs:
                if output.output_type == "error" and output.ename == InfraError.__name__:
                    raise InfraError(f"{cell.metadata.nbgrader['grade_id']}: {output.evalue}")
        return cell, resources
