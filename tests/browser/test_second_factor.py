"""Turning on an authenticator app and signing in with it, on the pages that allauth serves and we dress."""

import re

from playwright.sync_api import Page, expect

from tests.support.browser.chromium import SignedIn, follow, sign_in
from tests.support.browser.page_faults import faults_of
from tests.support.browser.people_door import PeopleDoor
from tests.support.one_time_codes import code_of

MARIA = "maria@harbour.example"


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
    page = signed_in("ben@meadow.example")
    expect(page.get_by_role("link", name="meadow-server", exact=True)).to_be_visible()
    follow(page.get_by_role("button", name="Sign out"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    expect(page.get_by_text("meadow-server")).to_have_count(0)
    sign_in(page, door, "ben@meadow.example")
