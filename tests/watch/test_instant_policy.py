"""When it is a submission's turn."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from traitlets.config import Config

from fairgrade.course import CourseError
from fairgrade.watch.instant_policy import InstantFeedback, Shown, turn_of

NOON = datetime(2030, 1, 15, 12)
MINUTE = timedelta(minutes=1)


def policy(**settings: object) -> InstantFeedback:
    return InstantFeedback.of(Config({"InstantFeedback": {"shows": "points"} | settings}))


def shown(number: int, last: datetime = NOON) -> list[Shown]:
    """So many earlier turns, ten minutes apart."""
    return [Shown(f"work {back}", last - 10 * back * MINUTE, released=True) for back in reversed(range(number))]


def test_nothing_is_shown_unless_the_course_says_so():
    assert InstantFeedback().shows == "nothing"
    assert turn_of(InstantFeedback(), "new", NOON, None, []) is None


def test_the_first_is_shown_at_once():
    assert turn_of(policy(), "new", NOON, None, []) == NOON


def test_the_next_waits_for_ten_minutes():
    assert turn_of(policy(), "new", NOON + 3 * MINUTE, None, shown(1)) == NOON + 10 * MINUTE
    assert turn_of(policy(), "new", NOON + 11 * MINUTE, None, shown(1)) == NOON + 11 * MINUTE
    assert turn_of(policy(minutes_apart=0.0), "new", NOON, None, shown(1)) == NOON


def test_the_sixth_is_shown_with_the_final_feedback():
    assert turn_of(policy(), "new", NOON + 60 * MINUTE, None, shown(4)) == NOON + 60 * MINUTE
    assert turn_of(policy(), "new", NOON + 60 * MINUTE, None, shown(5)) is None
    assert turn_of(policy(times=0), "new", NOON, None, []) is None


def test_what_had_its_turn_keeps_it():
    """A restart, or grading it again, costs no further turn."""
    assert turn_of(policy(), "work 3", NOON + 60 * MINUTE, None, shown(5)) == NOON - 30 * MINUTE


def test_nothing_is_shown_after_the_due_date():
    """Neither what arrives later nor what would have to wait until later."""
    assert turn_of(policy(), "new", NOON, NOON, []) == NOON
    assert turn_of(policy(), "new", NOON + MINUTE, NOON, []) is None
    assert turn_of(policy(), "new", NOON, NOON + 9 * MINUTE, shown(1)) is None
    assert turn_of(policy(), "new", NOON, NOON + 10 * MINUTE, shown(1)) == NOON + 10 * MINUTE


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"shows": "all"}, "shows"),
        ({"times": -1}, "times"),
        ({"minutes": 5}, "expected minutes_apart, shows, times, got minutes"),
    ],
)
def test_a_wrong_setting_is_told(settings: dict[str, object], complaint: str):
    with pytest.raises(CourseError, match=complaint):
        policy(**settings)
