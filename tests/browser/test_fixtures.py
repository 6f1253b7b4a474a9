"""The browser's fixtures see what they are there to see."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Accessible, keep_here

DOCUMENT = """<!doctype html><html lang="en"><head><title>A page</title><style>
p {{ color: #222; background: #fff }}
@media (prefers-color-scheme: dark) {{ p.dark {{ color: #888; background: #777 }} }}
@media print {{ p.print {{ color: #ddd }} }}
</style></head><body><main><h1>A page</h1>{body}</main></body></html>"""


def test_an_accessible_page_passes(page: Page, assert_accessible: Accessible):
    """Light, dark and on paper."""
    page.set_content(DOCUMENT.format(body="<p>Legible.</p>"))
    assert_accessible(page)


@pytest.mark.parametrize(
    ("body", "violation"),
    [
        ('<img src="data:,">', "light: image-alt"),
        ('<p style="color: #aaa">Pale.</p>', "light: color-contrast"),
        ('<p class="dark">Dark.</p>', "dark: color-contrast"),
        ('<p class="print">Paper.</p>', "print: color-contrast"),
    ],
)
def test_a_violation_is_named_with_where_it_is_seen(
    page: Page, assert_accessible: Accessible, body: str, violation: str
):
    """Also one that shows in the dark or on paper alone."""
    page.set_content(DOCUMENT.format(body=body))
    with pytest.raises(AssertionError, match=violation):
        assert_accessible(page)


def test_a_request_to_another_machine_is_stopped_and_listed(browser: Browser):
    """One picture from elsewhere is enough to fail a test that has the fixture `page`."""
    context = browser.new_context()
    left = keep_here(context)
    context.new_page().set_content('<img src="https://elsewhere.invalid/x.png"><img src="data:,">')
    context.close()
    assert left == ["https://elsewhere.invalid/x.png"]
