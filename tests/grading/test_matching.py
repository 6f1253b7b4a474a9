"""Matching: the bank is run once for all students, and what it says is confirmed on each one's own inputs."""

from __future__ import annotations

import random

import numpy as np

from fairgrade.grading import Exercise, Submission, expect_close, grading_for


def right(x):
    return 2 * x + 1


def forgets_to_double(x):
    return x + 1


def forgets_to_add(x):
    return 2 * x


def make(*misconceptions) -> Exercise:
    """An exercise on doubling a number and adding one, whose probes draw their inputs."""
    exercise = Exercise("line", points=2, reference=right)

    @exercise.check(points=2)
    def is_right(work, rng):
        """It doubles and adds one."""
        x = rng.uniform(1, 2)
        expect_close(work(x), 2 * x + 1)

    for name in ("first", "second", "third"):
        probe = lambda work, rng: work(float(rng.uniform(1, 2)))  # noqa: E731
        probe.__name__ = name
        exercise.probe(probe)
    for code in misconceptions:
        exercise.misconception("Look again.", loses=0.5)(code)
    return exercise


def named(exercise: Exercise, work, student="s001", secret=""):
    with grading_for(Submission("a", student, secret)):
        return [found.name for found in exercise.grade(work).misconceptions]


def counting(calls):
    def divides(x):
        calls.append(x)
        return x / 2

    return divides


def test_the_bank_is_run_once_for_a_class():
    """Work that is not in the bank is compared with what the bank did before."""
    calls: list[float] = []
    exercise = make(counting(calls))
    named(exercise, lambda x: 7 * x, "s001")
    first = len(calls)
    for student in ("s002", "s003"):
        assert named(exercise, lambda x: 7 * x, student) == []
    assert len(calls) == first > 0


def test_another_course_has_other_inputs():
    """What the bank did for one course is not used for another one."""
    calls: list[float] = []
    exercise = make(counting(calls))
    named(exercise, lambda x: 7 * x, secret="one")
    one = set(calls)
    named(exercise, lambda x: 7 * x, secret="other")
    assert set(calls) - one


def test_a_name_has_to_hold_on_inputs_of_the_student_s_own():
    """Work that does what a misconception does on inputs others have seen, and there alone, gets no name."""
    seen: set[float] = set()
    spying = make(forgets_to_add)
    named(spying, lambda x: seen.add(x) or 2 * x, student="")
    exercise = make(forgets_to_add)
    assert named(exercise, lambda x: 2 * x if x in seen else 7.0) == []
    assert named(exercise, lambda x: 2 * x) == ["forgets_to_add"]


def test_two_mistakes_at_once_are_named_and_cost_both_prices():
    """The pair is made of the two, and does what the work does."""
    exercise = make(forgets_to_double, forgets_to_add)
    with grading_for(Submission("a", "s001")):
        score = exercise.grade(lambda x: x)
    assert [found.name for found in score.misconceptions] == ["forgets_to_double", "forgets_to_add"]
    assert score.earned == 2 - 2 * 0.5


def test_the_global_generators_are_left_as_they_were():
    """Checks and probes seed them for themselves."""
    np.random.seed(3)
    random.seed(3)
    expected = np.random.random(), random.random()
    np.random.seed(3)
    random.seed(3)
    named(make(forgets_to_add), lambda x: 7 * x)
    assert (np.random.random(), random.random()) == expected
