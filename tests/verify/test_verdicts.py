"""Findings from gradings: what is charged twice, and what differs from one time to the next."""

from __future__ import annotations

from dataclasses import replace

from fairgrade.grading import Exercise
from fairgrade.verify.findings import GradedItem, ItemKind
from fairgrade.verify.release_checks import too_few_probes
from fairgrade.verify.verdicts import judge_knock_on, judge_repeats


def make(name: str, **elsewhere: float) -> Exercise:
    """An exercise of five points with one misconception, which costs so much elsewhere."""
    exercise = Exercise(name, points=5, reference=abs)
    exercise.check(points=5)(is_right)
    exercise.misconception("Look again.", loses=2, name="slips", elsewhere=elsewhere)(round)
    return exercise


def is_right(work):
    """It is right."""


def graded(exercise: str, earned: float) -> GradedItem:
    """A grading of the misconception."""
    failed = {} if earned == 5 else {"is_right": "It is not."}
    return GradedItem(exercise, "slips", ItemKind.MISCONCEPTION, "v000", earned, failed)


def test_a_mistake_charged_again_elsewhere_is_found():
    """The cure names what to state, or what to follow."""
    exercises = {"first": make("first"), "second": make("second")}
    (finding,) = judge_knock_on(exercises["first"], exercises, [graded("second", 1)])
    assert finding.where == "first, slips"
    assert "expected to lose 0 in second, lost 4: failed is_right" in finding.what
    assert "elsewhere={'second': 4}" in finding.cure


def test_what_a_mistake_states_to_cost_elsewhere_is_no_finding():
    """Nor is a mistake that costs nothing there."""
    exercises = {"first": make("first", second=4), "second": make("second")}
    assert list(judge_knock_on(exercises["first"], exercises, [graded("second", 1), graded("second", 5)])) == []


def test_another_result_for_the_same_student_is_found():
    """The check that differs is named; a reason in other words is no difference."""
    exercise, first = make("first"), graded("first", 1)
    in_other_words = replace(first, failed={"is_right": "It is 0.3."})
    assert list(judge_repeats(exercise, [first], [first], [in_other_words])) == []
    (finding,) = judge_repeats(exercise, [first], [first], [graded("first", 5)])
    assert finding.where == "first, is_right"
    assert "different ones for slips" in finding.what


def test_fewer_than_three_probes_are_found():
    """With them no misconception can be named; a quiz names its own."""
    exercise = make("first")
    exercise.probe(is_right)
    (finding,) = too_few_probes(exercise)
    assert "probes: expected 3 or more, got 1: no misconception can be named" in finding.what
    for number in range(2):
        exercise.probes[f"probe_{number}"] = is_right
    assert list(too_few_probes(exercise)) == []
    quiz = Exercise("quiz", points=1, reference={"q1": "A"})
    quiz.misconception("Look again.", loses=1, name="picks_b")({"q1": "B"})
    assert list(too_few_probes(quiz)) == []
