"""A real browser for pages and servers: Chromium, driven by Playwright, and axe-core to judge what it shows."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright

LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light", "media": "screen"},
    "dark": {"color_scheme": "dark", "media": "screen"},
    "print": {"color_scheme": "light", "media": "print"},
}
"""The ways in which a page is looked at."""

Accessible = Callable[..., None]


# One browser for the tests of this folder. It ends with the last of them: while Playwright's synchronous interface is
# in use, nothing else in the process can start an event loop of its own.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium, as root can start it, without access to anything but this machine."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.fail("Chromium: expected on the PATH, found none. Install it (apt-get install chromium).")
    only_here = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", only_here]
        )
        yield browser
        browser.close()


def keep_here(context: BrowserContext) -> list[str]:
    """Stop requests to other machines; return the list in which their addresses will stand."""
    stopped: list[str] = []

    def see(route: Route) -> None:
        address = urlsplit(route.request.url)
        if address.scheme in ("http", "https") and address.hostname not in ("localhost", "127.0.0.1"):
            stopped.append(route.request.url)
            route.abort()
        else:
            route.continue_()

    context.route("**/*", see)
    return stopped


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Open an empty page of its own session; in the end, no request has left for another machine."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    left = keep_here(context)
    yield context.new_page()
    context.close()
    assert left == []


@pytest.fixture(scope="package")
def assert_accessible() -> Accessible:
    """Return a function that fails for a page with a serious or critical violation, seen light, dark or on paper.

    ``assert_accessible(page)`` looks at the whole page in all three ways; ``looks=["dark"]`` chooses some of `LOOKS`.
    """
    axe = Axe()

    def check(page: Page, looks: list[str] = list(LOOKS)) -> None:  # noqa: B006 - it is only read
        found = []
        for look in looks:
            page.emulate_media(**LOOKS[look])
            for violation in axe.run(page).response["violations"]:
                if violation["impact"] in ("serious", "critical"):
                    found += [
                        f"{look}: {violation['id']}: {node['html'][:160]}\n    {node['failureSummary']}"
                        for node in violation["nodes"]
                    ]
        page.emulate_media(color_scheme="null", media="null")
        assert found == [], "\n".join(found)

    return check
