"""Assignments that change after students have handed in, several notebooks of one, nbgrader's other commands."""

from __future__ import annotations

import contextlib
import copy
import json
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError

import pytest
from nbgrader.api import Gradebook

from tests.conftest import environment
from tests.intake.lab import ASSIGNMENT, FULL, NOTEBOOK, Lab, filled_in, source_notebook
from tests.intake.mangle import write
from tests.notebooks import cell, cell_of, hidden

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("course_changes")]


def hand_in(lab: Lab, *students: str) -> None:
    for student in students:
        write(lab.submission(student) / f"{NOTEBOOK}.ipynb", filled_in(lab.released()))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """The course, released; only to be copied."""
    return Lab(tmp_path_factory.mktemp("made") / "course")


@pytest.fixture
def lab(made: Lab, tmp_path: Path) -> Lab:
    """The course, released, with nothing handed in yet."""
    own = copy.copy(made)
    own.folder = shutil.copytree(made.folder, tmp_path / "course")
    return own


def changed_source():
    """One test more, one test less, one test with another line and other points."""
    source = source_notebook()
    source.cells.remove(cell_of(source, "test_quiz"))
    test = cell_of(source, "test_twice")
    test.source = "assert twice(2) == 4\n" + test.source
    test.metadata.nbgrader.points = 7
    new = cell("test", hidden("assert square(0) == 0"), 5, grade_id="test_zero")
    source.cells.insert(source.cells.index(test), new)
    return source


def test_tests_can_be_added_and_removed_after_handing_in(lab: Lab):
    """Grading again uses the source as it is; the gradebook follows, and each notebook says what changed."""
    hand_in(lab, "s001", "s002")
    lab.nbgrader("autograde", ASSIGNMENT)
    with Gradebook(f"sqlite:///{lab.folder}/gradebook.db") as gradebook:
        gradebook.find_grade("test_quiz", NOTEBOOK, ASSIGNMENT, "s001").manual_score = 0.5
        gradebook.find_grade("words", NOTEBOOK, ASSIGNMENT, "s001").manual_score = 3.0
        gradebook.db.commit()
    lab.write_source({NOTEBOOK: changed_source()})
    done = lab.nbgrader("autograde", ASSIGNMENT, "--force")
    now = {"test_square": 4.0, "test_twice": 7.0, "test_zero": 5.0, "words": None}
    results = lab.results()
    assert results["s001"].scores == results["s002"].scores == now
    assert "test_zero is new in the gradebook" in done.stdout
    assert "test_quiz is removed from the gradebook" in done.stdout
    assert "s001 had 0.5 points, given by hand" in done.stdout
    assert {note["kind"]: note["cells"] for note in results["s002"].record["notes"]} == {
        "restored": ["test_zero"],
        "updated": ["test_twice"],
        "removed": ["test_quiz"],
    }
    with Gradebook(f"sqlite:///{lab.folder}/gradebook.db") as gradebook:
        assert gradebook.find_grade("words", NOTEBOOK, ASSIGNMENT, "s001").manual_score == 3.0
        assert gradebook.find_assignment(ASSIGNMENT).max_score == 19.0
    # The release can be made again as well, and grading again changes nothing.
    lab.nbgrader("generate_assignment", ASSIGNMENT, "--force")
    again = lab.nbgrader("autograde", ASSIGNMENT, "--force")
    assert "in the gradebook" not in again.stdout
    assert lab.results()["s001"].scores == now
    lab.nbgrader("generate_feedback", ASSIGNMENT)


def test_several_notebooks_of_one_assignment(tmp_path: Path):
    """Each is found under its own or another name; one that was not handed in is worth 0, as nbgrader has it."""
    first, second = source_notebook(), copy.deepcopy(source_notebook())
    for made in second.cells:
        if "nbgrader" in made.metadata:
            made.metadata.nbgrader.grade_id += "_2"
        made.id += "_2"
    lab = Lab(tmp_path / "course", {"one": first, "two": second})
    for student in ("both", "renamed", "swapped", "only_one"):
        names = {"both": ("one", "two"), "renamed": ("a", "b"), "swapped": ("two", "one"), "only_one": ("one", None)}
        for notebook, name in zip(("one", "two"), names[student], strict=True):
            handed_in = lab.released(notebook)
            if notebook == "one":
                handed_in = filled_in(handed_in)
            if name is not None:
                write(lab.submission(student) / f"{name}.ipynb", handed_in)
    lab.nbgrader("autograde", ASSIGNMENT)
    assert {student: lab.results("one")[student].scores for student in ("both", "renamed", "swapped", "only_one")} == (
        dict.fromkeys(("both", "renamed", "swapped", "only_one"), FULL)
    )
    with Gradebook(f"sqlite:///{lab.folder}/gradebook.db") as gradebook:
        missing = gradebook.find_submission_notebook("two", ASSIGNMENT, "only_one")
        assert {grade.auto_score for grade in missing.grades} == {0.0}
    assert not lab.graded("only_one", "two").exists()
    assert lab.graded("swapped", "two").exists()


