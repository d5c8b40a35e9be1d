"""Turning on an authenticator app, adding a passkey, and signing in with them."""

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support.browser.chromium import SignedIn, follow, new_context, sign_in
from tests.support.browser.page_faults import faults_of
from tests.support.browser.people_door import PeopleDoor
from tests.support.browser.virtual_device import Device
from tests.support.one_time_codes import code_of

MARIA = "maria@harbour.example"
ANNA, BEN = "anna@harbour.example", "ben@meadow.example"


@pytest.fixture
def phone(browser: Browser, contexts: list[BrowserContext]) -> Page:
    contexts.append(new_context(browser, phone=True))
    return contexts[-1].new_page()


def _confirm_password_if_asked(page: Page, door: PeopleDoor) -> None:
    if page.get_by_role("heading", name="Is it still you?").count():
        page.get_by_label("Password").fill(door.password_of(MARIA))
        follow(page.get_by_role("button", name="Go on"))


def test_an_authenticator_app_is_turned_on_asked_for_and_replaced_by_a_recovery_code(
    signed_in: SignedIn, door: PeopleDoor
) -> None:
    page = signed_in(MARIA, phone=True)
    follow(page.get_by_role("link", name="Your sign-in"))
    follow(page.get_by_role("link", name="Turn it on"))
    _confirm_password_if_asked(page, door)
    expect(page.locator("img.qr")).to_be_visible()
    secret = page.locator("#authenticator_secret").input_value()
    faults = faults_of(page)
    page.get_by_label("Authenticator code").fill(code_of(secret))
    follow(page.get_by_role("button", name="Activate"))
    page.goto(f"{door.address}/accounts/2fa/recovery-codes/")
    codes = page.get_by_label("Unused codes").input_value().split()
    faults += faults_of(page)
    page.goto(f"{door.address}/accounts/2fa/")
    expect(page.get_by_text("10 of 10 left.")).to_be_visible()
    follow(page.get_by_role("button", name="Sign out"))
    page.goto(f"{door.address}/accounts/login/")
    page.get_by_label("E-mail address").fill(MARIA)
    page.get_by_label("Password").fill(door.password_of(MARIA))
    follow(page.get_by_role("button", name="Sign in"))
    page.wait_for_url(re.compile("/2fa/authenticate/"))
    faults += faults_of(page)
    page.get_by_label("Code").fill(codes[0])
    follow(page.get_by_role("button", name="Sign in"))
    page.wait_for_url(f"{door.address}/")
    assert faults == []


def test_signing_out_leaves_nothing_to_go_back_to(signed_in: SignedIn, door: PeopleDoor) -> None:
    page = signed_in(BEN)
    expect(page.get_by_role("link", name="meadow-server", exact=True)).to_be_visible()
    follow(page.get_by_role("button", name="Sign out"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    expect(page.get_by_text("meadow-server")).to_have_count(0)
    sign_in(page, door, BEN)


def add_passkey(page: Page, door: PeopleDoor, email: str, name: str) -> list[str]:
    """From the page of one's own sign-in. Returns what is wrong with the pages."""
    page.goto(f"{door.address}/accounts/2fa/")
    follow(page.get_by_role("link", name="Add a passkey"))
    if page.get_by_role("heading", name="Is it still you?").count():
        page.get_by_label("Password").fill(door.password_of(email))
        follow(page.get_by_role("button", name="Go on"))
    page.get_by_label("What do you call it?").fill(name)
    faults = faults_of(page)
    page.get_by_role("button", name="Add it").click()
    page.wait_for_url(f"{door.address}/accounts/2fa/recovery-codes/")
    page.goto(f"{door.address}/accounts/2fa/")
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    return faults + faults_of(page)


def by_passkey_alone(page: Page, door: PeopleDoor) -> None:
    page.goto(f"{door.address}/accounts/login/")
    page.get_by_role("button", name="Use a passkey instead").click()


def test_one_is_added_signs_in_alone_and_after_the_password_and_is_removed(phone: Page, door: PeopleDoor) -> None:
    page, device = phone, Device(phone)
    sign_in(page, door, ANNA)
    faults = add_passkey(page, door, ANNA, "My telephone")
    assert device.keeps() == 1
    follow(page.get_by_role("button", name="Sign out"))

    by_passkey_alone(page, door)
    page.wait_for_url(f"{door.address}/")
    page.goto(f"{door.address}/accounts/2fa/")
    expect(page.get_by_text("Never")).to_have_count(0)
    follow(page.get_by_role("button", name="Sign out"))

    page.goto(f"{door.address}/accounts/login/")
    page.get_by_label("E-mail address").fill(ANNA)
    page.get_by_label("Password").fill(door.password_of(ANNA))
    follow(page.get_by_role("button", name="Sign in"))
    page.wait_for_url(re.compile("/2fa/authenticate/"))
    faults += faults_of(page)
    page.get_by_role("button", name="Use your passkey").click()
    page.wait_for_url(f"{door.address}/")

    # A fresh proof, by the same passkey, before it goes.
    page.goto(f"{door.address}/accounts/2fa/")
    follow(page.get_by_role("link", name="Remove My telephone"))
    follow(page.get_by_role("link", name="Your passkey"))
    faults += faults_of(page)
    page.get_by_role("button", name="Use your passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Remove My telephone?")
    faults += faults_of(page)
    follow(page.get_by_role("button", name="Remove it"))
    follow(page.get_by_role("button", name="Sign out"))

    by_passkey_alone(page, door)
    expect(page.get_by_text("That passkey was not taken")).to_be_visible()
    page.goto(f"{door.address}/sensors/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    assert faults == []


def test_a_device_that_does_not_know_its_owner_signs_nobody_in_and_the_page_says_what_to_do(
    phone: Page, door: PeopleDoor
) -> None:
    page, device = phone, Device(phone)
    sign_in(page, door, BEN)
    add_passkey(page, door, BEN, "Found telephone")
    follow(page.get_by_role("button", name="Sign out"))
    device.knows_its_owner(known=False)
    by_passkey_alone(page, door)
    said = page.get_by_text("Nothing was shown: it was cancelled, or it took too long. Try once more.")
    expect(said).to_be_visible()
    assert page.url == f"{door.address}/accounts/login/"
    device.knows_its_owner(known=True)
    page.get_by_role("button", name="Use a passkey instead").click()
    page.wait_for_url(f"{door.address}/")


def test_without_javascript_the_password_is_the_way_and_the_rest_says_why(
    browser: Browser, contexts: list[BrowserContext], door: PeopleDoor
) -> None:
    context = new_context(browser, java_script_enabled=False)
    contexts.append(context)
    page = context.new_page()
    page.goto(f"{door.address}/accounts/login/")
    expect(page.get_by_role("button", name="Use a passkey instead")).to_have_count(0)
    sign_in(page, door, ANNA)
    page.goto(f"{door.address}/accounts/passkeys/add/")
    page.get_by_label("Password").fill(door.password_of(ANNA))
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("A passkey takes JavaScript")).to_be_visible()
    expect(page.get_by_role("button", name="Add it")).to_have_count(0)
