"""The page of the report on a class in a browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from fairgrade.grading import Exercise
from fairgrade.report.class_report import report_on
from fairgrade.report.class_results import ClassMember, ClassResults, Stage, WorkLeft
from fairgrade.report.earlier_year import EarlierYear
from fairgrade.report.page import render
from tests.browser.conftest import Accessible
from tests.report.graded_class import score

pytestmark = pytest.mark.slow

LONG = "def e(x):\n    return " + " + ".join(["x"] * 80)


def starts_at_one(x: float) -> float:
    return x - 1


def member(number: int) -> ClassMember:
    """A student, every third of whom holds a misconception, every fourth is late."""
    is_wrong = number % 3 == 0
    points = 1.0 if is_wrong else 2.0
    return ClassMember(
        f"s{number:03}",
        Stage.COMPLETE,
        points,
        {"test_e": points},
        {"test_e": score((not is_wrong, True), ["starts_at_one"] if is_wrong else [])},
        is_late=number % 4 == 0,
        has_extension=number % 4 == 1,
        left={WorkLeft.WRITTEN: 1},
        answers={"e": LONG},
        is_damaged=number == 1,
    )


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with everything that a page may have."""
    exercise = Exercise("e", points=2, reference=abs)
    exercise.misconception(hint="Count from zero.", loses=1)(starts_at_one)
    earlier = EarlierYear(30, 1, {("e", f"mistake_{number}"): number for number in range(15)})
    results = ClassResults("ps1", {"test_e": 2.0}, 2.0, tuple(member(number) for number in range(30)))
    path = tmp_path_factory.mktemp("report") / "ps1-class.html"
    path.write_text(render(report_on(results, [exercise], earlier), with_names=True))
    return path


def test_it_is_accessible_and_quiet(file: Path, page: Page, assert_accessible: Accessible):
    """Light, dark and on paper; nothing that its policy had to stop."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(file.as_uri())
    assert page.locator(".findings li").count() == 1
    assert_accessible(page)
    assert said == []


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_screen(file: Path, page: Page, width: int):
    """Long code and wide tables scroll by themselves."""
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(file.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("pre").evaluate("one => one.scrollWidth > one.clientWidth")


def test_what_is_folded_is_on_paper(file: Path, page: Page):
    page.goto(file.as_uri())
    folded = page.locator("details:has-text('which changed less') th").last
    assert not folded.evaluate("one => one.checkVisibility()")
    page.emulate_media(media="print")
    assert folded.evaluate("one => one.checkVisibility()")
