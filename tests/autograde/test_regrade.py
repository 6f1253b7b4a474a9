"""Grading again: what is unchanged is skipped, what changed is compared, what is forced comes out the same."""

from __future__ import annotations

import fcntl
import json
import stat
import sys
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook
from typer.testing import CliRunner

from fairgrade.cli import app
from tests.autograde import classes
from tests.autograde.classes import ASSIGNMENT, POINTS, RIGHT, WRONG, db_url, dump, files, hand_in, points, source
from tests.conftest import run
from tests.notebooks import cell

NOTEBOOK = Path(ASSIGNMENT) / f"{ASSIGNMENT}.ipynb"


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """No colours, a fixed width, and whatever a run changes about the environment changed back."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setenv("PYTHONPATH", "")
    monkeypatch.setenv("COLUMNS", "140")
    monkeypatch.setenv("PATH", "/usr/bin:/bin:/usr/sbin:/sbin")
    monkeypatch.delenv("FAIRGRADE_SECRET", raising=False)


def grade(course: Path, *options: str) -> tuple[int, str, dict[str, Any]]:
    """Run ``fairgrade autograde``: its exit code, what it says, and its summary."""
    report = course / "report.json"
    report.unlink(missing_ok=True)
    arguments = ["autograde", ASSIGNMENT, "--course", str(course), "--jobs", "1", "--json", str(report), *options]
    done = CliRunner().invoke(app, arguments)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
    summary = json.loads(report.read_text()) if report.exists() else {}
    return done.exit_code, done.output, summary


def counts(summary: dict[str, Any]) -> tuple[int, int, int]:
    """How many were graded, unchanged, and not graded for an error."""
    return summary["graded"], summary["unchanged"], summary["errors"]


def test_only_what_changed_is_graded_again(small_course: Path):
    """A submission, a timestamp, a missing or altered result, a grader: each has those graded whom it concerns."""
    for student in ("s001", "s002"):
        hand_in(small_course, student)
    assert counts(grade(small_course)[2]) == (2, 0, 0)
    before = dump(db_url(small_course)), files(small_course / "autograded")
    assert counts(grade(small_course)[2]) == (0, 2, 0)
    assert (dump(db_url(small_course)), files(small_course / "autograded")) == before

    hand_in(small_course, "s001", at="2030-01-15 11:00:00 UTC")
    assert counts(grade(small_course)[2]) == (1, 1, 0)
    graded = small_course / "autograded" / "s002" / NOTEBOOK
    graded.chmod(0o644)
    graded.write_text(graded.read_text().replace("Because", "Since"))
    assert counts(grade(small_course)[2]) == (1, 1, 0)
    with (small_course / "graders" / ASSIGNMENT / "__init__.py").open("a") as grader:
        grader.write("\n# a remark\n")
    assert counts(grade(small_course)[2]) == (2, 0, 0)
    assert points(small_course) == {"s001": 5.0, "s002": 5.0}


def test_comparing_before_anything_is_written(small_course: Path):
    """Who gains and loses, and why; then the same with it written; new cells of the source included."""
    for student, code in {"s001": RIGHT, "s002": WRONG}.items():
        hand_in(small_course, student, code)
    grade(small_course)
    before = dump(db_url(small_course)), files(small_course)
    grader = small_course / "graders" / ASSIGNMENT / "__init__.py"
    changed = grader.read_text().replace("loses=2", "loses=1").replace("check(points=1)", "check(points=2)")
    changed = changed.replace("check(points=2)\ndef doubles", "check(points=1)\ndef doubles")
    grader.write_text(changed)
    classes.write_source(small_course, source(cell("test", "assert double(2) == 4", 1, grade_id="test_more")))
    expected = {
        "student": "s002", "cell": "ps1/test_double", "before": 1.0, "after": 2.0,
        "why": "doubles: worth 2 before, 1 now; keeps_nothing: worth 1 before, 2 now",
    }  # fmt: skip
    new = {"cell": "ps1/test_more", "before": None, "after": 1.0, "why": ""}
    code, said, summary = grade(small_course, "--compare", "--dry-run")
    (small_course / "report.json").unlink()
    assert code == 0
    assert "Nothing was written" in said
    assert sorted(summary["changes"], key=lambda c: (c["cell"], c["student"])) == [
        expected,
        {"student": "s001", **new},
        {"student": "s002", **new},
    ]
    after = dump(db_url(small_course)), files(small_course)
    assert after[0] == before[0]
    assert {path for path in before[1] | after[1] if before[1].get(path) != after[1].get(path)} <= {
        f"graders/{ASSIGNMENT}/__init__.py", f"source/{ASSIGNMENT}/{ASSIGNMENT}.ipynb", "report.json",
    }  # fmt: skip
    assert grade(small_course, "--compare")[2]["changes"] == summary["changes"]
    assert points(small_course) == {"s001": 6.0, "s002": 3.0}


def test_a_result_can_be_made_again(small_course: Path, monkeypatch: pytest.MonkeyPatch):
    """The secret of the first run is kept for its owner alone, and used where none is set: the same file comes out."""
    hand_in(small_course, "s001", "import numpy as np\nprint(np.random.rand())\n" + WRONG)
    monkeypatch.setenv("FAIRGRADE_SECRET", "salt")
    grade(small_course)
    first = files(small_course / "autograded")
    monkeypatch.delenv("FAIRGRADE_SECRET")
    code, _, summary = grade(small_course, "--student", "s001", "--force")
    assert (code, counts(summary)) == (0, (1, 0, 0))
    assert files(small_course / "autograded") == first
    runs = sorted((small_course / "reports" / ASSIGNMENT / "runs").iterdir())
    assert [json.loads(run.read_text())["secret"] for run in runs] == ["salt", "salt"]
    assert [stat.S_IMODE(run.stat().st_mode) for run in runs] == [0o600, 0o600]


def test_a_broken_grader_records_nothing(small_course: Path):
    """It is tried twice and listed, with exit code 1; once mended, the next run grades the submission."""
    hand_in(small_course, "s001")
    grader = small_course / "graders" / ASSIGNMENT / "__init__.py"
    right = grader.read_text()
    tries = small_course / "tries"
    broken = f"""    from fairgrade.grading.seeding import current_submission
    if current_submission().student == "s001":  # the source's own solution is graded first
        open({str(tries)!r}, "a").write("x")
        raise OSError("no space")
    x = rng.random(4)"""
    grader.write_text(right.replace("    x = rng.random(4)", broken))
    code, said, summary = grade(small_course)
    assert (code, counts(summary)) == (1, (0, 0, 1))
    assert "s001 is not graded" in said
    assert "no space" in said
    assert tries.read_text() == "xx"
    assert points(small_course) == {}
    assert not (small_course / "autograded").exists()
    grader.write_text(right)
    assert counts(grade(small_course)[2]) == (1, 0, 0)
    assert points(small_course) == {"s001": POINTS[RIGHT]}


def test_without_a_sandbox_results_say_so(small_course: Path):
    """It is said aloud, kept with the result, and no such result counts as unchanged later."""
    hand_in(small_course, "s001")
    code, said, summary = grade(small_course, "--unsafe-no-sandbox")
    assert code == 0
    assert "NO SANDBOX" in said
    assert summary["sandboxes"] == {"none": 1}
    graded = json.loads((small_course / "autograded" / "s001" / NOTEBOOK).read_text())
    assert graded["metadata"]["fairgrade"]["sandbox"] == "none"
    fingerprint = json.loads((small_course / "reports" / ASSIGNMENT / "results" / "s001.json").read_text())
    assert fingerprint["sandbox"] == "none"
    assert counts(grade(small_course)[2]) == (1, 0, 0)


def test_nothing_is_graded_without_a_sandbox_unless_asked(small_course: Path, monkeypatch: pytest.MonkeyPatch):
    """The run stops at the first submission, says what would help, and records nothing."""
    hand_in(small_course, "s001")
    monkeypatch.setenv("PATH", "/nowhere")
    with (small_course / "nbgrader_config.py").open("a") as config:
        config.write('c.Isolation.backend = "bubblewrap"\n')
    code, said, summary = grade(small_course)
    assert (code, counts(summary)) == (3, (0, 0, 0))
    assert "apt-get install bubblewrap" in said
    assert points(small_course) == {}


def test_a_second_run_is_refused(small_course: Path):
    """It would write where the first one writes."""
    hand_in(small_course, "s001")
    (small_course / "reports" / ASSIGNMENT).mkdir(parents=True)
    with (small_course / "reports" / ASSIGNMENT / "lock").open("w") as first:
        fcntl.flock(first, fcntl.LOCK_EX)
        code, said, _ = grade(small_course)
    assert code == 3
    assert "expected to be the only run over it, found another" in said
    assert points(small_course) == {}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["ps1", "--student", "s999"], "expected a submission of s999, found none"),
        (["ps9"], "source/ps9: expected a notebook, found none. Assignments here: ps1."),
        (["ps1", "--jobs", "0"], "Invalid value for '--jobs'"),
    ],
)
def test_wrong_usage_has_exit_code_2(small_course: Path, arguments: list[str], says: str):
    """And says what was expected."""
    done = CliRunner().invoke(app, ["autograde", *arguments, "--course", str(small_course)])
    assert done.exit_code == 2
    assert says in " ".join(done.output.split())


BY_NAME = """
from nbgrader.preprocessors import LimitOutput

