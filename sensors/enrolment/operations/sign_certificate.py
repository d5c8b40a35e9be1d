"""The signer's work: turn a waiting CSR into a certificate, and put the machine into service."""

from datetime import timedelta
from typing import Any

from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from database.repeated import RepeatedQuery
from database.repeated_writes import RepeatedUpdate
from pki.authority.operations.check_renewal import RenewalUnproven, check_renewal
from pki.authority.operations.issue_certificate import issue_certificate
from pki.authority.operations.revoke_subject import revoke_subject
from pki.authority.operations.revoke_superseded import revoke_superseded
from pki.authority.signers import Signer
from pki.authority.x509 import CheckedCsr, CsrRefused, Profile, check_csr
from pki.escrow.tls_crypt_v2 import make_client_key
from pki.escrow.vault import disk_key_since, get_or_create_tls_crypt_v2_server_key
from pki.models import Authority, Certificate, Reason, Restoration
from sensors.enrolment.operations.issue_enrolment_code import code_digest
from sensors.enrolment.operations.request_renewal import has_had_too_many_renewals
from sensors.fleet.operations.change_state import change_state
from sensors.fleet.operations.lock_gateway import lock_gateway
from sensors.fleet.operations.lock_sensor import lock_sensor
from sensors.fleet.operations.raise_generation import raise_generation
from sensors.models import CertificateRequest, EnrolmentCode, Gateway, Sensor
from sensors.states import ENROLLABLE, SensorState
from tenants.actors import Actor
from tenants.audit.actions import AuditAction
from tenants.audit.record_audit import record_customer_audit, record_provider_audit

SIGNER = Actor.process("signer")
# So long after the end of its code a request is still signed: the signer may have been away when it came.
LATEST = timedelta(days=1)

_COLUMNS = [field.attname for field in CertificateRequest._meta.concrete_fields]


_CODE_COLUMNS = [field.attname for field in EnrolmentCode._meta.concrete_fields]


def _request(*columns: Any) -> CertificateRequest:
    request = CertificateRequest.from_db(DEFAULT_DB_ALIAS, _COLUMNS, columns[: len(_COLUMNS)])
    if request.code_id:
        request.code = EnrolmentCode.from_db(DEFAULT_DB_ALIAS, _CODE_COLUMNS, columns[len(_COLUMNS) :])
    return request


def _row_to_lock(request: int) -> QuerySet[Any, Any]:
    of_code = [f"code__{name}" for name in _CODE_COLUMNS]
    locked = CertificateRequest.objects.select_for_update(of=("self",)).filter(pk=request)
    return locked.values_list(*_COLUMNS, *of_code)


_LOCK = RepeatedQuery(_request, _row_to_lock, int)
_SIGNED = RepeatedUpdate(
    CertificateRequest, where="id", changes=("certificate", "signed_at", "tunnel_key", "code_proof")
)


@transaction.atomic(durable=True)
def sign_certificate(*, request: CertificateRequest, authority: Authority, signer: Signer) -> Certificate | None:
    """None if the request was dealt with by another, had to be refused (the row says why), or waits: until a
    restoration is settled nobody knows whose certificates were revoked.

    The machine's row lock comes first, as in a loss report: a certificate is never signed for a reported box, nor for a
    gateway that was revoked.
    """
    sensor = lock_sensor(request.sensor) if request.sensor else None
    gateway = lock_gateway(request.gateway) if request.gateway else None
    now_waiting = _LOCK.first(request.pk)
    if now_waiting is None or now_waiting.certificate_id or now_waiting.refused_because:
        return None
    if Restoration.objects.open().exists():
        return None
    request, request.sensor, request.gateway = now_waiting, sensor, gateway
    if why := _why_not_now(sensor, gateway):
        _refuse(request, why)
        return None
    try:
        checked = check_csr(request.csr)
    except CsrRefused as error:
        _refuse(request, str(error))
        return None
    subject = sensor.subject if sensor else gateway.subject  # type: ignore[union-attr]  # the check constraint
    try:
        present = _proven(request, subject, checked)
    except RenewalUnproven as error:
        _refuse(request, str(error))
        return None
    if present is None:
        # A new enrolment means a new or newly set-up box: whatever the old one holds ends here.
        _note_who_comes(request, sensor)
        revoke_subject(subject=subject, reason=Reason.SUPERSEDED, now=timezone.now())
    else:
        # It has two from now on: the one it has asked with, and the new one. What it never came up with ends.
        revoke_superseded(subject=subject, keep=[present.pk], now=timezone.now())
    certificate = issue_certificate(
        authority=authority,
        profile=Profile.SENSOR if sensor else Profile.GATEWAY,
        subject=subject,
        csr=checked,
        signer=signer,
        now=timezone.now(),
    )
    if sensor:
        tunnel_key = _make_tunnel_key(sensor) if request.code_id else ""
        _SIGNED(request.pk, certificate.pk, timezone.now(), tunnel_key, "")
        _put_into_service(sensor)
    else:
        get_or_create_tls_crypt_v2_server_key(subject=subject)
        _SIGNED(request.pk, certificate.pk, timezone.now(), "", "")
    _record(request, sensor, certificate)
    return certificate


