"""A course without ``graders/``, made in nbgrader's editor: graded, and its exercises called by their headings."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest

from tests.conftest import run
from tests.notebooks import cell, hidden, notebook_of, solved

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("without_graders")]

CONFIG = """
from fairgrade.nbgrader import configure

c = get_config()
configure(c, __file__)
c.CourseDirectory.course_id = "statistics"
c.IsolatedExecute.tests = "auto"
"""


def made_up(number: int) -> str:
    return f"cell-{number:016x}"


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course of one assignment, with the mean rounded down handed in."""
    folder = tmp_path_factory.mktemp("without_graders") / "course"
    source = notebook_of(
        cell("plain", "# Statistics\n\n## 1. The mean", markdown=True),
        cell("solution", solved("def mean(x):\n    return sum(x) / len(x)"), grade_id=made_up(1)),
        cell("test", "assert mean([1, 2, 3]) == 2", 1, grade_id=made_up(2)),
        cell("test", hidden("assert mean([1, 2]) == 1.5"), 1, grade_id=made_up(3)),
        cell("plain", "**Question 2.** What is a median?", markdown=True),
        cell("solution", "", 3, grade_id=made_up(4), markdown=True),
    )
    source_path, submitted_path = (folder / place / "ps1" / "ps1.ipynb" for place in ("source", "submitted/s001"))
    for path in (source_path, submitted_path):
        path.parent.mkdir(parents=True)
    nbformat.write(source, source_path)
    (folder / "nbgrader_config.py").write_text(CONFIG)
    made = run("nbgrader", "generate_assignment", "ps1", cwd=folder)
    assert made.returncode == 0, made.stdout
    handed_in = nbformat.read(folder / "release" / "ps1" / "ps1.ipynb", as_version=4)
    handed_in.cells[1].source = "def mean(x):\n    return sum(x) // len(x)"
    nbformat.write(handed_in, submitted_path)
    return folder


def test_it_is_graded_and_fed_back(course: Path):
    graded = run("fairgrade", "autograde", "ps1", cwd=course)
    assert graded.returncode == 0, graded.stdout
    assert "s001: 1 points by tests" in graded.stdout
    assert "cell-0" not in graded.stdout
    assert "ps1/1. The mean (2)" in graded.stdout
    made = run("nbgrader", "generate_feedback", "ps1", cwd=course)
    assert made.returncode == 0, made.stdout
    page = (course / "feedback" / "s001" / "ps1" / "ps1.html").read_text()
    rows = re.findall(r'<th scope="row"><a [^>]*>([^<]*)</a>.*?<td>([^<]*)</td>\s*</tr>', page, re.DOTALL)
    assert rows == [("1. The mean (1)", "1 / 1"), ("1. The mean (2)", "0 / 1"), ("Question 2", "0 / 3")]
    assert re.findall(r'<h2 class="label">(1[^<]*?) *<', page) == ["1. The mean (1)", "1. The mean (2)"]
