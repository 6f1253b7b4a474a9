"""A new assignment can be checked at once, whether it is written from nothing or from a plain notebook."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from fairgrade.authoring.new_assignment import create_assignment
from fairgrade.authoring.new_course import released
from fairgrade.course import Course, CourseError
from tests.conftest import run

LESSON = '''# %% [markdown]
# # Signals

# %%
import numpy as np
GAIN = 2.0

def amplified(x):
    return x * GAIN

# %%
def smooth(x, width):
    """Return the moving mean."""
    # all weights are equal
    weights = np.ones(width) / width
    return np.convolve(amplified(x), weights, mode="valid")

def area(r): return 3 * r ** 2

# %%
y = smooth(np.array([1.0, 2.0, 4.0, 8.0]), 2)

# %%
assert len(y) == 3

# %%
assert area(1) == 3

# %%
class Counter:
    def __init__(self, start):
        self.n = start
    def add(self):
        self.n += 1

# %%
c = Counter(3)
c.add()
assert c.n == 4

# %%
print(area(5))
'''


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A course without any assignment, and a script beside it."""
    (tmp_path / "course" / "source").mkdir(parents=True)
    (tmp_path / "course" / "graders").mkdir()
    (tmp_path / "course" / "nbgrader_config.py").write_text(
        "from fairgrade.nbgrader import configure\nc = get_config()\nconfigure(c, __file__)\n"
    )
    (tmp_path / "lesson.py").write_text(LESSON)
    return Course(tmp_path / "course")


def cells_of(course: Course, name: str) -> dict[str, nbformat.NotebookNode]:
    notebook = nbformat.read(course.notebooks(name)[0], as_version=4)
    nbformat.validate(notebook)
    return {cell.id: cell for cell in notebook.cells}


@pytest.mark.slow
def test_both_kinds_of_new_assignment_pass_the_check(course: Course) -> None:
    """The real commands, in a fresh course."""
    for arguments in (("blank",), ("signals", "--from", "../lesson.py")):
        made = run("fairgrade", "new", *arguments, cwd=course.root)
        assert made.returncode == 0, made.stdout
        done = run("fairgrade", "check", arguments[0], cwd=course.root)
        assert done.returncode == 0, done.stdout
        assert "nothing to mend" in done.stdout
    assert "Students get amplified" in made.stdout


def test_what_assertions_use_is_written_by_students(course: Course, tmp_path: Path) -> None:
    made = create_assignment(course, "signals", tmp_path / "lesson.py")
    assert [(draft.name, draft.points) for draft in made.drafts] == [("smooth", 1), ("area", 1), ("Counter", 1)]
    assert made.given == ("amplified",)


def test_students_get_stubs_and_no_body(course: Course, tmp_path: Path) -> None:
    create_assignment(course, "signals", tmp_path / "lesson.py", ["smooth", "area", "Counter"])
    text = nbformat.writes(released(nbformat.read(course.notebooks("signals")[0], as_version=4)))
    assert [secret for secret in ("weights", "3 * r", "self.n +=", "graders") if secret in text] == []
    assert "def add(self):" in text
    assert "Return the moving mean." in text


def test_a_cell_that_only_shows_work_is_not_run_in_grading(course: Course, tmp_path: Path) -> None:
    create_assignment(course, "signals", tmp_path / "lesson.py")
    skipped = [cell.source for cell in cells_of(course, "signals").values() if cell.metadata.get("tags")]
    assert skipped == ["print(area(5))"]


def test_the_grader_draws_inputs_like_those_of_the_tests(course: Course, tmp_path: Path) -> None:
    create_assignment(course, "signals", tmp_path / "lesson.py", ["smooth"])
    text = (course.root / "graders" / "signals" / "smooth.py").read_text()
    assert "return rng.uniform(1.0, 8.0, size=(4,)), int(rng.integers(2, 6))" in text
    assert "def amplified(x):" in text
    assert "GAIN = 2.0" in text
    assert "TODO" in text


def test_an_earlier_version_of_a_function_is_not_given_away(course: Course, tmp_path: Path) -> None:
    (tmp_path / "twice.py").write_text("# %%\ndef f(x):\n    return x + 0 + 1\n\n# %%\ndef f(x):\n    return x + 1\n")
    create_assignment(course, "twice", tmp_path / "twice.py")
    assert "x + 0 + 1" not in course.notebooks("twice")[0].read_text()


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a-b", "def f(x):\n    return x\n", "letters, digits and _"),
        ("class", "def f(x):\n    return x\n", "letters, digits and _"),
        ("ps1", "x = 1\n", "expected functions or classes with a body"),
    ],
)
def test_what_cannot_be_used_is_told_and_nothing_is_written(
    course: Course, tmp_path: Path, name: str, text: str, says: str
) -> None:
    (tmp_path / "other.py").write_text(f"# %%\n{text}")
    with pytest.raises(CourseError, match=says):
        create_assignment(course, name, tmp_path / "other.py")
    assert [*(course.root / "source").iterdir(), *(course.root / "graders").iterdir()] == []


def test_an_assignment_is_never_overwritten(course: Course) -> None:
    create_assignment(course, "ps1")
    before = course.notebooks("ps1")[0].read_bytes()
    with pytest.raises(CourseError, match="which stays"):
        create_assignment(course, "ps1")
    assert course.notebooks("ps1")[0].read_bytes() == before


@pytest.mark.slow
def test_a_script_with_solutions_beside_the_notebook_is_found(course: Course) -> None:
    """Because nbgrader would copy it to the release."""
    create_assignment(course, "leaky")
    (course.root / "source" / "leaky" / "leaky.py").write_text("# ### BEGIN SOLUTION\n")
    done = run("fairgrade", "check", "leaky", cwd=course.root)
    assert done.returncode == 1
    assert "source/leaky/leaky.py: a file that students get" in done.stdout
    assert "leaky: 1 finding" in done.stdout
