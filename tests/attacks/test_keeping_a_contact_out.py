"""Somebody who knows a contact's address tries to keep him from reporting, by wrong passwords from everywhere."""

import re
import threading
import time
from collections.abc import Iterator
from itertools import cycle, islice
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core import mail

from accounts import budgets, crowd
from accounts.after_the_answer import AfterTheAnswer
from notices.models import Mail
from tenants.models import AuditEntry
from tests.support.one_time_codes import code_of
from tests.support.redis_server import RedisServer, redis_server
from tests.support.soaking import note, rounds
from tests.support.visitors import OWNER, Browser, Looks, addresses, looks
from tests.support.world import World

__all__ = ["looks"]

pytestmark = pytest.mark.long

HOME, ELSEWHERE = "198.51.100.21", "203.0.113.66"


@pytest.fixture(scope="module")
def redis(live: None) -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


@pytest.fixture(params=["database", pytest.param("redis", marks=pytest.mark.live)])
def store(request: pytest.FixtureRequest, settings: Any) -> str:
    """Where it is counted."""
    if request.param == "redis":
        server: RedisServer = request.getfixturevalue("redis")
        server.client.flushall()
        settings.LIMITS_URL = server.url
    return str(request.param)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """What is done after the answer, on the thread of the request: tests without commits need it."""
    monkeypatch.setattr(AfterTheAnswer, "do", lambda _self, work: work())
    # Each browser would look at all static files anew.
    settings.WHITENOISE_USE_FINDERS = False


def flood(tries: int, *, email: str = OWNER) -> None:
    """From a thousand addresses in turn."""
    for address in islice(cycle(addresses(1000)), tries):
        Browser(address).try_to_sign_in(email)


def link_in(mail: Mail) -> str:
    (path,) = re.findall(r"https?://[^/\s]+(/accounts/browser/\S+)", mail.body)
    return str(path)


def make_known_by_mail(browser: Browser, email: str = OWNER) -> None:
    assert browser.client.post("/accounts/browser/", {"email": email})["Location"] == "/accounts/browser/sent/"
    assert browser.client.post(link_in(Mail.objects.latest("pk")))["Location"] == "/accounts/login/"


def test_five_wrong_passwords_from_one_place_refuse_nobody_elsewhere_his_right_one(world: World):
    attacker = Browser(ELSEWHERE)
    for _ in range(50):
        attacker.try_to_sign_in()
    assert Browser(HOME).signs_in()


@pytest.mark.usefixtures("store")
def test_10_000_wrong_tries_from_1_000_addresses(looks: Looks, capsys: pytest.CaptureFixture[str]):
    """In from a known browser at once, from a new one by a mailed link; and 12 of the tries were looked at."""
    known = Browser(HOME)
    assert known.signs_in()
    known.signs_out()
    looks.taken()
    # Fewer would not use up what her account has.
    tries = max(400, rounds(suite=400, soak=10_000))
    began = time.monotonic()
    flood(tries)
    seconds = time.monotonic() - began
    guesses = looks.taken()
    assert 1 <= guesses < 20

    began = time.monotonic()
    assert known.signs_in()
    at_once = time.monotonic() - began
    assert at_once < 1

    new = Browser("192.0.2.7")
    assert not new.signs_in()
    make_known_by_mail(new)
    assert new.signs_in()
    note("keeping a contact out", f"{tries} tries in {seconds:.0f} s, {guesses} looked at, known: {at_once:.3f} s")


@pytest.mark.usefixtures("store")
def test_from_a_new_browser_he_gets_in_while_the_accounts_budget_lasts(looks: Looks):
    for address in addresses(budgets.PASSWORDS_OF_ACCOUNT.burst - 1):
        Browser(address).try_to_sign_in()
    began = time.monotonic()
    assert Browser(HOME).signs_in()
    assert time.monotonic() - began < 10
    # His own took nothing away.
    assert Browser("192.0.2.7").signs_in()
    assert Browser("192.0.2.8").signs_in()


def test_a_known_browser_is_known_at_another_address_too(looks: Looks):
    phone = Browser(HOME)
    assert phone.signs_in()
    flood(200)
    assert phone.signs_out().move_to("2001:db8:77::5").signs_in()


def test_the_tries_of_others_in_his_network_do_not_count_against_a_known_browser(looks: Looks):
    known = Browser(HOME)
    assert known.signs_in()
    for number in range(200):
        Browser(HOME).try_to_sign_in(f"person-{number}@example.org")
    assert not Browser(HOME).signs_in()
    assert known.signs_out().signs_in()


def test_with_a_second_factor_too_neither_step_is_shut(world: World, looks: Looks):
    """The attacker knows the password here, and tries codes."""
    secret = generate_totp_secret()
    TOTP.activate(world.owner, secret)
    known = Browser(HOME)
    known.try_to_sign_in(password="correct horse battery")
    assert known.client.post("/accounts/2fa/authenticate/", {"code": code_of(secret, later=-1)}).status_code == 302
    for address in addresses(30):
        attacker = Browser(address)
        assert attacker.signs_in()
        attacker.client.post("/accounts/2fa/authenticate/", {"code": "wrong"})

    new = Browser("192.0.2.7")
    assert new.signs_in()
    shut = new.client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
    assert "You can still get in" in shut.content.decode()
    known.signs_out()
    assert known.signs_in()
    assert known.client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)}).status_code == 302
    make_known_by_mail(new)
    assert new.signs_in()
    assert new.client.post("/accounts/2fa/authenticate/", {"code": code_of(secret, later=1)}).status_code == 302


