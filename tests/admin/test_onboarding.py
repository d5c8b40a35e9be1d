"""From nothing to a box that enrols, through the admin alone."""

import re
from typing import Any

from notices.models import Mail
from sensors.enrolment.operations.request_enrolment import request_enrolment
from sensors.models import CertificateRequest, EnrolmentCode, Gateway, Sensor
from tenants.models import Approval, AuditEntry, Customer, Person, Site
from tests.support.fleet import Fleet, new_csr
from tests.support.signed_in import As


def saved(client: Any, path: str, **values: Any) -> None:
    response = client.post(f"/admin/{path}/add/", values)
    errors = re.findall(r'<li>(.*?)</li>|class="errorlist.*', response.content.decode())
    assert response.status_code == 302, errors


def actions_of(person: Person) -> list[str]:
    return list(
        AuditEntry.objects.filter(actor=f"person:{person.email}").order_by("at", "pk").values_list("action", flat=True)
    )


def test_an_administrator_brings_a_customer_from_nothing_to_an_enrolling_box(fleet: Fleet, signed_in: As):
    administrator = fleet.world.administrator
    client = signed_in(administrator)
    assert not administrator.is_superuser
    saved(client, "tenants/customer", slug="mill", name="Old Mill", change_delay_minutes=5)
    customer = Customer.objects.get(slug="mill")
    saved(
        client, "tenants/site", customer=customer.pk, name="Mill 1", expected_networks="203.0.113.0/28\n198.51.100.7/32"
    )
    site = Site.objects.get(name="Mill 1")
    assert site.expected_networks == ["203.0.113.0/28", "198.51.100.7/32"]
    saved(
        client,
        "tenants/person",
        email="miller@example.org",
        name="Miller",
        phone="",
        customer=customer.pk,
        role="contact",
    )
    saved(
        client,
        "sensors/gateway",
        name="gateway-9",
        host="gw9.example.org",
        port=1194,
        network="10.99.0.0/16",
        base_networks="",
        mssfix=1400,
        reason="For the mill.",
    )
    waiting = Approval.objects.get(about="gateway:gateway-9")
    signed_in(fleet.world.operator).post(f"/decisions/{waiting.pk}/", {"do": "agree"})
    gateway = Gateway.objects.get(name="gateway-9")
    saved(
        client,
        "sensors/sensor",
        site=site.pk,
        gateway=gateway.pk,
        name="mill-box",
        line="2.4",
        description="grey",
        hardware_serial="SN-1",
    )
    sensor = Sensor.objects.get(name="mill-box")
    assert (sensor.state, sensor.address, sensor.customer) == ("registered", "10.99.0.2", customer)

    asked = client.get(f"/admin/sensors/sensor/{sensor.pk}/code/")
    assert not EnrolmentCode.objects.exists()
    assert 'data-testid="code"' not in asked.content.decode()
    shown = client.post(f"/admin/sensors/sensor/{sensor.pk}/code/")
    code = re.findall(r'data-testid="code">([A-Z2-7-]+)<', shown.content.decode())[0]
    assert "no-store" in shown["Cache-Control"]
    assert code not in client.get(f"/admin/sensors/sensor/{sensor.pk}/code/").content.decode()
    assert code not in client.get(f"/admin/sensors/sensor/{sensor.pk}/change/").content.decode()
    assert request_enrolment(code=code, csr=new_csr(), source="192.0.2.1") == CertificateRequest.objects.get()

    assert actions_of(administrator) == [
        "customer:register",
        "site:register",
        "person:add",
        "person:role:grant",
        "approval:request",
        "gateway:register",
        "sensor:register",
        "sensor:enrolment-code:issue",
    ]


def test_an_invited_person_gets_a_mail_and_sees_their_customer_only(fleet: Fleet, signed_in: As):
    world = fleet.world
    client = signed_in(world.administrator)
    saved(
        client, "tenants/person", email="new@example.org", name="New", phone="", customer=world.meadow.pk, role="viewer"
    )
    person = Person.objects.get(email="new@example.org")
    mail = Mail.objects.get(recipient="new@example.org")
    assert "/accounts/password/reset/" in mail.body
    assert not person.has_usable_password()
    assert not person.is_staff
    fleet.register("harbour-box")
    fleet.register("meadow-box", world.dairy)
    text = signed_in(person).get("/sensors/").content.decode()
    assert "meadow-box" in text
    assert "harbour-box" not in text


def test_a_gateways_code_is_shown_to_whoever_asked_once_another_has_agreed(fleet: Fleet, signed_in: As):
    path = f"/admin/sensors/gateway/{fleet.gateway.pk}/code/"
    client, other = signed_in(fleet.world.operator), signed_in(fleet.world.administrator)
    decision = client.post(path, {"do": "ask", "reason": "New machine."})["Location"]
    assert "has asked for something" in client.get(path).content.decode()
    assert not EnrolmentCode.objects.exists()
    agreed = other.post(decision, {"do": "agree"}, follow=True).content.decode()
    assert "Operator can have the code shown now" in agreed
    assert 'value="collect"' not in other.get(path).content.decode()
    assert path in client.get(decision).content.decode()
    assert 'value="collect"' in client.get(path).content.decode()
    assert not EnrolmentCode.objects.exists()
    approval = decision.split("/")[2]
    shown = client.post(path, {"do": "collect", "approval": approval})
    assert "no-store" in shown["Cache-Control"]
    code = re.findall(r'data-testid="code">([A-Z2-7-]+)<', shown.content.decode())[0]
    assert code not in client.post(path, {"do": "collect", "approval": approval}, follow=True).content.decode()
    assert request_enrolment(code=code, csr=new_csr(), source="192.0.2.1").gateway == fleet.gateway


def test_no_code_is_shown_for_a_box_that_may_not_enrol(fleet: Fleet, signed_in: As):
    sensor = fleet.enrolled()
    fleet.reported(sensor)
    client = signed_in(fleet.world.administrator)
    response = client.post(f"/admin/sensors/sensor/{sensor.pk}/code/", follow=True)
    assert "it cannot enrol" in response.content.decode()
    assert 'data-testid="code"' not in response.content.decode()
    assert not EnrolmentCode.objects.filter(used_at=None, revoked_at=None).exists()


def test_a_person_whose_right_is_taken_is_out(fleet: Fleet, signed_in: As):
    owner = fleet.world.owner
    theirs = signed_in(owner)
    assert theirs.get("/cases/").status_code == 200
    response = signed_in(fleet.world.administrator).post(f"/admin/tenants/person/{owner.pk}/change/", {})
    assert response.status_code == 302
    assert theirs.get("/cases/").status_code == 302
    assert not Person.objects.get(pk=owner.pk).groups.exists()
    assert AuditEntry.objects.filter(action="person:disable", subject=owner.email).count() == 1
