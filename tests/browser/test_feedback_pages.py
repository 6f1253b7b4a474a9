"""Pages of feedback in a browser."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Accessible, keep_here
from tests.conftest import run
from tests.intake.lab import ASSIGNMENT, NOTEBOOK, Lab
from tests.nbgrader.feedback_course import ACTIVE, PAYLOAD, make
from tests.verify.tiny import write_course

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


RECTANGLES = """() => Object.fromEntries(
    Object.entries({
        sum: "munderover > mo", below: "munderover > :nth-child(2)", above: "munderover > :nth-child(3)",
        bracket: "math[display=block] mo[stretchy=true]", fraction: "math[display=block] mfrac",
    }).map(([name, path]) => [name, document.querySelector(path).getBoundingClientRect().toJSON()])
)"""


def test_formulas_are_set_as_in_print(lab: Lab, page: Page):
    """Limits stand clear of a large sum, and brackets are as high as what they enclose, on a device without a font."""
    page.goto(path(lab, "s001").as_uri())
    page.evaluate("document.fonts.ready")
    at = page.evaluate(RECTANGLES)
    assert at["above"]["bottom"] + 2 < at["sum"]["top"]
    assert at["sum"]["bottom"] + 2 < at["below"]["top"]
    assert at["sum"]["height"] > 2 * at["below"]["height"]
    assert 1.0 <= at["bracket"]["height"] / at["fraction"]["height"] < 1.25


PHONE = {"width": 390, "height": 844}

UNFOLD = "document.querySelectorAll('details').forEach(details => { details.open = true; })"

BROKEN_WORDS = r"""() => [...document.querySelectorAll("td, th")].flatMap(cell => {
    const walk = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT), broken = [];
    while (walk.nextNode())
        for (const word of walk.currentNode.data.matchAll(/[\p{L}\p{N}_.]+/gu)) {
            const range = document.createRange();
            range.setStart(walk.currentNode, word.index);
            range.setEnd(walk.currentNode, word.index + word[0].length);
            if (new Set([...range.getClientRects()].map(line => Math.round(line.top))).size > 1) broken.push(word[0]);
        }
    return broken;
})"""

LINES = """() => [...document.querySelectorAll("#twice .line")].map(line => {
    const range = document.createRange();
    range.selectNodeContents(line);
    const seen = [...range.getClientRects()].filter(box => box.width > 1);
    return [seen.length, Math.min(...seen.slice(1).map(box => box.left)) - line.getBoundingClientRect().left];
})"""


@pytest.mark.parametrize("student", ["s001", "s002"])
def test_a_page_of_feedback_is_accessible(lab: Lab, page: Page, assert_accessible: Accessible, student: str):
    """On a phone, where tables and formulas scroll, with the lesson unfolded."""
    page.set_viewport_size(PHONE)
    page.goto(path(lab, student).as_uri())
    page.evaluate(UNFOLD)
    assert_accessible(page)


def test_the_report_on_the_class_is_accessible(lab: Lab, page: Page, assert_accessible: Accessible):
    """As above."""
    done = run("fairgrade", "report", ASSIGNMENT, cwd=lab.folder)
    assert done.returncode == 0, done.stdout
    page.set_viewport_size(PHONE)
    page.goto((lab.folder / "reports" / f"{ASSIGNMENT}-class.html").as_uri())
    page.evaluate(UNFOLD)
    assert_accessible(page)


def test_the_page_of_a_verification_is_accessible(tmp_path: Path, page: Page, assert_accessible: Accessible):
    """As above."""
    course = write_course(tmp_path / "course")
    done = run("fairgrade", "verify", "tiny", "--seeds", "1", cwd=course)
    page.set_viewport_size(PHONE)
    page.goto((course / "reports" / "tiny-verify.html").as_uri())
    page.evaluate(UNFOLD)
    assert "tiny: its tests, tested" in page.inner_text("main h1"), done.stdout
    assert_accessible(page)


def test_on_a_phone_no_word_in_a_table_is_broken_and_nothing_is_wider_than_the_page(lab: Lab, page: Page):
    """A table that is too wide scrolls within its part of the page."""
    page.set_viewport_size(PHONE)
    page.goto(path(lab, "s001").as_uri())
    page.evaluate(UNFOLD)
    assert page.locator("td", has_text="interpretation").or_(page.locator("th", has_text="interpretation")).count() == 1
    assert page.evaluate(BROKEN_WORDS) == []
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def test_code_that_is_too_long_for_a_line_goes_on_below_its_beginning(lab: Lab, page: Page):
    """Its indentation stays, since it is part of the program."""
    page.set_viewport_size(PHONE)
    page.goto(path(lab, "s001").as_uri())
    wrapped = [left for lines, left in page.evaluate(LINES) if lines > 1 and left is not None]
    character = page.evaluate("parseFloat(getComputedStyle(document.querySelector('#twice .line')).fontSize)")
    assert max(wrapped) > 8 * 0.5 * character


def test_on_paper_the_lesson_is_left_out(lab: Lab, page: Page):
    """A printed page holds answers, tests and comments."""
    page.goto(path(lab, "s001").as_uri())
    page.emulate_media(media="print")
    assert not page.locator("details.lesson").first.is_visible()
    assert page.locator("#twice").is_visible()


@pytest.fixture(scope="module")
def jupyterlab(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """JupyterLab in the folder of the course; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = tmp_path_factory.mktemp("home")
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--ServerApp.port={port}",
               "--IdentityProvider.token=", "--ServerApp.root_dir=."]  # fmt: skip
    environment = {**os.environ, "HOME": str(home), "JUPYTER_RUNTIME_DIR": str(home), "JUPYTER_CONFIG_DIR": str(home)}
    address = f"http://127.0.0.1:{port}"
    with (home / "server.log").open("w") as log:
        server = subprocess.Popen(command, env=environment, cwd=lab.folder, stdout=log, stderr=subprocess.STDOUT)
        try:
            while True:
                assert server.poll() is None, (home / "server.log").read_text()
                try:
                    urllib.request.urlopen(f"{address}/api", timeout=60).close()
                    break
                except OSError:
                    time.sleep(0.1)
            yield address
        finally:
            server.terminate()
            server.wait()


