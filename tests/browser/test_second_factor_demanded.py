"""A manager signs in for the first time where a second factor is demanded; a page that stands open learns of it."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from lab.portal import CHECKOUT
from lab.processes import MINIMAL_ENVIRONMENT
from tests.support.browser import people_door as doors
from tests.support.browser.chromium import follow, new_context, sign_in
from tests.support.browser.page_faults import faults_of
from tests.support.browser.people_door import PeopleDoor, people_door
from tests.support.one_time_codes import code_of

ANNA, MARIA, OLGA = "anna@harbour.example", "maria@harbour.example", "olga@provider.example"
GRANT = """
from tenants.actors import Actor
from tenants.models import Customer, Person
from tenants.operations.grant_role import grant_customer_role
person = Person.objects.get(email="anna@harbour.example")
customer = Customer.objects.visible_to(person).get()
grant_customer_role(person=person, customer=customer, role="manager", granted_by=Actor.process("test"))
"""


@dataclass
class Told:
    """The environment of the door's commands, once it has been asked for."""

    environment: dict[str, str] = field(default_factory=dict)


@pytest.fixture(scope="module")
def told() -> Told:
    return Told()


@pytest.fixture(scope="module")
def door(told: Told) -> Iterator[PeopleDoor]:
    """As in service: the demonstration's own only offers it."""
    usual = doors._NamedPortal.environment_of

    def demanding(settings: doors._NamedPortal, process: str) -> dict[str, str]:
        environment = {**usual(settings, process), "NSMAAS_SECOND_FACTOR": "required"}
        if process == "manage":
            told.environment = environment
        return environment

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(doors._NamedPortal, "environment_of", demanding)
        with people_door() as running:
            yield running


def manage(told: Told, *arguments: str) -> None:
    command = [sys.executable, "manage.py", *arguments]
    subprocess.run(command, cwd=CHECKOUT, env={**MINIMAL_ENVIRONMENT, **told.environment}, check=True, timeout=60)


def give_password(page: Page, door: PeopleDoor, email: str) -> None:
    page.goto(f"{door.address}/accounts/login/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(door.password_of(email))
    follow(page.get_by_role("button", name="Sign in"))


def set_up(page: Page, door: PeopleDoor, email: str) -> tuple[str, list[str], list[str]]:
    """From the page that demands it to the recovery codes: the secret, the codes, and what is wrong with the pages."""
    faults = faults_of(page)
    follow(page.get_by_role("link", name="Turn it on"))
    page.get_by_label("Password").fill(door.password_of(email))
    faults += faults_of(page)
    follow(page.get_by_role("button", name="Go on"))
    secret = page.locator("#authenticator_secret").input_value()
    expect(page.locator("img.qr")).to_be_visible()
    faults += faults_of(page)
    page.get_by_label("Authenticator code").fill(code_of(secret))
    follow(page.get_by_role("button", name="Activate"))
    codes = page.get_by_label("Unused codes").input_value().split()
    return secret, codes, faults + faults_of(page)


def opened(browser: Browser, contexts: list[BrowserContext], *, phone: bool = False) -> Page:
    context = new_context(browser, phone=phone)
    contexts.append(context)
    return context.new_page()


def test_a_manager_is_told_why_sets_it_up_on_the_spot_and_goes_on(
    door: PeopleDoor, browser: Browser, contexts: list[BrowserContext]
) -> None:
    page, early = opened(browser, contexts, phone=True), opened(browser, contexts)
    give_password(early, door, MARIA)
    give_password(page, door, MARIA)
    assert page.url == f"{door.address}/accounts/2fa/"
    expect(page.get_by_text("signing in takes a second factor as well")).to_be_visible()
    expect(page.get_by_role("link", name="Sensors")).to_have_count(0)
    page.goto(f"{door.address}/cases/")
    assert page.url == f"{door.address}/accounts/2fa/"
    _, codes, faults = set_up(page, door, MARIA)
    follow(page.get_by_role("link", name="I have kept them, go on"))
    expect(page.get_by_role("link", name="harbour-rack2", exact=True)).to_be_visible()
    # The session from before has shown nothing yet, and goes on where it wanted to once it has.
    early.goto(f"{door.address}/cases/")
    expect(early.get_by_role("heading", level=1)).to_have_text("Second factor")
    expect(early.get_by_text("this session began without it")).to_be_visible()
    faults += faults_of(early)
    early.get_by_label("Code").fill(codes[0])
    follow(early.get_by_role("button", name="Go on"))
    assert early.url == f"{door.address}/cases/"
    assert faults == []


def test_staff_keep_it_on_and_get_a_new_one_when_it_was_reset(
    door: PeopleDoor, told: Told, browser: Browser, contexts: list[BrowserContext]
) -> None:
    page = opened(browser, contexts)
    give_password(page, door, OLGA)
    secret, _, faults = set_up(page, door, OLGA)
    page.goto(f"{door.address}/admin/")
    assert page.url == f"{door.address}/admin/"
    page.goto(f"{door.address}/accounts/2fa/")
    expect(page.get_by_text("so it stays on")).to_be_visible()
    expect(page.get_by_role("link", name="Turn it off")).to_have_count(0)
    page.goto(f"{door.address}/accounts/2fa/totp/deactivate/")
    expect(page.get_by_role("heading", level=1)).to_have_text("The second factor stays on")
    faults += faults_of(page)
    follow(page.get_by_role("button", name="Sign out"))
    give_password(page, door, OLGA)
    faults += faults_of(page)
    # The code that turned it on has been used by that.
    page.get_by_label("Code").fill(code_of(secret, later=1))
    follow(page.get_by_role("button", name="Sign in"))
    assert page.url == f"{door.address}/overview/"
    manage(told, "reset_second_factor", OLGA, "--by", "Otto Operator")
    page.goto(f"{door.address}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    give_password(page, door, OLGA)
    assert page.url == f"{door.address}/accounts/2fa/"
    assert faults == []


def test_a_page_that_stands_open_while_a_role_is_granted_leads_to_the_set_up(
    door: PeopleDoor, told: Told, browser: Browser, contexts: list[BrowserContext]
) -> None:
    page = opened(browser, contexts)
    sign_in(page, door, ANNA)
    page.goto(f"{door.address}/sensors/")
    expect(page.get_by_role("link", name="harbour-rack2", exact=True)).to_be_visible()
    manage(told, "shell", "-c", GRANT)
    page.wait_for_url(f"{door.address}/accounts/2fa/", timeout=20_000)
    expect(page.get_by_text("signing in takes a second factor as well")).to_be_visible()
    expect(page.get_by_text("harbour-rack2")).to_have_count(0)
