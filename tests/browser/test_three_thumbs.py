"""Which box, lost or stolen, cut off: how many taps on a telephone, from the first page to "cut off"."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.support.browser.chromium import SignedIn
from tests.support.browser.people_door import PeopleDoor
from tests.support.browser.pictures import ANNA, BEN, OLGA

MOST_TAPS = 4
CASE_URL = re.compile(r"/cases/[0-9a-f-]{36}/$")


class Thumb:
    """Counts its taps, and reaches only what can be seen without scrolling where that is asked."""

    def __init__(self, page: Page) -> None:
        self.page, self.taps = page, 0

    def tap(self, where: Locator) -> None:
        self.taps += 1
        where.tap()


def _is_in_reach(button: Locator) -> bool:
    return bool(
        button.evaluate(
            "b => { const r = b.getBoundingClientRect();"
            " return r.top >= 0 && r.bottom <= innerHeight"
            " && b.contains(document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2)); }"
        )
    )


def test_four_taps_from_the_first_page_to_cut_off_with_the_button_always_in_reach(
    signed_in: SignedIn, door: PeopleDoor
) -> None:
    page = signed_in(ANNA, phone=True)
    page.goto(f"{door.address}/")
    thumb = Thumb(page)
    thumb.tap(page.get_by_role("link", name="Report lost or stolen").first)
    page.wait_for_url(re.compile("/report/$"))
    cut_off = page.get_by_role("button", name="Cut off now")
    assert _is_in_reach(cut_off)
    thumb.tap(page.get_by_role("checkbox", name="harbour-gate"))
    thumb.tap(page.get_by_text("Stolen", exact=True))
    assert _is_in_reach(cut_off)
    thumb.tap(cut_off)
    page.wait_for_url(CASE_URL)
    expect(page.get_by_role("heading", level=1)).to_have_text("Cut off", timeout=15_000)
    assert thumb.taps <= MOST_TAPS
    expect(page.get_by_text(re.compile(r"To say on the telephone: C-\d{4}"))).to_be_visible()
    page.go_back()
    page.wait_for_load_state()
    if page.get_by_role("checkbox", name="harbour-gate").count():
        # Going back shows a page that was kept: sending it again is the same case.
        page.reload()
    expect(page.get_by_role("link", name="harbour-gate")).to_have_count(1)


def test_a_whole_site_without_javascript_and_each_box_has_its_true_word(signed_in: SignedIn) -> None:
    page = signed_in(BEN, phone=True, java_script_enabled=False)
    page.get_by_role("link", name="Report lost or stolen").first.click()
    page.get_by_role("checkbox", name=re.compile("^All of ")).first.check()
    page.get_by_role("radio", name="Lost").check()
    page.get_by_role("button", name="Cut off now").click()
    page.wait_for_url(re.compile("/cases/|/report/sent/"))
    for _ in range(40):
        if "ut off" in (words := page.get_by_role("heading", level=1).inner_text()) and "Being" not in words:
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^(All [0-9]+ cut off|Cut off)$"))


def test_enter_in_the_search_field_finds_and_never_cuts_off(signed_in: SignedIn, door: PeopleDoor) -> None:
    page = signed_in(OLGA)
    page.goto(f"{door.address}/report/?q=elm")
    page.get_by_role("checkbox", name="elm-basement").check()
    page.get_by_role("radio", name="Lost").check()
    page.get_by_label("Find a box").fill("harbour")
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    expect(page).to_have_url(re.compile("/report/"))
    expect(page.get_by_role("checkbox", name="elm-basement")).to_be_checked()
    expect(page.get_by_role("radio", name="Lost")).to_be_checked()


def test_signed_out_in_between_it_says_so_keeps_the_choice_and_goes_on(signed_in: SignedIn, door: PeopleDoor) -> None:
    page = signed_in(OLGA, phone=True)
    page.goto(f"{door.address}/report/?q=elm")
    page.get_by_role("checkbox", name="elm-basement").check()
    page.get_by_role("radio", name="Stolen").check()
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Cut off now").tap()
    expect(page.get_by_text("NOT reported yet")).to_be_visible()
    page.get_by_label("E-mail address").fill(OLGA)
    page.get_by_label("Password").fill(door.password_of(OLGA))
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="NOT reported yet")).to_be_visible()
    expect(page.get_by_role("radio", name="Stolen")).to_be_checked()
    page.get_by_role("button", name="Cut off now").tap()
    page.wait_for_url(CASE_URL)
    expect(page.get_by_role("heading", level=1)).to_have_text("Being cut off…")
