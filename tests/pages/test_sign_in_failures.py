"""Failed sign-ins: written down after the answer, and never more of them than the trail can bear."""

import threading
from typing import Any

import pytest
from django.test import Client

from accounts import budgets, failed_tries
from accounts.failed_tries import FailedTry
from accounts.operations.record_sign_in import Caller, Step, disguised
from tenants.audit.verify_audit import verify_audit
from tenants.models import AuditChain, AuditEntry
from tenants.operations.grant_role import revoke_roles
from tests.support.after_the_answer import wait_for_what_is_done_after_the_answer
from tests.support.fleet import ACTOR, Fleet

ADDRESS = "198.51.100.21"
GUESS = "a wrong guess"


@pytest.fixture
def noted(monkeypatch: pytest.MonkeyPatch) -> list[FailedTry]:
    """What was handed over, on the thread of the request as tests without commits need it."""
    tries: list[FailedTry] = []
    monkeypatch.setattr("accounts.adapter.note_failed_try", tries.append)
    monkeypatch.setattr("accounts.forms.note_failed_try", tries.append)
    return tries


@pytest.fixture
def last(fleet: Fleet) -> int:
    return int(AuditEntry.objects.latest("pk").pk)


def written(noted: list[FailedTry], last: int) -> list[AuditEntry]:
    for failed in noted:
        failed_tries.write_failed_try(failed)
    noted.clear()
    return list(AuditEntry.objects.filter(pk__gt=last).order_by("pk").select_related("chain"))


def knock(login: str, *, password: str = GUESS, address: str = ADDRESS) -> Any:
    client = Client(REMOTE_ADDR="", headers={"X-Real-IP": address, "User-Agent": "curl/8"})
    return client.post("/accounts/login/", {"login": login, "password": password})


def test_a_wrong_password_of_somebody_known_is_in_the_customers_chain(fleet: Fleet, noted: list[FailedTry], last: int):
    knock("Owner@example.org")
    (entry,) = written(noted, last)
    assert (entry.action, entry.actor, entry.subject, entry.chain.customer) == (
        "person:session:refuse",
        "process:sign-in",
        "owner@example.org",
        fleet.world.harbour,
    )
    assert entry.details == {"address": ADDRESS, "agent": "curl/8", "method": "password", "signed_in": False}


def test_an_unknown_address_is_in_the_providers_chain_and_cannot_be_read(noted: list[FailedTry], last: int):
    knock("pass-word@typed.example", password="hunter2 hunter2")
    (entry,) = written(noted, last)
    assert (entry.chain.name, entry.subject) == ("provider", f"unknown:{disguised('pass-word@typed.example')}")
    assert "typed.example" not in str(AuditEntry.objects.filter(pk=entry.pk).values())


def test_no_password_goes_as_far_as_the_writer(noted: list[FailedTry], fleet: Fleet):
    knock("owner@example.org", password="hunter2 hunter2")
    (failed,) = noted
    assert "hunter2" not in str([getattr(failed, name) for name in FailedTry.__slots__])
    assert "owner@example.org" not in repr(failed)


@pytest.mark.parametrize("login", ["owner@example.org", "administrator@example.org", "nobody@example.org"])
def test_the_request_itself_asks_and_writes_the_same_for_everybody(
    fleet: Fleet, noted: list[FailedTry], django_assert_num_queries: Any, login: str
):
    """The time of an answer is to tell nobody who is known: what differs happens after it."""
    # What a known browser would be bound to; a look into five purses, a transaction, one out of each; and allauth's
    # own two looks for the address. Its hash of a password for nobody is in its tests.
    queries = 1 + 1 + 2 + 5 + 2
    with django_assert_num_queries(queries) as captured:
        knock(login)
    assert not any("audit" in query["sql"] for query in captured.captured_queries)
    assert len(noted) == 1


def test_one_row_tells_of_a_limit_and_not_one_for_each_try(noted: list[FailedTry], last: int):
    for number in range(25):
        knock("owner@example.org", address=f"198.51.100.{number}")
    actions = [entry.action for entry in written(noted, last)]
    assert actions == ["person:session:refuse"] * budgets.PASSWORDS_OF_ACCOUNT.burst + ["person:session:throttle"]


def test_many_addresses_tried_from_one_place_end_in_one_row(noted: list[FailedTry], last: int):
    for number in range(25):
        knock(f"person-{number}@example.org")
    actions = [entry.action for entry in written(noted, last)]
    assert actions == ["person:session:refuse"] * budgets.PASSWORDS_FROM_NETWORK.burst + ["person:session:throttle"]


def test_strangers_from_everywhere_share_one_limit(
    fleet: Fleet, noted: list[FailedTry], last: int, monkeypatch: pytest.MonkeyPatch
):
    """Two hundred a second, for a minute: 30 rows and, as they are missed, one that tells of the gap."""
    entries: list[AuditEntry] = []
    for second in range(60):
        monkeypatch.setattr("limits.spending._now", lambda second=second: 1_000_000_000 + 1000 * second)
        for number in range(200 if second == 0 else 20):
            noted.append(a_try(f"nobody-{number}@example.org", f"192.0.2.{number}"))
        entries = written(noted, last)
    reasons = [entry.details.get("reason") for entry in entries]
    assert len(reasons) - reasons.count("more in this minute") <= 30
    assert reasons.count("more in this minute") == 1
    # Who is known is not hidden behind the crowd.
    noted.append(a_try("owner@example.org", "192.0.2.1"))
    assert len(written(noted, last)) == len(entries) + 1


