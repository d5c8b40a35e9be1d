"""Whoever is not known to the database gets one answer, whatever it asks for."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from django.utils import timezone

from pki.authority.operations.issue_certificate import issue_certificate
from pki.authority.operations.revoke_subject import revoke_subject
from pki.authority.signers import configured_signer
from pki.authority.x509 import Profile, check_csr
from pki.models import Certificate, Reason
from tenants.models import AuditEntry
from tests.support.fleet import Fleet, new_csr
from tests.support.machines_door import ALL_CALLS, GATEWAY_CALLS, SENSOR_CALLS, Machine, reason_of

REFUSED = (403, "certificate-refused")


def test_a_body_is_not_read_before_the_caller_is_known(fleet: Fleet):
    nobody = Machine(None, "10.88.0.2")
    assert reason_of(nobody.post("/v1/heartbeat", raw=b"not json")) == REFUSED


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "garbage",
        "%",
        "%00%00",
        "%FF%FE",
        "-----BEGIN CERTIFICATE-----",
        quote("-----BEGIN CERTIFICATE-----\n\n-----END CERTIFICATE-----\n"),
        quote("-----BEGIN CERTIFICATE-----\n%%%%\n-----END CERTIFICATE-----\n"),
        quote("-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n"),
        quote("-----BEGIN CERTIFICATE-----\n\N{SNOWMAN}\n-----END CERTIFICATE-----\n"),
        quote("-----BEGIN CERTIFICATE-----\n" + "QUJD" * 20_000 + "\n-----END CERTIFICATE-----\n"),
        "CN=s-abcdefghijkl",
        "SUCCESS",
    ],
)
@pytest.mark.parametrize(("method", "path"), ALL_CALLS)
def test_what_is_no_certificate_is_refused(db: None, method: str, path: str, header: str | None):
    assert reason_of(Machine(header, "10.88.0.2").call(method, path)) == REFUSED


def forged(certificate: Certificate) -> str:
    """A certificate of another authority that copies every name, number and date of ours."""
    ours = x509.load_der_x509_certificate(bytes(certificate.der))
    key = ec.generate_private_key(ec.SECP256R1())
    return (
        x509.CertificateBuilder()
        .subject_name(ours.subject)
        .issuer_name(ours.issuer)
        .public_key(key.public_key())
        .serial_number(ours.serial_number)
        .not_valid_before(ours.not_valid_before_utc)
        .not_valid_after(ours.not_valid_after_utc)
        .sign(key, hashes.SHA256())
        .public_bytes(Encoding.PEM)
        .decode()
    )


@pytest.mark.parametrize(("method", "path"), SENSOR_CALLS)
def test_another_authoritys_certificate_with_a_sensors_names_is_refused(fleet: Fleet, method: str, path: str):
    sensor = fleet.connected()
    machine = Machine(quote(forged(fleet.certificate_of(sensor))), sensor.address)
    assert reason_of(machine.call(method, path)) == REFUSED


@pytest.mark.parametrize(("method", "path"), GATEWAY_CALLS)
def test_another_authoritys_certificate_with_a_gateways_names_is_refused(fleet: Fleet, method: str, path: str):
    machine = Machine(quote(forged(fleet.enrol_gateway())), "10.20.0.1")
    assert reason_of(machine.call(method, path)) == REFUSED


def issued(fleet: Fleet, profile: Profile, subject: str, now: datetime | None = None) -> Certificate:
    return issue_certificate(
        authority=fleet.authority,
        profile=profile,
        subject=subject,
        csr=check_csr(new_csr()),
        signer=configured_signer(),
        now=now or timezone.now(),
        alternative_names=["127.0.0.1"] if profile is Profile.DOOR else [],
    )


@pytest.mark.parametrize(("method", "path"), ALL_CALLS)
def test_the_doors_own_certificate_opens_nothing(fleet: Fleet, method: str, path: str):
    door = issued(fleet, Profile.DOOR, "machines-door")
    assert reason_of(Machine.with_certificate(door, "10.20.0.1").call(method, path)) == REFUSED


@pytest.mark.parametrize(("method", "path"), ALL_CALLS)
def test_a_door_certificate_in_a_sensors_name_opens_nothing(fleet: Fleet, method: str, path: str):
    sensor = fleet.connected()
    door = issued(fleet, Profile.DOOR, sensor.subject)
    assert reason_of(Machine.with_certificate(door, sensor.address).call(method, path)) == REFUSED


@pytest.mark.parametrize(("method", "path"), ALL_CALLS)
def test_a_gateways_profile_with_a_sensors_name_opens_nothing(fleet: Fleet, method: str, path: str):
    sensor = fleet.connected()
    mixed = issued(fleet, Profile.GATEWAY, sensor.subject)
    assert reason_of(Machine.with_certificate(mixed, sensor.address).call(method, path)) == REFUSED


@pytest.mark.parametrize(("method", "path"), ALL_CALLS)
def test_the_authoritys_own_certificate_opens_nothing(fleet: Fleet, method: str, path: str):
    assert reason_of(Machine(quote(fleet.authority.pem), "10.20.0.1").call(method, path)) == REFUSED


@pytest.fixture
def a_later_time(monkeypatch: pytest.MonkeyPatch) -> Any:
    def go(days: int) -> None:
        moved = timezone.now() + timedelta(days=days)
        monkeypatch.setattr("django.utils.timezone.now", lambda: moved)

    return go


@pytest.mark.parametrize(("method", "path"), SENSOR_CALLS[1:])
@pytest.mark.parametrize("days", [-1, 91])
def test_a_sensors_certificate_outside_its_dates_is_refused(
    box: Machine, a_later_time: Any, method: str, path: str, days: int
):
    a_later_time(days)
    assert reason_of(box.call(method, path)) == REFUSED


@pytest.mark.parametrize(("method", "path"), GATEWAY_CALLS)
@pytest.mark.parametrize("days", [-1, 4000])
def test_a_gateways_certificate_outside_its_dates_is_refused(
    agent: Machine, a_later_time: Any, method: str, path: str, days: int
):
    a_later_time(days)
    assert reason_of(agent.call(method, path)) == REFUSED


@pytest.mark.parametrize("days", [-1, 91])
def test_a_key_request_outside_the_certificates_dates_is_refused_and_noted(box: Machine, a_later_time: Any, days: int):
    a_later_time(days)
    assert reason_of(box.post("/v1/disk-key")) == (403, "certificate-not-valid-now")
    assert AuditEntry.objects.filter(action="sensor:disk-key:refuse").exists()


@pytest.mark.parametrize(("method", "path"), SENSOR_CALLS[1:])
def test_a_revoked_sensor_certificate_is_refused(fleet: Fleet, box: Machine, method: str, path: str):
    revoke_subject(subject=Certificate.objects.get(profile="sensor").subject, reason=Reason.SUPERSEDED, now=_now())
    assert reason_of(box.call(method, path)) == REFUSED


@pytest.mark.parametrize(("method", "path"), GATEWAY_CALLS)
def test_a_revoked_gateway_certificate_is_refused(fleet: Fleet, agent: Machine, method: str, path: str):
    revoke_subject(subject=fleet.gateway.subject, reason=Reason.KEY_COMPROMISE, now=_now())
    assert reason_of(agent.call(method, path)) == REFUSED


def test_a_key_request_with_a_revoked_certificate_is_refused_and_noted(fleet: Fleet, box: Machine):
    revoke_subject(subject=Certificate.objects.get(profile="sensor").subject, reason=Reason.SUPERSEDED, now=_now())
    assert reason_of(box.post("/v1/disk-key")) == (403, "certificate-revoked")
    assert AuditEntry.objects.get(action="sensor:disk-key:refuse").details["reason"] == "certificate-revoked"


def _now() -> datetime:
    return timezone.now()