def _why_not_now(sensor: Sensor | None, gateway: Gateway | None) -> str:
    """Of a revoked gateway nothing is signed, and no tunnel key is made for its boxes."""
    if sensor and sensor.state not in ENROLLABLE:
        return f"the sensor is {sensor.get_state_display()}"
    place = gateway or (sensor and sensor.gateway)
    return "the gateway is revoked" if place and place.revoked_at else ""


def _proven(request: CertificateRequest, subject: str, checked: CheckedCsr) -> Certificate | None:
    """The certificate that a renewal was asked with; None for an enrolment. Raises RenewalUnproven.

    The door that wrote the row has looked as well, but it may be somebody else's by now.
    """
    if request.code is not None:
        if why := _why_code_is_no_good(request, request.code):
            raise RenewalUnproven(why)
        return None
    machine = {"sensor": request.sensor} if request.sensor else {"gateway": request.gateway}
    if has_had_too_many_renewals(CertificateRequest.objects.filter(**machine)):
        raise RenewalUnproven("it has had its certificates of today")
    return check_renewal(
        profile=Profile.SENSOR if request.sensor else Profile.GATEWAY,
        subject=subject,
        csr=request.csr,
        checked=checked,
        proof=request.renewal_proof,
        now=timezone.now(),
    )


def _why_code_is_no_good(request: CertificateRequest, code: EnrolmentCode) -> str:
    if not constant_time_compare(code_digest(request.code_proof), code.digest):
        return "it comes without its code"
    if (code.sensor_id, code.gateway_id) != (request.sensor_id, request.gateway_id):
        return "its code is for another machine"
    if code.revoked_at is not None or code.expires_at + LATEST < timezone.now():
        return "its code has ended"
    return ""


def _note_who_comes(request: CertificateRequest, sensor: Sensor | None) -> None:
    """A box that comes in the place of one that has a disk key gets that only by the word of a second person.

    One that was given back has had it: two people have closed its case.
    """
    if sensor is None or request.code is None:
        return
    sensor.enrolled_anew_with = request.code if disk_key_since(subject=sensor.subject) else None
    sensor.save(update_fields=["enrolled_anew_with"])
    if sensor.enrolled_anew_with and sensor.state == SensorState.RETURNED:
        EnrolmentCode.objects.filter(pk=request.code.pk).update(confirmed_at=timezone.now())


def _make_tunnel_key(sensor: Sensor) -> str:
    server_key = get_or_create_tls_crypt_v2_server_key(subject=sensor.gateway.subject)
    return make_client_key(server_key=server_key, subject=sensor.subject)


def _put_into_service(sensor: Sensor) -> None:
    raise_generation(sensor=sensor)
    # The audit chain, which this takes, comes after the gateway's lock, as everywhere.
    if sensor.state != SensorState.IN_SERVICE:
        change_state(sensor=sensor, to=SensorState.IN_SERVICE, changed_by=SIGNER)


def _refuse(request: CertificateRequest, reason: str) -> None:
    request.refused_because, request.code_proof = reason[:200], ""
    request.save(update_fields=["refused_because", "code_proof"])
    details = {"request": request.pk, "reason": reason[:200]}
    if request.sensor:
        record_customer_audit(
            customer=request.sensor.customer,
            actor=SIGNER,
            action=AuditAction.CERTIFICATE_REFUSE,
            subject=f"sensor:{request.sensor.subject}",
            details=details,
        )
    elif request.gateway:
        record_provider_audit(
            actor=SIGNER,
            action=AuditAction.CERTIFICATE_REFUSE,
            subject=f"gateway:{request.gateway.subject}",
            details=details,
        )


def _record(request: CertificateRequest, sensor: Sensor | None, certificate: Certificate) -> None:
    details = {"serial": certificate.serial, "not_after": certificate.not_after.isoformat()}
    if sensor:
        record_customer_audit(
            customer=sensor.customer,
            actor=SIGNER,
            action=AuditAction.CERTIFICATE_ISSUE,
            subject=f"sensor:{sensor.subject}",
            details=details,
        )
    elif request.gateway:
        record_provider_audit(
            actor=SIGNER,
            action=AuditAction.CERTIFICATE_ISSUE,
            subject=f"gateway:{request.gateway.subject}",
            details=details,
        )
