"""The small course that attacks are submitted to, with a secret in every place they might look."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook

from tests.conftest import environment
from tests.notebooks import cell, hidden, notebook_of, solved

ASSIGNMENT, NOTEBOOK = "target", "target"

CANARIES = {
    place: f"CANARY-{place}-5e1f0c"
    for place in ("hidden-test", "source", "gradebook", "environment", "home", "submission", "secret")
}
"""Text that must not appear in any output."""

HONEST = {
    "square": "def square(x):\n    return x * x",
    "triple": "def triple(x):\n    return 3 * x",
}

POINTS = {"test_square": 4.0, "test_triple": 2.0}

_SETUP = "import numpy as np\n\n\ndef close(got, want):\n    return bool(np.isclose(got, want))"

_TEST_SQUARE = "assert close(square(2), 4)\n" + hidden(f"""marker = "{CANARIES["hidden-test"]}"
for x in (3, -1.5, 0):
    assert close(square(x), x * x), "square is wrong"
np.testing.assert_allclose(square(np.array([1.0, 2.0])), [1.0, 4.0])
4 if square(7) == 49 else 1""")

_TEST_TRIPLE = hidden("assert triple(3) == 9\nassert np.array_equal(triple(np.arange(3)), [0, 3, 6])")

_CONFIG = """
c = get_config()
c.CourseDirectory.root = {root!r}
c.Autograde.exporter_class = "fairgrade.nbgrader.intake_exporter.Intake"
c.Autograde.sanitize_preprocessors = []
c.Autograde.autograde_preprocessors = [
    "fairgrade.nbgrader.isolated_execute.IsolatedExecute",
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "fairgrade.nbgrader.autoscores.SaveAutoScores",
]
c.IsolatedExecute.secret = {secret!r}
c.Isolation.backend = {backend!r}
c.Isolation.cell_timeout_s = 2.0
c.Isolation.call_timeout_s = 1.0
c.Isolation.notebook_timeout_s = 8.0
c.Isolation.memory_bytes = 1 << 30
c.Isolation.scratch_bytes = 32 << 20
c.Isolation.file_bytes = 16 << 20
c.Isolation.output_bytes = 100_000
c.Isolation.message_bytes = 4 << 20
c.Isolation.processes = 40
"""


def source_notebook() -> NotebookNode:
    """The instructor's notebook."""
    return notebook_of(
        cell("plain", "# Target", grade_id="title", markdown=True),
        cell("given", _SETUP, grade_id="setup", tags=["setup"]),
        cell("solution", solved(f"def square(x):\n    return x * x  # {CANARIES['source']}"), grade_id="square"),
        cell("test", _TEST_SQUARE, POINTS["test_square"], grade_id="test_square"),
        cell("solution", solved("def triple(x):\n    return 3 * x"), grade_id="triple"),
        cell("test", _TEST_TRIPLE, POINTS["test_triple"], grade_id="test_triple"),
    )


@dataclass(frozen=True)
class Graded:
    """What nbgrader made of one submission: its scores by test cell, and its notebook; None if it made nothing."""

    scores: dict[str, float]
    notebook: NotebookNode | None


class Course:
    """A course in a folder of its own, whose nbgrader runs with a home and an environment of its own."""

    def __init__(self, root: Path, scratch: Path, backend: str) -> None:
        self.root = root / "course"
        self.home = root / "home"
        self.scratch = scratch
        for folder in (self.root / "source" / ASSIGNMENT, self.home):
            folder.mkdir(parents=True)
        nbformat.write(source_notebook(), self.root / "source" / ASSIGNMENT / f"{NOTEBOOK}.ipynb")
        config = _CONFIG.format(root=str(self.root), backend=backend, secret=CANARIES["secret"])
        (self.root / "nbgrader_config.py").write_text(config)
        (self.home / "diary.txt").write_text(CANARIES["home"])
        self.run("generate_assignment", ASSIGNMENT)
        self.run("db", "student", "add", "rival", "--first-name", CANARIES["gradebook"])

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run an nbgrader command; an attack that gets around the limits of time keeps it from ending in time."""
        own = {
            "HOME": str(self.home), "TMPDIR": str(self.scratch), "A_SECRET": CANARIES["environment"],
            "TARGET_ROOT": str(self.root),
        }  # fmt: skip
        return subprocess.run(
            ["nbgrader", *command], cwd=self.root, env=environment() | own,
            capture_output=True, text=True, check=False, timeout=900, stdin=subprocess.DEVNULL,
        )  # fmt: skip

    def released(self) -> NotebookNode:
        """A fresh copy of what students get."""
        return nbformat.read(self.root / "release" / ASSIGNMENT / f"{NOTEBOOK}.ipynb", as_version=4)

    def submit(
        self,
        student: str,
        notebook: NotebookNode,
        files: dict[str, bytes] | None = None,
        links: dict[str, str] | None = None,
    ) -> Path:
        """Hand in a notebook, and files and links beside it."""
        folder = self.root / "submitted" / student / ASSIGNMENT
        folder.mkdir(parents=True)
        for name, content in (files or {}).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        for name, target in (links or {}).items():
            (folder / name).symlink_to(target.format(home=self.home, course=self.root))
        (folder / f"{NOTEBOOK}.ipynb").write_text(nbformat.writes(notebook))
        return folder

    def graded(self) -> dict[str, Graded]:
        """What the gradebook and the autograded folder hold, by student."""
        found = {}
        with Gradebook(f"sqlite:///{self.root}/gradebook.db") as gradebook:
            for submission in gradebook.assignment_submissions(ASSIGNMENT):
                grades = submission.notebooks[0].grades
                scores = {grade.name: grade.auto_score for grade in grades}
                path = self.root / "autograded" / submission.student.id / ASSIGNMENT / f"{NOTEBOOK}.ipynb"
                found[submission.student.id] = Graded(
                    scores, nbformat.read(path, as_version=4) if path.exists() else None
                )
        return found