c.Autograde.autograde_preprocessors = [
    "fairgrade.nbgrader.isolated_execute.IsolatedExecute",
    "fairgrade.nbgrader.sanitize_html.CleanOutputs",
    "nbgrader.preprocessors.IgnorePattern",
    LimitOutput,
    "fairgrade.nbgrader.autoscores.SaveAutoScores",
]
"""


def test_preprocessors_may_be_given_by_name(small_course: Path):
    """As nbgrader takes them; results are those of the classes."""
    hand_in(small_course, "s001", WRONG)
    grade(small_course)
    before = dump(db_url(small_course)), files(small_course / "autograded")
    with (small_course / "nbgrader_config.py").open("a") as config:
        config.write(BY_NAME)
    code, said, summary = grade(small_course, "--force")
    assert (code, counts(summary)) == (0, (1, 0, 0)), said
    assert (dump(db_url(small_course)), files(small_course / "autograded")) == before


@pytest.mark.parametrize("wrong", ["nbgrader.nope.Nope", "nbgrader.preprocessors.No", "nope", "nbgrader.api.Gradebook"])
def test_a_preprocessor_that_is_none_is_an_error_with_a_next_step(small_course: Path, wrong: str):
    """Exit code 2, and no traceback."""
    hand_in(small_course, "s001")
    with (small_course / "nbgrader_config.py").open("a") as config:
        config.write(f"c.Autograde.autograde_preprocessors.insert(0, {wrong!r})\n")
    done = CliRunner().invoke(app, ["autograde", ASSIGNMENT, "--course", str(small_course)])
    assert done.exit_code == 2
    said = " ".join(done.output.split())
    assert f"expected classes of preprocessors, or their dotted names, got '{wrong}'" in said
    assert "Mend it in nbgrader_config.py." in said


def test_comparing_counts_what_being_late_costs(small_course: Path):
    """A penalty that goes with the score, or comes and goes with the due date; before it is written, and as it is."""
    hand_in(small_course, "s001", WRONG, at="2030-01-15 21:00:00 UTC")
    hand_in(small_course, "s002", WRONG, at="2030-01-15 11:00:00 UTC")
    first = grade(small_course, "--compare")[2]
    assert first["changes"] == []
    assert {row["student"]: row["penalties"] for row in first["submissions"]} == {"s001": {"ps1": 1.0}, "s002": {}}
    hand_in(small_course, "s001", RIGHT, at="2030-01-15 21:00:00 UTC")
    penalty = {"student": "s001", "cell": "ps1/late penalty", "before": -1.0, "after": -5.0, "why": ""}
    before = dump(db_url(small_course))
    dry = grade(small_course, "--compare", "--dry-run")[2]
    assert [change for change in dry["changes"] if "late" in change["cell"]] == [penalty]
    assert dump(db_url(small_course)) == before
    code, said, summary = grade(small_course, "--compare")
    assert code == 0
    assert summary["changes"] == dry["changes"]
    assert "late penalty" in said
    with Gradebook(db_url(small_course)) as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate="2030-01-16 12:00:00 UTC")
    no_more = {**penalty, "before": -5.0, "after": 0.0}
    assert grade(small_course, "--compare", "--force", "--dry-run")[2]["changes"] == [no_more]
    assert grade(small_course, "--compare", "--force")[2]["changes"] == [no_more]


def test_feedback_pages_of_before_are_told(small_course: Path):
    """Nbgrader makes no page again by itself; whoever grades again is told, with the command that does."""
    for student in ("s001", "s002"):
        hand_in(small_course, student, WRONG)
    assert "generate_feedback" not in grade(small_course)[1]
    page = small_course / "feedback" / "s001" / ASSIGNMENT / f"{ASSIGNMENT}.html"
    page.parent.mkdir(parents=True)
    page.write_text("of before")
    assert "generate_feedback" not in grade(small_course)[1]  # nothing was graded again
    assert "generate_feedback" not in grade(small_course, "--force", "--dry-run")[1]
    _, said, summary = grade(small_course, "--force")
    assert f"Feedback pages of before: 1. To make them again: nbgrader generate_feedback {ASSIGNMENT} --force" in said
    assert summary["old_feedback"] == 1


@pytest.mark.parametrize("command", ["nbgrader", "fairgrade"])
def test_a_fresh_clone_is_told_which_command_comes_first(small_course: Path, command: str):
    """Once, without a traceback, and before anybody is graded."""
    for student in ("s001", "s002"):
        hand_in(small_course, student)
    (small_course / "gradebook.db").unlink()
    done = run(command, "autograde", ASSIGNMENT, cwd=small_course)
    assert done.returncode != 0
    assert " ".join(done.stdout.split()).count("Run: nbgrader generate_assignment ps1") == 1
    assert "Traceback" not in done.stdout
    assert not (small_course / "autograded").exists()
