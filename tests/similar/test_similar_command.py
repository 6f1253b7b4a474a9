"""``fairgrade similar`` as a teacher runs it, on a class with copies and hostile files."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from random import Random
from typing import Any

import nbformat
import pytest

from fairgrade.course import Course
from fairgrade.grading import SCORE_MIME, Submission, grading_for
from tests.conftest import run
from tests.similar.composed import ROOT, compose, disguise, hand_in

ASSIGNMENT = "part6_evaluation"
NOTEBOOK = f"{ASSIGNMENT}.ipynb"
ALIKE = ("s003", "s011")


def hand_in_file(folder: Path, student: str, content: bytes) -> None:
    (folder / "submitted" / student / ASSIGNMENT).mkdir(parents=True)
    (folder / "submitted" / student / ASSIGNMENT / NOTEBOOK).write_bytes(content)


def record_wrong_work(folder: Path, student: str) -> None:
    """Write what grading leaves of a wrong solution that the bank does not know."""
    (exercise,) = (one for one in Course.at(ROOT).exercises(ASSIGNMENT) if one.name == "scores")
    with grading_for(Submission(ASSIGNMENT, student, "salt")):
        score = exercise.grade(lambda *labels: 12345.678).to_dict()
    notebook = nbformat.read(folder / "source" / ASSIGNMENT / NOTEBOOK, 4)
    (test,) = (cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == "test_scores")
    test.outputs = [nbformat.v4.new_output("display_data", {SCORE_MIME: score})]
    (folder / "autograded" / student / ASSIGNMENT).mkdir(parents=True)
    nbformat.write(notebook, folder / "autograded" / student / ASSIGNMENT / NOTEBOOK)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class of 20 in which a pair is alike, and files that are no work."""
    folder = tmp_path_factory.mktemp("course")
    (folder / "nbgrader_config.py").write_text((ROOT / "nbgrader_config.py").read_text())
    for name in ("source", "graders"):
        (folder / name).symlink_to(ROOT / name)
    works = compose(ASSIGNMENT, 20, 5)
    works[ALIKE[1]] = {cell: disguise(source, Random(0)) for cell, source in works[ALIKE[0]].items()}
    works["markup"] = {"scores": "<script>alert('x')</script> [bold]\x1b[31m\n" * 500}
    hand_in(works, ASSIGNMENT, folder / "submitted")
    for student in (*ALIKE, "s001"):
        record_wrong_work(folder, student)
    damaged = folder / "autograded" / "s002" / ASSIGNMENT
    damaged.mkdir(parents=True)
    (damaged / NOTEBOOK).write_text('{"cells": [')
    hand_in_file(folder, "broken", b"no notebook")
    (folder / "reports").mkdir()
    (folder / "reports" / f"{ASSIGNMENT}-similar.html").write_text("an older page")
    hand_in_file(folder, "deep", b"[" * 100_000)
    return folder


@pytest.fixture(scope="module")
def told(course: Path) -> str:
    """What the command prints."""
    done = run("fairgrade", "similar", ASSIGNMENT, "--json", "similar.json", cwd=course)
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def found(course: Path, told: str) -> dict[str, Any]:
    """The results as data."""
    data: dict[str, Any] = json.loads((course / "similar.json").read_text())
    return data


def test_the_pair_is_shown_and_nobody_else(told: str, found: dict[str, Any]) -> None:
    (group,) = found["groups"]
    assert tuple(group["students"]) == ALIKE
    assert group["pairs"][0]["z"] >= found["least_z"]
    assert " ~ ".join(ALIKE) in told
    assert "2 in 1 group is" in told
    assert "a person decides" in told
    assert "plagiari" not in told.lower()


def test_the_same_unnamed_wrong_result_is_told(told: str, found: dict[str, Any]) -> None:
    """All three who have it are counted; that of both is what counts, so the third is not drawn in."""
    same = {shared["name"]: shared["same_behaviour"] for shared in found["groups"][0]["pairs"][0]["exercises"]}
    assert {name for name, holders in same.items() if holders} == {"scores"}
    assert same["scores"] == 3
    assert "a wrong result that 3 students have" in " ".join(told.split())


def test_what_can_not_be_read_is_left_out_with_its_cause(told: str, found: dict[str, Any]) -> None:
    assert set(found["skipped"]) == {"broken", "deep"}
    assert "not valid JSON" in found["skipped"]["broken"]
    assert "Not compared: deep" in told
    assert "markup" in found["students"]


def test_results_that_name_students_are_their_owners_alone(course: Path, told: str) -> None:
    """Also where files that everybody can read are there from before."""
    page = course / "reports" / f"{ASSIGNMENT}-similar.html"
    assert f"The page, for you alone: {page}" in told
    assert "an older page" not in page.read_text()
    for path in (page, course / "similar.json"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_without_submissions_it_says_what_to_do(course: Path) -> None:
    done = run("fairgrade", "similar", "part5_training", cwd=course)
    assert done.returncode == 2
    assert "Collect them first" in done.stdout
