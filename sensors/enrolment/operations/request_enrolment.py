"""A box hands in its one-time code and its CSR; the signer does the rest."""

import hashlib

from django.db import transaction
from django.utils import timezone

from notices.operations.wake_worker import wake_worker
from pki.authority.x509 import CheckedCsr, check_csr
from sensors.enrolment.operations.issue_enrolment_code import code_digest, code_proof
from sensors.fleet.gateway_steps import ENROL
from sensors.fleet.operations.tell_of_gateway import tell_of_gateway
from sensors.models import CertificateRequest, EnrolmentCode
from tenants.actors import Actor
from tenants.audit.actions import AuditAction
from tenants.audit.record_audit import record_customer_audit, record_provider_audit

SIGN_TASK = "sensors.tasks.sign_certificates"


class CodeRefused(Exception):
    """Wrong, used, expired or revoked: the one who asks is not told which."""


@transaction.atomic(durable=True)
def request_enrolment(*, code: str, csr: str, source: str) -> CertificateRequest:
    """The request that waits for the signer, or, for a body that came before, the same one again.

    Raises CsrRefused, which costs no code, and CodeRefused.
    """
    checked = check_csr(csr)
    digest, proof = hashlib.sha256(csr.strip().encode()).hexdigest(), code_proof(code)
    row = EnrolmentCode.objects.select_for_update().filter(digest=code_digest(proof)).first()
    if row is None:
        raise CodeRefused
    earlier = CertificateRequest.objects.filter(code=row).first()
    if earlier is not None and earlier.csr_digest == digest and row.revoked_at is None and not earlier.refused_because:
        return earlier
    now = timezone.now()
    if row.used_at or row.revoked_at or row.expires_at <= now:
        raise CodeRefused
    row.used_at = now
    row.save(update_fields=["used_at"])
    request = CertificateRequest.objects.create(
        code=row,
        sensor=row.sensor,
        gateway=row.gateway,
        csr=csr,
        csr_digest=digest,
        code_proof=proof,
        requested_at=now,
    )
    _record(row, checked, source)
    wake_worker(task=SIGN_TASK)
    return request


def _record(code: EnrolmentCode, csr: CheckedCsr, source: str) -> None:
    details = {"source": source, "key": csr.fingerprint}
    if code.sensor:
        subject = code.sensor.subject
        record_customer_audit(
            customer=code.sensor.customer,
            actor=Actor.machine(subject),
            action=AuditAction.SENSOR_ENROLMENT_REQUEST,
            subject=f"sensor:{subject}",
            details=details,
        )
    elif code.gateway:
        subject = code.gateway.subject
        record_provider_audit(
            actor=Actor.machine(subject),
            action=ENROL,
            subject=f"gateway:{subject}",
            details=details,
        )
        tell_of_gateway(gateway=code.gateway, step=ENROL, done_by=Actor.machine(subject), source=source)