def a_try(typed: str, address: str) -> FailedTry:
    return FailedTry(step=Step.REFUSE, typed=typed, caller=Caller(address, "curl/8"), details={})


def test_who_was_disabled_and_knows_the_password_leaves_one_row(fleet: Fleet, noted: list[FailedTry]):
    revoke_roles(person=fleet.world.owner, revoked_by=ACTOR)
    last = AuditEntry.objects.latest("pk").pk
    for _ in range(6):
        knock("owner@example.org", password="correct horse battery")
    (entry,) = written(noted, last)
    assert (entry.action, entry.chain.name, entry.details["reason"]) == (
        "person:session:refuse",
        "provider",
        "disabled",
    )


def test_a_wrong_second_factor_is_told_apart_and_throttled(fleet: Fleet, noted: list[FailedTry], last: int):
    from tests.support.second_factors import with_second_factor

    with_second_factor(fleet.world.owner)
    client = Client(REMOTE_ADDR="", headers={"X-Real-IP": ADDRESS})
    client.post("/accounts/login/", {"login": "owner@example.org", "password": "correct horse battery"})
    for _ in range(8):
        client.post("/accounts/2fa/authenticate/", {"code": "wrong"})
    entries = written(noted, last)
    refused = ["person:session:refuse"] * budgets.CODES_OF_ACCOUNT.burst
    assert [entry.action for entry in entries] == [*refused, "person:session:throttle"]
    assert {entry.details["method"] for entry in entries} == {"second factor"}
    assert "wrong" not in str([entry.details for entry in entries])


def test_a_wrong_password_of_who_is_signed_in_says_so(fleet: Fleet, noted: list[FailedTry], last: int):
    client = Client(REMOTE_ADDR="", headers={"X-Real-IP": ADDRESS})
    client.force_login(fleet.world.owner)
    client.post("/accounts/reauthenticate/", {"password": "a wrong guess"})
    (entry,) = written(noted, last)
    assert (entry.action, entry.details["signed_in"]) == ("person:session:refuse", True)


def test_a_wrong_old_password_is_noted_where_the_new_one_is_set(fleet: Fleet, noted: list[FailedTry], last: int):
    client = Client(REMOTE_ADDR="", headers={"X-Real-IP": ADDRESS})
    client.force_login(fleet.world.owner)
    new = "another horse, another battery"
    client.post("/accounts/password/change/", {"oldpassword": GUESS, "password1": new, "password2": new})
    (entry,) = written(noted, last)
    assert (entry.action, entry.details["method"], entry.details["signed_in"]) == (
        "person:session:refuse",
        "password",
        True,
    )


@pytest.mark.django_db(transaction=True)
def test_the_thread_writes_what_the_page_handed_over():
    knock("nobody@example.org")
    wait_for_what_is_done_after_the_answer()
    chain = AuditChain.objects.get()
    assert verify_audit(chain=chain) == 1
    assert AuditEntry.objects.get().action == "person:session:refuse"


@pytest.mark.django_db(transaction=True)
def test_the_answer_does_not_wait_for_the_chain(monkeypatch: pytest.MonkeyPatch):
    """Somebody holds the chain: the page answers all the same."""
    free, written_down = threading.Event(), threading.Event()

    def write(_failed: FailedTry) -> None:
        free.wait(5)
        written_down.set()

    monkeypatch.setattr("accounts.failed_tries.write_failed_try", write)
    try:
        assert knock("nobody@example.org").status_code == 200
        assert not written_down.is_set()
    finally:
        free.set()
    wait_for_what_is_done_after_the_answer()
    assert written_down.is_set()


@pytest.mark.django_db(transaction=True)
def test_no_more_wait_in_memory_than_there_are_places(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    free = threading.Event()
    done: list[FailedTry] = []

    def write(failed: FailedTry) -> None:
        free.wait(5)
        done.append(failed)

    monkeypatch.setattr("accounts.failed_tries.write_failed_try", write)
    try:
        for number in range(failed_tries.LONGEST_QUEUE + 5):
            failed_tries.note_failed_try(a_try(f"nobody-{number}@example.org", ADDRESS))
    finally:
        free.set()
    wait_for_what_is_done_after_the_answer()
    assert len(done) == failed_tries.LONGEST_QUEUE
    assert caplog.text.count("one more was dropped") == 5
    assert "nobody-" not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_what_cannot_be_written_is_told_in_the_log_without_the_address(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    def fail(failed: FailedTry) -> None:
        raise RuntimeError(failed.typed)

    monkeypatch.setattr("accounts.failed_tries.write_failed_try", fail)
    knock("pass-word@typed.example")
    wait_for_what_is_done_after_the_answer()
    assert "failed sign-ins: one failed: RuntimeError" in caplog.text
    assert "typed.example" not in caplog.text
