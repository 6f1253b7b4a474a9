"""Small classes: a course with one short assignment, and submissions that are right, wrong, hanging and mangled."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.api import Base, Gradebook

from tests.conftest import ROOT, run
from tests.notebooks import cell, filled_in, hidden, notebook_of

ASSIGNMENT = "ps1"

GRADERS = '''
import numpy as np

from fairgrade.grading import Exercise, expect_close


def reference(x):
    return 2 * x


double = Exercise("double", points=3, reference=reference)


@double.check(points=2)
def doubles(double, rng):
    """It doubles."""
    x = rng.random(4)
    expect_close(double(x), 2 * x, given="x")


@double.check(points=1)
def keeps_nothing(double, rng):
    """Twice nothing is nothing."""
    expect_close(double(np.zeros(3)), np.zeros(3), given="x")


@double.misconception(hint="Twice, not squared.", loses=2)
def squares(x):
    return x * x
'''

LATE = '\nc.LateSubmissionPlugin.penalty_method = "zero"\n'

RIGHT = "def double(x):\n    return 2 * x"
WRONG = "def double(x):\n    return x * x"
HANGING = "def double(x):\n    while True:\n        pass"
POINTS = {RIGHT: 5.0, WRONG: 1.0, HANGING: 0.0}
"""What tests give to each, of 5 points: 3 by the grader, 2 by an assertion."""


def source(*more: NotebookNode) -> NotebookNode:
    """The instructor's notebook, with more cells behind the usual ones."""
    grades = hidden("from graders.ps1 import double as exercise\nexercise.grade(double)")
    return notebook_of(
        cell("plain", "# Doubling", grade_id="title", markdown=True),
        cell("given", "import numpy as np", grade_id="setup", tags=["setup"]),
        cell("solution", "### BEGIN SOLUTION\ndef double(x):\n    return 2 * x\n### END SOLUTION", grade_id="double"),
        cell("test", grades, 3, grade_id="test_double"),
        cell("test", "assert double(np.float64(1.5)) == 3", 2, grade_id="test_half"),
        cell("solution", "Why?", 4, grade_id="why", markdown=True),
        *more,
    )


def write_source(course: Path, notebook: Any) -> None:
    """Make it the source of the assignment."""
    folder = course / "source" / ASSIGNMENT
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, folder / f"{ASSIGNMENT}.ipynb")


def make_course(folder: Path) -> Path:
    """A course with the short assignment, released, due at noon on 15 January 2030."""
    (folder / "graders" / ASSIGNMENT).mkdir(parents=True)
    (folder / "graders" / "__init__.py").touch()
    (folder / "graders" / ASSIGNMENT / "__init__.py").write_text(GRADERS)
    write_source(folder, source())
    (folder / "source" / ASSIGNMENT / "data.csv").write_text("1,2\n")
    (folder / "nbgrader_config.py").write_text((ROOT / "nbgrader_config.py").read_text() + LATE)
    made = run("nbgrader", "generate_assignment", ASSIGNMENT, cwd=folder)
    assert made.returncode == 0, made.stdout
    with Gradebook(db_url(folder)) as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate="2030-01-15 12:00:00 UTC")
    return folder


def hand_in(course: Path, student: str, code: str = RIGHT, *, answer: str = "Because.", at: str = "") -> Path:
    """Hand the released notebook in with `code` in its solution cell; gives the notebook's path."""
    folder = course / "submitted" / student / ASSIGNMENT
    folder.mkdir(parents=True, exist_ok=True)
    notebook = nbformat.read(course / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4)
    filled_in(notebook, {"double": code, "why": answer})
    nbformat.write(notebook, folder / f"{ASSIGNMENT}.ipynb")
    if at:
        (folder / "timestamp.txt").write_text(f"{at}\n")
    return folder / f"{ASSIGNMENT}.ipynb"


def shorten_time(course: Path) -> None:
    """Have hanging work stopped soon; still late enough for right work on a busy machine."""
    with (course / "nbgrader_config.py").open("a") as config:
        config.write("c.Isolation.cell_timeout_s = 2.0\nc.Isolation.call_timeout_s = 1.5\n")


