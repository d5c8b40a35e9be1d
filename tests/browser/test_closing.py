"""A box was found: one person has asked for it to be given back, another agrees, and who watches sees it."""

from playwright.sync_api import Page, expect

from tests.support.browser.chromium import SignedIn, follow
from tests.support.browser.pictures import OLGA

OTTO = "otto@provider.example"


def _open_case(page: Page, name: str) -> None:
    follow(page.get_by_role("link", name="Cases").first)
    follow(page.get_by_role("link", name=name, exact=True))


def test_whoever_asked_waits_and_sees_the_page_turn_when_another_agrees(signed_in: SignedIn) -> None:
    asker = signed_in(OTTO)
    _open_case(asker, "elm-pharmacy")
    follow(asker.get_by_role("link", name="Read it and decide"))
    expect(asker.get_by_role("heading", level=1)).to_have_text("elm-pharmacy: given back?")
    expect(asker.get_by_role("button", name="I agree")).to_have_count(0)
    follow(asker.get_by_role("link", name="To the case"))
    second = signed_in(OLGA, java_script_enabled=False, phone=True)
    _open_case(second, "elm-pharmacy")
    follow(second.get_by_role("link", name="Read it and decide"))
    expect(second.get_by_text("Seal 4472 unbroken")).to_be_visible()
    follow(second.get_by_role("button", name="I agree: give it back"))
    expect(second.get_by_text("Approved by")).to_be_visible()
    follow(second.get_by_role("link", name="To the case"))
    expect(second.get_by_role("heading", level=1)).to_have_text("Closed: given back")
    expect(asker.get_by_role("heading", level=1)).to_have_text("Closed: given back", timeout=15_000)
    follow(asker.get_by_role("link", name="Sensors"))
    expect(asker.locator(".row", has_text="elm-pharmacy").get_by_text("Given back")).to_be_visible()


def test_what_is_written_off_is_named_once_more_before_anybody_is_asked(signed_in: SignedIn) -> None:
    page = signed_in(OLGA)
    _open_case(page, "meadow-lab")
    follow(page.get_by_role("link", name="It was found, or is given up"))
    page.get_by_role("radio", name="Written off").check()
    page.get_by_label("What was found").fill("Burnt out.")
    follow(page.get_by_role("button", name="Ask for a second person"))
    expect(page.locator("#errors")).to_be_focused()
    expect(page.get_by_label("What was found")).to_have_value("Burnt out.")
    page.get_by_label("To write it off, type").fill("meadow-lab")
    follow(page.get_by_role("button", name="Ask for a second person"))
    expect(page.get_by_role("heading", name="Written off? Waits for a second person")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Cut off")
