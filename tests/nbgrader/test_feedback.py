"""Feedback by the real ``nbgrader generate_feedback``: what is on the pages, and what is not."""

from __future__ import annotations

import re
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.intake.lab import ASSIGNMENT, NOTEBOOK, Lab
from tests.nbgrader.feedback_course import SECRETS, make

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("feedback")]


class Page(HTMLParser):
    """A page's text and elements."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self._inside: list[str] = []
        self.feed(html)
        self.text = " ".join(self.text.split())

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self._inside.append(tag)

    def handle_endtag(self, tag):
        while self._inside and self._inside.pop() != tag:
            pass

    def handle_data(self, data):
        if "style" not in self._inside:
            self.text += data


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    lab = make(tmp_path_factory.mktemp("feedback") / "course")
    written = lab.nbgrader("generate_feedback", ASSIGNMENT)
    assert "not recognized" not in written.stdout + (written.stderr or "")  # settings that no step has
    return lab


@pytest.fixture(scope="module")
def pages(lab: Lab) -> dict[str, str]:
    return {student: path(lab, student).read_text() for student in ("s001", "s002", "s003")}


def path(lab: Lab, student: str) -> Path:
    return lab.folder / "feedback" / student / ASSIGNMENT / f"{NOTEBOOK}.html"


def test_no_file_of_feedback_holds_a_secret(lab: Lab):
    """Not the hidden tests, their inputs or values, the answers, the marking scheme, or where the course is."""
    files = [file for file in (lab.folder / "feedback").rglob("*") if file.is_file()]
    places = (str(lab.folder), sys.prefix, sys.base_prefix, str(ROOT))
    assert len(files) >= 3
    for file in files:
        text = file.read_text()
        assert [secret for secret in (*SECRETS, *places) if secret in text] == []


def test_the_secrets_are_there_to_be_hidden(lab: Lab):
    """The graded notebooks, which are the instructor's, do hold what the pages must not."""
    graded = lab.graded("s002").read_text()
    assert [secret for secret in SECRETS if secret not in graded] == ["CANARY-solution", "CANARY-grader"]
    assert sys.prefix in graded


@pytest.mark.parametrize("student", ["s001", "s002", "s003"])
def test_nothing_on_a_page_acts_or_loads(pages: dict[str, str], student: str):
    """No script, handler, frame, form, or address to load anything from; and a policy that would stop them."""
    page = Page(pages[student])
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"script", "iframe", "object", "embed", "form", "input", "button", "link", "svg"}
    for tag, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on")], attributes
        assert not (attributes.get("src") or "data:").strip().startswith(("http", "/", "javascript"))
        assert re.match(r"#|https?:|mailto:|$", attributes.get("href") or ""), attributes
        assert "url(" not in (attributes.get("style") or "")
        assert "position" not in (attributes.get("style") or "")
        if tag == "base":
            assert attributes == {"target": "_self"}
        if tag == "meta" and "http-equiv" in attributes:
            assert attributes["http-equiv"] == "Content-Security-Policy"
    policy = next(a["content"] for t, a in page.elements if t == "meta" and "http-equiv" in a)
    assert policy.startswith("default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'")
    assert "collector.invalid" not in pages[student].replace("&lt;", "<").split("<pre", 1)[0]


def test_points_by_exercise_are_on_top(pages: dict[str, str]):
    """Each exercise with its points, those given by hand among them, what waits, and the sum of what is graded."""
    text = Page(pages["s001"]).text
    assert "s001 · fairgrade" in text
    assert "6.5 of the 10 points that are graded so far; 5 are not graded yet" in text
    top = text[: text.index("Lesson: Doubling")]
    assert "twice 4 / 4" in top
    assert "thrice ✗ A check that is not shown here did not hold: AssertionError. 0 / 2" in top
    assert "words 2.5 / 3" in top
    assert "drawing Not graded yet: a person will do that. ? / 5" in top


def test_the_top_says_where_to_look_next(pages: dict[str, str]):
    """The first check that failed, and the hint of the mistake that was recognised."""
    text = Page(pages["s002"]).text
    top = text[: text.index("Lesson: Doubling")]
    assert "twice ✗ Small numbers are doubled. Two times, not to the power of two. 0 / 4" in top


def test_comments_tables_plots_and_formulas_are_there(pages: dict[str, str]):
    """What makes a page worth reading."""
    page = Page(pages["s001"])
    assert "Comment Well put, mostly." in page.text
    assert "Small numbers are doubled." in page.text
    pictures = [attributes for tag, attributes in page.elements if tag == "img"]
    assert [bool(a["src"].startswith("data:image/png;base64,")) and bool(a["alt"]) for a in pictures] == [True]
    assert [tag for tag, _ in page.elements].count("mfrac") == 2
    assert "$" not in page.text
    assert ("th", {"style": "color:red"}) in page.elements


def test_a_named_mistake_is_explained(pages: dict[str, str]):
    """The score's table survives cleaning, with hint and verdict."""
    text = Page(pages["s002"]).text
    assert "This looks like: Squares." in text
    assert "Two times, not to the power of two." in text


def test_a_hidden_check_that_fails_says_only_that(pages: dict[str, str]):
    """No message, line or value of it; what a student's code prints when it is called there stays away as well."""
    text = Page(pages["s001"]).text
    assert "A check that is not shown here did not hold: AssertionError." in text
    assert "assert thrice(1) == 3" in text
    assert "called with" not in Page(pages["s002"]).text.split("Your answer")[3]


def test_a_refused_notebook_says_why(pages: dict[str, str]):
    """On top, in a sentence, and in place of each test."""
    text = Page(pages["s003"]).text
    assert "0 of 15 points This notebook could not be graded: the file is not valid JSON" in text
    assert "not graded yet" not in text


def test_headings_and_landmarks(pages: dict[str, str]):
    """A page says its language, has a main part, and every header cell of the summary a scope."""
    page = Page(pages["s001"])
    assert ("html", {"lang": "en"}) in page.elements
    assert [tag for tag, _ in page.elements].count("main") == 1
    assert any(tag == "th" and a.get("scope") == "row" for tag, a in page.elements)
    ids = [a["id"] for _, a in page.elements if "id" in a]
    assert len(ids) == len(set(ids))
    linked = [a["href"][1:] for tag, a in page.elements if tag == "a" and (a.get("href") or "").startswith("#")]
    assert set(linked) <= set(ids)
