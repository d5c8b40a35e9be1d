from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.support.browser.chromium import SignedIn, chromium, new_context, sign_in
from tests.support.browser.people_door import PeopleDoor, door

__all__ = ["door"]


@pytest.fixture(scope="module")
def browser(live: None) -> Iterator[Browser]:
    """For one module: Playwright keeps an event loop in this thread, and Django's ORM refuses to work beside one."""
    with chromium() as running:
        yield running


@pytest.fixture
def contexts(browser: Browser) -> Iterator[list[BrowserContext]]:
    opened: list[BrowserContext] = []
    yield opened
    for context in opened:
        context.close()


@pytest.fixture
def signed_in(door: PeopleDoor, browser: Browser, contexts: list[BrowserContext]) -> SignedIn:
    """Opens a browser of its own for somebody, at the list of sensors; options as for `new_context`."""

    def as_(email: str, **options: object) -> Page:
        context = new_context(browser, **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        sign_in(page, door, email)
        page.goto(f"{door.address}/sensors/")
        return page

    return as_
