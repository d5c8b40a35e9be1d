"""Whom a case's mails were for, over REST: the page's facts, by the page's rule."""

from typing import Any

from django.utils import timezone

from notices.models import Mail
from sensors.models import Case
from tenants.roles import Permission
from tests.support.fleet import Fleet
from tests.support.signed_in import As
from tests.support.tokens import by_token, token_of


def told(client: Any, case: Case) -> Any:
    answer = client.get(f"/api/v1/cases/{case.pk}/")
    assert answer.status_code == 200
    return answer.json()["told"]


def test_a_case_says_who_was_told_by_what_and_when(fleet: Fleet, signed_in: As):
    case, now = fleet.reported(fleet.connected()), timezone.now()
    Mail.objects.filter(recipient="owner@example.org").update(sent_at=now, attempts=1)
    found = told(signed_in(fleet.world.manager), case)
    deliveries = found.pop("deliveries")
    assert found == {"people": 4, "people_told": 1, "mails": 4, "mails_waiting": 3, "more": 0}
    assert [each["who"] for each in deliveries] == ["The provider's staff (2)", "Manager", "Owner"]
    assert deliveries[2] == {
        "who": "Owner",
        "address": "",
        "party": "customer",
        "people": 1,
        "by": "mail",
        "kind": "case_opened",
        "mails": 1,
        "handed_over": 1,
        "handed_over_at": now.isoformat().replace("+00:00", "Z"),
        "waiting_since": None,
        "tries": 1,
        "trouble": "",
    }


def test_addresses_are_for_the_staff_and_no_text_is_for_anybody(fleet: Fleet, signed_in: As):
    case = fleet.reported(fleet.connected())
    Mail.objects.update(subject="PLANTED", body="PLANTED", last_error="OSError: PLANTED", attempts=1)
    contact, staff = signed_in(fleet.world.owner), signed_in(fleet.world.auditor)
    assert "@" not in str(told(contact, case))
    assert {each["address"] for each in told(staff, case)["deliveries"]} == {
        "administrator@example.org",
        "manager@example.org",
        "operator@example.org",
        "owner@example.org",
    }
    for client in (contact, staff):
        assert "PLANTED" not in client.get(f"/api/v1/cases/{case.pk}/").content.decode()


def test_a_strangers_case_is_not_there(fleet: Fleet, signed_in: As):
    case = fleet.reported(fleet.connected())
    assert signed_in(fleet.world.stranger).get(f"/api/v1/cases/{case.pk}/").status_code == 404


def test_a_token_for_one_customer_reads_as_that_customers_people_do(fleet: Fleet):
    case = fleet.reported(fleet.connected())
    token = token_of(fleet.world.operator, Permission.CASE_VIEW, customer=fleet.world.harbour)
    assert "@" not in str(told(by_token(token), case))


def test_a_list_says_nothing_of_mails(fleet: Fleet, signed_in: As):
    fleet.reported(fleet.connected())
    [found] = signed_in(fleet.world.auditor).get("/api/v1/cases/").json()["results"]
    assert "told" not in found