def hand_in_all_sorts(course: Path) -> None:
    """A class of ten, each of them handing in something else."""
    shorten_time(course)
    hand_in(course, "s001", at="2030-01-15 11:00:00 UTC").with_name("notes.txt").write_text("mine")
    hand_in(course, "s002", WRONG, at="2030-01-15 21:00:00 UTC")  # late
    hand_in(course, "s003", HANGING)
    hand_in(course, "s004", "while True: pass")
    hand_in(course, "s005", "import os\nos._exit(1)")
    hand_in(course, "s006", "", answer="Why?")
    hand_in(course, "s007").write_text("{ not a notebook")
    doubled = hand_in(course, "s008")
    notebook = nbformat.read(doubled, as_version=4)
    notebook.cells = [cell for cell in notebook.cells if cell.id != "test_half"]
    notebook.cells += [new_code_cell("print('mine')", id="mine"), new_markdown_cell("more", id="more")]
    nbformat.write(notebook, doubled)
    renamed = hand_in(course, "s009")
    renamed.rename(renamed.with_name("my homework (1).ipynb"))
    linked = hand_in(course, "s010")
    linked.unlink()
    linked.symlink_to(course / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb")


def db_url(course: Path) -> str:
    """The gradebook of a course."""
    return f"sqlite:///{course / 'gradebook.db'}"


def dump(url: str) -> dict[str, dict[str, dict[str, Any]]]:
    """All a gradebook holds, by table and row, with names in the place of its random ids."""
    names: dict[Any, str] = {}
    found: dict[str, dict[str, dict[str, Any]]] = {}
    keys = {
        "course": ["id"], "assignment": ["name"], "student": ["id"], "notebook": ["assignment_id", "name"],
        "base_cell": ["notebook_id", "name", "type"],
        "source_cell": ["notebook_id", "name"], "submitted_assignment": ["assignment_id", "student_id"],
        "submitted_notebook": ["assignment_id", "notebook_id"], "grade": ["cell_id", "notebook_id"],
        "comment": ["cell_id", "notebook_id"],
    }  # fmt: skip
    with Gradebook(url) as gradebook:
        for table in Base.metadata.sorted_tables:
            rows = {}
            for row in gradebook.db.execute(table.select()).mappings():
                values = {column: names.get(value, value) for column, value in row.items() if column != "id"}
                unique = keys.get(table.name, [column for column in ("id",) if column in row])
                name = " / ".join(str(names.get(row[column], row[column])) for column in unique)
                names[row.get("id")] = name
                rows[name] = values
            found[table.name] = rows
    return found


def points(course: Path, url: str = "") -> dict[str, float]:
    """What tests gave each student."""
    with Gradebook(url or db_url(course)) as gradebook:
        return {
            submission.student_id: sum(g.auto_score or 0.0 for nb in submission.notebooks for g in nb.grades)
            for submission in gradebook.assignment_submissions(ASSIGNMENT)
        }


def files(folder: Path) -> Mapping[str, tuple[bytes, int]]:
    """All files below a folder, by relative path: content and permissions."""
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mode & 0o7777)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def copy(course: Path, to: Path) -> Path:
    """Another course just like it."""
    shutil.copytree(course, to, symlinks=True)
    return to


def fork_servers(coordinator: int) -> list[int]:
    """The servers that grading processes are forked from, of a process that has started them."""
    return _pool_processes_below(coordinator)


def grading_processes(coordinator: int) -> list[int]:
    """The grading processes of a process, which are children of its fork server."""
    return sorted(pid for server in fork_servers(coordinator) for pid in _pool_processes_below(server))


def _pool_processes_below(parent: int) -> list[int]:
    found = []
    for children in Path(f"/proc/{parent}/task").glob("*/children"):
        with contextlib.suppress(OSError):  # it has just ended
            for pid in children.read_text().split():
                if b"fairgrade.autograde.pool_worker" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    found.append(int(pid))
    return sorted(found)
