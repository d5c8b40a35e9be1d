"""A gateway's machine is stolen, or was never anybody's to have: one operator made it alone.

From the revocation on it is told nothing and believed nothing, whatever it holds and whatever it had begun before.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from database.roles.declaration import MACHINES, PEOPLE
from notices.models import Mail
from pki.authority.operations.publish_crl import publish_crl
from pki.authority.signers import configured_signer
from pki.escrow.vault import NoSuchSecret, get_or_create_tls_crypt_v2_server_key, open_secret
from pki.models import Certificate, Revocation, WrappedKey
from pki.models.wrapped_key import TLS_CRYPT_V2_SERVER_KEY
from sensors.cases.operations.record_observation import GatewayRevoked, record_observation
from sensors.enrolment.operations.issue_enrolment_code import issue_gateway_code, issue_sensor_code
from sensors.enrolment.operations.request_enrolment import CodeRefused, request_enrolment
from sensors.fleet.operations.register_sensor import register_sensor
from sensors.gateways.machines import GENERATIONS
from sensors.gateways.operations import revoke_gateway as revoking
from sensors.gateways.operations.agree_to_gateway import agree_to_gateway
from sensors.gateways.operations.collect_gateway_code import collect_gateway_code
from sensors.gateways.operations.request_gateway_code import request_gateway_code
from sensors.gateways.operations.revoke_gateway import revoke_gateway
from sensors.keys.machines.session_questions import QUESTIONS
from sensors.keys.operations.answer_session_questions import answer_session_questions
from sensors.keys.operations.ask_about_sessions import ask_about_sessions
from sensors.keys.operations.permit_release import permit_release
from sensors.keys.release_decision import Outcome, Reason
from sensors.keys.together.operations.release_disk_keys import KeyRequest, release_disk_keys
from sensors.models import Case, CertificateRequest, EnrolmentCode, Gateway, Sensor, Session, SessionQuestion
from tenants.models import Approval, AuditEntry, Person
from tenants.operations.decide_approval import ApprovalRefused
from tests.support.at_once import at_once, results
from tests.support.fleet import (
    ACTOR,
    Fleet,
    confirmed,
    make_fleet,
    new_csr,
    nobody_has_time_to_object,
    session_of,
    sign_waiting,
)
from tests.support.machines_door import GATEWAY_CALLS, Machine, open_machines_door, reason_of
from tests.support.roles import acting_as
from tests.support.sensors.release_stories import ask_for_key
from tests.support.waiting import wait_until

WHY = "Taken from the rack in the night."


def revoke(fleet: Fleet, by: Person | None = None) -> Gateway:
    with acting_as(PEOPLE):
        return revoke_gateway(gateway=fleet.gateway, reason=WHY, revoked_by=by or fleet.world.operator)


def agreed(fleet: Fleet, by: Person | None = None) -> Approval:
    """The operator has asked for a code for the gateway, and the administrator agrees."""
    with acting_as(PEOPLE):
        asked = request_gateway_code(gateway=fleet.gateway, reason="New machine.", requested_by=fleet.world.operator)
        return agree_to_gateway(approval=asked.pk, approved_by=by or fleet.world.administrator)


def collected_code(fleet: Fleet, approval: Approval) -> str:
    with acting_as(PEOPLE):
        return collect_gateway_code(approval=approval.pk, collected_by=fleet.world.operator)


# Its way to the portal.


@pytest.fixture
def stolen(fleet: Fleet, settings: Any, tmp_path: Path) -> Machine:
    """The gateway's agent, whose certificate somebody else has now."""
    machine = Machine.with_certificate(fleet.enrol_gateway(), "10.20.0.1")
    open_machines_door(settings, tmp_path)
    assert machine.get("/v1/gateway/state").status_code == 200
    return machine


@pytest.mark.parametrize(("method", "path"), GATEWAY_CALLS)
def test_each_of_its_calls_is_refused_at_once(fleet: Fleet, stolen: Machine, method: str, path: str):
    revoke(fleet)
    assert reason_of(stolen.call(method, path, {} if method == "POST" else None)) == (403, "certificate-refused")


