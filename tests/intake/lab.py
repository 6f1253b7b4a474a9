"""A small course whose submissions get mangled: exercises, a quiz, a written answer, and all other kinds of cells."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook

from tests import notebooks
from tests.conftest import ROOT, run
from tests.notebooks import cell, hidden, notebook_of, solved

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

_TEST_SQUARE = "assert square(2) == 4\n" + hidden("assert square(-3) == 9\n4 if square(1.5) == 2.25 else 1")


def source_notebook() -> NotebookNode:
    """The instructor's notebook."""
    return notebook_of(
        cell("plain", "# Lab", grade_id="title", markdown=True),
        cell("given", "def shifted(x, by):\n    return x + by", grade_id="setup", tags=["setup"]),
        cell("plain", "scale = 1  # play with it", grade_id="play"),
        cell("given", "### Exercise `square`", grade_id="square-task", markdown=True),
        cell("solution", solved("def square(x):\n    return x * x"), grade_id="square"),
        cell("test", _TEST_SQUARE, 4, grade_id="test_square"),
        cell("solution", solved("def twice(x):\n    return 2 * x"), grade_id="twice"),
        cell("test", hidden("assert twice(square(3)) == 18"), 2, grade_id="test_twice"),
        cell("given", "### Why?", grade_id="words-task", markdown=True),
        cell("solution", solved("Chain rule."), 3, grade_id="words", markdown=True),
        cell("solution", 'answers = {"one": ""}\n' + solved('answers["one"] = "B"'), grade_id="quiz"),
        cell("test", hidden('assert answers["one"] == "B"'), 1, grade_id="test_quiz"),
        cell("plain", "The end.", grade_id="end", markdown=True),
    )


def filled_in(released: NotebookNode) -> NotebookNode:
    """What an honest student hands in, with outputs as Jupyter leaves them."""
    notebooks.filled_in(released, RIGHT)
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
                "c.Isolation.cell_timeout_s = c.Isolation.call_timeout_s = 20.0\n"
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
