"""Too many wrong tries for one's address: a mailed link leads in, on a phone too."""

import re

from playwright.sync_api import Browser, BrowserContext, Page, expect

from lab.waiting import wait_until
from tests.support.browser.chromium import follow, new_context
from tests.support.browser.page_faults import faults_of
from tests.support.browser.people_door import PeopleDoor

BEN = "ben@meadow.example"


def _try(page: Page, door: PeopleDoor, password: str) -> None:
    page.goto(f"{door.address}/accounts/login/")
    page.get_by_label("E-mail address").fill(BEN)
    page.get_by_label("Password").fill(password)
    follow(page.get_by_role("button", name="Sign in"))


def _links(door: PeopleDoor) -> list[str]:
    """Of the mails that were sent, the oldest first."""
    files = sorted(door.mails.glob("*"), key=lambda file: file.stat().st_mtime)
    mails = [mail for file in files for mail in file.read_text(encoding="utf-8").split("-" * 79)]
    to_him = "".join(mail for mail in mails if f"To: {BEN}" in mail)
    return re.findall(r"(\S+/accounts/browser/\S+/)\n", to_him)


def test_a_mailed_link_leads_past_the_limits(
    door: PeopleDoor, browser: Browser, contexts: list[BrowserContext]
) -> None:
    context = new_context(browser, phone=True)
    contexts.append(context)
    page = context.new_page()
    way = page.get_by_role("heading", name="Too many wrong tries")
    while not way.count():
        _try(page, door, "a wrong guess")
    _try(page, door, door.password_of(BEN))
    expect(way).to_be_visible()
    faults = faults_of(page)
    follow(page.get_by_role("button", name="Send me the mail"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mail")

    wait_until(lambda: bool(_links(door)), what="the mail", timeout=30)
    page.goto(_links(door)[-1])
    expect(page.get_by_role("heading", level=1)).to_have_text("Make this browser known")
    faults += faults_of(page)
    follow(page.get_by_role("button", name="Make it known and sign in"))
    expect(page.get_by_text("This browser is known now.")).to_be_visible()
    _try(page, door, door.password_of(BEN))
    page.wait_for_url(f"{door.address}/")
    assert faults == []
