"""A small course whose submissions get mangled: exercises, a quiz, a written answer, and all other kinds of cells."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Gradebook

from tests.conftest import ROOT, run

ASSIGNMENT = NOTEBOOK = "lab"

RIGHT = {
    "square": "def square(x):\n    result = x * x\n    return result",
    "twice": "def twice(x):\n    return shifted(x, x)",
    "words": "Because of the **chain rule**.",
    "quiz": 'answers = {"one": "B"}',
}
"""What an honest student writes."""

FULL = {"test_square": 4.0, "test_twice": 2.0, "words": None, "test_quiz": 1.0}
"""What it earns; None waits for a person."""

_SOURCES = {
    "square": "def square(x):\n    ### BEGIN SOLUTION\n    return x * x\n    ### END SOLUTION",
    "test_square": "assert square(2) == 4\n### BEGIN HIDDEN TESTS\nassert square(-3) == 9\n4 if square(1.5) == 2.25 else 1\n### END HIDDEN TESTS",  # noqa: E501
    "twice": "def twice(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION",
    "test_twice": "### BEGIN HIDDEN TESTS\nassert twice(square(3)) == 18\n### END HIDDEN TESTS",
    "words": "### BEGIN SOLUTION\nChain rule.\n### END SOLUTION",
    "quiz": 'answers = {"one": ""}\n### BEGIN SOLUTION\nanswers["one"] = "B"\n### END SOLUTION',
    "test_quiz": '### BEGIN HIDDEN TESTS\nassert answers["one"] == "B"\n### END HIDDEN TESTS',
}


def marked(
    source: str, grade_id: str, *, kind: str = "code", tags: tuple[str, ...] = (), points: float | None = None,
    solution: bool = False,
) -> NotebookNode:  # fmt: skip
    """A cell with nbgrader's marks."""
    cell = (new_code_cell if kind == "code" else new_markdown_cell)(source, id=grade_id.replace("_", "-"))
    cell.metadata["nbgrader"] = {
        "schema_version": 3, "grade_id": grade_id, "grade": points is not None, "solution": solution,
        "locked": not solution, "task": False,
    }  # fmt: skip
    if points is not None:
        cell.metadata["nbgrader"]["points"] = points
    if tags:
        cell.metadata["tags"] = list(tags)
    return cell


def source_notebook() -> NotebookNode:
    """The instructor's notebook."""
    solution = {"solution": True}
    return new_notebook(
        cells=[
            new_markdown_cell("# Lab", id="title"),
            marked("def shifted(x, by):\n    return x + by", "setup", tags=("setup",)),
            new_code_cell("scale = 1  # play with it", id="play"),
            marked("### Exercise `square`", "square-task", kind="markdown"),
            marked(_SOURCES["square"], "square", **solution),
            marked(_SOURCES["test_square"], "test_square", points=4),
            marked(_SOURCES["twice"], "twice", **solution),
            marked(_SOURCES["test_twice"], "test_twice", points=2),
            marked("### Why?", "words-task", kind="markdown"),
            marked(_SOURCES["words"], "words", kind="markdown", points=3, **solution),
            marked(_SOURCES["quiz"], "quiz", **solution),
            marked(_SOURCES["test_quiz"], "test_quiz", points=1),
            new_markdown_cell("The end.", id="end"),
        ],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    )


def cell_of(notebook: Any, grade_id: str) -> Any:
    """The first cell with this grade_id."""
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def filled_in(released: NotebookNode) -> NotebookNode:
    """What an honest student hands in, with outputs as Jupyter leaves them."""
    for grade_id, text in RIGHT.items():
        cell_of(released, grade_id).source = text
    released.cells[2].outputs = [nbformat.v4.new_output("stream", text="out\n")]
    return released


@dataclass(frozen=True)
class Result:
    """What became of one submission."""

    scores: dict[str, float | None]
    needs_review: set[str]
    notebook: NotebookNode
    record: dict[str, Any]
    late_penalty: float | None


class Lab:
    """The course in a folder, with the shipped configuration."""

    def __init__(self, folder: Path, sources: dict[str, NotebookNode] | None = None) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)
        shutil.copy(ROOT / "nbgrader_config.py", folder)
        with (folder / "nbgrader_config.py").open("a") as config:
            config.write(
                f'c.Autograde.exclude_overwriting = {{"{ASSIGNMENT}": ["helper.py"]}}\n'
                'c.LateSubmissionPlugin.penalty_method = "zero"\n'
                "c.Isolation.cell_timeout_s = c.Isolation.call_timeout_s = 5.0\n"
            )
        (folder / "source" / ASSIGNMENT).mkdir(parents=True)
        (folder / "source" / ASSIGNMENT / "data.csv").write_text("1,2\n")
        (folder / "source" / ASSIGNMENT / "helper.py").write_text("value = 1\n")
        self.write_source(sources or {NOTEBOOK: source_notebook()})
        self.nbgrader("generate_assignment", ASSIGNMENT)

    def write_source(self, sources: dict[str, NotebookNode]) -> None:
        """Write the instructor's notebooks."""
        for name, notebook in sources.items():
            nbformat.write(notebook, self.folder / "source" / ASSIGNMENT / f"{name}.ipynb")

    def nbgrader(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run an nbgrader command that has to succeed."""
        done = run("nbgrader", *command, cwd=self.folder)
        assert done.returncode == 0, done.stdout[-6000:]
        return done

    def released(self, name: str = NOTEBOOK) -> NotebookNode:
        """What students are given."""
        return nbformat.read(self.folder / "release" / ASSIGNMENT / f"{name}.ipynb", as_version=4)

    def submission(self, student: str) -> Path:
        """A student's folder for the assignment."""
        folder = self.folder / "submitted" / student / ASSIGNMENT
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def graded(self, student: str, name: str = NOTEBOOK) -> Path:
        """Where a student's graded notebook is."""
        return self.folder / "autograded" / student / ASSIGNMENT / f"{name}.ipynb"

    def results(self, name: str = NOTEBOOK) -> dict[str, Result]:
        """What the gradebook and the graded notebooks say, by student."""
        found = {}
        with Gradebook(f"sqlite:///{self.folder}/gradebook.db") as gradebook:
            for submission in gradebook.assignment_submissions(ASSIGNMENT):
                student = submission.student.id
                submitted = gradebook.find_submission_notebook(name, ASSIGNMENT, student)
                notebook = nbformat.read(self.graded(student, name), as_version=4)
                found[student] = Result(
                    {grade.name: grade.auto_score for grade in submitted.grades},
                    {grade.name for grade in submitted.grades if grade.needs_manual_grade},
                    notebook,
                    notebook.metadata["fairgrade"],
                    submitted.late_submission_penalty,
                )
        return found
