"""Checks that a lecturer should look at are flagged, and only where a class is large enough to tell."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from fairgrade.report.check_figures import CheckFigures, check_figures
from fairgrade.report.class_results import ClassMember, Stage
from tests.report.graded_class import score


def students(passed: Sequence[tuple[bool, bool]], others: Sequence[float]) -> list[CheckFigures]:
    """The figures of checks of exercise e, in a class that earned so much in another one without checks."""
    members = []
    for number, (mine, other) in enumerate(zip(passed, others, strict=True)):
        rest = {"exercise": "o", "points": 9.0, "earned": other, "attempted": True, "checks": [], "misconceptions": []}
        members.append(ClassMember(f"s{number}", Stage.COMPLETE, scores={"test_e": score(mine), "test_o": rest}))
    return check_figures(members)


def flags(passed: Sequence[tuple[bool, bool]], others: Sequence[float]) -> list[list[str]]:
    """The flags of both checks."""
    return [list(found.flags) for found in students(passed, others)]


def test_what_nobody_or_everybody_passes_is_flagged() -> None:
    ((everybody,), (nobody,)) = flags([(True, False)] * 20, [1.0] * 20)
    assert everybody == "Everybody passes it: it tells nobody apart."
    assert nobody == "Nobody passes it: is the task clear, and the check right?"
    assert flags([(True, False)] * 19, [1.0] * 19) == [[], []]


def test_checks_that_always_agree_name_each_other() -> None:
    """Three must pass and three fail: that one student fails both says little."""
    both = [(False, False)] * 3 + [(True, True)] * 17
    assert flags(both, range(20)) == [
        ["It passes and fails with: ends. One of them would do."],
        ["It passes and fails with: counts. One of them would do."],
    ]
    assert flags([(False, False)] * 2 + [(True, True)] * 18, range(20)) == [[], []]
    assert flags([*both[:-1], (True, False)], range(20)) == [[], []]


def test_a_check_that_the_strong_fail_is_flagged() -> None:
    """The weak half passes, the strong half fails; the other way round it is as it should be."""
    wrong_way = [(number < 10, number % 3 > 0) for number in range(20)]
    counts, ends = students(wrong_way, range(20))
    assert counts.discrimination == pytest.approx(-0.867, abs=1e-3)
    assert counts.flags == ("Students who are strong elsewhere fail it: suspect the check or its wording.",)
    assert ends.flags == ()
    assert flags([(number >= 10, number % 3 > 0) for number in range(20)], range(20)) == [[], []]


def test_only_the_right_fail_it() -> None:
    passed = [(False, True)] * 3 + [(True, True)] * 16 + [(True, False)]
    assert flags(passed, [9.0] * 20)[0] == ["Only students who are right everywhere else fail it: suspect the check."]
