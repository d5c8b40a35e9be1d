"""Mails that anybody may ask for: the mailed link past the limits, and the one for a new password."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from accounts import budgets, mail_requests
from accounts.after_the_answer import AfterTheAnswer
from accounts.models import BrowserLink
from accounts.operations.send_browser_link import LIFE
from notices.models import Mail
from notices.operations.send_mails import FORGOTTEN, send_mails
from tenants.models import Person
from tests.support.after_the_answer import wait_for_what_is_done_after_the_answer
from tests.support.purses import Clock, clock
from tests.support.soaking import rounds
from tests.support.visitors import OWNER, Browser, addresses
from tests.support.world import World, make_world

__all__ = ["clock"]

pytestmark = pytest.mark.long

HOME = "198.51.100.21"
ASK = "/accounts/browser/"
RESET = "/accounts/password/reset/"


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """What is done after the answer, on the thread of the request: tests without commits need it."""
    monkeypatch.setattr(AfterTheAnswer, "do", lambda _self, work: work())
    settings.WHITENOISE_USE_FINDERS = False
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def sent(path: str) -> int:
    """How many mails that kind of request has led to."""
    return len(mail.outbox) if path == RESET else Mail.objects.filter(recipient=OWNER).count()


def ask(path: str, *, email: str = OWNER, browser: Browser | None = None) -> Any:
    return (browser or Browser(HOME)).client.post(path, {"email": email})


def link_of(text: str) -> str:
    (path,) = re.findall(r"https?://[^/\s]+(/accounts/browser/\S+)", text)
    return str(path)


def new_link() -> str:
    ask(ASK)
    return link_of(Mail.objects.latest("pk").body)


@pytest.mark.parametrize("path", [ASK, RESET])
def test_many_networks_cannot_flood_a_mailbox(world: World, clock: Clock, path: str):
    """All day long: some fifty, and after each the next is at most half an hour away."""
    answers, tries = set(), rounds(suite=240, soak=1440)
    for address in addresses(tries):
        answers.add(ask(path, browser=Browser(address))["Location"])
        clock.move_on(86_400 / tries)
    assert sent(path) <= 2 + 48
    assert answers == {"/accounts/browser/sent/" if path == ASK else "/accounts/password/reset/done/"}


def test_whoever_asks_in_the_owners_name_leaves_a_good_link_in_his_mailbox_at_any_time(world: World, clock: Clock):
    assert timedelta(seconds=budgets.MAILS_OF_ACCOUNT.refill) * 2 <= LIFE
    for address in addresses(30):
        ask(ASK, browser=Browser(address))
    owner = Browser(HOME)
    assert ask(ASK, browser=owner).status_code == 302
    made = Mail.objects.filter(recipient=OWNER).count()
    assert made == budgets.MAILS_OF_ACCOUNT.burst
    assert owner.client.post(link_of(Mail.objects.latest("pk").body))["Location"] == "/accounts/login/"
    # He has used one: there is another for his next browser, no matter who asks first.
    ask(ASK, browser=Browser("192.0.2.7"))
    assert Mail.objects.filter(recipient=OWNER).count() == made + 1


@pytest.mark.parametrize("path", [ASK, RESET])
def test_a_known_browser_gets_its_mail_whatever_others_ask_for(world: World, clock: Clock, path: str):
    known = Browser(HOME)
    assert known.signs_in()
    known.signs_out()
    for address in addresses(100):
        ask(path, browser=Browser(address))
    before = sent(path)
    ask(path, browser=known)
    assert sent(path) == before + 1
    for _ in range(100):
        ask(path, browser=known)
    assert sent(path) == before + budgets.MAILS_OF_BROWSER.burst


@pytest.mark.parametrize("path", [ASK, RESET])
@pytest.mark.parametrize("email", ["nobody@example.org", "gone@example.org"])
def test_nobody_can_have_us_write_to_strangers(world: World, path: str, email: str):
    """Neither to an address that is nobody's nor to somebody who may not sign in."""
    Person.objects.create_user("gone@example.org", None, name="Gone", is_active=False)
    last = Mail.objects.count()
    assert ask(path, email=email).status_code == 302
    assert Mail.objects.count() == last
    assert mail.outbox == []


@pytest.mark.parametrize("path", [ASK, RESET])
def test_the_request_itself_asks_and_writes_the_same_for_everybody(
    world: World, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any, path: str
):
    """What differs happens after the answer: its time tells nobody who is known."""
    later: list[Any] = []
    monkeypatch.setattr(AfterTheAnswer, "do", lambda _self, work: later.append(work))
    for number, email in enumerate([OWNER, "nobody@example.org"]):
        # What a known browser is bound to; then a look, a transaction and one out of each purse, for two and for one.
        with django_assert_num_queries(1 + (1 + 2 + 2) + (1 + 2 + 1)) as captured:
            ask(path, email=email, browser=Browser(f"192.0.2.{number}"))
        assert not any(f'"{table}"' in query["sql"] for query in captured for table in ("notices_mail", "accounts_"))
    assert len(later) == 2


