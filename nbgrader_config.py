"""The course, as nbgrader runs it. Each line says why it is there."""

import os
import sys
from pathlib import Path

from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearHiddenTests,
    ClearMarkScheme,
    ClearOutput,
    ClearSolutions,
    ComputeChecksums,
    GetGrades,
    IgnorePattern,
    IncludeHeaderFooter,
    InstantiateTests,
    LimitOutput,
    LockCells,
)

from fairgrade.nbgrader.autoscores import SaveAutoScores
from fairgrade.nbgrader.feedback import FeedbackExporter, PrepareFeedback
from fairgrade.nbgrader.gradebook import UpdateCells
from fairgrade.nbgrader.intake_exporter import Intake
from fairgrade.nbgrader.isolated_execute import IsolatedExecute
from fairgrade.nbgrader.points import PointsOfGraders
from fairgrade.nbgrader.sanitize_html import CleanOutputs

c = get_config()  # noqa: F821 - traitlets puts it there
course = Path(__file__).resolve().parent

# Hidden tests import `graders`: the process that runs them has to find the course root.
sys.path.insert(0, str(course))
os.environ["PYTHONPATH"] = os.pathsep.join([str(course), *filter(None, [os.environ.get("PYTHONPATH")])])

c.CourseDirectory.course_id = "neural_network_fundamentals"
c.CourseDirectory.root = str(course)
c.CourseDirectory.solution_directory = "solutions"  # next to source/ and release/; nbgrader's own default is singular

# Submissions are read without trusting them; what is graded is the source notebook with the student's work in it.
# So nothing is left to do for nbgrader's own sanitizing.
c.Autograde.exporter_class = Intake
c.Autograde.sanitize_preprocessors = []

# These are nbgrader's steps, but for two: points stand once, in the graders, and PointsOfGraders writes them into the
# test cells; with UpdateCells, tests can be added and removed after students have handed in.
c.GenerateAssignment.preprocessors = [
    PointsOfGraders,
    IncludeHeaderFooter,
    InstantiateTests,
    LockCells,
    ClearSolutions,
    ClearOutput,
    CheckCellMetadata,
    ComputeChecksums,
    UpdateCells,
    ClearHiddenTests,
    ClearMarkScheme,
    ComputeChecksums,
    CheckCellMetadata,
]

# Student code runs in a sandbox, hidden tests in this process; nbgrader's own Execute runs both in one kernel.
# (To have that: SeedForSubmission, Execute, RefuseInfraErrors, the first and the last from fairgrade.nbgrader.)
c.Autograde.autograde_preprocessors = [
    IsolatedExecute,
    CleanOutputs,
    IgnorePattern,
    LimitOutput,
    SaveAutoScores,
]

# A page for the student: no hidden test, no answer, no path of this machine, and no script.
c.GenerateFeedback.exporter_class = FeedbackExporter
c.GenerateFeedback.preprocessors = [GetGrades, PrepareFeedback]
# What students write is made inert in the formgrader's view as well.
c.HTMLExporter.filters = {
    "markdown2html": "fairgrade.nbgrader.sanitize_html.markdown2html",
    "clean_html": "fairgrade.nbgrader.sanitize_html.clean_html",
}

# What follows is for `nbgrader generate_solution`, which runs the instructor's own code.
c.Execute.record_timing = False  # times would make solutions/ differ with every run
# Demonstrations are skipped while grading, but their pictures belong into the solution; a slider has none.
c.GenerateSolution.NotebookExporter.Execute.skip_cells_with_tag = "interactive"