def test_so_it_is_with_a_certificate_that_escaped_the_revocation(fleet: Fleet, stolen: Machine):
    """Whatever writes a certificate's row beside the lock: the gateway itself is revoked."""
    Gateway.objects.update(revoked_at=timezone.now())
    assert not Revocation.objects.exists()
    assert reason_of(stolen.get("/v1/gateway/state")) == (403, "certificate-refused")


def test_its_certificates_stand_in_the_next_list(fleet: Fleet):
    fleet.enrol_gateway()
    serials = set(Certificate.objects.of_subject(fleet.gateway.subject).values_list("serial", flat=True))
    revoke(fleet)
    row = publish_crl(authority=fleet.authority, signer=configured_signer(), now=timezone.now())
    assert row
    listed = {str(one.serial_number) for one in x509.load_der_x509_crl(bytes(row.der))}
    assert serials <= listed


def test_the_signer_is_told_of_the_list(fleet: Fleet, woken: list[str], django_capture_on_commit_callbacks: Any):
    with django_capture_on_commit_callbacks(execute=True):
        revoke(fleet)
    assert {"sensors.tasks.publish_crl", "tenants.tasks.send_mails"} <= set(woken)


def test_its_tunnel_key_is_destroyed(fleet: Fleet):
    fleet.enrol_gateway()
    subject = fleet.gateway.subject
    key = get_or_create_tls_crypt_v2_server_key(subject=subject)
    revoke(fleet)
    with pytest.raises(NoSuchSecret):
        open_secret(purpose=TLS_CRYPT_V2_SERVER_KEY, subject=subject)
    assert [bytes(row.ciphertext) for row in WrappedKey.objects.filter(subject=subject)] == [b""]
    agreed(fleet)
    assert get_or_create_tls_crypt_v2_server_key(subject=fleet.gateway.subject) != key


def test_its_codes_and_what_waits_for_the_signer_end(fleet: Fleet):
    code = issue_gateway_code(gateway=fleet.gateway, issued_by=ACTOR)
    with acting_as(PEOPLE):
        request_enrolment(code=code, csr=new_csr(), source="203.0.113.9")
    unused = issue_gateway_code(gateway=fleet.gateway, issued_by=ACTOR)
    revoke(fleet)
    assert not CertificateRequest.objects.waiting().exists()
    assert sign_waiting() == 0
    assert not Certificate.objects.of_subject(fleet.gateway.subject).exists()
    for one in (code, unused):
        with pytest.raises(CodeRefused), acting_as(PEOPLE):
            request_enrolment(code=one, csr=new_csr(), source="203.0.113.9")


def test_nothing_is_signed_for_it_that_comes_beside_the_revocation(fleet: Fleet):
    code = issue_gateway_code(gateway=fleet.gateway, issued_by=ACTOR)
    request_enrolment(code=code, csr=new_csr(), source="203.0.113.9")
    Gateway.objects.update(revoked_at=timezone.now())
    assert sign_waiting() == 0
    assert CertificateRequest.objects.get().refused_because == "the gateway is revoked"


# Its boxes' keys.


def test_its_boxes_keys_are_held(fleet: Fleet):
    sensor = fleet.connected()
    assert ask_for_key(fleet, sensor).disk_key
    revoke(fleet)
    held = ask_for_key(fleet, sensor, confirmation=confirmed(sensor))
    assert (held.verdict.outcome, held.verdict.reason) == (Outcome.HELD, Reason.GATEWAY_REVOKED)


