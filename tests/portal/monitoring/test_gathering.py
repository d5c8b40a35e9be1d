"""The facts of a monitor: right for a fleet in all its states, in as many queries for many as for few."""

import ssl
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from database.roles.declaration import MONITOR
from limits.kept import Kept
from notices.models import Mail
from pki.authority.operations.publish_crl import publish_crl
from pki.authority.signers import configured_signer
from portal.monitoring import gathering
from portal.monitoring.decisions import DecisionCounts
from portal.monitoring.doors import ends_of_doors
from portal.monitoring.facts import Facts
from portal.monitoring.gathering import gather_facts
from sensors.enrolment.operations.issue_enrolment_code import issue_sensor_code
from sensors.enrolment.operations.request_enrolment import request_enrolment
from sensors.fleet.operations.record_heartbeat import record_heartbeat
from sensors.gateways.operations.register_gateway import register_gateway
from sensors.keys.operations.release_disk_key import release_disk_key
from sensors.models import (
    Case,
    CertificateRequest,
    DiskKeyRelease,
    Gateway,
    GatewayContact,
    Sensor,
    Session,
    SessionQuestion,
)
from tenants.models import AuditVerification
from tests.support.fleet import ACTOR, Fleet, as_reported, new_csr
from tests.support.roles import acting_as
from tests.support.street import held_box

on_postgresql = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="only PostgreSQL has roles")


@pytest.fixture(autouse=True)
def doors_are_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "DOORS", Kept(lambda: {"people": None}, seconds=300))


def facts() -> Facts:
    """As the monitor reads them."""
    with acting_as(MONITOR):
        return gather_facts()


def released(fleet: Fleet, name: str) -> Sensor:
    sensor = fleet.connected(name)
    release_disk_key(
        sensor=sensor, certificate=fleet.certificate_of(sensor), source=sensor.address, confirmation=as_reported(sensor)
    )
    return sensor


def minutes_ago(count: float) -> Any:
    return timezone.now() - timedelta(minutes=count)


def test_an_empty_portal_has_facts_too(db: None):
    found = facts()
    assert set(found.sensors.values()) == {0}
    assert (found.authority_ends, found.revocation_list, found.verification) == (None, None, None)
    assert found.gateways == ()


def test_sensors_are_counted_by_state_and_tunnel(fleet: Fleet):
    fleet.register("box-1")
    fleet.enrolled("box-2")
    fleet.connected("box-3")
    fleet.reported(fleet.connected("box-4"))
    fleet.cut_off("box-5")
    found = facts()
    assert {state: count for state, count in found.sensors.items() if count} == {
        "registered": 1, "in-service": 2, "reported": 1, "cut-off": 1,
    }  # fmt: skip
    assert found.tunnels == {"up": 1, "down": 1, "unknown": 0}
    assert (found.open_cases, found.unconfirmed_cases.count) == (2, 1)


def test_of_a_silent_or_revoked_gateway_nothing_is_shown_as_a_fact(fleet: Fleet):
    fleet.connected("box-1")
    GatewayContact.objects.update(last_report_at=minutes_ago(5))
    found = facts()
    assert found.tunnels == {"up": 0, "down": 0, "unknown": 1}
    assert 299 < (found.gateways[0].report_age or 0) < 400
    GatewayContact.objects.update(last_report_at=timezone.now())
    Gateway.objects.update(revoked_at=timezone.now())
    found = facts()
    assert found.tunnels == {"up": 0, "down": 0, "unknown": 1}
    assert (found.gateways, found.revoked_gateways) == ((), 1)


def test_a_box_that_tells_nothing_of_itself_is_quiet(fleet: Fleet):
    quiet, new, telling = (fleet.connected(f"box-{number}") for number in range(3))
    Session.objects.exclude(sensor=new).update(noted_at=minutes_ago(20))
    record_heartbeat(sensor=telling, disk="open", kit_version="1")
    assert facts().quiet == 1
    record_heartbeat(sensor=quiet, disk="open", kit_version="1")
    assert facts().quiet == 0


def test_a_held_key_counts_by_the_last_decision_alone(fleet: Fleet):
    box = held_box(fleet, "box-1")
    held_box(fleet, "box-2")
    released(fleet, "box-3")
    assert facts().held == {"public-network-unexpected": 2}
    DiskKeyRelease.objects.create(
        sensor=box,
        at=timezone.now(),
        outcome="released",
        reason="permitted-once",
        source_address="10.88.0.2",
        serial="1",
    )
    assert facts().held == {"public-network-unexpected": 1}


def test_a_gateway_tells_its_lag_its_problems_and_what_it_leaves_unanswered(fleet: Fleet):
    fleet.enrol_gateway()
    fleet.observe()
    for asked in (minutes_ago(0.5), minutes_ago(0), minutes_ago(5)):
        SessionQuestion.objects.create(gateway=fleet.gateway, asked_at=asked)
    SessionQuestion.objects.create(gateway=fleet.gateway, asked_at=minutes_ago(0.5), answered_at=timezone.now())
    problems = [{"code": "state-refused", "detail": "it does not understand"}]
    GatewayContact.objects.update(observed_generation=fleet.gateway.generation - 3, problems=problems)
    [gateway] = facts().gateways
    assert (gateway.generation_lag, gateway.problems, gateway.unanswered) == (3, 1, 1)
    assert gateway.certificate_ends is not None
    assert 364 < (gateway.certificate_ends - timezone.now()).days + 1 < 367


def test_a_gateway_that_never_reported_has_no_age(fleet: Fleet):
    [gateway] = facts().gateways
    assert (gateway.report_age, gateway.certificate_ends) == (None, None)


