from datetime import timedelta

import pytest
from django.utils import timezone

from pki.authority.x509 import CsrRefused
from sensors.enrolment.operations.issue_enrolment_code import issue_gateway_code, issue_sensor_code
from sensors.enrolment.operations.request_enrolment import CodeRefused, request_enrolment
from sensors.enrolment.operations.sign_waiting_certificates import sign_waiting_certificates
from sensors.models import CertificateRequest, EnrolmentCode
from tenants.models import AuditEntry
from tests.support.audit_rows import actions
from tests.support.fleet import ACTOR, Fleet, new_csr

SOURCE = "198.51.100.21"
BAD_CSRS = {
    "nothing": "",
    "words": "please",
    "half of one": new_csr()[:200],
    "a changed signature": new_csr().replace("A", "B", 40),
    "a private key": "-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----\n",
    "half a character": "\ud800",
    "a hundred thousand characters": "x" * 100_000,
}


@pytest.fixture
def code(fleet: Fleet) -> str:
    return issue_sensor_code(sensor=fleet.register(), issued_by=ACTOR)


def refused(code: str, csr: str | None = None) -> bool:
    before = CertificateRequest.objects.count()
    with pytest.raises(CodeRefused) as caught:
        request_enrolment(code=code, csr=csr or new_csr(), source=SOURCE)
    # Nothing tells why: neither the text nor a row.
    return str(caught.value) == "" and CertificateRequest.objects.count() == before


def test_a_good_code_makes_a_request_that_waits_and_wakes_the_signer(
    code: str, woken, django_capture_on_commit_callbacks
):
    csr = new_csr()
    with django_capture_on_commit_callbacks(execute=True):
        request = request_enrolment(code=code, csr=csr, source=SOURCE)
    assert list(CertificateRequest.objects.waiting()) == [request]
    assert request.csr == csr
    assert woken == ["sensors.tasks.sign_certificates"]


@pytest.mark.parametrize("change", [str.lower, lambda code: code.replace("-", " "), lambda code: f" {code}\n"])
def test_it_takes_the_code_as_people_type_it(code: str, change):
    assert request_enrolment(code=change(code), csr=new_csr(), source=SOURCE)


@pytest.mark.parametrize("wrong", ["", "AAAAA-AAAAA-AAAAA-AAAAA-AAAAA-A", "\0", "\ud800", "x" * 100_000, "' OR 1=1 --"])
def test_a_wrong_code_is_refused(code: str, wrong: str):
    assert refused(wrong)


@pytest.mark.parametrize("cut", [slice(0, -1), slice(1, None)])
def test_a_code_that_lacks_a_character_is_refused(code: str, cut: slice):
    assert refused(code[cut])


def test_an_expired_code_is_refused(code: str):
    EnrolmentCode.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert refused(code)


def test_a_revoked_code_is_refused(code: str):
    EnrolmentCode.objects.update(revoked_at=timezone.now())
    assert refused(code)


def test_a_used_code_is_refused_for_another_box(code: str):
    request_enrolment(code=code, csr=new_csr(), source=SOURCE)
    assert refused(code)
    sign_waiting_certificates()
    assert refused(code)


def test_the_same_body_again_is_the_same_request_before_and_after_it_is_signed(code: str):
    csr = new_csr()
    first = request_enrolment(code=code, csr=csr, source=SOURCE)
    assert request_enrolment(code=code, csr=f"\n{csr}\n", source=SOURCE).pk == first.pk
    sign_waiting_certificates()
    again = request_enrolment(code=code, csr=csr, source=SOURCE)
    assert (again.pk, again.certificate is not None) == (first.pk, True)
    assert CertificateRequest.objects.count() == 1


def test_the_same_body_again_is_noted_once(fleet: Fleet):
    sensor, csr = fleet.register(), new_csr()
    code = issue_sensor_code(sensor=sensor, issued_by=ACTOR)
    for _ in range(3):
        request_enrolment(code=code, csr=csr, source=SOURCE)
    assert actions(f"sensor:{sensor.subject}").count("sensor:enrolment:request") == 1


def test_after_a_report_the_same_body_is_refused_too(fleet: Fleet):
    sensor, csr = fleet.register(), new_csr()
    code = issue_sensor_code(sensor=sensor, issued_by=ACTOR)
    request_enrolment(code=code, csr=csr, source=SOURCE)
    fleet.reported(sensor)
    assert refused(code, csr)


@pytest.mark.parametrize("csr", BAD_CSRS.values(), ids=BAD_CSRS.keys())
def test_a_bad_csr_costs_no_code(code: str, csr: str):
    with pytest.raises(CsrRefused):
        request_enrolment(code=code, csr=csr, source=SOURCE)
    assert request_enrolment(code=code, csr=new_csr(), source=SOURCE)


def test_a_bad_csr_with_a_wrong_code_does_not_tell_that_the_code_is_wrong(code: str):
    with pytest.raises(CsrRefused):
        request_enrolment(code="wrong", csr="rubbish", source=SOURCE)


def test_the_audit_row_names_the_machine_the_source_and_the_key_and_not_the_code(fleet: Fleet):
    sensor = fleet.register()
    code = issue_sensor_code(sensor=sensor, issued_by=ACTOR)
    request_enrolment(code=code, csr=new_csr(), source=SOURCE)
    entry = AuditEntry.objects.get(action="sensor:enrolment:request")
    assert (entry.actor, entry.chain.customer) == (f"machine:{sensor.subject}", fleet.world.harbour)
    assert set(entry.details) == {"source", "key"}
    assert entry.details["source"] == SOURCE


def test_a_gateway_enrols_in_the_providers_chain(fleet: Fleet):
    code = issue_gateway_code(gateway=fleet.gateway, issued_by=ACTOR)
    request = request_enrolment(code=code, csr=new_csr(), source=SOURCE)
    assert (request.gateway, request.sensor) == (fleet.gateway, None)
    assert AuditEntry.objects.get(action="gateway:enrolment:request").chain.customer is None
