"""An answer that a test never gets done with, or that ends the grading process: it costs that test and no more."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.utils import determine_grade

from fairgrade.isolation.lost_tests import LOST, Attempt, CellId, GradingProcessLost
from fairgrade.isolation.sandbox.start import BACKENDS
from fairgrade.nbgrader.autoscores import review_of
from tests.conftest import run
from tests.notebooks import cell, cell_of, filled_in, notebook_of, solved

COMMANDS = {"fairgrade": ("fairgrade", "autograde", "ps", "--jobs", "1"), "nbgrader": ("nbgrader", "autograde", "ps")}

# Like sum(range(10**13)), it holds the interpreter's lock and heeds no signal, but leaves the processor to other tests.
TEST = """import ctypes, os, signal
n = size()
if n == 13:
    os.kill(os.getpid(), signal.SIGSEGV)
if n == 14:
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])
    ctypes.PyDLL(None).sleep(1000)
assert n == 5"""

CONFIG = """
c = get_config()
c.CourseDirectory.root = {root!r}
c.Autograde.exporter_class = "fairgrade.nbgrader.intake_exporter.Intake"
c.Autograde.sanitize_preprocessors = []
c.Autograde.autograde_preprocessors = [
    "fairgrade.nbgrader.isolated_execute.IsolatedExecute",
    "fairgrade.nbgrader.autoscores.SaveAutoScores",
]
c.Isolation.backend = {backend!r}
c.Isolation.cell_timeout_s = 2.0
"""


SIZES = {"s001": 5, "s002": 13, "s003": 5}
"""What each student's size() returns: the second one's ends the process."""


def make_course(root: Path, backend: str, test: str = TEST, sizes: dict[str, int] = SIZES) -> Path:
    """A course whose second test does something with an answer that Python can't interrupt."""
    source = notebook_of(
        cell("solution", solved("def one():\n    return 1"), grade_id="one"),
        cell("test", "assert one() == 1", 1, grade_id="test_one"),
        cell("solution", solved("def size():\n    return 5"), grade_id="size"),
        cell("test", test, 2, grade_id="test_size"),
        cell("test", "assert one() + size() >= 6", 4, grade_id="test_both"),
    )
    (root / "source" / "ps").mkdir(parents=True)
    (root / "graders").mkdir()
    nbformat.write(source, root / "source" / "ps" / "ps.ipynb")
    (root / "nbgrader_config.py").write_text(CONFIG.format(root=str(root), backend=backend))
    assert run("nbgrader", "generate_assignment", "ps", cwd=root).returncode == 0
    for student, size in sizes.items():
        released = nbformat.read(root / "release" / "ps" / "ps.ipynb", as_version=4)
        filled_in(released, {"one": "def one():\n    return 1", "size": f"def size():\n    return {size}"})
        (root / "submitted" / student / "ps").mkdir(parents=True)
        nbformat.write(released, root / "submitted" / student / "ps" / "ps.ipynb")
    return root


def recorded(root: Path) -> dict[str, dict[str, tuple[float, bool]]]:
    """The points of each test, and whether a person has to look at it, by student."""
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        return {
            submission.student_id: {
                grade.name: (grade.auto_score, grade.needs_manual_grade) for grade in submission.notebooks[0].grades
            }
            for submission in gradebook.assignment_submissions("ps")
        }


def only_the_test_is_lost(course: Path, command: str, lost_by: str) -> None:
    """One student's test is for a person to look at, with its cause; all else is graded."""
    graded = run(*COMMANDS[command], cwd=course)
    assert graded.returncode == 0, graded.stdout
    right = {"test_one": (1.0, False), "test_size": (2.0, False), "test_both": (4.0, False)}
    lost = {**right, "test_size": (0.0, True)}
    students = [path.name for path in (course / "submitted").iterdir()]
    assert recorded(course) == {student: lost if student == lost_by else right for student in students}
    path = course / "autograded" / lost_by / "ps" / "ps.ipynb"
    test = cell_of(nbformat.read(path, as_version=4), "test_size")
    assert (test.outputs[-1].evalue, review_of(test), determine_grade(test)[0]) == (LOST, LOST, 0)


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("backend", ["bubblewrap", "landlock"])
def test_one_that_ends_the_process_is_lost_alone(backend: str, command: str, tmp_path: Path):
    """The tests after it are graded, and so is the class."""
    if reason := BACKENDS[backend]().lacks():
        pytest.skip(f"{backend}: {reason}")
    only_the_test_is_lost(make_course(tmp_path / "course", backend), command, "s002")


@pytest.mark.slow
@pytest.mark.parametrize(("backend", "command"), [("bubblewrap", "fairgrade"), ("landlock", "nbgrader")])
def test_one_that_hangs_is_lost_alone(backend: str, command: str, tmp_path: Path):
    """Each command and each sandbox once, not all four pairs, since each try waits for its limits."""
    if reason := BACKENDS[backend]().lacks():
        pytest.skip(f"{backend}: {reason}")
    only_the_test_is_lost(make_course(tmp_path / "course", backend, sizes={"s001": 14, "s002": 5}), command, "s001")


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_one_that_the_instructors_own_work_ends_is_named_before_any_submission(command: str, tmp_path: Path):
    """That is the test's fault, so nothing is graded."""
    course = make_course(tmp_path / "course", "auto", TEST.replace("n == 13", "n == 5"), {"s001": 5})
    graded = run(*COMMANDS[command], cwd=course)
    assert graded.returncode != 0
    assert "A grading process: expected an answer, got none: ps/test_size: it ended" in graded.stdout
    assert recorded(course) == {}


def test_what_is_tried_after_a_failure():
    """The first may be the machine's fault; each further one costs the cell at which it happened."""

    def lost(cell: str) -> GradingProcessLost:
        error = GradingProcessLost("gone")
        error.cell = CellId("ps", cell) if cell else None
        return error

    def skipped(*errors: Exception) -> list[set[str] | None]:
        attempts: list[Attempt | None] = [Attempt()]
        for error in errors:
            assert attempts[-1] is not None
            attempts.append(attempts[-1].after(error))
        return [None if attempt is None else {cell.cell for cell in attempt.skipped} for attempt in attempts]

    assert skipped(lost("a"), lost("a")) == [set(), set(), {"a"}]
    assert skipped(lost("a"), lost("b"), lost("c")) == [set(), set(), {"b"}, {"b", "c"}]
    assert skipped(lost(""), lost("")) == [set(), set(), None]
    assert skipped(lost("a"), ValueError()) == [set(), set(), None]
    assert skipped(lost("a"), lost("a"), lost(""), lost("")) == [set(), set(), {"a"}, {"a"}, None]