def test_what_waits_has_the_age_of_its_oldest(fleet: Fleet):
    Mail.objects.all().delete()
    for minutes, attempts, sent in ((3, 2, None), (2, 1, None), (9, 1, timezone.now())):
        mail = Mail(recipient="a@example.org", subject="s", body="b", about="x")
        mail.created_at, mail.attempts, mail.sent_at = minutes_ago(minutes), attempts, sent
        mail.save()
    case = fleet.reported(fleet.connected("box-2"))
    Case.objects.filter(pk=case.pk).update(opened_at=minutes_ago(7))
    code = issue_sensor_code(sensor=fleet.register("box-1"), issued_by=ACTOR)
    request_enrolment(code=code, csr=new_csr(), source="198.51.100.21")
    CertificateRequest.objects.update(requested_at=minutes_ago(4))
    found = facts()
    assert (found.failed_mails, found.mails.count >= 2) == (1, True)
    assert 180 <= found.mails.oldest < 240
    assert (found.certificate_requests.count, found.certificate_requests.oldest // 60) == (1, 4)
    assert (found.unconfirmed_cases.count, found.unconfirmed_cases.oldest // 60) == (1, 7)


def test_the_list_and_the_authority_have_their_ends(fleet: Fleet):
    publish_crl(authority=fleet.authority, signer=configured_signer(), now=timezone.now())
    found = facts()
    assert found.authority_ends == fleet.authority.certificate.not_valid_after_utc
    assert found.revocation_list is not None
    assert found.revocation_list.ends - found.revocation_list.made_at == timedelta(days=7)


def test_the_last_verification_of_the_trail_is_known(fleet: Fleet, capsys: pytest.CaptureFixture[str]):
    call_command("verify_audit")
    found = facts().verification
    assert found is not None
    assert found.broken_chains == 0
    assert AuditVerification.objects.get().entries > 5


def test_ten_thousand_sensors_cost_as_many_queries_as_ten(fleet: Fleet):
    """Here it is forty beside four, and three gateways beside one: nothing is asked for each."""

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            facts()
            counts.read()
        return len(queries)

    counts = DecisionCounts()
    held_box(fleet, "first")
    few = count()
    for number in range(2, 4):
        register_gateway(
            name=f"gateway-{number}", host=f"198.51.100.{number}", port=1194, network=f"10.{number}.0.0/16",
            base_networks=[], registered_by=ACTOR,
        )  # fmt: skip
    for number in range(8):
        fleet.connected(f"box-{number}")
        held_box(fleet, f"held-{number}")
    assert count() == few
    assert few <= 20


@on_postgresql
@pytest.mark.parametrize(
    "statement",
    [
        "SELECT name FROM sensors_sensor",
        "SELECT public_address FROM sensors_session",
        "SELECT recipient FROM notices_mail",
        "SELECT body FROM notices_mail",
        "SELECT email FROM tenants_person",
        "SELECT name FROM tenants_customer",
        "SELECT ciphertext FROM pki_wrappedkey",
        "SELECT tunnel_key FROM sensors_certificaterequest",
        "SELECT digest FROM sensors_enrolmentcode",
        "SELECT session_data FROM django_session",
        "SELECT details FROM tenants_auditentry",
        "SELECT answer FROM sensors_sessionquestion",
        "UPDATE sensors_gatewaycontact SET last_report_at = now()",
        "DELETE FROM sensors_sighting",
        "INSERT INTO tenants_auditverification (finished_at, entries, broken_chains) VALUES (now(), 1, 0)",
        "SELECT sensors_raise_generation(gen_random_uuid())",
    ],
)
def test_the_monitor_reads_what_it_counts_and_nothing_else(fleet: Fleet, statement: str):
    with acting_as(MONITOR), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():  # noqa: SIM117
        with connection.cursor() as cursor:
            cursor.execute(statement)


@on_postgresql
def test_the_monitor_may_change_nothing_at_all(db: None):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, privilege_type FROM information_schema.column_privileges"
            " WHERE grantee = 'nsmaas_monitor' AND privilege_type <> 'SELECT'"
        )
        assert cursor.fetchall() == []


def test_decisions_are_counted_once_each_whenever_they_were_made(fleet: Fleet):
    counts = DecisionCounts()
    assert sum(counts.read().values()) == 0
    released(fleet, "box-1")
    held_box(fleet, "box-2")
    expected = {("released", "all-facts-fit"): 1, ("held", "public-network-unexpected"): 1}
    assert counts.read() == counts.read() == expected
    DiskKeyRelease.objects.update(at=minutes_ago(20))
    assert counts.read() == expected
    released(fleet, "box-3")
    expected["released", "all-facts-fit"] = 2
    assert counts.read() == counts.read() == expected
    with CaptureQueriesContext(connection) as queries:
        counts.read()
    # Those that are settled are not read again.
    settled = DiskKeyRelease.objects.order_by("pk")[1].pk
    assert all(f"> {settled}" in each["sql"] for each in queries)
    assert DecisionCounts().read() == expected


def test_a_door_that_does_not_answer_is_told_and_one_without_tls_is_left_out(settings: Any):
    settings.BASE_URL, settings.MACHINES_DOOR_URL = "http://127.0.0.1:8000", "https://127.0.0.1:1"
    assert ends_of_doors() == {"machines": None}


def test_words_that_are_no_certificate_are_no_answer(settings: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(ssl, "get_server_certificate", lambda *_, **__: "no certificate")
    settings.BASE_URL, settings.MACHINES_DOOR_URL = "https://portal.example", "https://[fd00::1]:8443"
    assert ends_of_doors() == {"people": None, "machines": None}
