"""The audit trail as a customer's manager and the provider's auditor read it."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from sensors.desk.record_words import SENTENCES, sentence
from tenants.audit.actions import AuditAction
from tenants.audit.chain import from_lines, verify
from tenants.audit.record_audit import record_customer_audit
from tenants.models import AuditChain, AuditEntry, AuditVerification
from tenants.operations.change_site import change_site
from tests.support.fleet import ACTOR, Fleet
from tests.support.purses import fill_purses
from tests.support.signed_in import As


@pytest.fixture
def manager(fleet: Fleet, signed_in: As) -> Client:
    client: Client = signed_in(fleet.world.manager)
    return client


def shown(client: Client, **query: str) -> str:
    answer = client.get("/records/", query)
    assert answer.status_code == 200, query
    return str(answer.content.decode())


def sentences(page: str) -> list[str]:
    return re.findall(r'<li class="record">\s*<p>(.*?)</p>', page)


@pytest.mark.parametrize("action", AuditAction)
def test_each_action_has_a_sentence(action: AuditAction):
    assert action in SENTENCES
    assert sentence(action, actor="{x}", subject="{y}").endswith(".")


def test_it_says_who_did_what_with_names_and_what_it_was_before(fleet: Fleet, manager: Client):
    fleet.reported(fleet.connected("box-1"))
    change_site(
        site=fleet.world.quay,
        name="Quay 8",
        expected_networks=["198.51.100.21/32"],
        changed_by=fleet.world.operator.actor,
    )
    page = shown(manager)
    assert "Owner (owner@example.org) reported box-1 lost or stolen." in sentences(page)
    assert "Operator (operator@example.org) changed Quay 8." in sentences(page)
    assert re.search(r"<dt>Name before</dt><dd>Quay 7</dd><dt>after</dt><dd>Quay 8</dd>", page)
    assert str(fleet.world.quay.pk) not in "".join(sentences(page))


def test_a_manager_reads_of_no_other_customer(fleet: Fleet, manager: Client):
    fleet.reported(fleet.connected("box-1", fleet.world.dairy, "198.51.100.22"), by=fleet.world.stranger)
    assert "stranger@example.org" not in shown(manager)
    theirs = str(fleet.world.meadow.pk)
    assert manager.get("/records/", {"customer": theirs}).status_code == 404
    assert manager.post(f"/records/{theirs}/export/").status_code == 404


def test_whose_account_is_anothers_is_not_named_by_an_address_that_was_only_typed(fleet: Fleet, manager: Client):
    record_customer_audit(
        customer=fleet.world.harbour, actor=ACTOR, action=AuditAction.APPROVAL_REQUEST,
        subject="person:stranger@example.org",
    )  # fmt: skip
    assert "Stranger (" not in shown(manager)
    assert "stranger@example.org" in shown(manager)


def test_filters_stand_in_the_address(fleet: Fleet, manager: Client):
    one, two = fleet.connected("box-1"), fleet.connected("box-2")
    fleet.reported(one)
    of_one = sentences(shown(manager, box=str(one.pk)))
    assert of_one
    assert all("box-2" not in line for line in of_one)
    assert any("reported box-1" in line for line in of_one)
    assert not any("reported" in line for line in sentences(shown(manager, box=str(two.pk))))
    by_owner = sentences(shown(manager, person=" OWNER@example.org"))
    assert "Owner (owner@example.org) reported box-1 lost or stolen." in by_owner
    assert all("owner@example.org" in line for line in by_owner)
    today = timezone.now().date().isoformat()
    assert sentences(shown(manager, day=today))
    assert "No record fits" in shown(manager, day="2001-01-01")


@pytest.mark.parametrize(
    "query",
    [
        {"box": "x"}, {"box": "00000000-0000-4000-8000-000000000000"}, {"day": "9999-12-31"}, {"day": "x\0"},
        {"customer": "x"}, {"before": "-1"}, {"before": "9" * 40}, {"before": "\u0661"},
    ],
)  # fmt: skip
def test_what_no_form_sends_is_no_page(manager: Client, query: dict[str, str]):
    assert manager.get("/records/", query).status_code == 404


def test_pages_go_back_to_the_first_record_and_show_none_twice(fleet: Fleet, manager: Client):
    for _ in range(60):
        fleet_entry(fleet)
    numbers: list[int] = []
    page = shown(manager)
    while True:
        numbers += map(int, re.findall(r"number (\d+)</p>", page))
        older = re.search(r"before=(\d+)", page)
        if older is None:
            break
        page = shown(manager, before=older[1])
    length = AuditChain.objects.get(customer=fleet.world.harbour).length
    assert numbers == list(range(length, 0, -1))


def fleet_entry(fleet: Fleet) -> None:
    record_customer_audit(
        customer=fleet.world.harbour, actor=ACTOR, action=AuditAction.SITE_CHANGE, subject=f"site:{fleet.world.quay.pk}"
    )


def test_the_download_verifies_and_is_the_whole_chain(fleet: Fleet, manager: Client):
    fleet.reported(fleet.connected("box-1"))
    answer = manager.post(f"/records/{fleet.world.harbour.pk}/export/")
    assert answer.status_code == 200
    assert 'filename="records-harbour.jsonl"' in answer["Content-Disposition"]
    lines = b"".join(answer).decode().splitlines()
    chain = AuditChain.objects.get(customer=fleet.world.harbour)
    assert verify(from_lines(lines)) == (chain.length, chain.head_hash)


def test_nobody_downloads_without_end(fleet: Fleet, manager: Client):
    path = f"/records/{fleet.world.harbour.pk}/export/"
    fill_purses()
    assert [manager.post(path).status_code for _ in range(7)][-1] == 429


def test_it_says_when_the_chains_were_last_verified_and_computes_nothing(fleet: Fleet, manager: Client):
    assert "Not verified yet" in shown(manager)
    AuditVerification.objects.create(finished_at=timezone.now(), entries=1, broken_chains=0)
    assert ">Verified<" in shown(manager)
    AuditVerification.objects.create(finished_at=timezone.now(), entries=1, broken_chains=1)
    assert ">Not verified<" in shown(manager)


def test_an_auditor_of_the_provider_reads_all_with_a_filter_by_customer_and_on_record(fleet: Fleet, signed_in: As):
    auditor = signed_in(fleet.world.auditor)
    page = shown(auditor)
    assert "Harbour Logistics" in page
    assert "Meadow Dairy" in page
    only = shown(auditor, customer=str(fleet.world.meadow.pk))
    assert sentences(only)
    assert AuditEntry.objects.filter(action="list:read", subject="tenants.auditentry").count() == 2


def test_the_number_of_queries_does_not_grow(fleet: Fleet, manager: Client):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            shown(manager)
        return len(captured)

    fleet.reported(fleet.connected("box-1"))
    queries()
    few = queries()
    for number in range(2, 6):
        fleet.reported(fleet.connected(f"box-{number}"))
    assert queries() == few
