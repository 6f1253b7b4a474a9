"""What an instructor reads after a press of the formgrader's Autograde button, which calls NbGraderAPI."""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

from fairgrade.nbgrader.isolated_execute import INPUTS, IsolatedExecute
from fairgrade.notebook.cell import add_to_record
from tests.conftest import run
from tests.intake.lab import NOTEBOOK, Lab
from tests.notebooks import cell, hidden, notebook_of, solved

PRESS = """import json, sys
from nbgrader.apps import NbGrader, NbGraderAPI
app = NbGrader()
app.load_config_file()
print(json.dumps(NbGraderAPI(config=app.config).autograde("lab", sys.argv[1])))
"""

FAILS = """from fairgrade.grading import InfraError
if square(2) == 5:
    raise InfraError("the table of values: expected 3 rows, got 2.")
assert square(3) == 9"""


@pytest.mark.slow
def test_the_cause_of_an_error_comes_before_where_it_was_raised(tmp_path: Path):
    """In one line, with few lines of the library's below it; the next submission is graded."""
    source = notebook_of(
        cell("solution", solved("def square(x):\n    return x * x"), grade_id="square"),
        cell("test", hidden(FAILS), 4, grade_id="test_square"),
    )
    lab = Lab(tmp_path / "course", {NOTEBOOK: source})
    for student, work in {"s001": "def square(x):\n    return 5", "s002": "def square(x):\n    return x * x"}.items():
        notebook = lab.released()
        notebook.cells[0].source = work
        nbformat.write(notebook, lab.submission(student) / f"{NOTEBOOK}.ipynb")
    failed = pressed(lab, "s001")
    lines = failed["log"].splitlines()
    cause = "[ERROR] NOT GRADED, s001: the table of values: expected 3 rows, got 2."
    assert not failed["success"]
    assert cause in lines
    assert not any("Traceback" in line or 'File "' in line for line in lines[: lines.index(cause)])
    assert "isolated_execute.py" not in failed["log"]
    assert pressed(lab, "s002")["success"]


def pressed(lab: Lab, student: str) -> dict[str, Any]:
    done = run(sys.executable, "-c", PRESS, student, cwd=lab.folder)
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize(
    ("sandbox", "said"),
    [
        ("bubblewrap", []),
        ("landlock", ["Graded in the second-best sandbox, Landlock. fairgrade doctor says how to get the best."]),
        ("none", ["NO SANDBOX: student code ran as you, and could read and write all you can."]),
    ],
)
def test_which_sandbox_it_was_is_said_once(sandbox: str, said: list[str], caplog: pytest.LogCaptureFixture):
    """The process that grades has no other way to tell who pressed the button."""
    step = IsolatedExecute(log=logging.getLogger("test"))

    def graded(nb: Any, *_: Any) -> dict[str, Any]:
        add_to_record(nb, sandbox=sandbox)
        return {}

    step.run = graded
    for _ in range(2):
        step.preprocess(nbformat.v4.new_notebook(), {INPUTS: object()})
    assert [record.message for record in caplog.records] == said