def test_links_of_the_summary_stay_on_the_page_in_jupyterlab(jupyterlab: str, page: Page):
    """Lab shows the page under an address that is not its own, and gives it a base where it has none."""
    page.goto(f"{jupyterlab}/lab/tree/feedback/s001/{ASSIGNMENT}/{NOTEBOOK}.html")
    shown = page.wait_for_selector(".jp-HTMLViewer iframe", timeout=60_000).content_frame()
    assert shown is not None
    shown.get_by_role("link", name="drawing").first.click()
    shown.wait_for_url(re.compile("#drawing$"))
    assert shown.url.startswith("blob:")
    assert "Doubling" in shown.inner_text("body")


def test_tables_in_the_formgrader_have_room_between_their_columns(lab: Lab, jupyterlab: str, browser: Browser):
    """And formulas have the font of the feedback page."""
    context = browser.new_context()
    keep_here(context)  # nbgrader's page asks for MathJax, which has nothing to do there
    page = context.new_page()
    with Gradebook(f"sqlite:///{lab.folder}/gradebook.db") as gradebook:
        submission = gradebook.find_submission_notebook(NOTEBOOK, ASSIGNMENT, "s001").id
    page.goto(f"{jupyterlab}/formgrader/submissions/{submission}/")
    assert page.evaluate("getComputedStyle(document.querySelector('.dataframe td')).paddingLeft") != "0px"
    assert page.evaluate("getComputedStyle(document.querySelector('math')).fontFamily").startswith('"Feedback Math"')
    assert "Feedback Math loaded" in page.evaluate("[...document.fonts].map(font => `${font.family} ${font.status}`)")
    context.close()
