"""A check tells an author what is wrong with an assignment, where, and what to do."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conftest import run

GRADER = Path("graders") / "first_steps" / "standard_error.py"

FAULTS = """
@exercise.misconception(hint="?", loses=1)
def is_right(x):
    return np.std(x, ddof=1) / len(x) ** 0.5

@exercise.misconception(hint="?", loses=1)
def says_it_again(x):
    return np.std(x) / len(x) ** 0.5

@exercise.variant
def is_wrong(x):
    return 1.0
"""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new course."""
    folder = tmp_path_factory.mktemp("check") / "course"
    assert run("fairgrade", "init", str(folder), cwd=folder.parent).returncode == 0
    return folder


@pytest.fixture
def new_course(started: Path, tmp_path: Path) -> Path:
    """A new course that a test may break."""
    return Path(shutil.copytree(started, tmp_path / "course"))


def test_a_new_course_passes(new_course: Path) -> None:
    """Nothing is written: no release, no gradebook."""
    done = run("fairgrade", "check", "first_steps", cwd=new_course)
    assert done.returncode == 0, done.stdout
    assert "nothing to mend" in done.stdout
    assert not {"release", "gradebook.db"} & {path.name for path in new_course.iterdir()}


def test_faults_of_a_grader_are_told_with_file_and_line(new_course: Path) -> None:
    """A mistake that is right, two that nothing tells apart, and right work that loses points."""
    grader = new_course / GRADER
    grader.write_text(grader.read_text() + FAULTS)
    line = {name: number for number, text in enumerate(grader.read_text().splitlines(), 1) for name in [text[4:-4]]}
    done = run("fairgrade", "check", "first_steps", "--exercise", "standard_error", cwd=new_course)
    assert done.returncode == 1, done.stdout
    found = {text.partition(": ")[0]: text for text in done.stdout.splitlines()}

    def of(name: str) -> str:
        return found[f"{GRADER}:{line[name] - 1}, {name}"]

    assert "right work: expected 3 points, got 0." in of("is_wrong")
    assert "a misconception: expected it to lose points, got all of them." in done.stdout
    assert "its name: expected says_it_again, got none." in of("says_it_again")


def test_faults_of_the_notebook_are_told(new_course: Path) -> None:
    """Points that differ, and a visible test that is wrong for right work."""
    source = new_course / "source" / "first_steps" / "first_steps.ipynb"
    text = source.read_text()
    source.write_text(text.replace('"points": 1,', '"points": 4,', 1).replace("[3, 1]", "[1, 3]"))
    done = run("fairgrade", "check", "first_steps", cwd=new_course)
    assert done.returncode == 1, done.stdout
    assert "test_data_types: points: expected the same everywhere, got 4 in the notebook" in done.stdout
    assert "test_plot_of_a_sample" in done.stdout


def test_a_call_without_names_is_told_where_the_exercise_builds_on_another(new_course: Path) -> None:
    """With the line to write; in the sandbox it would grade nothing."""
    grader = new_course / GRADER
    text = grader.read_text()
    assert text.count("reference=standard_error") == 1
    earlier = '(Exercise("spread", points=1, reference=np.std),)'
    grader.write_text(text.replace("reference=standard_error", f"reference=standard_error, builds_on={earlier}"))
    done = run("fairgrade", "check", "first_steps", "--exercise", "standard_error", cwd=new_course)
    assert done.returncode == 1, done.stdout
    assert "expected the notebook's names, since standard_error builds on `spread`; got none." in done.stdout
    assert "Write `exercise.grade(standard_error, notebook=globals())`." in done.stdout

    source = new_course / "source" / "first_steps" / "first_steps.ipynb"
    source.write_text(source.read_text().replace("grade(standard_error)", "grade(standard_error, notebook=globals())"))
    done = run("fairgrade", "check", "first_steps", "--exercise", "standard_error", cwd=new_course)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("nothing",), "Assignments here: first_steps"),
        (("first_steps", "--exercise", "x"), "expected one of data_types"),
    ],
)
def test_what_is_not_there_is_told(started: Path, arguments: tuple[str, ...], says: str) -> None:
    done = run("fairgrade", "check", *arguments, cwd=started)
    assert done.returncode == 2
    assert says in done.stdout


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x = (", "got SyntaxError: '(' was never closed"),
        ("x = len(1)", "got TypeError: object of type 'int' has no len()"),
        ("import no_such_library", "got ModuleNotFoundError: No module named 'no_such_library'"),
    ],
)
def test_a_grader_that_cannot_be_imported_is_named_with_its_line(new_course: Path, text: str, says: str) -> None:
    """Whatever the error is, no traceback of fairgrade's own code is shown."""
    grader = new_course / GRADER
    grader.write_text(grader.read_text() + text + "\n")
    line = len(grader.read_text().splitlines())
    done = run("fairgrade", "check", "first_steps", cwd=new_course)
    assert done.returncode == 2
    assert f"{GRADER}:{line}: expected a package that can be imported, {says}" in done.stdout
    assert "Traceback" not in done.stdout


@pytest.mark.parametrize(
    ("right", "wrong", "says"),
    [
        (", n)\n", ", n), n\n", "inputs: expected arguments of the reference, got 2: too many positional arguments."),
        (
            "(rng, n)",
            "(n)",
            "inputs: expected arguments, got TypeError: a_sample() got multiple values",
        ),
    ],
)
def test_inputs_that_the_reference_cannot_take_are_told(new_course: Path, right: str, wrong: str, says: str) -> None:
    """Otherwise all work that can't be called with them, either, would be right."""
    grader = new_course / GRADER
    text = grader.read_text()
    assert text.count(right) == 1
    grader.write_text(text.replace(right, wrong))
    done = run("fairgrade", "check", "first_steps", "--exercise", "standard_error", cwd=new_course)
    assert done.returncode == 1, done.stdout
    assert says in done.stdout
