"""The course, as nbgrader runs it. Each line says why it is there."""

import os
import sys
from pathlib import Path

from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    Execute,
    IgnorePattern,
    LimitOutput,
    SaveAutoGrades,
)

from fairgrade.nbgrader import RefuseInfraErrors, SeedForSubmission

c = get_config()  # noqa: F821 - traitlets puts it there
course = Path(__file__).resolve().parent

# Hidden tests import `graders`: the process that runs them has to find the course root.
sys.path.insert(0, str(course))
os.environ["PYTHONPATH"] = os.pathsep.join([str(course), *filter(None, [os.environ.get("PYTHONPATH")])])

c.CourseDirectory.course_id = "neural_network_fundamentals"
c.CourseDirectory.root = str(course)
c.CourseDirectory.solution_directory = "solutions"  # next to source/ and release/; nbgrader's own default is singular

# Inputs are drawn for each student; a failure of ours stops that submission in place of costing it points.
c.Autograde.autograde_preprocessors = [
    SeedForSubmission,
    Execute,
    RefuseInfraErrors,
    IgnorePattern,
    LimitOutput,
    SaveAutoGrades,
    AssignLatePenalties,
    CheckCellMetadata,
]

c.Execute.timeout = 60  # seconds a cell; the slowest honest cell takes about one
c.Execute.record_timing = False  # times would make solutions/ differ with every run
# Demonstrations are skipped while grading, but their pictures belong into the solution; a slider has none.
c.GenerateSolution.NotebookExporter.Execute.skip_cells_with_tag = "interactive"
