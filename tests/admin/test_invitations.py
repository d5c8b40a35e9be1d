"""Inviting in the admin, where two administrators have to want it."""

from typing import Any

import pytest
from django.core.management import call_command

from tenants.models import Approval, Person
from tests.support.admin_lists import page_of
from tests.support.fleet import Fleet
from tests.support.signed_in import As

VALUES = {
    "email": "new@example.org", "name": "New", "phone": "", "customer": "", "role": "operator",
    "reason": "Starts on Monday.",
}  # fmt: skip


@pytest.fixture
def carla(fleet: Fleet) -> Person:
    call_command("create_administrator", "carla@example.org", "Carla Conti")
    found: Person = Person.objects.get(email="carla@example.org")
    return found


def asked(client: Any, **different: str) -> Approval:
    answer = client.post("/admin/tenants/person/add/", VALUES | different)
    approval: Approval = Approval.objects.get(action="person:invite", verdict="")
    assert (answer.status_code, answer["Location"]) == (302, page_of(approval))
    return approval


def shown(client: Any, approval: Approval) -> str:
    answer = client.get(page_of(approval))
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    return str(answer.content.decode())


def test_the_first_administrator_invites_the_second_alone_and_no_third(fleet: Fleet, signed_in: As):
    client = signed_in(fleet.world.administrator)
    answer = client.post("/admin/tenants/person/add/", VALUES | {"role": "administrator", "reason": ""})
    assert (answer.status_code, answer["Location"]) == (302, "/admin/tenants/person/")
    assert Person.objects.get(email="new@example.org").provider_roles() == {"administrator"}
    asked(client, email="third@example.org")
    assert not Person.objects.filter(email="third@example.org").exists()


def test_who_has_to_agree_is_told_why_or_nothing_is_asked(fleet: Fleet, signed_in: As, carla: Person):
    answer = signed_in(fleet.world.administrator).post("/admin/tenants/person/add/", VALUES | {"reason": ""})
    assert answer.status_code == 200
    assert "Another administrator has to agree" in answer.content.decode()
    assert 'value="new@example.org"' in answer.content.decode(), "nothing that was typed is lost"
    assert not Approval.objects.exists()


def test_each_sees_what_they_can_do(fleet: Fleet, signed_in: As, carla: Person):
    world = fleet.world
    approval = asked(signed_in(world.administrator))
    pages = {
        person.email.split("@")[0]: shown(signed_in(person), approval)
        for person in (world.administrator, carla, world.operator, world.auditor)
    }
    assert {name for name, page in pages.items() if 'value="agree"' in page} == {"carla"}
    assert {name for name, page in pages.items() if 'value="refuse"' in page} == {"administrator", "carla", "operator"}
    assert "Take the request back" in pages["administrator"]
    for page in pages.values():
        assert "Starts on Monday." in page
        assert "new@example.org" in page


def test_agreed_to_the_page_says_by_whom(fleet: Fleet, signed_in: As, carla: Person):
    approval = asked(signed_in(fleet.world.administrator))
    client = signed_in(carla)
    answer = client.post(page_of(approval), {"do": "agree"}, follow=True)
    assert "New is invited" in answer.content.decode()
    assert "Approved by <strong>Carla Conti</strong>" in answer.content.decode()
    assert 'value="agree"' not in answer.content.decode()
    assert Person.objects.get(email="new@example.org").provider_roles() == {"operator"}
    again = client.post(page_of(approval), {"do": "refuse"}, follow=True)
    assert "This was decided meanwhile." in again.content.decode()


@pytest.mark.parametrize(("who", "verdict"), [("operator", "refused"), ("administrator", "withdrawn")])
def test_anybody_of_the_staff_who_writes_says_no(fleet: Fleet, signed_in: As, carla: Person, who: str, verdict: str):
    approval = asked(signed_in(fleet.world.administrator))
    answer = signed_in(getattr(fleet.world, who)).post(page_of(approval), {"do": "refuse"}, follow=True)
    assert "Nobody is invited." in answer.content.decode()
    assert Approval.objects.get(pk=approval.pk).verdict == verdict
    assert "This was decided meanwhile" in signed_in(carla).post(
        page_of(approval), {"do": "agree"}, follow=True
    ).content.decode()  # fmt: skip


@pytest.mark.parametrize("do", ["", "approve", "agree\0"])
def test_what_says_neither_does_nothing(fleet: Fleet, signed_in: As, carla: Person, do: str):
    approval = asked(signed_in(fleet.world.administrator))
    answer = signed_in(carla).post(page_of(approval), {"do": do}, follow=True)
    assert "Say whether you agree." in answer.content.decode()
    assert Approval.objects.get(pk=approval.pk).verdict == ""


def test_a_new_administrator_reads_from_when_on_she_counts(fleet: Fleet, signed_in: As, carla: Person):
    approval = asked(signed_in(fleet.world.administrator), role="administrator")
    signed_in(carla).post(page_of(approval), {"do": "agree"})
    new = signed_in(Person.objects.get(email="new@example.org"))
    other = asked(signed_in(fleet.world.administrator), email="other@example.org")
    page = shown(new, other)
    assert 'value="agree"' not in page
    assert "after this was asked for" in page or "does not count" in page
    new.post(page_of(other), {"do": "agree"})
    assert Approval.objects.get(pk=other.pk).verdict == ""


def test_a_persons_page_says_how_the_account_came_into_being_and_whether_it_counts(fleet: Fleet, signed_in: As):
    client = signed_in(fleet.world.administrator)
    client.post("/admin/tenants/person/add/", VALUES)
    made = Person.objects.get(email="new@example.org")
    text = client.get(f"/admin/tenants/person/{made.pk}/change/").content.decode()
    assert "Given a role (operator), by Administrator." in text
    assert "does not count as one of two people" in text
    text = client.get(f"/admin/tenants/person/{fleet.world.operator.pk}/change/").content.decode()
    assert "by a command on the portal&#x27;s host." in text
    assert "Counts." in text
    text = client.get(f"/admin/tenants/person/{fleet.world.viewer.pk}/change/").content.decode()
    assert "no role that does" in text


@pytest.mark.parametrize("model", ["approval"])
def test_only_what_waits_has_a_button(fleet: Fleet, signed_in: As, carla: Person, model: str):
    from tests.support.street import waiting_closing

    approval = asked(signed_in(fleet.world.administrator))
    closing = waiting_closing(fleet, "box-1")
    client = signed_in(carla)
    assert "to-decision" in client.get(f"/admin/tenants/{model}/{approval.pk}/change/").content.decode()
    assert "to-decision" in client.get(f"/admin/tenants/{model}/{closing.pk}/change/").content.decode()
    client.post(page_of(approval), {"do": "agree"})
    assert "to-decision" not in client.get(f"/admin/tenants/{model}/{approval.pk}/change/").content.decode()
