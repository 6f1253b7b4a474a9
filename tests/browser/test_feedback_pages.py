"""Pages of feedback in a browser."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.intake.lab import ASSIGNMENT, NOTEBOOK, Lab
from tests.nbgrader.feedback_course import ACTIVE, PAYLOAD, make

pytestmark = pytest.mark.slow

STUDENTS = ["s001", "s002", "s003"]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    lab = make(tmp_path_factory.mktemp("feedback") / "course")
    lab.nbgrader("generate_feedback", ASSIGNMENT)
    return lab


def path(lab: Lab, student: str) -> Path:
    return lab.folder / "feedback" / student / ASSIGNMENT / f"{NOTEBOOK}.html"


def acted(page: Page, file: Path) -> bool:
    """Whether anything on a page acted after it was shown."""
    page.goto(file.as_uri())
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return page.evaluate("document.documentElement.hasAttribute('data-pwned')")


@pytest.mark.parametrize("policy", ["with its policy", "without its policy"])
def test_nothing_on_a_page_acts(lab: Lab, page: Page, tmp_path: Path, policy: str):
    """The policy and the cleaning would each be enough."""
    file = path(lab, "s002")
    if policy == "without its policy":
        text = re.sub(r"<meta[^>]*Content-Security-Policy[^>]*>", "", file.read_text())
        assert "Content-Security-Policy" not in text
        file = tmp_path / "bare.html"
        file.write_text(text)
    assert not acted(page, file)
    assert "Doubling" in page.inner_text("main")


@pytest.mark.parametrize("active", [ACTIVE[0], ACTIVE[1], ACTIVE[2], ACTIVE[3], ACTIVE[5]])
def test_it_would_act_if_it_were_left_on_the_page(page: Page, tmp_path: Path, active: str):
    """What the pages are tested with works in this browser."""
    file = tmp_path / "canary.html"
    file.write_text(f"<!doctype html><p>canary{active}")
    assert PAYLOAD in active
    assert acted(page, file)


@pytest.mark.parametrize("student", STUDENTS)
def test_the_console_stays_empty(lab: Lab, page: Page, student: str):
    """No error, and nothing the policy had to stop."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(path(lab, student).as_uri())
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert said == []
