"""Debian's Chromium, without anything that calls home."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal
from weakref import WeakKeyDictionary

from playwright.sync_api import Browser, BrowserContext, Locator, Page, sync_playwright

from tests.support.browser.people_door import PeopleDoor

EXECUTABLE = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=EXECUTABLE, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def new_context(
    browser: Browser, *, phone: bool = False, scheme: Literal["light", "dark"] = "light", **options: Any
) -> BrowserContext:
    viewport: Any = PHONE if phone else DESKTOP
    return browser.new_context(viewport=viewport, color_scheme=scheme, is_mobile=phone, has_touch=phone, **options)


def follow(locator: Locator) -> None:
    """Clicks, and returns on the page that it leads to: a click alone returns while the old page still stands there."""
    with locator.page.expect_navigation():
        locator.click()


_SAID: WeakKeyDictionary[BrowserContext, str] = WeakKeyDictionary()


def sign_in(page: Page, door: PeopleDoor, email: str) -> None:
    page.goto(f"{door.address}/accounts/login/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(door.password_of(email))
    follow(page.get_by_role("button", name="Sign in"))
    page.wait_for_url(lambda url: url in {f"{door.address}/", f"{door.address}/overview/"})
    _SAID[page.context] = door.password_of(email)


def say_password_again(page: Page) -> None:
    """Where a page asks for it, of the person who signed in by `sign_in`."""
    if "/reauthenticate/" in page.url:
        page.get_by_label("Password").fill(_SAID[page.context])
        follow(page.get_by_role("button", name="Go on"))


SignedIn = Callable[..., Page]
