"""Groups follow from behaviour alone, and so do their ids."""

from __future__ import annotations

import numpy as np

from fairgrade.discovery.behaviour_groups import group_answers
from tests.discovery.a_class import an_exercise, wrong_answer

EXERCISE = an_exercise()


def one_less(x):
    return np.std(x, ddof=1)


def in_another_way(x):
    off = x - sum(x) / len(x)
    return float(np.sqrt(off @ off / (len(off) - 1)))


def absolute(x):
    return np.mean(np.abs(x - np.mean(x)))


def test_answers_that_do_the_same_are_one_group_however_they_are_written() -> None:
    """The last digits of a sum may differ."""
    works = {"s003": absolute, "s001": one_less, "s002": in_another_way}
    groups = group_answers("ps1", [wrong_answer(EXERCISE, work, student) for student, work in works.items()])
    assert [tuple(member.student for member in group.members) for group in groups] == [("s001", "s002"), ("s003",)]
    assert groups[0].lost == 6


def test_an_id_stays_the_same_whoever_is_in_the_group() -> None:
    """It names the behaviour: assignment, exercise, digits."""
    first = group_answers("ps1", [wrong_answer(EXERCISE, one_less, "s009")])[0].id
    again = group_answers("ps1", [wrong_answer(EXERCISE, in_another_way, "s001")])[0].id
    other = group_answers("ps1", [wrong_answer(EXERCISE, absolute, "s009")])[0].id
    assert first == again
    assert first.startswith("ps1/double/")
    assert first != other
