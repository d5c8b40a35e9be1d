"""A new customer's checklist: each step says what is missing, and goes when it is there."""

from typing import Any

from sensors.models import SensorContact
from tenants.models import Approval, AuditEntry, Site
from tenants.operations.register_customer import register_customer
from tenants.operations.set_change_policy import set_change_policy
from tests.support.fleet import ACTOR, Fleet
from tests.support.signed_in import As

THERE = "203.0.113.9"


def checklist_of(fleet: Fleet, signed_in: As, customer: Any = None, who: str = "administrator") -> str:
    client = signed_in(getattr(fleet.world, who))
    return client.get(f"/customers/{(customer or fleet.world.harbour).pk}/").content.decode()


def test_a_customer_of_whom_there_is_nothing_yet(fleet: Fleet, signed_in: As):
    customer = register_customer(slug="new", name="New & Co", registered_by=ACTOR)
    page = checklist_of(fleet, signed_in, customer)
    assert "New &amp; Co" in page
    assert "Next: Sites" in page
    assert f"/admin/tenants/site/add/?customer={customer.pk}" in page
    assert f"/admin/tenants/person/add/?customer={customer.pk}" in page
    assert "Nobody can report a loss yet" in page
    assert f"/customers/{customer.pk}/import/" in page


def test_each_box_without_a_code_is_named_with_the_page_that_issues_it(fleet: Fleet, signed_in: As):
    box = fleet.register("box-1")
    page = checklist_of(fleet, signed_in)
    assert "Next: Codes" in page
    assert f"/admin/sensors/sensor/{box.pk}/code/" in page


def test_it_stays_until_the_first_box_is_green(fleet: Fleet, signed_in: As):
    box = fleet.connected("box-1")
    assert "Next: First box at work" in checklist_of(fleet, signed_in)
    SensorContact.objects.update_or_create(
        sensor=box, defaults={"disk": "open", "last_heartbeat_at": box.sessions.get().noted_at}
    )
    assert "At work" in checklist_of(fleet, signed_in)


def test_who_only_looks_is_offered_nothing(fleet: Fleet, signed_in: As):
    fleet.connected("box-1", public_address=THERE)
    page = checklist_of(fleet, signed_in, who="auditor")
    assert "Is this where" in page
    assert '<form class="form"' not in page
    assert "/admin/tenants/site/add/" not in page
    path = f"/customers/{fleet.world.harbour.pk}/"
    said = signed_in(fleet.world.auditor).post(path, {"site": fleet.world.quay.pk, "networks": "0.0.0.0/0"})
    assert said.status_code == 404


def test_where_the_first_box_appears_is_offered_and_counts_only_when_somebody_says_so(fleet: Fleet, signed_in: As):
    Site.objects.filter(pk=fleet.world.quay.pk).update(expected_networks=["0.0.0.0/0"])
    fleet.connected("box-1", public_address=THERE)
    assert f'value="{THERE}/32"' in checklist_of(fleet, signed_in)
    fleet.world.quay.refresh_from_db()
    assert fleet.world.quay.expected_networks == ["0.0.0.0/0"]
    client = signed_in(fleet.world.operator)
    client.post(f"/customers/{fleet.world.harbour.pk}/", {"site": fleet.world.quay.pk, "networks": f"{THERE}/32"})
    fleet.world.quay.refresh_from_db()
    assert fleet.world.quay.expected_networks == [f"{THERE}/32"]
    assert AuditEntry.objects.filter(action="site:change", actor=str(fleet.world.operator.actor)).count() == 1
    assert "Is this where" not in checklist_of(fleet, signed_in)


def test_networks_that_somebody_named_stay_when_another_comes(fleet: Fleet, signed_in: As):
    fleet.connected("box-1", public_address=THERE)
    client = signed_in(fleet.world.operator)
    client.post(f"/customers/{fleet.world.harbour.pk}/", {"site": fleet.world.quay.pk, "networks": f"{THERE}/32"})
    fleet.world.quay.refresh_from_db()
    assert fleet.world.quay.expected_networks == ["198.51.100.21/32", f"{THERE}/32"]


def test_where_two_people_have_to_want_it_a_second_one_is_asked(fleet: Fleet, signed_in: As):
    world = fleet.world
    fleet.connected("box-1", public_address=THERE)
    set_change_policy(
        customer=world.harbour, change_delay_minutes=5, two_people_for_changes=True, set_by=world.administrator
    )
    signed_in(world.operator).post(
        f"/customers/{world.harbour.pk}/", {"site": world.quay.pk, "networks": f"{THERE}/32"}
    )
    world.quay.refresh_from_db()
    assert world.quay.expected_networks == ["198.51.100.21/32"]
    assert Approval.objects.get().details["expected_networks"] == ["198.51.100.21/32", f"{THERE}/32"]


def test_another_customers_site_is_not_there(fleet: Fleet, signed_in: As):
    client = signed_in(fleet.world.operator)
    for site in (fleet.world.dairy.pk, "nonsense", ""):
        path = f"/customers/{fleet.world.harbour.pk}/"
        assert client.post(path, {"site": site, "networks": "192.0.2.0/24"}).status_code == 404


def test_a_network_that_is_none_is_said_and_changes_nothing(fleet: Fleet, signed_in: As):
    client = signed_in(fleet.world.operator)
    path = f"/customers/{fleet.world.harbour.pk}/"
    page = client.post(path, {"site": fleet.world.quay.pk, "networks": "here"}, follow=True).content.decode()
    assert "is not a network" in page
