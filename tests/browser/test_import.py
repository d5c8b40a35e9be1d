"""From a new customer to its boxes by file, in a browser: on a desk, and on a phone without JavaScript."""

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser.chromium import SignedIn, follow
from tests.support.browser.people_door import PeopleDoor
from tests.support.browser.pictures import OLGA, choose_file


def file_of(count: int) -> str:
    rows = "".join(f"box,Pit 1,pit-{number},,SN-{number},gateway-1\n" for number in range(count))
    return f"kind,site,name,expected networks,serial number,gateway\nsite,Pit 1,,192.0.2.160/28,,\n{rows}"


def add_customer(page: Page, door: PeopleDoor, name: str, slug: str) -> None:
    page.goto(f"{door.address}/admin/tenants/customer/add/")
    page.locator("#id_name").fill(name)
    page.locator("#id_slug").fill(slug)
    follow(page.get_by_role("button", name="Save", exact=True))


@pytest.mark.parametrize(("script", "count"), [(True, 400), (False, 60)])
def test_from_a_new_customer_to_its_boxes(door: PeopleDoor, signed_in: SignedIn, *, script: bool, count: int) -> None:
    name = "Quarry & Sons" if script else "Clay Pit"
    adding = signed_in(OLGA)
    add_customer(adding, door, name, "quarry" if script else "clay")
    expect(adding.get_by_role("heading", level=1)).to_have_text(name)
    expect(adding.get_by_text("Next: Sites")).to_be_visible()
    page = signed_in(OLGA, java_script_enabled=script, phone=not script)
    page.goto(adding.url)
    follow(page.get_by_role("link", name="Import a file"))
    choose_file(page, file_of(count))
    expect(page.get_by_text(f"{count} boxes")).to_be_visible()
    follow(page.get_by_role("button", name="Confirm: make it true"))
    if not script:
        while page.get_by_role("button", name="Go on").count():
            follow(page.get_by_role("button", name="Go on"))
    expect(page.get_by_text(f"{count + 1} rows became true")).to_be_visible(timeout=60_000)
    follow(page.get_by_role("link", name=f"To {name}"))
    expect(page.get_by_text(f"{count} boxes registered.")).to_be_visible()
    expect(page.get_by_text("Next: People")).to_be_visible()