def test_a_mail_server_that_fails_takes_nothing_from_the_owners_budget(world: World, monkeypatch: pytest.MonkeyPatch):
    def fail(_mail: EmailMessage) -> int:
        raise ConnectionRefusedError

    with monkeypatch.context() as patch:
        patch.setattr(EmailMessage, "send", fail)
        for _ in range(10):
            with pytest.raises(ConnectionRefusedError):
                ask(RESET)
    assert ask(RESET).status_code == 302
    assert sent(RESET) == 1


def test_a_link_works_once(world: World):
    link = new_link()
    assert Browser(HOME).client.post(link)["Location"] == "/accounts/login/"
    again = Browser(HOME).client.post(link)
    assert "This link is not good" in again.content.decode()
    assert "known_browser" not in again.cookies


def test_whoever_opens_links_before_their_reader_does_uses_none_up(world: World):
    """A mail server that looks for harm, say."""
    link = new_link()
    for _ in range(3):
        page = Client().get(link)
        assert "Make this browser known" in page.content.decode()
        assert page["Cache-Control"].count("no-store") == 1
    assert BrowserLink.objects.count() == 1
    assert Browser(HOME).client.post(link).status_code == 302


def test_a_link_is_good_for_an_hour(world: World):
    link = new_link()
    BrowserLink.objects.update(made_at=timezone.now() - LIFE - timedelta(seconds=1))
    assert "This link is not good" in Client().get(link).content.decode()
    assert "This link is not good" in Client().post(link).content.decode()


def _new_password(owner: Person) -> None:
    owner.set_password("another horse, another battery")
    owner.save()


def _disabled(owner: Person) -> None:
    owner.is_active = False
    owner.save()


def _new_generation(owner: Person) -> None:
    owner.sign_in_generation += 1
    owner.save()


@pytest.mark.parametrize("end", [_new_password, _disabled, _new_generation])
def test_a_link_ends_with(world: World, end: Any):
    link = new_link()
    end(Person.objects.get(pk=world.owner.pk))
    assert "This link is not good" in Client().post(link).content.decode()


@pytest.mark.parametrize("made_up", ["x", "A" * 43, "%00", "..", "'; DROP TABLE x", "é" * 300])
def test_a_link_that_was_made_up_is_refused_in_the_same_words(world: World, made_up: str):
    new_link()
    for answer in (Client().get(f"{ASK}{made_up}/"), Client().post(f"{ASK}{made_up}/")):
        assert answer.status_code == 200
        assert "This link is not good" in answer.content.decode()


def test_a_link_signs_nobody_in(world: World):
    browser = Browser(HOME)
    browser.client.post(new_link())
    assert browser.client.get("/").status_code == 302
    assert not browser.signs_in(password="a wrong guess")


def test_what_opens_a_link_is_at_rest_nowhere_once_it_is_sent(world: World):
    link = new_link()
    secret = link.removeprefix(ASK).rstrip("/")
    assert secret not in str(list(BrowserLink.objects.values()))
    send_mails()
    row = Mail.objects.latest("pk")
    assert (row.sent_at is not None, row.body) == (True, FORGOTTEN)
    assert link in str(mail.outbox[-1].body)


def test_staff_cannot_read_a_link_before_it_is_sent(world: World):
    link = new_link()
    staff = Client()
    staff.force_login(world.auditor)
    page = staff.get(f"/admin/notices/mail/{Mail.objects.latest('pk').pk}/change/").content.decode()
    assert OWNER in page
    assert link not in page


def test_no_link_is_left_behind_for_every_mail(world: World, clock: Clock):
    for _ in range(5):
        new_link()
        BrowserLink.objects.update(made_at=timezone.now() - LIFE - timedelta(seconds=1))
        clock.move_on(86400)
    assert BrowserLink.objects.count() == 1


@pytest.fixture
def really_later(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    make_world()


def test_the_thread_sends_what_the_page_handed_over(really_later: None):
    ask(ASK)
    wait_for_what_is_done_after_the_answer()
    assert Mail.objects.filter(recipient=OWNER).count() == 1


def test_a_request_that_cannot_be_served_tells_the_log_no_address(
    really_later: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    def fail(*, email: str, caller: Any) -> None:
        raise RuntimeError(email)

    monkeypatch.setattr(mail_requests, "send_browser_link", fail)
    ask(ASK)
    wait_for_what_is_done_after_the_answer()
    assert "mails that were asked for: one failed: RuntimeError" in caplog.text
    assert OWNER not in caplog.text
