"""A planned class is the same for the same seed, and has every kind of student."""

from __future__ import annotations

from fairgrade.course import Course
from fairgrade.demo.class_plan import SubmissionKind, SubmissionPlan, plan_class
from tests.conftest import ASSIGNMENT

CELLS = ["mse_loss", "binary_cross_entropy", "gradient_descent", "gradients", "trainable_perceptron", "knowledge_check"]


def plan(course: Course, students: int, seed: int) -> list[SubmissionPlan]:
    return plan_class(course.exercises(ASSIGNMENT), course.written_questions(ASSIGNMENT), CELLS, students, seed)


def items(plans: list[SubmissionPlan]) -> list[tuple[str, ...]]:
    return [tuple(work.item for work in p.works) for p in plans]


def test_the_seed_decides(course: Course):
    """The same class again, another class for another seed."""
    assert items(plan(course, 12, 0)) == items(plan(course, 12, 0))
    assert items(plan(course, 12, 0)) != items(plan(course, 12, 1))


def test_a_class_has_special_submissions_at_its_end(course: Course):
    """A late, a half-done and a blank one; the blank one has nothing, the half-done one half."""
    plans = plan(course, 24, 0)
    assert [p.student for p in plans[:2]] == ["s001", "s002"]
    assert [(p.kind, len(p.works)) for p in plans[-3:]] == [
        (SubmissionKind.LATE, 6),
        (SubmissionKind.HALF_DONE, 3),
        (SubmissionKind.BLANK, 0),
    ]
    assert all(set(p.written) == {"limits_of_one_neuron"} for p in plans[:-2])
    assert plans[-1].written == {}


def test_a_class_has_right_and_wrong_work(course: Course):
    """Some of each, in every cell."""
    plans = plan(course, 60, 3)
    for cell in CELLS:
        wrong = {work.misconception is not None for p in plans for work in p.works if work.cell == cell}
        assert wrong == {True, False}


def test_a_tiny_class_is_ordinary(course: Course):
    """With fewer than four there is no room for special ones."""
    assert [p.kind for p in plan(course, 3, 0)] == [SubmissionKind.ORDINARY] * 3
