"""Guesses from everywhere, through every form and with a stolen cookie: few in an hour are even looked at."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings as django_settings
from django.core.management import call_command
from django.http import HttpRequest
from django.test import RequestFactory

from accounts import budgets, known_browsers
from accounts.guesses import Secret, TooManyGuesses, guessing
from accounts.operations.invite_person import invite_person
from limits.budget import Budget
from tenants.operations.grant_role import revoke_roles
from tenants.roles import CustomerRole
from tests.support.fleet import ACTOR
from tests.support.one_time_codes import code_of
from tests.support.purses import Clock, clock
from tests.support.signed_in import no_static_files
from tests.support.soaking import rounds
from tests.support.visitors import OWNER, Browser, Looks, addresses, looks, most_in_an_hour
from tests.support.world import PASSWORD, World

__all__ = ["clock", "looks", "no_static_files"]

pytestmark = pytest.mark.long

HOME = "198.51.100.21"
BAR = 20


def request_from(address: str, cookie: str = "") -> HttpRequest:
    request = RequestFactory().post("/accounts/login/", headers={"X-Real-IP": address})
    if cookie:
        request.COOKIES[known_browsers.COOKIE] = cookie
    return request


def is_looked_at(request: HttpRequest, *, secret: Secret = Secret.PASSWORD, email: str = OWNER) -> bool:
    """A wrong guess."""
    try:
        with guessing(request=request, secret=secret, email=email):
            return True
    except TooManyGuesses:
        return False


def cookie_of(browser: Browser) -> str:
    return browser.client.cookies[known_browsers.COOKIE].value


def allowed_in_an_hour(budget: Budget) -> int:
    return budget.burst + 3600 // budget.refill


def test_the_figures_of_the_budgets_stay_under_the_bar():
    """Any hour, from nowhere and with one stolen cookie; also in the hour in which Redis fails and others count."""
    strangers, browser = budgets.PASSWORDS_OF_ACCOUNT, budgets.PASSWORDS_OF_BROWSER
    assert allowed_in_an_hour(strangers) + allowed_in_an_hour(browser) < BAR
    assert strangers.in_need is not None
    assert allowed_in_an_hour(strangers) + strangers.in_need + 3600 // strangers.refill < BAR


def test_a_day_of_guesses_from_everywhere_and_no_hour_has_20(world: World, clock: Clock):
    """At the limit itself, which far fewer reach: the pages' part is in `test_keeping_a_contact_out`."""
    tries = rounds(suite=2_000, soak=10_000)
    everywhere = list(addresses(tries // 10))
    looked_at = []
    for number in range(tries):
        if is_looked_at(request_from(everywhere[number % len(everywhere)])):
            looked_at.append(clock.seconds)
        clock.move_on(86_400 / tries)
    assert most_in_an_hour(looked_at) < BAR
    assert len(looked_at) <= 6 + 24 * 6


def test_a_stolen_cookie_gives_some_more_and_not_without_end(world: World, clock: Clock):
    browser = Browser(HOME)
    assert browser.signs_in()
    stolen = cookie_of(browser)
    looked_at = []
    for address in addresses(600):
        if is_looked_at(request_from(address, stolen)):
            looked_at.append(clock.seconds)
        clock.move_on(12)
    assert allowed_in_an_hour(budgets.PASSWORDS_OF_ACCOUNT) < most_in_an_hour(looked_at) < BAR


def test_the_owner_of_a_stolen_cookie_gets_a_new_name_each_time(world: World):
    browser = Browser(HOME)
    assert browser.signs_in()
    stolen = cookie_of(browser)
    assert browser.signs_out().signs_in()
    for address in addresses(50):
        is_looked_at(request_from(address, stolen))
    assert cookie_of(browser) != stolen
    assert browser.signs_out().signs_in()


def test_all_forms_that_take_a_password_share_one_budget(world: World, looks: Looks):
    """Also those behind a session that somebody found open, without the cookie of the browser."""
    forms = {
        "/accounts/login/": {"login": OWNER, "password": "a wrong guess"},
        "/accounts/reauthenticate/": {"password": "a wrong guess"},
        "/accounts/password/change/": {"oldpassword": "a wrong guess", "password1": "x", "password2": "y"},
    }
    thieves = []
    for address in addresses(40):
        thief = Browser(address)
        thief.client.force_login(world.owner)
        thieves.append(thief)
    for number, thief in enumerate(thieves):
        path = list(forms)[number % 3]
        if path == "/accounts/login/":
            thief.signs_out()
        thief.client.post(path, forms[path])
    assert looks.taken() == budgets.PASSWORDS_OF_ACCOUNT.burst


def test_a_right_old_password_costs_nothing_and_a_wrong_one_is_told(world: World):
    thief = Browser(HOME)
    thief.client.force_login(world.owner)
    short = {"oldpassword": PASSWORD, "password1": "short", "password2": "short"}
    for _ in range(20):
        page = thief.client.post("/accounts/password/change/", short)
        assert "Too many" not in page.content.decode()
    for _ in range(20):
        page = thief.client.post("/accounts/password/change/", short | {"oldpassword": "a wrong guess"})
    assert "You can still get in" in page.content.decode()


@pytest.fixture
def codes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Each code that was compared with what an app would show."""
    seen: list[str] = []
    validate = TOTP.validate_code

    def counted(factor: TOTP, code: str) -> bool:
        seen.append(code)
        return bool(validate(factor, code))

    monkeypatch.setattr(TOTP, "validate_code", counted)
    return seen


def test_codes_are_few_over_all_sessions_and_networks(world: World, codes: list[str], clock: Clock):
    """Somebody who knows the password begins as many sessions as he likes."""
    TOTP.activate(world.owner, generate_totp_secret())
    RecoveryCodes.activate(world.owner)
    looked_at = []
    for address in addresses(48):
        attacker = Browser(address)
        assert attacker.signs_in()
        for _ in range(3):
            before = len(codes)
            attacker.client.post("/accounts/2fa/authenticate/", {"code": "000000"})
            looked_at += [clock.seconds] * (len(codes) - before)
        clock.move_on(1800)
    assert most_in_an_hour(looked_at) <= allowed_in_an_hour(budgets.CODES_OF_ACCOUNT)
    assert len(looked_at) <= 5 + 24


def test_saying_so_again_by_code_shares_that_budget(world: World, codes: list[str]):
    TOTP.activate(world.owner, generate_totp_secret())
    thief = Browser(HOME)
    thief.client.force_login(world.owner)
    for _ in range(10):
        thief.client.post("/accounts/2fa/reauthenticate/", {"code": "000000"})
    other = Browser("192.0.2.7")
    assert other.signs_in()
    other.client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert len(codes) == budgets.CODES_OF_ACCOUNT.burst


def test_a_right_code_costs_nothing_and_the_same_again_does(world: World):
    secret = generate_totp_secret()
    TOTP.activate(world.owner, secret)
    browser = Browser(HOME)
    code = {"code": code_of(secret)}
    browser.signs_in()
    assert browser.client.post("/accounts/2fa/authenticate/", code).status_code == 302
    for _ in range(20):
        answer = browser.client.post("/accounts/2fa/reauthenticate/", code)
    assert "You can still get in" in answer.content.decode()


@pytest.mark.usefixtures("clock")
def test_one_password_tried_on_everybody_from_one_network_ends_soon(world: World):
    network, tries = "2001:db8:77:1", 0
    for number in range(200):
        tries += is_looked_at(request_from(f"{network}::{number + 1:x}"), email=f"person-{number}@example.org")
    assert tries == budgets.PASSWORDS_FROM_NETWORK.burst


@pytest.mark.usefixtures("clock")
def test_a_whole_ipv6_tunnel_is_one_neighbourhood(world: World):
    """A /48 is 65,536 networks, for the asking."""
    tries = 0
    for number in range(400):
        tries += is_looked_at(request_from(f"2001:db8:77:{number:x}::1"), email=f"person-{number}@example.org")
    assert tries == budgets.PASSWORDS_FROM_NEIGHBOURHOOD.burst


@pytest.mark.parametrize("address", ["::ffff:192.0.2.9", "192.0.2.9"])
def test_an_ipv4_address_is_the_same_however_it_is_written(world: World, address: str):
    for _ in range(20):
        is_looked_at(request_from("192.0.2.9"), email="a@example.org")
    assert not is_looked_at(request_from(address), email="a@example.org")


@pytest.mark.parametrize("typed", ["OWNER@EXAMPLE.ORG", " owner@example.org ", "Owner@Example.org\t"])
def test_an_account_is_the_same_however_it_is_typed(world: World, looks: Looks, typed: str):
    for address in addresses(20):
        Browser(address).try_to_sign_in()
    looks.taken()
    for address in addresses(20):
        Browser(address).try_to_sign_in(typed)
    assert looks.taken() == 0


def known(world: World) -> Browser:
    browser = Browser(HOME)
    assert browser.signs_in()
    return browser.signs_out()


def is_known(browser: Browser, email: str = OWNER) -> bool:
    return known_browsers.known_browser(request_from(HOME, cookie_of(browser)), email) is not None


def test_the_cookie_is_kept_from_scripts_other_sites_and_other_paths(world: World, settings: Any):
    settings.SESSION_COOKIE_SECURE = True
    cookie = known(world).client.cookies[known_browsers.COOKIE]
    assert cookie["httponly"]
    assert cookie["secure"]
    assert (cookie["samesite"], cookie["path"], cookie["max-age"]) == ("Strict", "/accounts/", 400 * 24 * 3600)


def test_the_cookie_names_nobody_and_opens_nothing(world: World):
    browser = known(world)
    assert re.fullmatch(r"[0-9a-f]{12}\.[\w-]{16}\.\d{10}\.[0-9a-f]{64}", cookie_of(browser))
    assert browser.client.get("/").status_code == 302
    assert not browser.signs_in(password="a wrong guess")


def _new_password(world: World) -> None:
    world.owner.set_password("another horse, another battery")
    world.owner.save()


def _reset(world: World) -> None:
    TOTP.activate(world.owner, generate_totp_secret())
    call_command("reset_second_factor", OWNER, "--by", "Olga")


def _disabled_and_invited_again(world: World) -> None:
    revoke_roles(person=world.owner, revoked_by=ACTOR)
    invite_person(
        email=OWNER, name="Owner", phone="", customer=world.harbour, role=CustomerRole.CONTACT, invited_by=ACTOR
    )


ENDS: dict[str, Callable[[World], None]] = {
    "a new password": _new_password,
    "a reset of the second factor": _reset,
    "a new invitation after he was disabled": _disabled_and_invited_again,
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_a_known_browser_is_forgotten_by(world: World, end: Callable[[World], None]):
    browser = known(world)
    assert is_known(browser)
    end(world)
    assert not is_known(browser)


def test_a_known_browser_is_forgotten_after_400_days_even_if_it_says_nothing_of_it(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    browser = known(world)
    later = time.time() + known_browsers.LIFE + 60
    monkeypatch.setattr("accounts.known_browsers.time.time", lambda: later)
    assert not is_known(browser)


def test_who_changes_the_password_stays_known_and_no_other_browser(world: World):
    mine, other = known(world), known(world)
    assert mine.signs_in()
    new = "another horse, another battery"
    mine.client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert is_known(mine)
    assert not is_known(other)


FORGERIES: dict[str, Callable[[str], str]] = {
    "a signature of nothing": lambda cookie: cookie[:-64] + "0" * 64,
    "a name of one's own choice": lambda cookie: ".".join([cookie.split(".")[0], "mine", *cookie.split(".")[2:]]),
    "a longer life": lambda cookie: ".".join([*cookie.split(".")[:2], "9999999999", cookie.split(".")[3]]),
    "too long": lambda _: ":".join(["x"] * 2000),
    "many entries before it": lambda cookie: ":".join(["a.b.1.c"] * 20 + [cookie]),
    "no number": lambda cookie: cookie.replace(cookie.split(".")[2], "٣"),
    "empty": lambda _: ":.:...:",
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES)
def test_a_forged_cookie_is_no_better_than_none(world: World, forge: Callable[[str], str]):
    cookie = cookie_of(known(world))
    assert known_browsers.known_browser(request_from(HOME, cookie), OWNER)
    assert known_browsers.known_browser(request_from(HOME, forge(cookie)), OWNER) is None


def test_the_cookie_of_one_account_is_worth_nothing_at_another(world: World):
    browser = Browser(HOME)
    assert browser.signs_in("stranger@example.org")
    assert is_known(browser, "stranger@example.org")
    assert not is_known(browser, OWNER)
    # Relabelled with the other's tag, its signature is that of another entry.
    own, theirs = cookie_of(browser), cookie_of(known(world))
    relabelled = ".".join([theirs.split(".")[0], *own.split(".")[1:]])
    assert known_browsers.known_browser(request_from(HOME, relabelled), OWNER) is None


def test_five_people_at_one_browser_are_all_known_there(world: World):
    browser = Browser(HOME)
    names = ["owner", "manager", "viewer", "stranger", "operator", "auditor"]
    for name in names:
        assert browser.signs_in(f"{name}@example.org")
        browser.signs_out()
    assert [is_known(browser, f"{name}@example.org") for name in names] == [False, True, True, True, True, True]
    assert len(cookie_of(browser)) < known_browsers.LONGEST


def test_the_password_alone_makes_no_browser_known_to_who_has_a_second_factor(world: World):
    TOTP.activate(world.owner, generate_totp_secret())
    browser = Browser(HOME)
    assert browser.signs_in()
    assert known_browsers.COOKIE not in browser.client.cookies
    assert Authenticator.objects.count() == 1


def test_no_counter_holds_an_address_of_a_person_or_of_a_network(world: World):
    from limits.models import SpentPurse

    Browser(HOME).try_to_sign_in()
    rows = str(list(SpentPurse.objects.values()))
    assert "password:account:" in rows
    assert "owner" not in rows
    assert HOME not in rows


def test_the_portals_cookie_has_a_name_of_its_own():
    assert known_browsers.COOKIE not in {django_settings.SESSION_COOKIE_NAME, django_settings.CSRF_COOKIE_NAME}
