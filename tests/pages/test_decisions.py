"""What waits for somebody, on one page: who sees what, in how many queries, and what the navigation counts."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sensors.models import KeyPermit
from tenants.decisions import DECISIONS
from tenants.models import Approval, ApprovalVerdict
from tests.support.fleet import Fleet
from tests.support.signed_in import As
from tests.support.street import held_box, waiting_closing, waiting_gateway_code, waiting_invitation

THERE = "203.0.113.9"


def shown(client: Client) -> str:
    answer = client.get("/decisions/")
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    return str(answer.content.decode())


def counted(client: Client) -> int:
    """What the navigation says."""
    found = re.search(r'class="bar-count">(\d+)<', client.get("/cases/").content.decode())
    return int(found[1]) if found else 0


def test_each_sees_what_waits_for_them_and_not_what_they_have_asked_for(fleet: Fleet, signed_in: As):
    world = fleet.world
    names = {
        "closing": waiting_closing(fleet, "box-1"),
        "their-closing": waiting_closing(fleet, "box-2", world.dairy),
        "invitation": waiting_invitation(fleet),
        "code": waiting_gateway_code(fleet),
    }
    held_box(fleet, "box-3")
    held_box(fleet, "box-4", world.dairy)
    expected = {
        "administrator": ({"closing", "their-closing", "code"}, {"box-3", "box-4"}),
        "operator": ({"invitation"}, {"box-3", "box-4"}),
        "auditor": (set(), set()),
        "manager": ({"closing"}, {"box-3"}),
        "owner": ({"closing"}, set()),
        "viewer": (set(), set()),
        "stranger": ({"their-closing"}, set()),
    }
    for who, (asked, held) in expected.items():
        client = signed_in(getattr(world, who))
        page = shown(client)
        assert {name for name, approval in names.items() if f"/decisions/{approval.pk}/" in page} == asked, who
        assert set(re.findall(r"(box-\d) asks for its key", page)) == held, who
        counts_boxes = who in {"manager", "owner", "viewer", "stranger"}
        assert counted(client) == len(asked) + len(held) * counts_boxes, who
    assert "Nothing waits for you" in shown(signed_in(world.viewer))


def test_who_may_only_say_no_is_offered_only_that(fleet: Fleet, signed_in: As):
    waiting_closing(fleet, "box-1")
    page = shown(signed_in(fleet.world.owner))
    assert 'value="refuse"' in page
    assert 'value="agree"' not in page


def test_it_says_what_is_asked_by_whom_and_why_and_what_becomes_true(fleet: Fleet, signed_in: As):
    waiting_closing(fleet, "box-1")
    page = shown(signed_in(fleet.world.manager))
    for words in ("box-1", "Quay 7", "operator@example.org", "Found.", "It may enrol again", "stay revoked"):
        assert words in page


def test_agreed_to_it_is_gone_from_the_page_and_the_count(fleet: Fleet, signed_in: As):
    approval, client = waiting_closing(fleet, "box-1"), signed_in(fleet.world.manager)
    assert counted(client) == 1
    answer = client.post(f"/decisions/{approval.pk}/", {"do": "agree"}, follow=True)
    assert "Approved by <strong>Manager</strong>" in answer.content.decode()
    assert Approval.objects.get().verdict == ApprovalVerdict.APPROVED
    assert counted(client) == 0
    assert "Nothing waits for you" in shown(client)


def test_a_box_whose_permit_another_gave_waits_no_longer_and_does_so_again_elsewhere(fleet: Fleet, signed_in: As):
    box, manager = held_box(fleet, "box-1"), signed_in(fleet.world.manager)
    assert signed_in(fleet.world.operator).post(f"/sensors/{box.pk}/held-key/", {"public_address": THERE})
    assert counted(manager) == 0
    KeyPermit.objects.update(public_address="203.0.113.10")
    assert counted(manager) == 1


@pytest.mark.parametrize("change", [{"expires_at": timezone.now() - timedelta(days=1)}, {"verdict": "refused"}])
def test_what_is_over_waits_for_nobody(fleet: Fleet, signed_in: As, change: dict[str, object]):
    waiting_closing(fleet, "box-1")
    Approval.objects.update(**change)
    assert counted(signed_in(fleet.world.manager)) == 0


def test_no_more_queries_for_many_than_for_one_of_each(fleet: Fleet, signed_in: As):
    client = signed_in(fleet.world.administrator)
    waiting_closing(fleet, "box-1")
    held_box(fleet, "box-2")
    waiting_gateway_code(fleet)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            shown(client)
        return len(captured)

    queries()
    few = queries()
    for number in range(3, 7):
        waiting_closing(fleet, f"box-{number}")
        held_box(fleet, f"box-{number + 10}")
    assert queries() == few


def test_each_kind_of_request_has_its_words(fleet: Fleet):
    """A kind that is added enters itself, or what was asked for could be decided nowhere."""
    assert {"case:give-back", "case:call-false-alarm", "case:write-off", "person:invite"} <= set(DECISIONS)
    for decision in DECISIONS.values():
        assert decision.agreeing_needs
        assert decision.refusing_needs


def test_staff_reads_it_on_record_and_a_customers_people_do_not(fleet: Fleet, signed_in: As):
    from tenants.models import AuditEntry

    signed_in(fleet.world.manager).get("/decisions/")
    assert not AuditEntry.objects.filter(action="list:read").exists()
    signed_in(fleet.world.auditor).get("/decisions/")
    assert AuditEntry.objects.get(action="list:read").subject == "tenants.approval"