def test_also_where_several_are_given_out_together(fleet: Fleet):
    if connection.vendor != "postgresql":
        assert connection.vendor == "sqlite", "which gives them out one by one"
        return
    nobody_has_time_to_object()
    sensor = fleet.connected()
    asked = KeyRequest(sensor, fleet.certificate_of(sensor), sensor.address, confirmed(sensor))
    with acting_as(MACHINES):
        ask_for_key(fleet, sensor)
        assert release_disk_keys(requests=[asked])[sensor.pk].disk_key
    revoke(fleet)
    with acting_as(MACHINES):
        assert release_disk_keys(requests=[asked]) == {}


def test_nobody_can_permit_one_alone(fleet: Fleet):
    """Neither a permit from before, nor one that somebody would give now."""
    sensor = fleet.connected(public_address="203.0.113.9")
    there = confirmed(sensor, "203.0.113.9")
    ask_for_key(fleet, sensor, confirmation=there)
    permit_release(sensor=sensor, public_address="203.0.113.9", permitted_by=fleet.world.manager)
    revoke(fleet)
    assert ask_for_key(fleet, sensor, confirmation=there).verdict.reason is Reason.GATEWAY_REVOKED
    with pytest.raises(ValidationError, match="does not wait"):
        permit_release(sensor=sensor, public_address="203.0.113.9", permitted_by=fleet.world.manager)


def test_other_gateways_boxes_get_theirs(fleet: Fleet):
    from sensors.gateways.operations.register_gateway import register_gateway

    other = register_gateway(
        name="gateway-2", host="198.51.100.2", port=1194, network="10.89.0.0/16", base_networks=[], registered_by=ACTOR
    )
    ours = fleet.connected()
    revoke_gateway(gateway=other, reason=WHY, revoked_by=fleet.world.operator)
    assert ask_for_key(fleet, ours).disk_key


# What it says.


def test_the_sessions_that_it_told_of_count_no_more(fleet: Fleet):
    sensor = fleet.connected()
    revoke(fleet)
    assert not Session.objects.current().filter(sensor=sensor).exists()


def test_a_report_that_is_on_its_way_is_not_taken_in(fleet: Fleet):
    """The call had passed the door before the revocation."""
    sensor = fleet.connected()
    before, report = fleet.gateway, fleet.report(up=[session_of(sensor)])
    revoke(fleet)
    with pytest.raises(GatewayRevoked), acting_as(MACHINES):
        record_observation(gateway=before, report=report)
    agreed(fleet)
    with pytest.raises(GatewayRevoked), acting_as(MACHINES):
        record_observation(gateway=before, report=report)
    assert not Session.objects.current().exists()


def test_nor_is_its_word_that_a_box_is_cut_off(fleet: Fleet):
    from sensors.cases.operations.confirm_cut_off import confirm_cut_off

    case = fleet.reported(sensor := fleet.connected())
    before, cut = fleet.gateway, fleet.cut_of(sensor)
    revoke(fleet)
    confirm_cut_off(gateway=before, cut=cut, observed_at=timezone.now())
    assert Case.objects.get(pk=case.pk).confirmed_at is None


def test_nor_is_an_answer_about_a_session(fleet: Fleet):
    sensor = fleet.connected()
    before, number = fleet.gateway, ask_about_sessions(gateway=fleet.gateway.pk, subjects=[sensor.subject])
    revoke(fleet)
    assert not SessionQuestion.objects.exists()
    number = ask_about_sessions(gateway=fleet.gateway.pk, subjects=[sensor.subject])
    answer_session_questions(gateway=before, answers=[(number, [])])
    assert SessionQuestion.objects.get().answered_at is None


# Its calls that wait.


@pytest.fixture
def waiting_fleet(transactional_db: None, settings: Any, tmp_path: Path) -> Any:
    """Committed, so that other connections see it; ends with the threads that watch for news."""
    yield make_fleet(settings, tmp_path)
    watches = (GENERATIONS, QUESTIONS)
    wait_until(
        lambda: not any(one._thread and one._thread.is_alive() for one in watches), seconds=20, what="the watches end"
    )


