"""Staff look for some boxes among many: with a mouse, with keys alone, on a phone, and without JavaScript."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser.chromium import SignedIn, follow
from tests.support.browser.people_door import PeopleDoor
from tests.support.browser.pictures import OLGA


def _rows(page: Page) -> list[str]:
    return page.locator(".row-link").all_inner_texts()


@pytest.mark.parametrize("phone", [False, True])
def test_from_what_needs_somebody_to_the_very_box_in_two_presses(
    signed_in: SignedIn, door: PeopleDoor, *, phone: bool
) -> None:
    page = signed_in(OLGA, phone=phone)
    page.goto(f"{door.address}/")
    expect(page).to_have_url(f"{door.address}/overview/")
    need = page.locator(".need", has=page.get_by_role("heading", name="Not where expected"))
    follow(need.get_by_role("link", name=re.compile("Show them")))
    assert "harbour-gate" in _rows(page)
    assert "meadow-server" not in _rows(page)
    follow(page.get_by_role("link", name="harbour-gate", exact=True))
    expect(page.get_by_role("heading", level=1)).to_have_text("harbour-gate")


def test_a_state_a_customer_and_words_narrow_together_and_come_off_again(signed_in: SignedIn, door: PeopleDoor) -> None:
    page = signed_in(OLGA)
    page.goto(door.address + "/sensors/")
    everything = _rows(page)
    page.get_by_label("Customer").select_option(label="Elm Street Clinics")
    page.get_by_label("Find", exact=True).fill("SN-6120")
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("with “SN-6120” of Elm Street Clinics"))).to_be_visible()
    assert all(name.startswith("elm-") for name in _rows(page))
    page.goto(door.address + "/sensors/?state=not-where-expected&customer=elm")
    follow(page.get_by_role("link", name="Show all"))
    assert _rows(page) == everything


def test_keys_alone_reach_a_state_and_it_stays_chosen_when_the_list_is_renewed(
    signed_in: SignedIn, door: PeopleDoor
) -> None:
    page = signed_in(OLGA)
    page.goto(door.address + "/sensors/")
    chip = page.locator("#state-not-where-expected")
    chip.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("state=not-where-expected"))
    expect(chip).to_have_attribute("aria-current", "true")
    page.evaluate("document.querySelector('#live').dataset.old = 'yes'; document.querySelector('#seen').value = 'x'")
    expect(page.locator("#live[data-old]")).to_have_count(0, timeout=20_000)
    expect(chip).to_have_attribute("aria-current", "true")
    assert "meadow-server" not in _rows(page)


def test_without_scripts_everything_is_found_and_saved(signed_in: SignedIn, door: PeopleDoor) -> None:
    page = signed_in(OLGA, java_script_enabled=False)
    page.goto(door.address + "/sensors/")
    follow(page.locator("#state-not-where-expected"))
    assert "harbour-gate" in _rows(page)
    with page.expect_download() as saved:
        page.locator("#export").click()
    lines = saved.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 1 + len(_rows(page))
    assert lines[0].startswith("customer,site,sensor")


def test_a_state_that_there_is_not_loses_nothing(signed_in: SignedIn, door: PeopleDoor) -> None:
    page = signed_in(OLGA)
    page.goto(door.address + "/sensors/?state=asleep&q=harbour")
    expect(page.get_by_role("alert").filter(has_text="no state called")).to_be_visible()
    expect(page.get_by_label("Find", exact=True)).to_have_value("harbour")
