"""With tests = "auto" the preflight finds out how each test has to run, for both commands, once."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest

from fairgrade.nbgrader.cell_results import CellResult, runs_of
from fairgrade.nbgrader.placement import grade_as_needed, sentences
from fairgrade.notebook.plan import read_plan
from tests.autograde import classes
from tests.autograde.classes import ASSIGNMENT, RIGHT, WRONG, copy, db_url, dump, hand_in
from tests.conftest import run
from tests.notebooks import cell

COMPUTES = "import dis\nassert any(step.opname == 'BINARY_OP' for step in dis.get_instructions(double))"
"""It needs the function itself: bytecode does not cross."""

TESTS = {
    "test_live": COMPUTES,
    "test_sets": f"{COMPUTES}\nkept = double",
    "test_after": "assert kept is double and kept(1) == 2",
    "test_never": "assert double(1) == 3",
}
FOUND = {"test_live": "in-sandbox", "test_sets": "in-sandbox", "test_after": "in-order", "test_never": "nowhere"}


def source() -> nbformat.NotebookNode:
    """The short assignment with tests that need more of a kernel, each worth a point."""
    return classes.source(*(cell("test", text, 1, grade_id=name) for name, text in TESTS.items()))


@pytest.fixture(scope="module")
def adopted(released: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An adopted course, with right and wrong work handed in; only to be copied."""
    course = copy(released, tmp_path_factory.mktemp("adopted") / "course")
    classes.write_source(course, source())
    with (course / "nbgrader_config.py").open("a") as config:
        config.write('\nc.IsolatedExecute.tests = "auto"\n')
    assert run("nbgrader", "generate_assignment", ASSIGNMENT, "--force", cwd=course).returncode == 0
    hand_in(course, "s001", RIGHT)
    hand_in(course, "s002", WRONG)
    return course


@pytest.fixture
def course(adopted: Path, tmp_path: Path) -> Path:
    """That course, to be graded."""
    return copy(adopted, tmp_path / "course")