@pytest.mark.parametrize("how", ["revoked", "another machine enrols"])
def test_its_calls_that_wait_end_without_news(waiting_fleet: Fleet, settings: Any, tmp_path: Path, how: str):
    fleet = waiting_fleet
    stolen = Machine.with_certificate(fleet.enrol_gateway(), "10.20.0.1")
    known, sensor = fleet.gateway.generation, fleet.register() if how != "revoked" else None
    known = fleet.gateway.generation
    open_machines_door(settings, tmp_path)

    def call(method: str, path: str, body: Any = None) -> Any:
        try:
            return stolen.call(method, path, body)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        state = pool.submit(call, "GET", f"/v1/gateway/state?since={known}&wait=60")
        questions = pool.submit(call, "POST", "/v1/gateway/session-questions?wait=60", {"answers": []})
        wait_until(lambda: (GENERATIONS._waiting, QUESTIONS._waiting) == (1, 1), seconds=20, what="both calls wait")
        began = time.monotonic()
        if how == "revoked":
            revoke(fleet)
        else:
            fleet.enrol_gateway()
            assert sensor
            fleet.enrol(sensor)  # news for the gateway
            ask_about_sessions(gateway=fleet.gateway.pk, subjects=[sensor.subject])
        answers = [waiting.result(timeout=50) for waiting in (state, questions)]
        took = time.monotonic() - began
    assert [reason_of(answer) for answer in answers] == [(403, "certificate-refused")] * 2
    assert took < 30, "of the sixty seconds that they would have waited"


# Twice, at once, half-way.


def state_of(fleet: Fleet) -> dict[str, Any]:
    """What is left, as numbers."""
    return {
        "revocations": Revocation.objects.count(),
        "audit": AuditEntry.objects.filter(action="gateway:revoke").count(),
        "mails": Mail.objects.filter(subject__startswith="Revoked: gateway").count(),
        "sessions": Session.objects.current().count(),
        "codes": EnrolmentCode.objects.usable(timezone.now()).filter(gateway=fleet.gateway).count(),
    }


ENDED = {"revocations": 1, "audit": 2, "mails": 3, "sessions": 0, "codes": 0}


def in_use(fleet: Fleet) -> None:
    fleet.enrol_gateway()
    fleet.connected()
    issue_gateway_code(gateway=fleet.gateway, issued_by=ACTOR)


def test_twice_is_once(fleet: Fleet):
    in_use(fleet)
    first = revoke(fleet)
    again = revoke(fleet, fleet.world.administrator)
    assert (again.revoked_at, again.revoked_by) == (first.revoked_at, fleet.world.operator)
    assert state_of(fleet) == ENDED


def test_two_people_at_once_are_one(waiting_fleet: Fleet):
    in_use(waiting_fleet)
    by = [waiting_fleet.world.operator, waiting_fleet.world.administrator] * 2
    results(at_once([partial(revoke, waiting_fleet, one) for one in by]))
    assert state_of(waiting_fleet) == ENDED


@pytest.mark.parametrize("step", ["_shut_out", "_record", "_tell", "destroy_key", "queue_mails"])
def test_a_crash_half_way_leaves_nothing_and_it_can_be_done_again(
    waiting_fleet: Fleet, step: str, monkeypatch: pytest.MonkeyPatch
):
    in_use(waiting_fleet)
    before = state_of(waiting_fleet)

    def crash(*_: Any, **__: Any) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(revoking, step, crash)
        with pytest.raises(RuntimeError):
            revoke(waiting_fleet)
    assert state_of(waiting_fleet) == before
    assert waiting_fleet.gateway.revoked_at is None
    revoke(waiting_fleet)
    assert state_of(waiting_fleet) == ENDED


def test_it_is_not_revoked_without_a_word_of_why(fleet: Fleet):
    for reason in ("", "  \n ", "x" * 1001):
        with pytest.raises(ValidationError):
            revoke_gateway(gateway=fleet.gateway, reason=reason, revoked_by=fleet.world.operator)
    assert fleet.gateway.revoked_at is None