def test_the_refusal_says_that_it_need_not_be_his_fault_and_offers_the_mail(looks: Looks):
    flood(30)
    page = Browser(HOME).try_to_sign_in(password="correct horse battery").content.decode()
    assert "Too many wrong tries for this address" in page
    assert "It need not be your fault" in page
    assert 'action="/accounts/browser/"' in page
    assert f'<input type="hidden" name="email" value="{OWNER}">' in page


def test_a_session_that_is_open_stays_usable(world: World):
    """Said once more who one is, and a new password set, whatever others try."""
    browser = Browser(HOME)
    assert browser.signs_in()
    flood(100)
    again = browser.client.post("/accounts/reauthenticate/", {"password": "correct horse battery"})
    assert again.status_code == 302
    new = "another horse, another battery"
    body = {"oldpassword": "correct horse battery", "password1": new, "password2": new}
    assert browser.client.post("/accounts/password/change/", body).status_code == 302
    assert browser.signs_out().signs_in(password=new)


def test_who_forgot_the_password_gets_in_by_the_same_mail(world: World, settings: Any):
    flood(100)
    browser = Browser(HOME)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    browser.client.post("/accounts/password/reset/", {"email": OWNER})
    (link,) = re.findall(r"https?://[^/\s]+(/accounts/password/reset/key/\S+)", str(mail.outbox[-1].body))
    new = "another horse, another battery"
    form = browser.client.get(link)["Location"]
    assert browser.client.post(form, {"password1": new, "password2": new}).status_code == 302
    assert browser.signs_in(password=new)


def test_strangers_who_make_us_hash_do_not_hold_the_threads_that_a_known_browser_needs(
    looks: Looks, monkeypatch: pytest.MonkeyPatch
):
    """As if a hash took for ever: those who are not known stand in a line, and whoever finds it full is refused."""
    known = Browser(HOME)
    assert known.signs_in()
    monkeypatch.setattr(crowd, "LONGEST_WAIT", 0.2)
    free, hashing = threading.Event(), threading.Semaphore(0)

    def hash_for_ever() -> None:
        with crowd.in_line():
            hashing.release()
            free.wait(30)

    held = [threading.Thread(target=hash_for_ever) for _ in range(crowd.AT_WORK)]
    for thread in held:
        thread.start()
    try:
        assert all(hashing.acquire(timeout=30) for _ in held)
        new = Browser("192.0.2.7")
        began = time.monotonic()
        assert not any(new.signs_in() for _ in range(2 * budgets.PASSWORDS_OF_ACCOUNT.burst))
        assert time.monotonic() - began < 20
        assert known.signs_out().signs_in()
    finally:
        free.set()
        for thread in held:
            thread.join()
    # None of it was looked at, so none was counted either.
    assert Browser("192.0.2.7").signs_in()


def test_the_trail_says_who_was_held_off_and_which_browser_became_known_how(looks: Looks):
    last = AuditEntry.objects.latest("pk").pk
    flood(300)
    browser = Browser(HOME)
    make_known_by_mail(browser)
    assert browser.signs_in()
    rows = AuditEntry.objects.filter(pk__gt=last, subject=OWNER).order_by("pk")
    assert [row.action for row in rows] == [
        *["person:session:refuse"] * budgets.PASSWORDS_OF_ACCOUNT.burst,
        "person:session:throttle",
        "person:browser:ask",
        "person:browser:known",
        "person:session:begin",
    ]
    assert {row.details["address"] for row in rows[7:]} == {HOME}


@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/browser/", "/accounts/password/reset/"])
def test_an_address_that_is_nobodys_is_held_off_and_answered_alike(world: World, path: str):
    """Text, status and count, try for try, past the end of every budget."""

    def answers(email: str, network: int) -> list[tuple[int, str]]:
        seen = []
        for number in range(30):
            client = Browser(f"10.{network}.{number}.9").client
            answer = client.post(path, {"login": email, "email": email, "password": "a wrong guess"})
            text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())
            seen.append((answer.status_code, text.replace(email, "")))
        return seen

    assert answers(OWNER, 1) == answers("nobody@example.org", 2)


def test_one_network_cannot_ask_for_mails_for_everybody(world: World):
    statuses = [
        Browser(ELSEWHERE).client.post("/accounts/browser/", {"email": f"person-{number}@example.org"})
        for number in range(budgets.MAILS_FROM_NETWORK.burst + 1)
    ]
    assert [answer.status_code for answer in statuses[:-1]] == [302] * budgets.MAILS_FROM_NETWORK.burst
    assert "Too many mails were asked for from your network" in statuses[-1].content.decode()
