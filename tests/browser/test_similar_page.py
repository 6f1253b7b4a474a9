"""The page of similar submissions, as a browser shows it."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

from fairgrade.similar.similar_page import write_page
from tests.browser.conftest import Accessible
from tests.similar.test_similar_page import HOSTILE, report_on


def test_it_is_accessible_and_fits_on_a_phone(page: Page, assert_accessible: Accessible, tmp_path: Path) -> None:
    """Long lines scroll within their frame; code of students does nothing."""
    asked: list[str] = []
    page.on("dialog", lambda dialog: asked.append(dialog.message))
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(write_page(report_on(f"{HOSTILE}\n# {'long ' * 100}"), tmp_path).as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.locator("mark").count() == 2
    assert asked == []
    assert_accessible(page)
