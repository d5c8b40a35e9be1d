"""The way of somebody at night in three languages, and in a made-up one: mirrored, longer, with an endless word."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support.browser.chromium import follow, new_context
from tests.support.browser.page_faults import faults_of
from tests.support.browser.people_door import PeopleDoor, people_door
from tests.support.browser.pictures import ANNA, BEN
from tests.support.pseudo_language import BEGIN, CODE, write_pseudo_language

PAGES = (
    "/drill/",
    "/report/",
    "/cases/",
    "/cards/",
    "/accounts/language/",
    "/cases/00000000-0000-4000-8000-000000000000/",
)


@pytest.fixture(scope="module")
def door(live: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PeopleDoor]:
    folder = write_pseudo_language(tmp_path_factory.mktemp("locale"))
    with people_door(str(folder)) as running:
        yield running


def page_in(language: str, door: PeopleDoor, browser: Browser, contexts: list[BrowserContext]) -> Page:
    """On a phone, whose browser has the language of somebody who chose it before."""
    context = new_context(browser, phone=True)
    contexts.append(context)
    context.add_cookies([{"name": "language", "value": language, "url": door.address}])
    return context.new_page()


def come_in(page: Page, door: PeopleDoor, email: str) -> None:
    page.goto(door.address + "/accounts/login/")
    page.locator("#id_login").fill(email)
    page.locator("#id_password").fill(door.password_of(email))
    follow(page.locator("main form:has(#id_password) button[type=submit]"))


def endless(page: Page) -> None:
    """Names and descriptions become one word of 120 characters."""
    page.evaluate(
        """() => document.querySelectorAll("bdi, .choice-text > *, .box-name, .box-what, h1")
          .forEach((element) => { element.textContent = "W".repeat(120); })"""
    )


@pytest.mark.parametrize("language", ["de", "fr", CODE])
def test_no_page_of_the_way_is_wider_than_a_phone(
    door: PeopleDoor, browser: Browser, contexts: list[BrowserContext], language: str
) -> None:
    page = page_in(language, door, browser, contexts)
    page.goto(door.address + "/card/")
    seen = [faults_of(page)]
    come_in(page, door, ANNA)
    for path in PAGES:
        page.goto(door.address + path)
        seen.append(faults_of(page))
        endless(page)
        seen.append([fault for fault in faults_of(page) if "wider" in fault])
    assert seen == [[]] * len(seen)


def test_the_made_up_language_mirrors_the_page_and_leaves_no_text_out(
    door: PeopleDoor, browser: Browser, contexts: list[BrowserContext]
) -> None:
    page = page_in(CODE, door, browser, contexts)
    come_in(page, door, BEN)
    page.goto(door.address + "/cases/")
    page.goto(door.address + str(page.get_by_role("link", name="meadow-lab").get_attribute("href")))
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    assert faults_of(page) == []
    headings = page.locator("h1, h2").all_inner_texts()
    assert [text for text in headings if not text.startswith(BEGIN)] == []
    # What a line begins with stands at its right, what was typed in Latin letters still begins at its left.
    step, mark = page.locator(".step").first, page.locator(".step .step-label").first
    box, label = step.bounding_box(), mark.bounding_box()
    assert box
    assert label
    assert box["x"] + box["width"] - label["x"] - label["width"] > 30
    note = page.locator(".note").first
    assert note.evaluate("(element) => getComputedStyle(element).direction") == "ltr"


def test_a_card_in_french_reports_without_javascript(
    door: PeopleDoor, browser: Browser, contexts: list[BrowserContext]
) -> None:
    context = new_context(browser, phone=True, java_script_enabled=False, locale="de-DE")
    contexts.append(context)
    page = context.new_page()
    page.goto(door.address + "/card/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ein Gerät ist verloren oder gestohlen")
    page.get_by_label("Der Code auf der Karte").fill("ACDEF-GHJKM")
    follow(page.get_by_role("button", name="Français"))
    expect(page.get_by_label("Le code de la carte")).to_have_value("ACDEF-GHJKM")
    # Enter sends the code, not the language.
    with page.expect_navigation():
        page.get_by_label("Le code de la carte").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Ce code n'est pas valable")


def test_somebody_finds_the_own_language_before_signing_in(
    door: PeopleDoor, browser: Browser, contexts: list[BrowserContext]
) -> None:
    page = page_in("en-gb", door, browser, contexts)
    page.goto(door.address + "/accounts/login/?next=/report/")
    follow(page.get_by_role("button", name="Deutsch"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Anmelden")
    assert page.url.endswith("?next=/report/")
    expect(page.locator("html")).to_have_attribute("lang", "de")
