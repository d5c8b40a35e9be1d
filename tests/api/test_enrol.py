from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from django.utils import timezone

from pki.models import Certificate
from sensors.cases.operations.retire_sensor import retire_sensor
from sensors.enrolment.operations.forget_tunnel_keys import forget_tunnel_keys
from sensors.enrolment.operations.issue_enrolment_code import issue_gateway_code
from sensors.enrolment.operations.sign_waiting_certificates import sign_waiting_certificates
from sensors.models import CertificateRequest, EnrolmentCode
from tests.support.enrolling import code_for, send_enrolment
from tests.support.fleet import ACTOR, Fleet, new_csr
from tests.support.machines_door import reason_of

REFUSED = (403, "code-refused")


def test_it_waits_for_the_signer_and_is_then_given_everything(fleet: Fleet):
    sensor = fleet.register()
    code, csr = code_for(sensor), new_csr()
    waiting = send_enrolment(code, csr)
    sign_waiting_certificates()
    signed = send_enrolment(code, csr)
    assert (waiting.status_code, waiting["Retry-After"]) == (202, "1")
    assert signed.status_code == 201
    body = signed.json()
    assert set(body) == {
        "kind",
        "subject",
        "certificate",
        "chain",
        "tls_crypt_v2_client_key",
        "openvpn_config",
        "address",
        "machines_door_url",
        "underlay",
    }
    assert (body["kind"], body["subject"], body["address"]) == ("sensor", sensor.subject, sensor.address)
    assert body["tls_crypt_v2_client_key"].startswith("-----BEGIN OpenVPN tls-crypt-v2 client key-----")
    assert "PRIVATE KEY" not in signed.content.decode()


def test_a_gateway_is_given_no_tunnel_key(fleet: Fleet):
    code, csr = issue_gateway_code(gateway=fleet.gateway, issued_by=ACTOR), new_csr()
    send_enrolment(code, csr)
    sign_waiting_certificates()
    body = send_enrolment(code, csr).json()
    assert set(body) == {"kind", "subject", "certificate", "chain", "machines_door_url"}
    assert (body["kind"], body["subject"]) == ("gateway", fleet.gateway.subject)


def test_the_certificate_carries_our_name_and_the_boxs_key(fleet: Fleet):
    sensor = fleet.register()
    code, csr = code_for(sensor), new_csr(fleet.gateway.subject)
    send_enrolment(code, csr)
    sign_waiting_certificates()
    certificate = x509.load_pem_x509_certificate(send_enrolment(code, csr).json()["certificate"].encode())
    (name,) = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    assert name.value == sensor.subject
    assert certificate.public_key() == x509.load_pem_x509_csr(csr.encode()).public_key()


def test_a_lost_answer_is_given_again_for_an_hour(fleet: Fleet):
    code, csr = code_for(fleet.register()), new_csr()
    send_enrolment(code, csr)
    sign_waiting_certificates()
    assert send_enrolment(code, csr).json() == send_enrolment(code, csr).json()
    CertificateRequest.objects.update(signed_at=timezone.now() - timedelta(minutes=61))
    forget_tunnel_keys()
    assert reason_of(send_enrolment(code, csr)) == REFUSED


@pytest.mark.parametrize(
    "typed", [str.lower, lambda code: code.replace("-", ""), lambda code: f" {code[:8]} {code[8:]} "]
)
def test_a_code_may_be_typed_in_any_way(fleet: Fleet, typed: Any):
    assert send_enrolment(typed(code_for(fleet.register())), new_csr()).status_code == 202


def wrong(_fleet: Fleet) -> str:
    return "AAAAA-BBBBB-CCCCC-DDDDD-EEEEE-F"


def used(fleet: Fleet) -> str:
    code = code_for(fleet.register())
    assert send_enrolment(code, new_csr()).status_code == 202
    return code


def expired(fleet: Fleet) -> str:
    code = code_for(fleet.register())
    EnrolmentCode.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    return code


def replaced(fleet: Fleet) -> str:
    sensor = fleet.register()
    code = code_for(sensor)
    code_for(sensor)
    return code


def of_a_reported_box(fleet: Fleet) -> str:
    sensor = fleet.register()
    code = code_for(sensor)
    fleet.reported(sensor)
    return code


def of_a_retired_box(fleet: Fleet) -> str:
    sensor = fleet.register()
    code = code_for(sensor)
    retire_sensor(sensor=sensor, retired_by=ACTOR)
    return code


@pytest.mark.parametrize("make", [wrong, used, expired, replaced, of_a_reported_box, of_a_retired_box])
def test_codes_that_are_not_good_are_all_refused_with_one_text(fleet: Fleet, make: Any):
    response = send_enrolment(make(fleet), new_csr())
    assert reason_of(response) == REFUSED
    assert response.content == send_enrolment(wrong(fleet), new_csr()).content
    fleet_size = Certificate.objects.count()
    sign_waiting_certificates()
    assert Certificate.objects.count() - fleet_size == (1 if make is used else 0)


def test_a_box_that_was_reported_after_it_was_signed_collects_nothing(fleet: Fleet):
    sensor = fleet.register()
    code, csr = code_for(sensor), new_csr()
    send_enrolment(code, csr)
    sign_waiting_certificates()
    fleet.reported(sensor)
    assert reason_of(send_enrolment(code, csr)) == REFUSED


def test_a_thief_with_the_used_code_learns_nothing_without_the_boxs_own_request(fleet: Fleet):
    code, csr = code_for(fleet.register()), new_csr()
    send_enrolment(code, csr)
    sign_waiting_certificates()
    assert reason_of(send_enrolment(code, new_csr())) == REFUSED
    assert send_enrolment(code, csr).status_code == 201


@pytest.mark.parametrize(
    "csr",
    ["not a request", "-----BEGIN CERTIFICATE REQUEST-----\nQUJD\n-----END CERTIFICATE REQUEST-----\n", "x" * 17_000],
    ids=["text", "garbage", "long"],
)
def test_a_csr_at_fault_costs_no_code(fleet: Fleet, csr: str):
    code = code_for(fleet.register())
    assert reason_of(send_enrolment(code, csr)) == (400, "csr-refused")
    assert send_enrolment(code, new_csr()).status_code == 202


def test_a_faulty_csr_does_not_tell_a_good_code_from_a_bad_one(fleet: Fleet):
    good, bad = send_enrolment(code_for(fleet.register()), "x"), send_enrolment(wrong(fleet), "x")
    assert good.content == bad.content
