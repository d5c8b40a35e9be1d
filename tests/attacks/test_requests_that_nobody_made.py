"""Somebody writes a certificate request into the database, for a key of his own, and waits for the signer."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from django.utils import timezone

from pki.authority.operations.revoke_subject import revoke_subject
from pki.authority.x509 import Profile, build_authority_certificate, build_certificate, check_csr
from pki.models import Certificate, Reason
from sensors.enrolment.operations.issue_enrolment_code import code_proof, issue_gateway_code, issue_sensor_code
from sensors.enrolment.operations.request_renewal import request_renewal
from sensors.enrolment.operations.sign_waiting_certificates import sign_waiting_certificates
from sensors.models import CertificateRequest, EnrolmentCode, Gateway, Sensor
from tests.support.fleet import ACTOR, Fleet, fleet, new_csr, renewal

__all__ = ["fleet"]


def write_request(csr: str, **columns: Any) -> CertificateRequest:
    digest = hashlib.sha256(csr.strip().encode()).hexdigest()
    return CertificateRequest.objects.create(csr=csr, csr_digest=digest, **columns)


def write_renewal(sensor: Sensor, sent: dict[str, str]) -> CertificateRequest:
    return write_request(sent["csr"], sensor=sensor, renewal_proof=sent["proof"])


def assert_nothing_is_signed(request: CertificateRequest, because: str) -> None:
    before = Certificate.objects.count()
    assert sign_waiting_certificates() == 0
    assert Certificate.objects.count() == before
    request.refresh_from_db()
    assert because in request.refused_because
    assert request.code_proof == ""


UNSIGNED = "not signed with the key"


def test_a_renewal_that_no_box_asked_for_is_not_signed(fleet: Fleet):
    assert_nothing_is_signed(write_request(new_csr(), sensor=fleet.connected()), UNSIGNED)


def test_a_gateways_renewal_that_no_gateway_asked_for_is_not_signed(fleet: Fleet):
    fleet.enrol_gateway()
    assert_nothing_is_signed(write_request(new_csr(), gateway=fleet.gateway), UNSIGNED)


@pytest.mark.parametrize("kind", ["sensor", "gateway"])
def test_an_enrolment_by_whoever_reads_codes_but_knows_none_is_not_signed(fleet: Fleet, kind: str):
    """A code that waits for its box is there as a digest, which is all that the database can give away."""
    sensor = fleet.register()
    machine: dict[str, Sensor | Gateway]
    if kind == "sensor":
        issue_sensor_code(sensor=sensor, issued_by=ACTOR)
        machine = {"sensor": sensor}
    else:
        issue_gateway_code(gateway=fleet.gateway, issued_by=ACTOR)
        machine = {"gateway": fleet.gateway}
    code = EnrolmentCode.objects.latest("pk")
    request = write_request(new_csr(), code=code, code_proof=code.digest, **machine)
    assert_nothing_is_signed(request, "without its code")
    assert Sensor.objects.get(pk=sensor.pk).state == "registered"


def test_a_code_for_one_box_is_none_for_another(fleet: Fleet):
    """Whoever may issue codes for a box of his own gets no certificate in the name of somebody else's."""
    own, other = fleet.register("own"), fleet.connected("other")
    proof = code_proof(issue_sensor_code(sensor=own, issued_by=ACTOR))
    code = EnrolmentCode.objects.get(sensor=own)
    assert_nothing_is_signed(write_request(new_csr(), code=code, code_proof=proof, sensor=other), "another machine")
    assert Certificate.objects.of_subject(other.subject).not_revoked().exists()


@pytest.mark.parametrize("end", ["revoked", "expired"])
def test_a_code_that_has_ended_is_none(fleet: Fleet, end: str):
    sensor = fleet.register()
    proof = code_proof(issue_sensor_code(sensor=sensor, issued_by=ACTOR))
    two_days_ago = timezone.now() - timedelta(days=2)
    EnrolmentCode.objects.update(
        **{"revoked": {"revoked_at": two_days_ago}, "expired": {"expires_at": two_days_ago}}[end]
    )
    request = write_request(new_csr(), code=EnrolmentCode.objects.get(), code_proof=proof, sensor=sensor)
    assert_nothing_is_signed(request, "has ended")


def test_another_boxs_key_proves_nothing(fleet: Fleet):
    sensor, other = fleet.connected("box-1"), fleet.connected("box-2")
    assert_nothing_is_signed(write_renewal(sensor, renewal(other)), UNSIGNED)
    csr = new_csr()
    assert_nothing_is_signed(write_renewal(sensor, renewal(other, csr)), UNSIGNED)


@pytest.mark.parametrize("end", ["revoked", "expired"])
def test_a_key_whose_certificate_has_ended_proves_nothing(fleet: Fleet, end: str, monkeypatch: pytest.MonkeyPatch):
    sensor = fleet.enrolled()
    sent = renewal(sensor)
    if end == "revoked":
        now = timezone.now()
        revoke_subject(subject=sensor.subject, reason=Reason.SUPERSEDED, now=now)
    else:
        later = timezone.now() + timedelta(days=91)
        monkeypatch.setattr("sensors.enrolment.operations.sign_certificate.timezone.now", lambda: later)
    assert_nothing_is_signed(write_renewal(sensor, sent), UNSIGNED)


def test_a_renewal_of_long_ago_brings_no_old_key_back(fleet: Fleet):
    """Whoever once copied a box's key, and finds the box's own request for it, does not get it certified anew."""
    sensor = fleet.connected()
    sent = renewal(sensor)
    request_renewal(sensor=sensor, **sent)
    assert sign_waiting_certificates() == 1
    assert_nothing_is_signed(write_renewal(sensor, sent), "has had a certificate before")


def test_a_certificate_that_our_authority_has_not_signed_proves_nothing(fleet: Fleet):
    """On SQLite somebody can write that row, too."""
    sensor = fleet.connected()
    now, key = timezone.now(), ec.generate_private_key(ec.SECP256R1())
    issuer = build_authority_certificate(name="Test CA", signing_key=key, now=now)
    forged = build_certificate(
        profile=Profile.SENSOR,
        subject=sensor.subject,
        csr=check_csr(new_csr()),
        issuer=issuer,
        signing_key=key,
        now=now,
        alternative_names=(),
    )
    Certificate.objects.create(
        authority=fleet.authority,
        serial="7",
        subject=sensor.subject,
        profile="sensor",
        not_before=now - timedelta(days=1),
        not_after=now + timedelta(days=1),
        der=forged.public_bytes(Encoding.DER),
        fingerprint="7",
    )
    assert_nothing_is_signed(write_renewal(sensor, renewal(sensor)), UNSIGNED)
