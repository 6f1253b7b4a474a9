"""The time of a test is for the student's work: what the bank does is worked out while the clock stands still."""

from __future__ import annotations

import signal
from contextlib import contextmanager

import numpy as np
import pytest

from fairgrade.grading import Exercise, expect
from fairgrade.grading.time_budget import shared_by
from fairgrade.isolation import trusted_cells


def exercise(wrong):
    """An exercise with one misconception."""
    made = Exercise("double", points=1, reference=lambda x: 2 * x)

    @made.check(points=1)
    def doubles(double):
        """It doubles."""
        expect(double(3.0) == 6.0, "It does not double.")

    for number in (2.0, 3.0, 5.0):

        def probe(double, number=number):
            return double(np.array([number]))

        probe.__name__ = f"of_{number:g}"
        made.probe(probe)
    made.misconception(hint="Twice.", loses=0.5, name="triples")(wrong)
    return made


def test_the_bank_is_run_while_the_clock_stands_still():
    """The student's work never is."""
    paused, of_the_bank, of_the_student = [False], [], []

    @contextmanager
    def pause():
        paused[0] = True
        try:
            yield
        finally:
            paused[0] = False

    def triples(x):
        of_the_bank.append(paused[0])
        return 3 * x

    def work(x):
        of_the_student.append(paused[0])
        return 3 * x

    with shared_by(lambda to_come: None, pause):
        score = exercise(triples).grade(work)
    assert [found.name for found in score.misconceptions] == ["triples"]
    assert any(of_the_bank)
    assert not any(of_the_student)


def test_a_time_limit_waits_for_what_is_not_counted():
    """It is off within the block, and as long as before after it."""
    before = signal.setitimer(signal.ITIMER_REAL, 1000, 1.0)
    try:
        with trusted_cells.time_stands_still():
            assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
        left, again = signal.getitimer(signal.ITIMER_REAL)
        assert left == pytest.approx(1000, abs=1)
        assert again == 1.0
    finally:
        signal.setitimer(signal.ITIMER_REAL, *before)
