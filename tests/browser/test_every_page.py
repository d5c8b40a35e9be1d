"""What must hold on every page, in a real browser: policy, hosts, structure, labels, contrast."""

from typing import Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.support.browser.admin_pictures import ADMIN_PICTURES
from tests.support.browser.chromium import new_context, sign_in
from tests.support.browser.page_faults import faults_of
from tests.support.browser.people_door import PeopleDoor
from tests.support.browser.pictures import OLGA, PICTURES


class Watch:
    """Collects what a page logs and whom it asks."""

    def __init__(self, page: Page, door: PeopleDoor) -> None:
        self.logged: list[str] = []
        self.strangers: set[str] = set()
        self._host = urlsplit(door.address).netloc
        page.on("console", lambda message: self.logged.append(message.text))
        page.on("pageerror", lambda error: self.logged.append(str(error)))
        page.on("request", lambda request: self._note(request.url))

    def _note(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme != "data" and parts.netloc != self._host:
            self.strangers.add(url)


@pytest.mark.parametrize(("phone", "scheme"), [(False, "light"), (True, "dark"), (True, "light"), (False, "dark")])
def test_every_page_is_sound_and_asks_nobody_but_the_portal(
    *, door: PeopleDoor, browser: Browser, contexts: list[BrowserContext], phone: bool, scheme: Literal["light", "dark"]
) -> None:
    faults: list[str] = []
    for who in dict.fromkeys(picture.who for picture in PICTURES):
        context = new_context(browser, phone=phone, scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        watch = Watch(page, door)
        if who:
            sign_in(page, door, who)
        for picture in (picture for picture in PICTURES if picture.who == who):
            picture.go(page, door.address)
            logged = [line for line in watch.logged if not picture.logs or picture.logs not in line]
            faults += [f"{picture.name}: {fault}" for fault in [*faults_of(page), *logged]]
            watch.logged.clear()
        faults += [f"asked a stranger: {url}" for url in watch.strangers]
    assert faults == []


def test_onboarding_in_the_admin_breaks_no_policy_and_asks_nobody_but_the_portal(
    door: PeopleDoor, browser: Browser, contexts: list[BrowserContext]
) -> None:
    context = new_context(browser)
    contexts.append(context)
    page = context.new_page()
    watch = Watch(page, door)
    sign_in(page, door, OLGA)
    codes = []
    for step in ADMIN_PICTURES:
        step.go(page, door.address)
        codes += page.get_by_test_id("code").all_inner_texts()
    # One on the page of a box, one on a sheet to be printed.
    assert [len(code.replace("-", "")) >= 26 for code in codes] == [True, True]
    assert [line for line in watch.logged if "Content Security Policy" in line] == []
    assert watch.strangers == set()


def test_the_checker_finds_faults(browser: Browser, contexts: list[BrowserContext]) -> None:
    """A check that cannot fail would prove nothing."""
    context = new_context(browser)
    contexts.append(context)
    page = context.new_page()
    page.set_content(
        "<p style='color: #999; width: 3000px'>pale</p><input><a href='/'></a><b id=x></b><b id=x></b>"
        "<section aria-labelledby='nowhere'></section>"
    )
    found = " ".join(faults_of(page))
    for fault in ("contrast 2.8", "field without label", "nothing to read", "id used twice, x", "leads nowhere",
                  "inline style", "wider than", "not exactly one h1", "no language"):  # fmt: skip
        assert fault in found, found
