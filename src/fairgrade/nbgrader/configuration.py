"""What nbgrader is told so that it grades with fairgrade; each setting with its reason.

>>> # nbgrader_config.py                                        # doctest: +SKIP
>>> from fairgrade.nbgrader import configure                    # doctest: +SKIP
>>> c = get_config()                                            # doctest: +SKIP
>>> configure(c, __file__)                                      # doctest: +SKIP
>>> c.CourseDirectory.course_id = "my_course"                   # doctest: +SKIP
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

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
from fairgrade.nbgrader.feedback import FairgradeFeedback, FeedbackExporter
from fairgrade.nbgrader.gradebook import UpdateCells
from fairgrade.nbgrader.intake_exporter import Intake
from fairgrade.nbgrader.isolated_execute import IsolatedExecute
from fairgrade.nbgrader.points import PointsOfGraders
from fairgrade.nbgrader.sanitize_html import CleanOutputs


def configure(c: Any, file: str | Path) -> None:
    """Set up a course; whatever is set afterwards in ``nbgrader_config.py`` overrides it.

    Parameters
    ----------
    c : traitlets.config.Config
        What ``get_config()`` returns.
    file : str or Path
        ``__file__``: the course is the folder of the configuration file.
    """
    _set_folders(c, Path(file).resolve().parent)
    _set_generating(c)
    _set_grading(c)
    _set_feedback(c)


def _set_folders(c: Any, course: Path) -> None:
    c.CourseDirectory.root = str(course)
    # Hidden tests import `graders`: the process that runs them has to find the course's folder.
    sys.path.insert(0, str(course))
    os.environ["PYTHONPATH"] = os.pathsep.join([str(course), *filter(None, [os.environ.get("PYTHONPATH")])])


def _set_generating(c: Any) -> None:
    # These are nbgrader's steps, but for two: points are defined in the graders, and PointsOfGraders writes them into
    # the test cells; with UpdateCells, tests can be added and removed after students have submitted.
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
    # These are for `nbgrader generate_solution`, which runs the instructor's own code.
    c.Execute.record_timing = False  # times would make solutions differ with every run
    # Demonstrations are skipped while grading, but their pictures belong into the solution; a slider has none.
    c.GenerateSolution.NotebookExporter.Execute.skip_cells_with_tag = "interactive"


def _set_grading(c: Any) -> None:
    # Submissions are read without trusting them, and the source notebook is graded with the student's work in it. So
    # nothing is left to do for nbgrader's own sanitizing.
    c.Autograde.exporter_class = Intake
    c.Autograde.sanitize_preprocessors = []

    # Student code runs in a sandbox, hidden tests in this process; nbgrader's own Execute runs both in one kernel. (For
    # that: SeedForSubmission, Execute, RefuseInfraErrors, the first and the last from fairgrade.nbgrader.)
    c.Autograde.autograde_preprocessors = [IsolatedExecute, CleanOutputs, IgnorePattern, LimitOutput, SaveAutoScores]


def _set_feedback(c: Any) -> None:
    # A page for the student: no hidden test, no answer, no path of this machine, and no script.
    c.GenerateFeedback.exporter_class = FeedbackExporter
    c.GenerateFeedback.preprocessors = [GetGrades, FairgradeFeedback]
    # Students' Markdown and HTML is made inert in the formgrader's view as well.
    c.HTMLExporter.filters = {
        "markdown2html": "fairgrade.nbgrader.sanitize_html.markdown2html",
        "clean_html": "fairgrade.nbgrader.sanitize_html.clean_html",
    }
    # There, formulas and tables need some style, too. The template's own preprocessor would replace what ours collects.
    c.HTMLExporter.preprocessors = ["fairgrade.nbgrader.page_style.FormgraderStyle"]
    c.CSSHTMLHeaderPreprocessor.enabled = False
    c.FormgraderStyle.enabled = True
    c.FormgraderStyle.style = "default"  # of code, as the template has it