@pytest.mark.slow
def test_both_commands_find_out_the_same(course: Path, tmp_path: Path):
    """Gradebooks, notebooks and what is kept of the preflight are alike, and it is told what is lost."""
    other = copy(course, tmp_path / "other")
    theirs = run("nbgrader", "autograde", ASSIGNMENT, cwd=course)
    ours = run("fairgrade", "autograde", ASSIGNMENT, "--jobs", "2", "--json", "out.json", cwd=other)
    assert (theirs.returncode, ours.returncode) == (0, 0), theirs.stdout + ours.stdout
    assert dump(db_url(other)) == dump(db_url(course))
    for student, scores in (("s001", (1, 1, 1, None)), ("s002", (1, 1, 0, None))):
        notebook = nbformat.read(other / "autograded" / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", 4)
        assert notebook.metadata["fairgrade"]["tests"] == FOUND
        assert notebook == nbformat.read(course / "autograded" / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", 4)
        found = {row["student"]: row for row in json.loads((other / "out.json").read_text())["submissions"]}[student]
        assert tuple(found["scores"][f"{ASSIGNMENT}/{name}"] for name in TESTS) == scores
        assert found["needs_review"]
    assert json.loads((other / "out.json").read_text())["tests"] == {ASSIGNMENT: FOUND}
    kept = [json.loads((c / "reports" / ASSIGNMENT / "preflight.json").read_text()) for c in (course, other)]
    assert kept[0]["cells"] == kept[1]["cells"]
    for told in (" ".join(theirs.stdout.split()), " ".join(ours.stdout.split())):
        assert f"1 of the tests are left for a person to grade: the instructor's own work does not pass them: {ASSIGNMENT}/test_never." in told  # fmt: skip # noqa: E501
        assert "AssertionError" in told
        assert f"student code can read them while they run, and decide how they end if it tries: {ASSIGNMENT}/test_live, {ASSIGNMENT}/test_sets." in told  # fmt: skip # noqa: E501


@pytest.mark.slow
def test_it_is_found_out_once_for_each_content(course: Path):
    """A second run of either command reads what the first has found out."""
    kept = course / "reports" / ASSIGNMENT / "preflight.json"
    assert run("fairgrade", "autograde", ASSIGNMENT, "--jobs", "1", cwd=course).returncode == 0
    first = kept.stat().st_mtime_ns
    hand_in(course, "s003", RIGHT)
    done = run("fairgrade", "autograde", ASSIGNMENT, "--jobs", "1", cwd=course)
    assert done.returncode == 0
    assert "2 of the tests run in the sandbox" in " ".join(done.stdout.split())
    assert run("nbgrader", "autograde", ASSIGNMENT, "--force", cwd=course).returncode == 0
    assert kept.stat().st_mtime_ns == first
    graded = nbformat.read(course / "autograded" / "s003" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", 4)
    assert graded.metadata["fairgrade"]["tests"] == FOUND


@pytest.mark.slow
def test_without_a_preflight_nothing_can_be_found_out(course: Path):
    """Either command says so, and grades nobody."""
    ours = run("fairgrade", "autograde", ASSIGNMENT, "--no-preflight", cwd=course)
    theirs = run("nbgrader", "autograde", ASSIGNMENT, "--IsolatedExecute.preflight=False", cwd=course)
    assert (ours.returncode, theirs.returncode) == (2, 1)
    assert "without a preflight" in " ".join(ours.stdout.split())
    assert "expected a preflight" in " ".join(theirs.stdout.split())
    assert not (course / "autograded" / "s001" / ASSIGNMENT).exists()


def results(told: dict[str, str], passes: dict[str, str]) -> list[CellResult]:
    """Each test passes where `passes` says, and further on."""
    order = ["isolated", "in-sandbox", "in-order", "nowhere"]
    return [
        CellResult(
            "nb", cell, float(order.index(told.get(cell, "isolated")) >= order.index(where)), 1.0, "NameError: x"
        )
        for cell, where in passes.items()
    ]


def test_only_what_loses_its_points_goes_on_to_the_next_way():
    """The rest stays isolated; the first cause is kept."""
    passes = {"test_double": "isolated", "test_half": "isolated", "test_live": "in-sandbox", "test_after": "in-order"}
    calls: list[dict[str, str]] = []

    def grade(told: dict[str, str]) -> list[CellResult]:
        calls.append(dict(told))
        return results(told, passes)

    found = grade_as_needed(grade, read_plan(source()))
    assert runs_of(found) == {"nb": {"test_live": "in-sandbox", "test_after": "in-order"}}
    assert [result.why for result in found] == ["", "", "NameError: x", "NameError: x"]
    assert len(calls) == 3


def test_a_test_with_graders_goes_into_no_sandbox():
    """What its grader refuses is left for a person, with the cure."""
    found = grade_as_needed(lambda told: results(told, {"test_double": "in-sandbox"}), read_plan(source()))
    assert runs_of(found) == {"nb": {"test_double": "nowhere"}}
    assert "Mend the test" in sentences(found)[1]


def test_a_tagged_test_begins_in_the_sandbox():
    """The tag is taken for what it says, and only more is tried."""
    tagged = source()
    next(cell for cell in tagged.cells if cell.id == "test_live").metadata["tags"] = ["in-sandbox"]
    found = grade_as_needed(lambda told: [CellResult("nb", "test_live", 1.0, 1.0)], read_plan(tagged))
    assert runs_of(found) == {"nb": {"test_live": "in-sandbox"}}


def test_what_is_no_test_stops_as_ever():
    """A setup cell that breaks is not graded by hand."""
    found = grade_as_needed(
        lambda told: [CellResult("nb", "setup", 0.0, 0.0, "it broke", fault=True)], read_plan(source())
    )
    assert [result.holds for result in found] == [False]
