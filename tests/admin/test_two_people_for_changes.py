"""A customer whose policy wants two people for codes and networks."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.operations.add_person import add_person
from notices.models import Mail
from sensors.enrolment.operations.issue_enrolment_code import issue_sensor_code
from sensors.enrolment.operations.request_enrolment import request_enrolment
from sensors.models import EnrolmentCode, Sensor
from tenants.models import Approval, AuditEntry, Customer, Person, Site
from tenants.operations.change_site import change_site
from tenants.operations.grant_role import grant_provider_role
from tenants.operations.set_change_policy import set_change_policy
from tenants.roles import ProviderRole
from tests.support.admin_lists import page_of
from tests.support.fleet import ACTOR, Fleet, new_csr
from tests.support.signed_in import As

WHY = {"reason": "The old disk is worn out; Quay 7 called on Monday."}


@pytest.fixture
def careful(fleet: Fleet) -> Customer:
    return set_change_policy(
        customer=fleet.world.harbour,
        change_delay_minutes=5,
        two_people_for_changes=True,
        set_by=fleet.world.administrator,
    )


@pytest.fixture
def carla(fleet: Fleet) -> Person:
    """A second administrator, made on the host."""
    person = add_person(email="carla@example.org", name="Carla", added_by=ACTOR)
    grant_provider_role(person=person, role=ProviderRole.ADMINISTRATOR, granted_by=ACTOR)
    return person


def waiting() -> Approval:
    return Approval.objects.undecided().get()


def agree(client: Any, approval: Approval) -> str:
    answer = client.post(page_of(approval), {"do": "agree"}, follow=True)
    assert answer.status_code in {200, 409}  # refused, the page says why
    assert "no-store" in answer["Cache-Control"]
    return str(answer.content.decode())


def test_a_code_is_made_once_another_agrees_who_is_shown_it(fleet: Fleet, careful: Customer, signed_in: As):
    sensor = fleet.register()
    page = f"/admin/sensors/sensor/{sensor.pk}/code/"
    operator, administrator = signed_in(fleet.world.operator), signed_in(fleet.world.administrator)
    assert "Why does the box need a code?" in operator.get(page).content.decode()
    answer = operator.post(page, WHY)
    assert (answer.status_code, answer["Location"]) == (302, page_of(waiting()))
    assert not EnrolmentCode.objects.exists()
    assert WHY["reason"] in administrator.get(page_of(waiting())).content.decode()
    shown = agree(administrator, waiting())
    code = shown.split('data-testid="code">')[1].split("<")[0]
    request_enrolment(code=code, csr=new_csr(), source="198.51.100.21")
    assert EnrolmentCode.objects.get().issued_by == str(fleet.world.operator.actor)
    assert Approval.objects.get().decided_by == fleet.world.administrator
    entry = AuditEntry.objects.get(action="sensor:enrolment-code:issue")
    assert entry.details["approval"] == str(Approval.objects.get().pk)
    told = set(Mail.objects.filter(subject__startswith="Needs a second person").values_list("recipient", flat=True))
    assert {"owner@example.org", "administrator@example.org"} <= told
    assert code not in repr(list(AuditEntry.objects.values()))


def test_without_a_reason_nothing_is_asked_and_what_was_typed_stays(fleet: Fleet, careful: Customer, signed_in: As):
    sensor = fleet.register()
    answer = signed_in(fleet.world.operator).post(f"/admin/sensors/sensor/{sensor.pk}/code/", {"reason": "x" * 1001})
    assert answer.status_code == 200
    assert "x" * 1001 in answer.content.decode()
    assert not Approval.objects.exists()


def test_nobody_agrees_to_their_own(fleet: Fleet, careful: Customer, signed_in: As):
    sensor = fleet.register()
    operator = signed_in(fleet.world.operator)
    operator.post(f"/admin/sensors/sensor/{sensor.pk}/code/", WHY)
    assert "Somebody else has to agree" in agree(operator, waiting())
    assert not EnrolmentCode.objects.exists()


def test_an_auditor_sees_it_and_agrees_to_nothing(fleet: Fleet, careful: Customer, signed_in: As):
    sensor = fleet.register()
    signed_in(fleet.world.operator).post(f"/admin/sensors/sensor/{sensor.pk}/code/", WHY)
    auditor = signed_in(fleet.world.auditor)
    assert auditor.get(page_of(waiting())).status_code == 200
    assert auditor.post(page_of(waiting()), {"do": "agree"}).status_code == 403
    assert not EnrolmentCode.objects.exists()


def test_no_other_door_makes_a_code_alone(fleet: Fleet, careful: Customer, signed_in: As):
    sensor = fleet.register()
    with pytest.raises(ValidationError, match="two people"):
        issue_sensor_code(sensor=sensor, issued_by=fleet.world.operator.actor)
    answer = signed_in(fleet.world.operator).post(f"/api/v1/sensors/{sensor.pk}/enrolment-code/")
    assert answer.status_code == 400
    assert "two people" in answer.content.decode()
    assert not EnrolmentCode.objects.exists()


def test_networks_count_once_another_agrees_and_a_new_name_at_once(fleet: Fleet, careful: Customer, signed_in: As):
    page = f"/admin/tenants/site/{fleet.world.quay.pk}/change/"
    values = {"name": "Quay 8", "expected_networks": "203.0.113.0/24"}
    operator = signed_in(fleet.world.operator)
    answer = operator.post(page, values)
    assert answer.status_code == 200
    assert "Another person has to agree" in answer.content.decode()
    answer = operator.post(page, values | WHY)
    assert (answer.status_code, answer["Location"]) == (302, page_of(waiting()))
    site = Site.objects.get(pk=fleet.world.quay.pk)
    assert (site.name, site.expected_networks) == ("Quay 8", ["198.51.100.21/32"])
    assert "203.0.113.0/24" in signed_in(fleet.world.administrator).get(page_of(waiting())).content.decode()
    agree(signed_in(fleet.world.administrator), waiting())
    site.refresh_from_db()
    assert (site.expected_networks, site.networks_set_by) == (["203.0.113.0/24"], str(fleet.world.operator.actor))
    with pytest.raises(ValidationError, match="two people"):
        change_site(site=site, name="Quay 8", expected_networks=["0.0.0.0/0"], changed_by=fleet.world.operator.actor)


@pytest.mark.parametrize("weaker", [{"change_delay_minutes": "0", "two_people_for_changes": "on"}, {}])
def test_less_protection_needs_two_administrators(
    fleet: Fleet, careful: Customer, carla: Person, signed_in: As, weaker: dict[str, str]
):
    page = f"/admin/tenants/customer/{careful.pk}/change/"
    administrator = signed_in(fleet.world.administrator)
    values = {"name": careful.name, "change_delay_minutes": "5"} | weaker
    assert administrator.post(page, values).status_code == 200
    assert administrator.post(page, values | WHY).status_code == 302
    careful.refresh_from_db()
    assert (careful.change_delay_minutes, careful.two_people_for_changes) == (5, True)
    assert "You may not agree" in agree(signed_in(fleet.world.operator), waiting())
    agree(signed_in(carla), waiting())
    careful.refresh_from_db()
    assert (careful.change_delay_minutes, careful.two_people_for_changes) == (
        int(values["change_delay_minutes"]),
        "two_people_for_changes" in weaker,
    )


def test_more_protection_needs_one(fleet: Fleet, signed_in: As):
    page = f"/admin/tenants/customer/{fleet.world.harbour.pk}/change/"
    values = {"name": "Harbour Logistics", "change_delay_minutes": "60", "two_people_for_changes": "on"}
    assert signed_in(fleet.world.administrator).post(page, values).status_code == 302
    harbour = Customer.objects.get(pk=fleet.world.harbour.pk)
    assert (harbour.change_delay_minutes, harbour.two_people_for_changes) == (60, True)
    assert AuditEntry.objects.latest("pk").action == "customer:set-change-policy"


@pytest.mark.parametrize("minutes", ["-1", "1441", "", "5\n5", "x"])
def test_a_time_that_cannot_be_is_refused(fleet: Fleet, signed_in: As, minutes: str):
    page = f"/admin/tenants/customer/{fleet.world.harbour.pk}/change/"
    answer = signed_in(fleet.world.administrator).post(
        page, {"name": "Harbour Logistics", "change_delay_minutes": minutes}
    )
    assert answer.status_code == 200
    assert Customer.objects.get(pk=fleet.world.harbour.pk).change_delay_minutes == 5


def test_a_sensor_in_a_new_place_needs_no_second_person_to_be_registered(fleet: Fleet, careful: Customer):
    sensor: Sensor = fleet.register()
    assert sensor.customer == careful
