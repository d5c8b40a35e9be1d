"""A contact finds a box missing: from signing in to "cut off", in a real browser."""

import re

from playwright.sync_api import Page, expect

from tests.support.browser.chromium import SignedIn, follow
from tests.support.browser.people_door import PeopleDoor
from tests.support.browser.pictures import ANNA, BEN, OLGA

CASE_URL = re.compile(r"/cases/[0-9a-f-]{36}/$")


def _open_report(page: Page, name: str) -> None:
    follow(page.get_by_role("link", name=name, exact=True))
    follow(page.get_by_role("link", name="Report lost or stolen"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Report lost or stolen")


def _press_until_focused(page: Page, name: str) -> None:
    """Tab until the named thing has the focus, as somebody without a mouse would."""
    for _ in range(40):
        page.keyboard.press("Tab")
        focused = page.evaluate("(document.activeElement.labels?.[0] ?? document.activeElement).textContent.trim()")
        if focused.startswith(name):
            return
    raise AssertionError(f"{name} cannot be reached with the Tab key")


def test_a_contact_sees_the_sensors_of_their_own_customer_only(signed_in: SignedIn, door: PeopleDoor) -> None:
    page = signed_in(ANNA)
    expect(page.get_by_role("link", name="harbour-rack2", exact=True)).to_be_visible()
    expect(page.get_by_text("meadow")).to_have_count(0)
    stranger = signed_in(BEN)
    follow(stranger.get_by_role("link", name="meadow-server", exact=True))
    answer = page.goto(stranger.url)
    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing here for you")


def test_the_keyboard_alone_is_enough_and_the_page_turns_to_cut_off_by_itself(signed_in: SignedIn) -> None:
    page = signed_in(ANNA)
    _press_until_focused(page, "harbour-rack2")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/sensors/[0-9a-f-]{36}/"))
    _press_until_focused(page, "Report lost or stolen")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/report/"))
    expect(page.get_by_text("Its recordings stay readable on it until it loses power.")).to_be_visible()
    _press_until_focused(page, "Lost")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="Stolen")).to_be_checked()
    _press_until_focused(page, "Cut off now")
    page.keyboard.press("Enter")
    page.wait_for_url(CASE_URL)
    address = page.url
    _press_until_focused(page, "A phone number")
    page.keyboard.type("+44 20 7946 0190")
    _press_until_focused(page, "What do you know?")
    page.keyboard.type("Rack 2 is empty.\n<b>Lock broken</b>")
    expect(page.get_by_role("heading", level=1)).to_have_text("Cut off", timeout=15_000)
    # The page has renewed itself meanwhile, and not what was being typed.
    expect(page.get_by_label("What do you know?")).to_have_value("Rack 2 is empty.\n<b>Lock broken</b>")
    _press_until_focused(page, "Send it to them")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Phone: +44 20 7946 0190")).to_be_visible()
    expect(page.get_by_text(re.compile(r"Session gone \d+ ms after the report"))).to_be_visible()
    expect(page.get_by_text("<b>Lock broken</b>")).to_be_visible()
    page.evaluate("document.querySelector('#seen').value = 'other'")
    expect(page.get_by_role("status").get_by_text("Cut off.")).to_have_count(1, timeout=15_000)
    assert page.url == address
    page.goto(address.split("/cases/")[0] + "/sensors/")
    expect(page.locator(".row", has_text="harbour-rack2").get_by_text("Cut off")).to_be_visible()


def test_pressing_twice_and_from_two_windows_makes_one_case(signed_in: SignedIn) -> None:
    page = signed_in(ANNA)
    _open_report(page, "harbour-gate")
    other = page.context.new_page()
    other.goto(page.url)
    for window in (page, other):
        window.get_by_role("radio", name="Lost").check()
    page.get_by_role("button", name="Cut off now").dblclick()
    page.wait_for_url(CASE_URL)
    other.get_by_role("button", name="Cut off now").click()
    other.wait_for_url(CASE_URL)
    assert other.url == page.url
    follow(page.get_by_role("link", name="Cases").first)
    expect(page.get_by_role("link", name="harbour-gate", exact=True)).to_have_count(1)


def test_a_refused_report_says_why_and_takes_the_focus(signed_in: SignedIn) -> None:
    page = signed_in(BEN)
    _open_report(page, "meadow-server")
    page.locator("form.form").evaluate("form => { form.noValidate = true; }")
    page.get_by_role("button", name="Cut off now").click()
    expect(page.locator("#errors")).to_be_focused()
    page.get_by_role("link", name="Say whether it is lost or stolen.").click()
    expect(page.get_by_role("radio", name="Lost")).to_be_focused()


def test_all_of_it_works_without_javascript(signed_in: SignedIn) -> None:
    page = signed_in(BEN, java_script_enabled=False, phone=True)
    expect(page.get_by_text("Reload the page to see what is new.")).to_be_visible()
    _open_report(page, "meadow-server")
    page.get_by_role("radio", name="Stolen").check()
    page.get_by_role("button", name="Cut off now").click()
    page.wait_for_url(CASE_URL)
    for _ in range(20):
        if page.get_by_role("heading", level=1).inner_text() == "Cut off":
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Cut off")


def test_what_no_gateway_has_confirmed_is_not_called_cut_off(signed_in: SignedIn) -> None:
    page = signed_in(OLGA)
    _open_report(page, "elm-basement")
    page.get_by_role("button", name="Cut off now").click()
    expect(page).to_have_url(re.compile("/report/"))  # the browser asks for lost or stolen first
    page.get_by_role("radio", name="Lost").check()
    page.get_by_role("button", name="Cut off now").click()
    page.wait_for_url(CASE_URL)
    page.wait_for_timeout(2500)
    expect(page.get_by_role("heading", level=1)).to_have_text("Being cut off…")
    expect(page.get_by_text("Gateway gateway-2: session to be ended")).to_be_visible()
    expect(page.get_by_text(re.compile("Waiting since .* for the report of gateway gateway-2")).first).to_be_visible()
    expect(page.get_by_text("The box's tunnel is gone")).to_have_count(0)


def test_a_sensor_with_an_open_case_leads_there_and_is_not_reported_again(signed_in: SignedIn) -> None:
    page = signed_in(OLGA)
    page.goto(page.url + "?q=elm-reception")
    expect(page.locator(".row").get_by_role("link", name="Report lost or stolen")).to_have_count(0)
    expect(page.get_by_role("link", name="Open case")).to_have_count(1)
