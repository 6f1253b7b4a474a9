"""What a report says of a class, on the page, as data and on the console."""

from __future__ import annotations

import json
from html.parser import HTMLParser

import pytest

from fairgrade.grading import Exercise
from fairgrade.report.class_report import ClassReport, report_on
from fairgrade.report.class_results import ClassMember, ClassResults, Stage, WorkLeft
from fairgrade.report.page import render
from fairgrade.report.report_summary import data_of


def score(passed: tuple[bool, bool], misconceptions: tuple[str, ...] = (), attempted: bool = True) -> dict[str, object]:
    """A score of two checks as data."""
    checks = [
        {"name": name, "sentence": f"It {name}.", "outcome": "Passed" if ok else "Failed"}
        for name, ok in zip(("counts", "ends"), passed, strict=True)
    ]
    earned = float(sum(passed))
    return {"exercise": "e", "points": 2.0, "earned": earned, "attempted": attempted, "checks": checks,
            "misconceptions": list(misconceptions)}  # fmt: skip


def member(number: int, passed: tuple[bool, bool] = (True, True), names: tuple[str, ...] = ()) -> ClassMember:
    """A student with one graded exercise."""
    points = float(sum(passed))
    return ClassMember(
        f"s{number:03}",
        Stage.COMPLETE,
        points,
        {"test_e": points},
        {"test_e": score(passed, names)},
        is_late=number == 1,
    )


@pytest.fixture
def exercise() -> Exercise:
    """An exercise with two misconceptions."""
    found = Exercise("e", points=2, reference=abs)
    found.misconception(hint="Count from <b>zero</b>.", loses=1)(lambda_named("starts_at_one"))
    found.misconception(hint="?", loses=1)(lambda_named("never_ends"))
    return found


def lambda_named(name: str) -> object:
    """A function of that name."""

    def code(x: float) -> float:
        return x

    code.__name__ = name
    return code


@pytest.fixture
def report(exercise: Exercise) -> ClassReport:
    """A class of 24: five with a misconception, one blank, one who did not hand in, one whose file can't be read."""
    members = [member(n) for n in range(1, 17)] + [member(n, (False, True), ("starts_at_one",)) for n in range(17, 22)]
    blank = ClassMember(
        "s022",
        Stage.BLANK,
        0.0,
        {"test_e": 0.0},
        {"test_e": score((False, False), (), False)},
        left={WorkLeft.WRITTEN: 2},
    )
    absent = ClassMember("s023", Stage.NOT_HANDED_IN)
    refused = ClassMember("s024", Stage.REFUSED, 0.0, {"test_e": 0.0}, left={WorkLeft.REFUSED: 1})
    return report_on(ClassResults("ps1", {"test_e": 2.0}, 2.0, (*members, blank, absent, refused)), [exercise])


def test_statistics_are_about_work_that_could_be_read(report: ClassReport) -> None:
    """Who did not hand in, and whose file can't be read, is counted apart."""
    assert report.totals.n == 22
    assert report.items[0].facility == (16 * 2 + 5) / 44
    assert {stage.value: count for stage, count in report.stages.items() if count} == {
        "not handed in": 1, "can't be read": 1, "blank": 1, "complete": 21,
    }  # fmt: skip
    assert report.left == {WorkLeft.REFUSED: (1, 1), WorkLeft.WRITTEN: (2, 1)}
    assert sum(report.histogram) == 22


def test_checks_count_those_who_tried(report: ClassReport) -> None:
    """A check that only students fail who are right everywhere else is suspect."""
    counts, ends = report.checks
    assert (counts.n, counts.passed) == (21, 16)
    assert counts.flags == ("Only students who are right everywhere else fail it: suspect the check.",)
    assert (ends.n, ends.passed, ends.flags) == (21, 21, ("Everybody passes it: it tells nobody apart.",))


def test_misconceptions_say_what_they_cost_and_which_nobody_had(report: ClassReport) -> None:
    (found,) = report.misconceptions
    assert (found.title, found.students, found.lost, found.mean_total) == ("Starts at one", 5, 5.0, 1.0)
    assert report.unseen == {"e": ["never_ends"]}


class Tags(HTMLParser):
    """Collects the tags of a page, and what they refer to."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]


def test_the_page_needs_nothing_and_names_nobody(report: ClassReport) -> None:
    """No script, no link, nothing of a grader's text as markup; students only if they are asked for."""
    page = render(report)
    tags = Tags()
    tags.feed(page)
    assert "script" not in tags.tags
    assert "b" not in tags.tags
    assert tags.links == []
    assert "Count from &lt;b&gt;zero" in page
    assert "s001" not in page
    assert "s023" in render(report, with_names=True)


def test_data_hold_no_student(report: ClassReport) -> None:
    text = json.dumps(data_of(report))
    assert "s001" not in text
    assert json.loads(text)["misconceptions"][0]["name"] == "starts_at_one"


def test_an_empty_class_has_a_page(exercise: Exercise) -> None:
    page = render(report_on(ClassResults("ps1", {"test_e": 2.0}, 2.0, ()), [exercise]))
    assert "0 students" in page
