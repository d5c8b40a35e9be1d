"""Pages that keep themselves up to date: quiet while nothing changes, honest when they cannot."""

import re

from playwright.sync_api import Page, Response, expect

from tests.support.browser.chromium import SignedIn
from tests.support.browser.people_door import PeopleDoor
from tests.support.browser.pictures import ANNA, BEN


def _poll(page: Page) -> Response:
    with page.expect_response(
        lambda response: "HX-Request".lower() in response.request.headers, timeout=15_000
    ) as told:
        pass
    return told.value


def test_what_has_not_changed_is_not_sent_again(signed_in: SignedIn) -> None:
    page = signed_in(ANNA)
    page.evaluate("document.querySelector('#live').dataset.untouched = 'yes'")
    assert _poll(page).status == 204
    expect(page.locator("#live[data-untouched]")).to_have_count(1)


def test_an_update_takes_neither_focus_nor_place_away(signed_in: SignedIn) -> None:
    page = signed_in(ANNA)
    link = page.get_by_role("link", name="harbour-rack2", exact=True)
    link.focus()
    page.evaluate(
        "document.querySelector('#live').dataset.old = 'yes'; document.querySelector('#seen').value = 'other'"
    )
    assert _poll(page).status == 200
    expect(page.locator("#live[data-old]")).to_have_count(0)
    expect(link).to_be_focused()


def test_a_search_stays_in_what_is_asked_again(signed_in: SignedIn, door: PeopleDoor) -> None:
    page = signed_in(ANNA)
    page.get_by_label("Find", exact=True).fill("gatehouse")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 sensor with “gatehouse”")).to_be_visible()
    page.evaluate("document.querySelector('#seen').value = 'other'")
    assert _poll(page).status == 200
    expect(page.get_by_role("link", name="harbour-rack2", exact=True)).to_have_count(0)
    expect(page.get_by_role("link", name="harbour-gate", exact=True)).to_have_count(1)


def test_a_portal_out_of_reach_is_admitted_and_forgotten_when_it_is_back(signed_in: SignedIn) -> None:
    page = signed_in(ANNA)
    page.context.set_offline(True)
    expect(page.get_by_role("alert")).to_contain_text("No connection to the portal.", timeout=15_000)
    expect(page.locator("#stale-since")).to_have_text(re.compile(r"^\d+ \w{3} \d{4}, \d\d:\d\d:\d\d UTC$"))
    page.context.set_offline(False)
    expect(page.get_by_text("No connection to the portal.")).to_be_hidden(timeout=15_000)


def test_a_session_that_is_over_leads_to_the_sign_in_page(signed_in: SignedIn) -> None:
    page = signed_in(BEN)
    page.context.clear_cookies()
    page.wait_for_url(re.compile("/accounts/login/"), timeout=15_000)
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
