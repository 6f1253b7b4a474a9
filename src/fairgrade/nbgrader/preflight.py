"""Preflight: the instructor's own source is graded the way submissions are, before the first of them.

If it does not earn all points, right work can't either, and the fault lies with a grader, the notebook or this
machine. Then nothing is graded, and the command says cell by cell what is wrong.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.coursedir import CourseDirectory

from fairgrade.grading.seeding import Submission
from fairgrade.intake import Blueprint, NotebookLimits, take_in_files
from fairgrade.intake.extra_files import files_in, write_files
from fairgrade.isolation.submission_inputs import SubmissionInputs
from fairgrade.isolation.worker.folders import temporary
from fairgrade.nbgrader.assignment_contents import AssignmentContents
from fairgrade.nbgrader.autoscores import autoscores_of
from fairgrade.nbgrader.cell_results import CellResult, expect_all_points, keep_passed, passed, runs_of
from fairgrade.nbgrader.isolated_execute import IsolatedExecute, remember_runs
from fairgrade.nbgrader.placement import grade_as_needed
from fairgrade.notebook.cell import AssignmentCell
from fairgrade.notebook.plan import NotebookPlan
from fairgrade.results import scores_in

INSTRUCTOR = "the instructor"
"""Whose work the source counts as; random inputs follow from it. No folder's name is like it, as it has a blank."""


def run_preflight(
    execute: IsolatedExecute, course: CourseDirectory, blueprints: Mapping[str, Blueprint], limits: NotebookLimits
) -> tuple[CellResult, ...]:
    """Grade the sources of an assignment, unless they have passed already.

    Parameters
    ----------
    execute : IsolatedExecute
    course : CourseDirectory
        With the assignment's name.
    blueprints : mapping of str to Blueprint
        Its notebooks.
    limits : NotebookLimits
        How much a notebook may hold.

    Raises
    ------
    InfraError
        If they don't earn all points.
    """
    assignment = course.assignment_id
    submission = execute.submission(assignment, INSTRUCTOR)
    root, reports = Path(course.root), Path(course.root) / "reports" / assignment
    contents = AssignmentContents.read(course, root / "graders", assignment, execute.config)
    key = contents.key(assignment, execute.config, submission.secret, limits)
    results = passed(reports, key) or ()
    if not results:
        source = Path(course.format_path(course.source_directory, ".", assignment))
        files = {name: (source / name).read_bytes() for name in files_in(source, course.ignore)}
        for name, blueprint in blueprints.items():
            notebook = nbformat.read(source / f"{name}.ipynb", as_version=4)
            grading = SourceGrading(execute, submission, files, execute.hidden, limits)
            results += grading.grade(name, notebook, blueprint)
        expect_all_points(results, assignment)
        with contextlib.suppress(OSError):  # a course that can't be written to is graded elsewhere
            keep_passed(reports, key, results)
    remember_runs(course.root, assignment, runs_of(results))
    return results


@dataclass(frozen=True)
class SourceGrading:
    """Grades source notebooks as if they had been handed in: intake, the sandbox, the scores.

    Attributes
    ----------
    execute : IsolatedExecute
        Runs their cells.
    submission : Submission
        Whose work they count as.
    files : mapping of str to bytes
        What lies beside them, by relative path.
    hidden : sequence of str
        Folders student code must not see.
    limits : NotebookLimits
        How much a notebook may hold.
    """

    execute: IsolatedExecute
    submission: Submission
    files: Mapping[str, bytes]
    hidden: Sequence[str]
    limits: NotebookLimits

    def grade(self, name: str, source: NotebookNode, blueprint: Blueprint) -> tuple[CellResult, ...]:
        """Grade a source notebook; with ``tests = "auto"`` find out how each of its tests has to run.

        Parameters
        ----------
        name : str
            The notebook's.
        source : NotebookNode
        blueprint : Blueprint
            What intake reads in it.

        Returns
        -------
        tuple of CellResult
            One for each cell that tests grade, and one for each other cell that no submission would get past.

        Raises
        ------
        SandboxUnavailable
            If there is no sandbox here.
        """

        def grade(told: Mapping[str, str]) -> tuple[CellResult, ...]:
            return self._grade_once(name, source, blueprint, self.execute.read(source, told))

        return grade_as_needed(grade, self.execute.read(source)) if self.execute.tests == "auto" else grade({})

    def _grade_once(
        self, name: str, source: NotebookNode, blueprint: Blueprint, plan: NotebookPlan
    ) -> tuple[CellResult, ...]:
        handed_in = {f"{name}.ipynb": nbformat.writes(source).encode()}
        nb = take_in_files({name: blueprint}, handed_in, self.limits)[name].notebook
        faults: dict[str, str] = {}
        with temporary() as folder:
            write_files(self.files, Path(folder))
            inputs = SubmissionInputs(plan, self.submission, self.files, Path(folder), self.hidden, name)
            self.execute.run(nb, inputs, faults)
        scores, titles = autoscores_of(nb).scores, blueprint.titles
        found: list[CellResult] = []
        before = ""
        for cell in map(AssignmentCell, nb.cells):
            error = _error_of(cell.node)
            if cell.is_test:
                fault = faults.pop(cell.name, "")
                earned = 0.0 if fault else float(scores.get(cell.name) or 0.0)
                found.append(CellResult(name, cell.name, earned, cell.points, fault or error, bool(fault), before))
            elif error and not before:
                before = f"{titles.get(cell.name, cell.name or 'a cell')} stopped with {error}"
        others = [CellResult(name, cell, 0.0, 0.0, fault, fault=True) for cell, fault in faults.items()]
        return tuple(replace(result, title=titles.get(result.cell, "")) for result in (*others, *found))


def _error_of(cell: NotebookNode) -> str:
    """Describe how a cell failed: its error, or the checks that failed; empty if it did not."""
    for score in scores_in(NotebookNode(cells=[cell])).values():
        failed = [f"{check['name']}: {check['reason']}" for check in score["checks"] if check["outcome"] != "Passed"]
        return "; ".join(failed)[:1000]
    errors = [output for output in cell.get("outputs", ()) if output.output_type == "error"]
    return f"{errors[-1].ename}: {errors[-1].evalue}"[:1000] if errors else ""
