"""The night porter scans a loss card, or types its code where scripts are off."""

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.support.browser.chromium import SignedIn, follow, new_context
from tests.support.browser.people_door import PeopleDoor
from tests.support.browser.pictures import ANNA


@pytest.mark.parametrize("scripts", ["on", "off"])
def test_a_card_cuts_off_on_a_phone_without_an_account(
    door: PeopleDoor, browser: Browser, contexts: list[BrowserContext], signed_in: SignedIn, scripts: str
) -> None:
    page = signed_in(ANNA)
    page.goto(door.address + "/cards/")
    follow(page.get_by_role("link", name="Quay 7"))
    follow(page.locator("button.button--primary"))
    code = page.get_by_test_id("code").inner_text()
    context = new_context(browser, phone=True, java_script_enabled=scripts == "on")
    contexts.append(context)
    phone, asked = context.new_page(), list[str]()
    phone.on("request", lambda request: asked.append(request.url))
    phone.goto(f"{door.address}/card/#{code}")
    field = phone.get_by_label("The code on the card")
    if scripts == "on":
        expect(field).to_have_value(code)
        assert code not in phone.url
    else:
        field.fill(code.lower().replace("-", " "))
    follow(phone.get_by_role("button", name="Show the boxes"))
    phone.get_by_role("checkbox", name="harbour-rack2" if scripts == "on" else "harbour-gate").check()
    phone.get_by_role("radio", name="Stolen").check()
    follow(phone.get_by_role("button", name="Cut off now"))
    expect(phone.get_by_role("heading", level=1)).to_have_text("Being cut off…")
    expect(phone.get_by_text("C-10").first).to_be_visible()
    # A browser's list of requests has the fragment of its own address, which it sends to nobody.
    assert [address for address in asked[1:] if code in address] == []