def test_no_other_fault_of_its_row_keeps_it_in_use(fleet: Fleet):
    """A host or a network that a later version would not let anybody enter."""
    Gateway.objects.update(host="gw_1.example", port=0)
    assert revoke(fleet).revoked_at


# The way back.


def test_no_box_is_registered_or_enrolled_there(fleet: Fleet):
    sensor, waiting = fleet.register("box-1"), fleet.register("box-2")
    with acting_as(PEOPLE):
        code = issue_sensor_code(sensor=waiting, issued_by=ACTOR)
        request_enrolment(code=code, csr=new_csr(), source="198.51.100.21")
    revoke(fleet)
    with pytest.raises(ValidationError, match="is revoked"):
        issue_sensor_code(sensor=sensor, issued_by=ACTOR)
    with pytest.raises(ValidationError, match="is revoked"):
        register_sensor(site=fleet.world.quay, gateway=fleet.gateway, name="x", line="2.4", registered_by=ACTOR)
    assert sign_waiting() == 0
    assert Sensor.objects.get(pk=waiting.pk).state == "registered"


def test_not_even_the_hosts_owner_makes_a_code_for_it(fleet: Fleet):
    revoke(fleet)
    with pytest.raises(ValidationError, match="two people"):
        issue_gateway_code(gateway=fleet.gateway, issued_by=ACTOR)


def test_what_was_asked_for_before_is_overtaken(fleet: Fleet):
    asked = request_gateway_code(gateway=fleet.gateway, reason="New disk.", requested_by=fleet.world.operator)
    revoke(fleet)
    with pytest.raises(ApprovalRefused):
        agree_to_gateway(approval=asked.pk, approved_by=fleet.world.administrator)
    assert Approval.objects.get(pk=asked.pk).verdict == "overtaken"


def test_a_code_that_was_agreed_to_before_is_not_to_be_had(fleet: Fleet):
    before = agreed(fleet)
    revoke(fleet)
    with pytest.raises(ApprovalRefused):
        collected_code(fleet, before)
    given_back = agreed(fleet)
    with pytest.raises(ApprovalRefused):
        collected_code(fleet, before)
    assert collected_code(fleet, given_back)


def test_another_machine_comes_under_a_new_name_and_the_stolen_one_stays_out(
    fleet: Fleet, stolen: Machine, settings: Any
):
    sensor, before = fleet.connected(), fleet.gateway.subject
    revoke(fleet)
    code = collected_code(fleet, agreed(fleet))
    assert fleet.gateway.revoked_at is None
    assert fleet.gateway.subject != before
    with acting_as(PEOPLE):
        request_enrolment(code=code, csr=new_csr(), source="198.51.100.1")
    assert sign_waiting() == 1
    new = Machine.with_certificate(Certificate.objects.of_subject(fleet.gateway.subject).get(), "10.20.0.2")
    assert new.get("/v1/gateway/state").status_code == 200
    assert reason_of(stolen.get("/v1/gateway/state")) == (403, "certificate-refused")
    assert Certificate.objects.of_subject(before).not_revoked().count() == 0
    # Its box can enrol again, and is told the new name.
    fleet.enrol(sensor)
    fleet.observe(up=[session_of(sensor)])
    assert ask_for_key(fleet, Sensor.objects.get(pk=sensor.pk)).disk_key


def test_all_of_the_staff_and_its_boxes_customers_are_told(fleet: Fleet):
    fleet.connected()
    Mail.objects.all().delete()
    revoke(fleet)
    told = Mail.objects.filter(subject="Revoked: gateway gateway-1, 1 sensor")
    assert {mail.recipient for mail in told} == {
        f"{name}@example.org" for name in ("administrator", "operator", "auditor")
    }
    assert f"> {WHY}" in told[0].body
    theirs = Mail.objects.filter(subject="Out of action: 1 sensor of Harbour Logistics")
    assert {mail.recipient for mail in theirs} == {"owner@example.org", "manager@example.org"}
    assert WHY not in theirs[0].body
