"""`fairgrade autograde` and `nbgrader autograde` on the same class: the same gradebook, the same files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from tests.autograde.classes import ASSIGNMENT, RIGHT, copy, db_url, dump, files, hand_in, hand_in_all_sorts
from tests.conftest import run


def grade_by_hand(course: Path) -> None:
    """What an instructor enters in the formgrader."""
    with Gradebook(db_url(course)) as gradebook:
        why = gradebook.find_grade("why", ASSIGNMENT, ASSIGNMENT, "s001")
        why.manual_score, why.extra_credit, why.needs_manual_grade = 3.0, 0.5, False
        test = gradebook.find_grade("test_half", ASSIGNMENT, ASSIGNMENT, "s002")
        test.manual_score, test.needs_manual_grade = 1.0, False
        gradebook.find_comment("why", ASSIGNMENT, ASSIGNMENT, "s001").manual_comment = "Nearly."
        gradebook.db.commit()


def by_the_gradebook(course: Path, students: set[str]) -> dict[str, tuple[float, float, bool, float]]:
    """What nbgrader's own sums make of each submission: points, of how many, whether to review, penalty."""
    with Gradebook(db_url(course)) as gradebook:
        return {
            s.student_id: (s.score, s.max_score, s.needs_manual_grade, s.late_submission_penalty)
            for s in gradebook.assignment_submissions(ASSIGNMENT)
            if s.student_id in students
        }


def by_the_summary(course: Path) -> dict[str, tuple[float, float, bool, float]]:
    """The same, as the run tells it."""
    rows = json.loads((course / "out.json").read_text())["submissions"]
    return {row["student"]: (row["points"], row["of"], row["needs_review"], row["penalty"]) for row in rows}


@pytest.mark.slow
def test_one_class_by_two_commands(small_course: Path, tmp_path: Path):
    """Right, wrong, late, hanging, crashing, empty, broken, mangled, renamed and linked work is recorded alike."""
    hand_in_all_sorts(small_course)
    other = copy(small_course, tmp_path / "other")
    theirs = run("nbgrader", "autograde", ASSIGNMENT, cwd=small_course)
    ours = run("fairgrade", "autograde", ASSIGNMENT, "--json", "out.json", cwd=other)
    assert (theirs.returncode, ours.returncode) == (0, 0), ours.stdout
    assert dump(db_url(other)) == dump(db_url(small_course))
    assert files(other / "autograded") == files(small_course / "autograded")
    summary = json.loads((other / "out.json").read_text())
    assert {key: summary[key] for key in ("graded", "unchanged", "broken", "errors")} == {
        "graded": 10, "unchanged": 0, "broken": 2, "errors": 0,
    }  # fmt: skip
    told = by_the_summary(other)
    assert len(told) == 10
    assert told == by_the_gradebook(other, {*told})

    for course in (small_course, other):
        grade_by_hand(course)
        hand_in(course, "s001", RIGHT + "  # again", at="2030-01-15 14:00:00 UTC")
    assert run("nbgrader", "autograde", ASSIGNMENT, "--force", "--student", "s00[12]", cwd=small_course).returncode == 0
    only = "--force", "--student", "s001", "--student", "s002", "--json", "out.json"
    assert run("fairgrade", "autograde", ASSIGNMENT, *only, cwd=other).returncode == 0
    assert by_the_summary(other) == by_the_gradebook(other, {"s001", "s002"})
    assert dump(db_url(other)) == dump(db_url(small_course))
    assert files(other / "autograded") == files(small_course / "autograded")
