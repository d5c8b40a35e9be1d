"""Staff's first page: what needs somebody, each once, with its number, its age, what to do and where."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notices.models import Mail
from pki.authority.operations.publish_crl import publish_crl
from pki.authority.signers import configured_signer
from sensors.fleet.operations.record_heartbeat import record_heartbeat
from sensors.models import Case, DiskKeyRelease, Gateway, GatewayContact, Sensor, Session
from tenants.models import AuditVerification
from tests.support.fleet import Fleet, fleet
from tests.support.signed_in import As, no_static_files, signed_in
from tests.support.street import held_box, waiting_gateway_code

__all__ = ["fleet", "no_static_files", "signed_in"]


@pytest.fixture
def well(fleet: Fleet) -> Fleet:
    """A service of which all is well."""
    publish_crl(authority=fleet.authority, signer=configured_signer(), now=timezone.now())
    AuditVerification.objects.create(finished_at=timezone.now(), entries=1, broken_chains=0)
    fleet.enrol_gateway()
    record_heartbeat(sensor=fleet.connected("box-1"), disk="open", kit_version="1")
    Mail.objects.update(sent_at=timezone.now())
    return fleet


def overview_of(client: Any) -> str:
    answer = client.get("/overview/")
    assert answer.status_code == 200
    text: str = answer.content.decode()
    return text


def needs(client: Any) -> dict[str, str]:
    """What each is called, and its text."""
    found = re.findall(r'<li class="need">(.*?)</li>', overview_of(client), re.S)
    texts = [" ".join(re.sub(r"<[^>]+>", " ", each).split()) for each in found]
    return {re.findall(r"<h2>([^<]+)", each)[0]: text for each, text in zip(found, texts, strict=True)}


def ago(**span: float) -> Any:
    return timezone.now() - timedelta(**span)


def test_all_well_is_one_calm_sentence(well: Fleet, signed_in: As):
    client = signed_in(well.world.auditor)
    assert needs(client) == {}
    text = " ".join(re.sub(r"<[^>]+>", " ", overview_of(client)).split())
    assert "All is well 1 of 1 box connected, and nothing waits for anybody." in text


def test_what_needs_somebody_is_said_with_number_age_and_what_to_do(well: Fleet, signed_in: As):
    client = signed_in(well.world.operator)
    well.enrolled("silent")
    for number in range(2):
        held_box(well, f"held-{number}")
    DiskKeyRelease.objects.update(at=ago(hours=3))
    case = well.reported(well.connected("stolen"))
    Case.objects.filter(pk=case.pk).update(opened_at=ago(minutes=20))
    Session.objects.filter(sensor__name="held-0").update(since=ago(days=4))
    waiting_gateway_code(well)
    Mail.objects.update(attempts=3)
    well.observe()
    found = needs(client)
    assert {
        "Not cut off yet",
        "Not where expected",
        "Key held",
        "Not connected",
        "Waits for a second person",
        "Mails",
    } == set(found)
    assert "1 reported box" in found["Not cut off yet"]
    assert "For 20 minutes" in found["Not cut off yet"]
    assert "Urgent" in found["Not cut off yet"]
    assert next(iter(found)) == "Not cut off yet"
    assert "2 boxes with a public address" in found["Not where expected"]
    assert "The first for 4 days" in found["Not where expected"]
    assert "The first for 3 hours" in found["Key held"]
    assert "1 of them your own" in found["Waits for a second person"]
    assert "could not be sent" in found["Mails"]


def test_a_gateways_silence_and_problems_are_the_monitors_words(well: Fleet, signed_in: As):
    client = signed_in(well.world.administrator)
    GatewayContact.objects.update(last_report_at=ago(hours=4))
    found = needs(client)
    assert set(found) == {"Not known", "Gateway gateway-1"}
    assert "Silent for 4 hours" in found["Gateway gateway-1"]
    assert "systemctl status nsm-gateway-agent" in found["Gateway gateway-1"]
    GatewayContact.objects.update(last_report_at=timezone.now(), problems=["The firewall is open."])
    assert "1 problem(s)" in needs(client)["Gateway gateway-1"]


def test_each_link_leads_somewhere(well: Fleet, signed_in: As):
    client = signed_in(well.world.administrator)
    well.enrolled("silent")
    held_box(well, "held")
    well.reported(well.connected("stolen"))
    waiting_gateway_code(well)
    Mail.objects.update(attempts=3, created_at=ago(hours=2))
    GatewayContact.objects.update(problems=["The firewall is open."])
    AuditVerification.objects.all().delete()
    links = re.findall(r'id="need-\d+" href="([^"]+)"', overview_of(client))
    assert len(links) >= 7
    for link in links:
        assert client.get(link).status_code == 200, link


def test_customers_people_have_no_such_page(fleet: Fleet, signed_in: As):
    for person in (fleet.world.manager, fleet.world.owner, fleet.world.viewer, fleet.world.stranger):
        assert signed_in(person).get("/overview/").status_code == 404


def test_thirty_troubles_cost_as_many_queries_as_three(well: Fleet, signed_in: As):
    client = signed_in(well.world.auditor)
    found = []
    for wanted in (3, 15):
        for number in range(Sensor.objects.count() + 1, wanted + 1):
            if number % 3:
                held_box(well, f"box-{number}")
            else:
                well.enrolled(f"box-{number}")
        with CaptureQueriesContext(connection) as queries:
            overview_of(client)
        found.append(len(queries))
    assert found[0] == found[1]


def test_staff_begin_here_and_customers_people_with_their_boxes(fleet: Fleet, client: Any, settings: Any):
    for person, begin in ((fleet.world.operator, "/overview/"), (fleet.world.owner, "/")):
        person.set_password("a long password of the tests")
        person.save()
        answer = client.post("/accounts/login/", {"login": person.email, "password": "a long password of the tests"})
        assert (answer.status_code, answer["Location"]) == (302, begin)
        client.logout()


def test_a_revoked_gateway_is_no_need_of_its_own(well: Fleet, signed_in: As):
    Gateway.objects.update(revoked_at=timezone.now())
    assert set(needs(signed_in(well.world.auditor))) == {"Not known"}