def test_the_api_grades_as_the_command_does(lab: Lab):
    """With nothing but the course's configuration; what it is told to ignore it does not forget between calls."""
    hand_in(lab, "s001")
    (lab.submission("s001") / f"{NOTEBOOK}.ipynb").rename(lab.submission("s001") / "mine.ipynb")
    (lab.submission("s001") / "link").symlink_to("/dev/zero")
    program = f"""
from nbgrader.apps import NbGrader, NbGraderAPI
app = NbGrader()
app.load_config_file()
api = NbGraderAPI(config=app.config)
before = list(api.coursedir.ignore)
for _ in range(2):
    result = api.autograde({ASSIGNMENT!r}, "s001")
    assert result["success"], result
assert api.coursedir.ignore == before
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=lab.folder, env=environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]
    assert lab.results()["s001"].scores == FULL


PAYLOAD = "document.title = 'CANARY-script'"


@contextlib.contextmanager
def server(folder: Path) -> Iterator[str]:
    """A Jupyter server in the course, as an instructor runs it; yields its address once it answers."""
    command = [
        sys.executable, "-m", "jupyter", "server", "--no-browser", "--allow-root", "--ip=127.0.0.1", "--port=0",
        "--IdentityProvider.token=secret", "--ServerApp.disable_check_xsrf=True",
    ]  # fmt: skip
    log = folder.parent / "server.log"
    with (
        log.open("w") as file,
        subprocess.Popen(command, cwd=folder, env=environment(), stderr=file, stdout=file) as process,
    ):
        try:
            # It says its address before it listens there.
            while not ((said := re.search(r"(http://127\.0\.0\.1:\d+)/\S*\n", log.read_text())) and answers(said[1])):
                assert process.poll() is None, log.read_text()
                time.sleep(0.1)
            yield said[1]
        finally:
            process.terminate()


def answers(address: str) -> bool:
    """Whether a server listens there."""
    try:
        ask(address, "/api")
    except URLError:
        return False
    return True


def ask(address: str, path: str, method: str = "GET") -> str:
    request = urllib.request.Request(f"{address}{path}", method=method, headers={"Authorization": "token secret"})
    with urllib.request.urlopen(request, timeout=300) as answer:
        return answer.read().decode()


def test_the_formgrader_grades_and_shows_nothing_active(lab: Lab):
    """Its button grades as the command does; in its view of a submission, nothing of the student's acts."""
    notebook = filled_in(lab.released())
    active = f'<script>{PAYLOAD}</script><img src=x onerror="{PAYLOAD}"><iframe src="https://x.invalid"></iframe>'
    cell_of(notebook, "words").source = f"Because. {active} $x^2$"
    shows = f"from IPython.display import HTML, Javascript, display\ndisplay(HTML({active!r}), Javascript({PAYLOAD!r}))"
    notebook.cells.append({"cell_type": "code", "metadata": {}, "source": shows, "outputs": [], "execution_count": 1})
    write(lab.submission("s001") / f"{NOTEBOOK}.ipynb", notebook)
    with server(lab.folder) as address:
        result = json.loads(ask(address, f"/formgrader/api/submission/{ASSIGNMENT}/s001/autograde", "POST"))
        assert result["success"], result
        with Gradebook(f"sqlite:///{lab.folder}/gradebook.db") as gradebook:
            submission = gradebook.find_submission_notebook(NOTEBOOK, ASSIGNMENT, "s001").id
        page = ask(address, f"/formgrader/submissions/{submission}/")
    assert lab.results()["s001"].scores == FULL
    shown = page[page.index('id="notebook-container"') :]
    assert "Because." in shown
    assert "<iframe" not in shown
    assert "onerror" not in re.sub(r'<div class="input_area">.*?</div>\s*</div>', "", shown, flags=re.DOTALL)
    scripts = re.findall(r"<script[^>]*>(.*?)</script>", page, re.DOTALL)
    assert [script for script in scripts if "CANARY" in script] == []
