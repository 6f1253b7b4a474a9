"""Inputs are the same for the same submission, and different for any other."""

from __future__ import annotations

import numpy as np

from fairgrade.grading import Submission, current_submission, grading_for


def draw(*purpose: str) -> float:
    return float(current_submission().generator(*purpose).random())


def test_the_same_submission_and_purpose_draw_the_same():
    """Grading twice gives the same inputs."""
    assert (
        Submission("a", "s001").generator("mse", "check").random()
        == Submission("a", "s001").generator("mse", "check").random()
    )


def test_anything_else_draws_something_else():
    """Assignment, student, secret and purpose all matter, and are not run together."""
    submissions = [
        Submission("a", "s001"),
        Submission("a", "s002"),
        Submission("b", "s001"),
        Submission("a", "s001", "salt"),
        Submission("as001", ""),
        Submission("", "as001"),
    ]
    drawn = {s.generator(*p).random() for s in submissions for p in (("x", "yz"), ("xy", "z"), ("xyz",))}
    assert len(drawn) == 18


def test_the_block_decides_and_ends():
    """grading_for holds within its block alone, and can be nested."""
    outside = draw("x")
    with grading_for(Submission("a", "s001")):
        first = draw("x")
        with grading_for(Submission("a", "s002")):
            assert draw("x") != first
        assert draw("x") == first
    assert draw("x") == outside


def test_the_environment_carries_a_submission(monkeypatch):
    """What environment() writes, from_environment() reads."""
    submission = Submission("part5", "s042", "salt")
    for name, value in submission.environment().items():
        monkeypatch.setenv(name, value)
    assert current_submission() == submission


def test_generators_are_independent_of_the_global_state():
    """Seeding NumPy's global generator changes nothing."""
    np.random.seed(0)
    first = draw("x")
    np.random.seed(1)
    assert draw("x") == first


def test_generators_spawned_from_one_are_the_same_again():
    """Grading a submission twice gives the same score, even if a check draws from children of its generator."""
    submission = Submission("a", "s001", "secret")
    draws = [submission.generator("check").spawn(1)[0].random() for _ in range(2)]
    assert draws[0] == draws[1]
